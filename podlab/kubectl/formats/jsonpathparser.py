"""The grammar of kubectl's JSONPath: template text to nodes.

Upstream: staging/src/k8s.io/client-go/util/jsonpath/parser.go
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from podlab.errors import PodlabError


class JSONPathError(PodlabError):
    """A template that cannot be parsed, or not be executed on this object."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text outside braces, a quoted string, a number or a boolean."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Field:
    """`.name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """`range` or `end`."""

    name: str


@dataclass(frozen=True, slots=True)
class Array:
    """`[start:end:step]`; `derived` says that only one index was written."""

    start: int | None
    end: int | None
    step: int | None
    derived: bool


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`.*`."""


@dataclass(frozen=True, slots=True)
class Recursive:
    """`..`."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one pair of braces holds."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """`[a,b]`."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?(left operator right)]`."""

    left: Group
    right: Group
    operator: str


Node: TypeAlias = Literal | Field | Identifier | Array | Wildcard | Recursive | Group | Union | Filter

_TERMINATORS = " \t\r\n.,[]$@{}"
_SLICE = re.compile(r"(-?\d*)(:-?\d*)?(:-?\d*)?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+?)")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}


def parse(text: str) -> tuple[Node, ...]:
    """The nodes of a template.

    Raises:
        JSONPathError: with upstream's words.
    """
    nodes: list[Node] = []
    at = 0
    while at < len(text):
        brace = text.find("{", at)
        if brace < 0:
            nodes.append(Literal(text[at:]))
            break
        if brace > at:
            nodes.append(Literal(text[at:brace]))
        group, at = _action(text, brace + 1)
        nodes.append(group)
    return tuple(nodes)


def _group(text: str) -> Group:
    """The one group that an expression without braces is."""
    group, _ = _action(f"{text}}}", 0)
    return group


def _action(text: str, at: int) -> tuple[Group, int]:
    """What stands between braces, from `at` to behind the closing one."""
    nodes: list[Node] = []
    while True:
        char = text[at : at + 1]
        if char == "}":
            return Group(tuple(nodes)), at + 1
        if text.startswith("[?(", at):
            node, at = _filter(text, at + 3)
            nodes.append(node)
        elif text.startswith("..", at):
            if nodes and isinstance(nodes[-1], Recursive):
                raise JSONPathError("invalid multiple recursive descent")
            nodes.append(Recursive())
            at += 2
            if _is_name(text[at : at + 1]):
                name, at = _field(text, at)
                nodes.append(name)
        elif char in ("", "\r", "\n"):
            raise JSONPathError("unclosed action")
        elif char in " @$":
            at += 1
        elif char == "[":
            found, at = _array(text, at + 1)
            nodes += found
        elif char in "\"'":
            literal, at = _string(text, at)
            nodes.append(literal)
        elif char == ".":
            name, at = _field(text, at + 1)
            nodes.append(name)
        elif char in "+-" or char.isdigit():
            literal, at = _number(text, at)
            nodes.append(literal)
        elif _is_name(char):
            word, at = _until_terminator(text, at)
            nodes.append(Literal(word == "true") if word in ("true", "false") else Identifier(word))
        else:
            raise JSONPathError(f"unrecognized character in action: U+{ord(char):04X} '{char}'")


def _is_name(char: str) -> bool:
    return char == "_" or char.isalpha() or char.isdigit()


def _until_terminator(text: str, at: int) -> tuple[str, int]:
    start = at
    while at < len(text) and text[at] not in _TERMINATORS:
        at += 1
    return text[start:at], at


def _field(text: str, at: int) -> tuple[Field | Wildcard, int]:
    start = at
    while at < len(text) and text[at] not in _TERMINATORS:
        at += 2 if text[at] == "\\" else 1
    name = text[start:at]
    return (Wildcard() if name == "*" else Field(name.replace("\\", ""))), at


def _number(text: str, at: int) -> tuple[Literal, int]:
    start = at
    at += text[at] in "+-"
    while at < len(text) and (text[at] == "." or text[at].isdigit()):
        at += 1
    for convert in (int, float):
        try:
            return Literal(convert(text[start:at])), at
        except ValueError:
            continue
    raise JSONPathError(f"cannot parse number {text[start:at]}")


def _string(text: str, at: int) -> tuple[Literal, int]:
    quote, start = text[at], at
    while True:
        at += 1
        if text[at : at + 1] in ("", "\n"):
            raise JSONPathError("unterminated quoted string")
        if text[at] == quote and text[at - 1] != "\\":
            break
    written = text[start : at + 1]
    try:
        return Literal(unquote(written[1:-1], quote)), at + 1
    except ValueError:
        raise JSONPathError(f"unquote string {written} error invalid syntax") from None


def unquote(text: str, quote: str) -> str:
    r"""What a quoted text stands for: `\n`, `\t`, `\x41`, `\u00e9` and the like.

    Raises:
        ValueError: an escape that Go does not know.
    """
    out, at = [], 0
    while at < len(text):
        if text[at] != "\\":
            out.append(text[at])
            at += 1
            continue
        code = text[at + 1 : at + 2]
        digits = {"x": 2, "u": 4, "U": 8}.get(code)
        if digits:
            out.append(chr(int(text[at + 2 : at + 2 + digits], 16)))
            at += 2 + digits
        elif code.isdigit():
            out.append(chr(int(text[at + 1 : at + 4], 8)))
            at += 4
        elif code in _ESCAPES and (code not in "'\"" or code == quote):
            out.append(_ESCAPES[code])
            at += 2
        else:
            raise ValueError(code)
    return "".join(out)


def _array(text: str, at: int) -> tuple[list[Node], int]:
    end = next((i for i in range(at, len(text)) if text[i] in "]\n"), len(text))
    if text[end : end + 1] != "]":
        raise JSONPathError("unterminated array")
    inside = text[at:end]
    inside = ":" if inside == "*" else inside
    if "," in inside:
        return [Union(tuple(_group(f"[{part.strip(' ')}]") for part in inside.split(",")))], end + 1
    if re.fullmatch(r"'[^']*'", inside):
        return list(_group(f".{inside[1:-1]}").nodes), end + 1
    match = _SLICE.fullmatch(inside)
    if not match:
        raise JSONPathError(f"invalid array index {inside}")
    numbers = []
    for part in match.groups(default=""):
        digits = part.removeprefix(":")
        if digits == "-":
            raise JSONPathError(f"array index {digits} is not a number")
        numbers.append(int(digits) if digits else None)
    start, stop, step = numbers
    if not match[2]:  # one index alone
        return [Array(start, (start or 0) + 1, step, derived=True)], end + 1
    return [Array(start, stop, step, derived=False)], end + 1


def _filter(text: str, at: int) -> tuple[Filter, int]:
    start, quote, closed = at, "", False
    while True:
        char = text[at : at + 1]
        if char in ("", "\n"):
            raise JSONPathError("unterminated filter")
        at += 1
        if char in "\"'":
            if not quote:
                quote = char
            elif text[at - 2] != "\\" and char == quote:
                closed = True
        elif char == ")" and bool(quote) == closed:
            break
    if text[at : at + 1] != "]":
        raise JSONPathError("unclosed array expect ]")
    inside = text[start : at - 1]
    match = _COMPARISON.fullmatch(inside)
    if not match:
        return Filter(_group(inside), Group(()), "exists"), at + 1
    return Filter(_group(match[1]), _group(match[3]), match[2]), at + 1
