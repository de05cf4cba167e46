"""Go's text/template: a text → its nodes.

Upstream: the Go library's text/template/parse
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from podlab.errors import PodlabError


class TemplateError(PodlabError):
    """A template that cannot be read, or does not fit its value; `printed` is what was written before."""

    def __init__(self, message: str, printed: str = "") -> None:
        super().__init__(message)
        self.printed = printed


@dataclass(frozen=True, slots=True)
class Node:
    """One node: `text`, `action`, `if`, `range`, `with`, `template`, `break`, `continue`; `source` is how it reads."""

    kind: str
    value: Any = None
    body: tuple[Node, ...] = ()
    other: tuple[Node, ...] = ()
    at: tuple[int, int] = (1, 0)


@dataclass(frozen=True, slots=True)
class Pipe:
    """Commands, each fed with the one before; variables that take the value, and whether they are new."""

    commands: tuple[tuple[Operand, ...], ...]
    variables: tuple[str, ...] = ()
    declares: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Operand:
    """`field`, `variable`, `function`, `literal`, `dot`, `nil` or `pipe`, with the fields that follow it."""

    kind: str
    value: Any = None
    fields: tuple[str, ...] = ()
    source: str = ""
    at: tuple[int, int] = (1, 0)


@dataclass(slots=True)
class Template:
    """A parsed text with those that it defines."""

    body: tuple[Node, ...]
    defined: dict[str, tuple[Node, ...]] = field(default_factory=dict)


TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<string>"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+')"""
    r"""|(?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+))"""
    r"""|(?P<declare>:=|=)|(?P<variable>\$[\w]*)|(?P<field>(?:\.[^\W\d]\w*))|(?P<word>[^\W\d]\w*)"""
    r"""|(?P<dot>\.)|(?P<punct>[|(),])"""
)
FUNCTIONS = (
    "and", "base64decode", "call", "eq", "exists", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not",
    "or", "print", "printf", "println", "slice", "urlquery",
)  # fmt: skip
KEYWORDS = ("if", "else", "end", "range", "with", "define", "template", "block", "break", "continue")


def parse_template(text: str) -> Template:
    """The nodes of a template.

    Raises:
        TemplateError: with Go's words.
    """
    return _Parser(text).parse()


@dataclass(slots=True)
class _Action:
    """What stands between `{{` and `}}`, in tokens: (kind, text, column)."""

    tokens: list[tuple[str, str, int]]
    line: int
    column: int
    source: str


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces: list[str | _Action] = []
        self.at = 0
        self.defined: dict[str, tuple[Node, ...]] = {}
        self.scopes: list[set[str]] = [{"$"}]

    def parse(self) -> Template:
        self._cut()
        body, ended = self._nodes(())
        if ended:
            raise self._error(f"unexpected {{{{{ended[0]}}}}}", ended[1])
        return Template(body, self.defined)

    def _error(self, message: str, line: int) -> TemplateError:
        return TemplateError(f"template: output:{line}: {message}")

    def _cut(self) -> None:
        """The text between actions, and the actions."""
        at, trim = 0, False
        while True:
            start = self.text.find("{{", at)
            piece = self.text[at:] if start < 0 else self.text[at:start]
            piece = piece.lstrip(" \t\r\n") if trim else piece
            if start < 0:
                self.pieces += [piece] if piece else []
                return
            line, column = self.text.count("\n", 0, start) + 1, start - (self.text.rfind("\n", 0, start) + 1) + 2
            inner = start + 2
            left = self.text[inner : inner + 1] == "-" and self.text[inner + 1 : inner + 2] in (" ", "\t", "\r", "\n")
            inner += left
            self.pieces += [piece.rstrip(" \t\r\n") if left else piece]
            comment = re.compile(r"\s*/\*.*?\*/\s*?(\s-)?\}\}", re.S).match(self.text, inner)
            if comment:
                at, trim = comment.end(), bool(comment[1])
                continue
            tokens, end, trim = self._tokens(inner, line)
            self.pieces.append(_Action(tokens, line, column, self.text[inner:end].strip()))
            at = self.text.index("}}", end) + 2

    def _tokens(self, at: int, line: int) -> tuple[list[tuple[str, str, int]], int, bool]:
        found: list[tuple[str, str, int]] = []
        while True:
            if self.text.startswith("}}", at):
                return found, at, False
            closing = re.compile(r"\s+-\}\}").match(self.text, at)
            if closing:
                return found, at, True
            match = TOKEN.match(self.text, at)
            if at >= len(self.text):
                raise self._error("unclosed action", line)
            if not match:
                if self.text[at] in "\"'`":
                    what = {'"': "quoted string", "`": "raw quoted string", "'": "character constant"}[self.text[at]]
                    raise self._error(f"unterminated {what}", line)
                raise self._error(f"unexpected {json.dumps(self.text[at])} in command", line)
            kind = match.lastgroup or ""
            found.append((kind, match[0], at))
            at = match.end()

    def _nodes(self, until: tuple[str, ...]) -> tuple[tuple[Node, ...], tuple[str, int, _Action] | None]:
        """Nodes up to an `else` or `end`, and which it was."""
        found: list[Node] = []
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            self.at += 1
            if isinstance(piece, str):
                found += [Node("text", piece)] if piece else []
                continue
            words = [token for token in piece.tokens if token[0] != "space"]
            keyword = words[0][1] if words and words[0][0] == "word" and words[0][1] in KEYWORDS else ""
            if keyword in ("else", "end"):
                return tuple(found), (keyword, piece.line, piece)
            node = self._node(keyword, piece)
            found += [node] if node else []
        if until:
            raise self._error("unexpected EOF", self.text.count("\n") + 1)
        return tuple(found), None

    def _node(self, keyword: str, action: _Action) -> Node | None:
        where = (action.line, action.column)
        if keyword in ("if", "with", "range"):
            return self._control(keyword, action)
        if keyword in ("break", "continue"):
            return Node(keyword, at=where)
        if keyword in ("define", "block", "template"):
            return self._template(keyword, action)
        return Node("action", self._pipe(_Cursor(action, self), ""), at=where)

    def _control(self, keyword: str, action: _Action, skip: int = 1) -> Node:
        self.scopes.append(set())
        cursor = _Cursor(action, self)
        for _ in range(skip):
            cursor.take()
        pipe = self._pipe(cursor, keyword)
        body, ended = self._nodes((keyword,))
        other: tuple[Node, ...] = ()
        assert ended is not None
        if ended[0] == "else":
            words = [token for token in ended[2].tokens if token[0] != "space"]
            if len(words) > 1 and words[1][1] in ("if", "with"):
                other = (self._control(words[1][1], ended[2], 2),)
            else:
                other, ended = self._nodes((keyword,))
        self.scopes.pop()
        return Node(keyword, pipe, body, other, (action.line, action.column))

    def _template(self, keyword: str, action: _Action) -> Node | None:
        cursor = _Cursor(action, self)
        cursor.take()
        kind, text, _ = cursor.take()
        if kind != "string":
            raise self._error(f"unexpected {json.dumps(text)} in {keyword} clause", action.line)
        name = unquoted(text)
        if keyword == "define":
            self.defined[name] = self._nodes((keyword,))[0]
            return None
        pipe = self._pipe(cursor, keyword) if cursor.peek()[0] else None
        if keyword == "block":
            self.defined[name] = self._nodes((keyword,))[0]
        return Node("template", (name, pipe), at=(action.line, action.column))

    def _pipe(self, cursor: _Cursor, context: str) -> Pipe:
        start = cursor.offset()
        variables, declares = self._declared(cursor, context)
        commands: list[tuple[Operand, ...]] = []
        operands: list[Operand] = []
        while True:
            kind, text, _ = cursor.peek()
            if not kind or text == ")":
                break
            if text == "|":
                cursor.take()
                if not operands:
                    raise self._error("missing value for command", cursor.action.line)
                commands.append(tuple(operands))
                operands = []
                continue
            operands.append(self._operand(cursor))
        if operands:
            commands.append(tuple(operands))
        if not commands:
            raise self._error(f"missing value for {context or 'command'}", cursor.action.line)
        for command in commands[1:]:
            if command[0].kind in ("literal", "dot", "nil"):
                raise self._error(
                    f"non executable command in pipeline stage {commands.index(command) + 1}", cursor.action.line
                )
        return Pipe(tuple(commands), variables, declares, self.text[start : cursor.end()].strip())

    def _declared(self, cursor: _Cursor, context: str) -> tuple[tuple[str, ...], bool]:
        saved, names = cursor.at, []
        while cursor.peek()[0] == "variable":
            names.append(cursor.take()[1])
            kind, text, _ = cursor.peek()
            if kind == "declare":
                cursor.take()
                if text == ":=":
                    self.scopes[-1].update(names)
                return tuple(names), text == ":="
            if text == "," and context == "range":
                cursor.take()
                continue
            break
        cursor.at = saved
        return (), False

    def _operand(self, cursor: _Cursor) -> Operand:
        kind, text, offset = cursor.take()
        line = cursor.action.line
        where = (line, offset - (self.text.rfind("\n", 0, offset) + 1))
        made: Operand
        if kind == "string":
            made = Operand("literal", unquoted(text) if text[0] != "'" else ord(unquoted(text)), source=text, at=where)
        elif kind == "number":
            made = Operand("literal", _number(text), source=text, at=where)
        elif kind == "field":
            made = Operand("field", None, (text[1:],), text, where)
        elif kind == "dot":
            made = Operand("dot", source=".", at=where)
        elif kind == "variable":
            if not any(text in scope for scope in self.scopes):
                raise self._error(f'undefined variable "{text}"', line)
            made = Operand("variable", text, source=text, at=where)
        elif kind == "word":
            made = self._word(text, where, line)
        elif text == "(":
            pipe = self._pipe(cursor, "parenthesized pipeline")
            if cursor.peek()[1] != ")":
                raise self._error("unclosed left paren", line)
            cursor.take()
            made = Operand("pipe", pipe, source=f"({pipe.source})", at=where)
        else:
            raise self._error(f"unexpected {json.dumps(text)} in operand", line)
        fields = list(made.fields)
        while cursor.joined() and cursor.peek()[0] == "field":
            fields.append(cursor.take()[1][1:])
        source = made.source + "".join(f".{name}" for name in fields[len(made.fields) :])
        return Operand(made.kind, made.value, tuple(fields), source, made.at)

    def _word(self, text: str, where: tuple[int, int], line: int) -> Operand:
        if text in ("true", "false"):
            return Operand("literal", text == "true", source=text, at=where)
        if text == "nil":
            return Operand("nil", source="nil", at=where)
        if text not in FUNCTIONS:
            raise self._error(f'function "{text}" not defined', line)
        return Operand("function", text, source=text, at=where)


class _Cursor:
    """Goes through an action's tokens; spaces only tell operands apart."""

    def __init__(self, action: _Action, parser: _Parser) -> None:
        self.action, self.parser, self.at = action, parser, 0

    def _skip(self) -> None:
        while self.at < len(self.action.tokens) and self.action.tokens[self.at][0] == "space":
            self.at += 1

    def joined(self) -> bool:
        """Whether the next token stands right behind the last one."""
        return self.at < len(self.action.tokens) and self.action.tokens[self.at][0] != "space"

    def peek(self) -> tuple[str, str, int]:
        self._skip()
        return self.action.tokens[self.at] if self.at < len(self.action.tokens) else ("", "", 0)

    def take(self) -> tuple[str, str, int]:
        token = self.peek()
        self.at += 1
        return token

    def offset(self) -> int:
        return self.peek()[2]

    def end(self) -> int:
        last = self.action.tokens[min(self.at, len(self.action.tokens)) - 1]
        return last[2] + len(last[1])


def unquoted(text: str) -> str:
    """What a Go string or character constant stands for."""
    if text.startswith("`"):
        return text[1:-1]
    escapes = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "xuU" and len(code) > 1:
            return chr(min(int(code[1:], 16), 0x10FFFF))
        return chr(int(code, 8)) if code.isdigit() else escapes.get(code, code)

    return re.sub(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", one, text[1:-1], flags=re.S)


def _number(text: str) -> int | float:
    if re.fullmatch(r"[-+]?(0[xX][0-9a-fA-F]+|[0-9]+)", text):
        digits = text.lstrip("+-")
        return (-1 if text[0] == "-" else 1) * int(digits, 16 if digits[:2] in ("0x", "0X") else 10)
    return float(text)
