"""A call that Python cannot read, as it was meant: one sign added, changed or left out, and it can be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator


def repaired(line: str) -> str:
    """The learner's own line with the one change that makes it Python, or nothing where none of them does."""
    line = line.strip()
    return next((each for each in _tried(line) if each != line and "(" in each and _reads(each)), "")


def _tried(line: str) -> Iterator[str]:
    yield re.sub(r",(\s*,)+", ",", line)
    yield re.sub(r"\s*;(?=[^()]*\))", ",", line)
    yield re.sub(r"(?<=[(,])(\s*[a-z_]+)\s*:\s*(?=[\"'])", r"\1=", line)
    yield re.sub(r"\bfor\s*=\s*(?=[\"'])", "for_=", line)
    yield re.sub(r"=\s*([A-Za-z][\w.-]*[:/][\w./:-]*)", r'="\1"', line)
    yield re.sub(r"([\"'])\s+(?=\w+=)", r"\1, ", line)
    for much in (1, 2):
        yield line[:-much]
        yield line + ")" * much


def _reads(line: str) -> bool:
    try:
        ast.parse(line)
    except (SyntaxError, ValueError):
        return False
    return True
