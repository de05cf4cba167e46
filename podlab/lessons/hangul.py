"""Words that were typed with the Korean layout still on: `ㅏㅕㅠㄷㅊ시` is `kubectl`, key by key."""

from __future__ import annotations

import unicodedata

LEADS = "rRseEfaqQtTdwWczxvg"
VOWELS = (*"koiOjpuPh", "hk", "ho", "hl", "y", "n", "nj", "np", "nl", "b", "m", "ml", "l")
TAILS = (*"rR", "rt", "s", "sw", "sg", *"ef", *("fr", "fa", "fq", "ft", "fx", "fv", "fg"), *"aq", "qt", *"tTdwczxvg")
KEYS = {
    **{chr(0x1100 + at): key for at, key in enumerate(LEADS)},
    **{chr(0x1161 + at): key for at, key in enumerate(VOWELS)},
    **{chr(0x11A8 + at): key for at, key in enumerate(TAILS)},
}
"""The keys of the two-set layout for each part of a syllable, as Unicode takes syllables apart."""


def typed(word: str) -> str:
    """The keys that were pressed for the word; what is not Korean stays as it is."""
    return "".join(KEYS.get(part, part) for part in unicodedata.normalize("NFKD", word))
