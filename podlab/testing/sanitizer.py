"""What may differ between two honest runs: the sanitizer file, read as nbval reads it, and ages by where they stand."""

from __future__ import annotations

import re
from pathlib import Path

from podlab.testing.ages import hide

FILE = Path(__file__).with_name("sanitize.cfg")


def patterns(text: str | None = None) -> list[tuple[str, str]]:
    """Pairs of pattern and replacement, in the order in which they apply."""
    found = re.findall(r"^regex: (.*)$\n^replace: (.*)$", text or FILE.read_text(encoding="ascii"), flags=re.MULTILINE)
    return [(regex, replacement) for regex, replacement in found]


def sanitize(text: str) -> str:
    """The text without what may differ."""
    text = hide(text)
    for regex, replacement in patterns():
        text = re.sub(regex, replacement, text)
    return text
