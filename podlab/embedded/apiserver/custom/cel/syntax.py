"""Reads an expression in CEL. Upstream: google/cel-go/parser/gen/CEL.g4, parser/macro.go"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from podlab.embedded.apiserver.custom.cel.errors import Malformed, Unsupported

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<int>0x[0-9a-fA-F]+|\d+)(?![uU\w])
    |(?P<text>[rR]?(?:'''(?:[^\\]|\\.)*?'''|\"""(?:[^\\]|\\.)*?\"""|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
    |(?P<word>[A-Za-z_]\w*)
    |(?P<sign>&&|\|\||<=|>=|==|!=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", re.DOTALL)
ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
LEVELS = (("||",), ("&&",), ("<", "<=", ">", ">=", "==", "!=", "in"), ("+", "-"), ("*", "/", "%"))
WORDS = {"true": True, "false": False, "null": None}
BOUND = ("optMap", "optFlatMap")
"""What is called with a name for the value of an optional one."""
QUALIFIED = frozenset(
    ("sets.contains", "sets.equivalent", "sets.intersects", "optional.of", "optional.none", "optional.ofNonZeroValue",
     "ip.isCanonical", "strings.quote", "lists.range")
)  # fmt: skip
"""Functions whose names have a dot."""
MACROS = {"all": (2,), "exists": (2,), "exists_one": (2,), "existsOne": (2,), "map": (2, 3), "filter": (2,)}
"""What is called with a name for each item, and how many arguments it has."""
PAIRED = {
    "all": (3,), "exists": (3,), "exists_one": (3,), "existsOne": (3,), "transformList": (3, 4), "transformMap": (3, 4)
}  # fmt: skip
"""The same with two names: for the place, or the key, and for what is there."""
DEEPEST = 50
OPERANDS = (
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
)
"""What an operand begins with, as the generated parser tells it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression, and where it stands.

    `op` is literal, name, select, optional, has, call, list, map, each, pairs or bound.
    """

    op: str
    at: int
    value: Any = None
    args: tuple[Node, ...] = ()


def parse(text: str) -> Node:
    """The expression that a text is. Raises Malformed, and Unsupported where it cannot be told what is wrong."""
    return _Parser(text).whole()


def _tokens(text: str, wrong: list[tuple[int, str]]) -> list[tuple[str, str, int]]:
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match and text[at] == "=":  # half of ==
            wrong.append((at, f"Syntax error: token recognition error at: '{text[at : at + 2]}'"))
            at += 2
            continue
        if not match:
            raise Unsupported
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match[0], at))
        at = match.end()
    return [*found, ("end", "", len(text))]


def _unquoted(text: str) -> str:
    raw = text[0] in "rR"
    text = text[1:] if raw else text
    size = 3 if text[:3] in ("'''", '"""') else 1
    inner = text[size:-size]
    return inner if raw else ESCAPE.sub(lambda match: _letter(match[1]), inner)


def _letter(code: str) -> str:
    if code[0] in "xuU" and len(code) > 1:
        return chr(int(code[1:], 16))
    if len(code) == 3:
        return chr(int(code, 8))
    return ESCAPES.get(code, code)


class _Parser:
    def __init__(self, text: str) -> None:
        self._wrong: list[tuple[int, str]] = []
        self._tokens, self._next, self._depth = _tokens(text, self._wrong), 0, 0

    def whole(self) -> Node:
        found = self._expression()
        _, text, at = self._tokens[self._next]
        if text:
            how = "extraneous" if self._next == len(self._tokens) - 2 else "mismatched"
            self._wrong.append((at, f"Syntax error: {how} input '{text}' expecting <EOF>"))
        if self._wrong:
            raise Malformed(self._wrong)
        return found

    def _is(self, *signs: str) -> bool:
        kind, text, _ = self._tokens[self._next]
        return kind in ("sign", "word") and text in signs

    def _take(self, *signs: str) -> tuple[str, int]:
        """The next token, which must be one of these. Raises Unsupported."""
        _, text, at = self._tokens[self._next]
        if not self._is(*signs):
            raise Unsupported
        self._next += 1
        return text, at

    def _word(self) -> tuple[str, int]:
        kind, text, at = self._tokens[self._next]
        if kind != "word" or text in WORDS or text == "in":
            raise Unsupported
        self._next += 1
        return text, at

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unsupported
        found = self._binary(0)
        if self._is("?"):
            _, at = self._take("?")
            yes = self._binary(0)
            self._take(":")
            found = Node("call", at, "_?_:_", (found, yes, self._expression()))
        self._depth -= 1
        return found

    def _binary(self, level: int) -> Node:
        if level == len(LEVELS):
            return self._unary()
        found = self._binary(level + 1)
        while self._is(*LEVELS[level]):
            sign, at = self._take(*LEVELS[level])
            found = Node("call", at, "@in" if sign == "in" else f"_{sign}_", (found, self._binary(level + 1)))
        return found

    def _unary(self) -> Node:
        if not self._is("!", "-"):
            return self._member()
        sign, at = self._take("!", "-")
        inner = self._unary()
        if sign == "-" and inner.op == "literal" and isinstance(inner.value, (int, float)):
            return Node("literal", at, -inner.value)
        return Node("call", at, f"{sign}_", (inner,))

    def _member(self) -> Node:
        found = self._primary()
        while self._is(".", "["):
            sign, at = self._take(".", "[")
            maybe = self._is("?") and bool(self._take("?"))
            if sign == "[":
                found = Node("call", at, "_[?_]" if maybe else "_[_]", (found, self._expression()))
                self._take("]")
                continue
            name, _ = self._word()
            if maybe:
                found = Node("optional", at, name, (found,))
            else:
                found = self._called(name, found) if self._is("(") else Node("select", at, name, (found,))
        return found

    def _called(self, name: str, target: Node | None = None) -> Node:
        _, at = self._take("(")
        args = self._several(")", self._expression)
        if target is None and name == "has" and len(args) == 1 and args[0].op == "select":
            return Node("has", at, args[0].value, args[0].args)
        if target is not None and len(args) in MACROS.get(name, ()) and args[0].op == "name":
            return Node("each", at, name, (target, *args))
        if target is not None and len(args) in PAIRED.get(name, ()) and args[0].op == args[1].op == "name":
            return Node("pairs", at, name, (target, *args))
        if target is not None and name in BOUND and len(args) == 2 and args[0].op == "name":
            return Node("bound", at, name, (target, *args))
        if target is not None and target.op == "name" and f"{target.value}.{name}" in QUALIFIED:
            return Node("call", at, f"{target.value}.{name}", args)
        return Node("call", at, name if target is None else f".{name}", (*([target] if target else []), *args))

    def _several(self, end: str, one: Callable[[], Node]) -> tuple[Node, ...]:
        found = []
        while not self._is(end):
            found.append(one())
            if not self._is(end):
                self._take(",")
        self._take(end)
        return tuple(found)

    def _primary(self) -> Node:
        kind, text, at = self._tokens[self._next]
        if kind in ("int", "float", "text"):
            self._next += 1
            value = int(text, 0) if kind == "int" else float(text) if kind == "float" else _unquoted(text)
            return Node("literal", at, value)
        if kind == "word" and text in WORDS:
            self._next += 1
            return Node("literal", at, WORDS[text])
        if kind == "word":
            name, at = self._word()
            return self._called(name) if self._is("(") else Node("name", at, name)
        if kind == "end":
            wrong = (at, f"Syntax error: mismatched input '<EOF>' expecting {OPERANDS}")
            raise Malformed([*self._wrong, wrong])
        sign, at = self._take("(", "[", "{")
        if sign == "(":
            inner = self._expression()
            kind, _, at = self._tokens[self._next]
            if kind == "end":
                raise Malformed([*self._wrong, (at, "Syntax error: missing ')' at '<EOF>'")])
            self._take(")")
            return inner
        if sign == "[":
            return Node("list", at, None, self._several("]", self._expression))
        return Node("map", at, None, self._several("}", self._entry))

    def _entry(self) -> Node:
        key = self._expression()
        _, at = self._take(":")
        return Node("entry", at, None, (key, self._expression()))
