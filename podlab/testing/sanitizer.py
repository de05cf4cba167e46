"""What may differ between two honest runs: the sanitizer file, read as nbval reads it, and ages by where they stand."""

from __future__ import annotations

import re
from pathlib import Path

from podlab.testing.ages import hide

FILE = Path(__file__).with_name("sanitize.cfg")
PATTERNS: tuple[tuple[str, str], ...] = tuple(
    re.findall(r"^regex: (.*)$\n^replace: (.*)$", FILE.read_text(encoding="ascii"), flags=re.MULTILINE)
)
"""Pairs of pattern and replacement, in the order in which they apply."""


def sanitize(text: str) -> str:
    """The text without what may differ."""
    text = hide(text)
    for regex, replacement in PATTERNS:
        text = re.sub(regex, replacement, text)
    return text
