"""KYAML as kubectl prints it: braces and brackets, each string in double quotes, keys bare where that is safe.

Upstream: sigs.k8s.io/yaml/kyaml
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import Any

STEP = "  "
_BARE = re.compile(r"\w([\w./-]*\w)?")
_WORDS = {"y", "yes", "n", "no", "t", "f", "true", "false", "on", "off", "null", "inf", "infinity", "nan"}
_NUMBER = re.compile(
    r"0[xX][0-9a-fA-F]+(\.[0-9a-fA-F]*)?([pP][-+]?\d+)?|0[oO][0-7]+|0[bB][01]+|\d+(\.\d*)?([eE][-+]?\d+)?", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?", re.ASCII)
_NAMED = {"\0": "0", "\a": "a", "\b": "b", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e", '"': '"',
          "\\": "\\", "\xa0": "_", "\u2028": "L", "\u2029": "P"}  # fmt: skip


def to_kyaml(value: object, *, by_name: bool = True) -> str:
    """A value of the API as one KYAML document, with its `---` and its final newline.

    Args:
        by_name: fields are sorted; else they stand as they come.
    """
    return f"---\n{_value(value, '', by_name)}\n"


def _value(value: object, margin: str, by_name: bool) -> str:
    if isinstance(value, dict):
        return _mapping(value, margin, by_name)
    if isinstance(value, list):
        return _sequence(value, margin, by_name)
    return _string(value, margin) if isinstance(value, str) else json.dumps(value)


def _mapping(value: dict[str, Any], margin: str, by_name: bool) -> str:
    if not value:
        return "{}"
    inner = margin + STEP
    keys = sorted(value) if by_name else list(value)
    return (
        "{\n" + "".join(f"{inner}{_key(key)}: {_value(value[key], inner, by_name)},\n" for key in keys) + margin + "}"
    )


def _sequence(value: list[Any], margin: str, by_name: bool) -> str:
    """A list of mappings or lists begins and goes on on its neighbours' lines."""
    if not value:
        return "[]"
    if all(isinstance(each, dict | list) for each in value):
        return f"[{', '.join(_value(each, margin, by_name) for each in value)}]"
    inner = margin + STEP
    return "[\n" + "".join(f"{inner}{_value(each, inner, by_name)},\n" for each in value) + margin + "]"


@functools.lru_cache(1024)
def _key(key: str) -> str:
    safe = _BARE.fullmatch(key) and key.lower() not in _WORDS and not _is_number(key) and not _DATE.fullmatch(key)
    return key if safe else f'"{_escaped(key)}"'


def _is_number(key: str) -> bool:
    plain = key.replace("_", "")
    found = _NUMBER.fullmatch(plain)
    too_large = plain[:2].lower() not in ("0x", "0o", "0b") and bool(found) and float(plain) == float("inf")
    return bool(found) and not too_large


def _string(text: str, margin: str) -> str:
    if "\n" not in text:
        return f'"{_escaped(text)}"'
    return '"\\\n' + "".join(_lines(text, margin + STEP)) + f'{margin}{STEP}"'


def _lines(text: str, margin: str) -> Iterator[str]:
    """The lines of a string, each on its own: a backslash keeps the spaces that it begins with."""
    parts = text.split("\n")
    for at, part in enumerate(parts):
        last = at == len(parts) - 1
        if last and not part:
            return
        lead = "\\" if part[:1].isspace() else " "
        yield f"{margin}{lead}{_escaped(part)}{'' if last else chr(92) + 'n'}\\\n"


def _escaped(text: str) -> str:
    text = text.replace("\x85", " ")  # upstream reads its own JSON as YAML, where this one is a line break
    return "".join(_character(char) for char in text)


def _character(char: str) -> str:
    if char in _NAMED:
        return "\\" + _NAMED[char]
    if char == "\t" or char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
