"""YAML and JSON as kubectl prints them: sorted keys, Go's quoting, block styles and line folding."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

BEST_WIDTH = 80
_NAMED_ESCAPES = dict(zip('\0\a\b\t\n\v\f\r\x1b"\\\u2028\u2029', '0abtnvfre"\\LP', strict=True))
_WORDS = {
    word
    for lower in ("y", "yes", "true", "on", "n", "no", "false", "off", "null")
    for word in (lower, lower.capitalize(), lower.upper())
} | {"", "~"}
_WORDS |= {sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")} | {".nan", ".NaN", ".NAN"}
_NUMBER = re.compile(
    r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[0-9]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"
)
_DOTTED = re.compile(r"\.[0-9]+([eE][-+]?[0-9]+)?")
_BASE60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIME = re.compile(r"\d{4}-\d\d?-\d\d?([Tt]\d\d?:\d\d?:\d\d?([.,]\d+)?(Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?([.,]\d+)?)?")
_UNPRINTABLE = re.compile(
    r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\U00010000-\U0010ffff]"
)  # upstream's emitter knows the basic plane only
_NOT_PLAIN = re.compile(r"^(---|\.\.\.)|^[#,\[\]{}&*!|>'\"%@`]|^\?(\s|$)|^-(\s|$)|:([ \t\n]|$)|[ \t\n]#|^[ \n]|[ \n]$")
_SIMPLE_KEYS = re.compile(r"[A-Za-z./-]*")


def to_yaml(value: object) -> str:
    """A value of the API as one YAML document, without `---`, with its final newline.

    Upstream: sigs.k8s.io/yaml with go.yaml.in/yaml/v2
    """
    if isinstance(value, dict) and value:
        return "\n".join(_mapping(value, 0)) + "\n"
    if isinstance(value, list) and value:
        return "\n".join(_sequence(value, 0)) + "\n"
    return scalar(value, 0, 0) + "\n"


def to_json(value: object, *, by_name: bool = True) -> str:
    """A value of the API as kubectl's `-o json`, with its final newline; `by_name`: fields are sorted."""
    return escape_html(json.dumps(value, ensure_ascii=False, indent=4, sort_keys=by_name)) + "\n"


def to_compact_json(value: object, *, by_name: bool = True) -> str:
    """A value as Go's json.Marshal writes it: one line, no spaces; keys sorted unless they are a struct's."""
    return escape_html(json.dumps(value, ensure_ascii=False, sort_keys=by_name, separators=(",", ":")))


def escape_html(text: str) -> str:
    """What Go's JSON encoder escapes although JSON allows it."""
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _mapping(value: dict[str, Any], indent: int) -> Iterator[str]:
    """The lines of a mapping; the first one carries its indentation as the others do."""
    for key in sort_keys(value):
        name = scalar(key, indent, indent, simple_key=True)
        margin = " " * indent
        if len(key.encode()) > 128 or "\n" in key:  # too long to be followed by a colon on its line
            yield from _entry(f"{margin}? {name}\n{margin}:", value[key], indent)
        else:
            yield from _entry(f"{margin}{name}:", value[key], indent)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, indent + 2)
    elif isinstance(value, list) and value:
        yield head
        yield from _sequence(value, indent)
    else:
        yield f"{head} {scalar(value, indent + 2, len(head.rpartition(chr(10))[2]) + 1)}"


def _sequence(value: list[Any], indent: int) -> Iterator[str]:
    margin = " " * indent
    for item in value:
        if isinstance(item, dict | list) and item:
            inner = _mapping(item, indent + 2) if isinstance(item, dict) else _sequence(item, indent + 2)
            yield f"{margin}- {next(inner)[indent + 2 :]}"
            yield from inner
        else:
            yield f"{margin}- {scalar(item, indent + 2, indent + 2)}"


def scalar(value: object, indent: int, column: int, simple_key: bool = False) -> str:
    """One scalar (or empty collection) in the style that Go picks; continuation lines start at `indent`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if not isinstance(value, str):
        return json.dumps(value)
    value = value.replace("\x85", " ")  # upstream reads its own JSON as YAML, where this one is a line break
    special = bool(_UNPRINTABLE.search(value) or " \n" in value)
    if "\n" in value:
        if special or simple_key or value.endswith(" "):
            return _double_quoted(value, indent, column, fold=not simple_key)
        return _literal(value, indent)
    if resolves(value) or special:
        return _double_quoted(value, indent, column, fold=not simple_key)
    if _NOT_PLAIN.search(value):
        return _single_quoted(value, indent, column, fold=not simple_key)
    return _folded(value, indent, column) if not simple_key else value


@functools.lru_cache(4096)
def resolves(text: str) -> bool:
    """Whether the plain text would be read back as something else than a string."""
    if text in _WORDS:
        return True
    if text[0] == ".":
        return bool(_DOTTED.fullmatch(text))
    if text[0] not in "+-0123456789":
        return False
    return bool(_NUMBER.fullmatch(text.replace("_", "")) or _BASE60.fullmatch(text) or _TIME.fullmatch(text))


def _folded(text: str, indent: int, column: int, quoted: bool = False) -> str:
    """Plain or single-quoted text, broken at the first single space beyond the best width."""
    if column + len(text) <= BEST_WIDTH:
        return text
    out: list[str] = []
    for at, char in enumerate(text):
        alone = char == " " and text[at - 1 : at] != " " and text[at + 1 : at + 2] != " "
        if alone and column > BEST_WIDTH and (not quoted or 0 < at < len(text) - 1):
            out.append("\n" + " " * indent)
            column = indent
        else:
            out.append(char)
            column += 1
    return "".join(out)


def _single_quoted(text: str, indent: int, column: int, fold: bool) -> str:
    doubled = text.replace("'", "''")
    return f"'{_folded(doubled, indent, column + 1, quoted=True) if fold else doubled}'"


def _double_quoted(text: str, indent: int, column: int, fold: bool) -> str:
    out, column, spaces = ['"'], column + 1, False
    for at, char in enumerate(text):
        escaped = _escaped(char)
        if char == " " and fold and not spaces and column > BEST_WIDTH and 0 < at < len(text) - 1:
            out.append("\n" + " " * indent + ("\\" if text[at + 1] == " " else ""))
            column = indent + (text[at + 1] == " ")
        else:
            out.append(escaped)
            column += len(escaped)
        spaces = char == " "
    return "".join(out) + '"'


def _escaped(char: str) -> str:
    if char in _NAMED_ESCAPES:
        return "\\" + _NAMED_ESCAPES[char]
    if not _UNPRINTABLE.match(char):
        return char
    code = ord(char)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _literal(text: str, indent: int) -> str:
    hint = "2" if text[0] in " \n" else ""
    chomp = "-" if not text.endswith("\n") else "+" if text == "\n" or text.endswith("\n\n") else ""
    lines = text.removesuffix("\n").split("\n")
    return f"|{hint}{chomp}\n" + "\n".join(" " * indent + line if line else "" for line in lines)


def sort_keys(keys: Iterable[str]) -> list[str]:
    """Keys in go-yaml's order: other signs before letters, runs of digits by their number."""
    keys = list(keys)
    if all(map(_SIMPLE_KEYS.fullmatch, keys)):
        return sorted(keys)
    return sorted(keys, key=functools.cmp_to_key(_compare))


def _compare(a: str, b: str) -> int:
    for at, (x, y) in enumerate(zip(a, b, strict=False)):
        if x == y:
            continue
        if x.isalpha() or y.isalpha():
            both = x.isalpha() and y.isalpha()
            return (-1 if x < y else 1) if both else (-1 if y.isalpha() else 1)
        left, right = _digits(a, at), _digits(b, at)
        inside = "0" in (x, y) and re.search(r"[1-9]\d*$", a[:at])
        one = int(("1" if inside else "") + left or 0), len(left), x
        other = int(("1" if inside else "") + right or 0), len(right), y
        return -1 if one < other else 1
    return len(a) - len(b)


def _digits(text: str, at: int) -> str:
    end = at
    while end < len(text) and text[end].isdigit():
        end += 1
    return text[at:end]
