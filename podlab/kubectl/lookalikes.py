"""Characters that look like YAML's own and are not: a web page, a word processor or an input method puts them in."""

from __future__ import annotations

import re
import unicodedata

from podlab.text import Text

MEANT = {
    "\u00a0": " ",
    "\u3000": " ",
    "\uff1a": ":",
    "\u2010": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2033": '"',
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u2039": "'",
    "\u203a": "'",
    "\u2032": "'",
    "\uff0c": ",",
    "\u3002": ".",
    "\u3001": ",",
    "\u2011": "-",
    "\uff0d": "-",
    "\uff3b": "[",
    "\uff3d": "]",
    "\uff5b": "{",
    "\uff5d": "}",
}
LOOKS = re.compile(f"[{''.join(MEANT)}]")
SPACE = Text(ko="공백", en="a space")
SAID = Text(
    ko="{meant}처럼 보이지만 다른 글자({code})가 있습니다. 지우고 다시 입력하십시오.",
    en="There is a character ({code}) that only looks like {meant}. Delete it and type it anew.",
)


def lookalike(text: str) -> tuple[int, Text] | None:
    """The line, from 0, of the first one that is in no comment, and what to do about it."""
    for number, line in enumerate(text.split("\n")):
        if found := LOOKS.search(line.split(" #")[0]):
            meant = MEANT[found[0]]
            code = f"U+{ord(found[0]):04X}"
            return number, SAID.format(meant=SPACE if meant == " " else f"`{meant}`", code=code)
    return None


def plain(text: str) -> str:
    """The text as a keyboard without an input method writes it; Korean stays as it is."""
    return "".join(MEANT.get(each) or unicodedata.normalize("NFKC", each) for each in text)
