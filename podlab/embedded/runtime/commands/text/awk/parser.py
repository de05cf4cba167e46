"""Reads an awk program: rules, statements, and expressions by their precedence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.runtime.commands.text.awk.lexer import EXTRA, UNCLOSED, BadProgram, Token, tokens


@dataclass(frozen=True, slots=True)
class Node:
    """A statement or an expression: its kind, and what that kind has."""

    kind: str
    parts: tuple[Any, ...] = ()


@dataclass(slots=True)
class Program:
    """What a program does at its beginning, for each record, and at its end."""

    begin: list[Node] = field(default_factory=list)
    rules: list[tuple[tuple[Node, ...], Node]] = field(default_factory=list)
    end: list[Node] = field(default_factory=list)
    functions: dict[str, tuple[list[str], Node]] = field(default_factory=dict)


PRINT = Node("print", ((), "", None))
LEVELS: tuple[tuple[str, ...], ...] = (("+", "-"), ("*", "/", "%"))
COMPARE = ("<", "<=", "==", "!=", ">", ">=")
ASSIGN = ("=", "+=", "-=", "*=", "/=", "%=", "^=")
STARTS = frozenset(["name", "number", "string", "regex", "builtin", "$", "!", "(", "-", "+", "++", "--"])
"""What an expression that is joined to the one before may begin with."""


def parse(text: str, *, busy: bool = True) -> Program:
    """A program of busybox's awk or of mawk. Raises BadProgram."""
    try:
        return _Parser(tokens(text, busy=busy)).program()
    except RecursionError:
        raise BadProgram("(nested too deeply)") from None


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self.tokens, self.at = found, 0
        self.no_greater = False

    # Tokens

    @property
    def kind(self) -> str:
        return self.tokens[self.at].kind

    def take(self, *kinds: str) -> Token | None:
        if self.kind in kinds:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def need(self, kind: str) -> Token:
        return self.take(kind) or self._wrong()

    def _wrong(self) -> Token:
        token = self.tokens[self.at]
        raise BadProgram(token.text.strip() or "end of file", token.line)

    def skip(self, *kinds: str) -> None:
        while self.take(*(kinds or ("\n", ";"))):
            pass

    # Rules

    def program(self) -> Program:
        made = Program()
        self.skip()
        while not self.take("end"):
            if self.kind == "}":
                raise BadProgram(EXTRA, self.tokens[self.at].line)
            if self.take("function"):
                self._function(made)
            elif self.take("BEGIN"):
                made.begin.append(self._block())
            elif self.take("END"):
                made.end.append(self._block())
            else:
                self._rule(made)
            self.skip()
        return made

    def _rule(self, made: Program) -> None:
        patterns: list[Node] = []
        if self.kind != "{":
            patterns.append(self.expression())
            if self.take(","):
                self.skip("\n")
                patterns.append(self.expression())
        made.rules.append((tuple(patterns), self._block() if self.kind == "{" else PRINT))

    def _function(self, made: Program) -> None:
        name, names = self.need("name").text, []
        self.need("(")
        while not self.take(")"):
            names.append(self.need("name").text)
            self.take(",")
        self.skip("\n")
        made.functions[name] = (names, self._block())

    # Statements

    def _block(self) -> Node:
        self.need("{")
        found: list[Node] = []
        self.skip()
        while not self.take("}"):
            if self.kind == "end":
                raise BadProgram(UNCLOSED, self.tokens[self.at].line)
            found.append(self._statement())
            self.skip()
        return Node("block", tuple(found))

    def _statement(self) -> Node:
        token = self.tokens[self.at]
        if token.kind == "{":
            return self._block()
        if token.kind in ("if", "while", "do", "for"):
            self.at += 1
            return {"if": self._if, "while": self._while, "do": self._do, "for": self._for}[token.kind]()
        found = self._simple()
        if self.kind not in ("}", "end"):
            self.take(";", "\n") or self._wrong()
        return found

    def _simple(self) -> Node:
        if token := self.take("break", "continue", "next", "nextfile"):
            return Node(token.kind)
        if token := self.take("exit", "return"):
            return Node(token.kind, (None if self.kind in (";", "\n", "}", "end") else self.expression(),))
        if token := self.take("print", "printf"):
            return self._print(token.kind)
        if self.take("delete"):
            name = self.need("name").text
            return Node("delete", (name, self._indices() if self.kind == "[" else None))
        return Node("expression", (self.expression(),))

    def _print(self, kind: str) -> Node:
        values: tuple[Node, ...] = ()
        if self.kind not in (";", "\n", "}", "end", ">", ">>", "|"):
            self.no_greater = True
            values = self._list()
            self.no_greater = False
            if len(values) == 1 and values[0].kind == "tuple":
                values = values[0].parts
        redirect = self.take(">", ">>", "|")
        target = self._target_of(redirect.kind) if redirect else None
        return Node(kind, (values, redirect.kind if redirect else "", target))

    def _target_of(self, redirect: str) -> Node:
        """Where a redirection leads: to what may be a choice, but no further redirection."""
        if redirect == "|":
            return self._concatenation()
        self.no_greater = True
        found = self._conditional()
        self.no_greater = False
        return found

    def _list(self) -> tuple[Node, ...]:
        found = [self.expression()]
        while self.take(","):
            self.skip("\n")
            found.append(self.expression())
        return tuple(found)

    def _if(self) -> Node:
        self.need("(")
        condition = self.expression()
        self.need(")")
        self.skip("\n")
        then = Node("block") if self.take(";") else self._statement()
        at = self.at
        self.skip()
        if self.take("else"):
            self.skip("\n")
            return Node("if", (condition, then, self._statement()))
        self.at = at
        return Node("if", (condition, then, None))

    def _body(self) -> Node:
        self.skip("\n")
        return Node("block") if self.take(";") else self._statement()

    def _while(self) -> Node:
        self.need("(")
        condition = self.expression()
        self.need(")")
        return Node("while", (condition, self._body()))

    def _do(self) -> Node:
        self.skip("\n")
        body = self._statement()
        self.skip()
        self.need("while")
        self.need("(")
        condition = self.expression()
        self.need(")")
        return Node("do", (body, condition))

    def _for(self) -> Node:
        self.need("(")
        names = [token.kind for token in self.tokens[self.at : self.at + 4]]
        if names == ["name", "in", "name", ")"]:
            name, array = self.tokens[self.at].text, self.tokens[self.at + 2].text
            self.at += 4
            return Node("for in", (name, array, self._body()))
        first = None if self.kind == ";" else self._simple()
        self.need(";")
        condition = None if self.kind == ";" else self.expression()
        self.need(";")
        step = None if self.kind == ")" else self._simple()
        self.need(")")
        return Node("for", (first, condition, step, self._body()))

    # Expressions

    def expression(self) -> Node:
        left = self._conditional()
        if self.kind in ASSIGN and left.kind in ("variable", "field", "element"):
            operator = self.tokens[self.at].kind
            self.at += 1
            self.skip("\n")
            return Node("assign", (operator[:-1], left, self.expression()))
        return left

    def _conditional(self) -> Node:
        condition = self._or()
        if not self.take("?"):
            return condition
        self.skip("\n")
        then = self.expression()
        self.skip("\n")
        self.need(":")
        self.skip("\n")
        return Node("choose", (condition, then, self.expression()))

    def _or(self) -> Node:
        left = self._and()
        while self.take("||"):
            self.skip("\n")
            left = Node("or", (left, self._and()))
        return left

    def _and(self) -> Node:
        left = self._in()
        while self.take("&&"):
            self.skip("\n")
            left = Node("and", (left, self._in()))
        return left

    def _in(self) -> Node:
        left = self._match()
        while self.kind == "in":
            self.at += 1
            keys = left.parts if left.kind == "tuple" else (left,)
            left = Node("in", (keys, self.need("name").text))
        return left

    def _match(self) -> Node:
        left = self._comparison()
        while token := self.take("~", "!~"):
            left = Node("match", (token.kind == "!~", left, self._comparison()))
        return left

    def _comparison(self) -> Node:
        left = self._concatenation()
        while self.kind in COMPARE and not (self.kind == ">" and self.no_greater):
            operator = self.tokens[self.at].kind
            self.at += 1
            left = Node("compare", (operator, left, self._concatenation()))
        while self.kind == "|" and self.tokens[self.at + 1].kind == "getline":
            self.at += 2
            left = Node("getline", ("|", left, self._target()))
        return left

    def _concatenation(self) -> Node:
        left = self._arithmetic(0)
        while self.kind in STARTS - {"+", "-"}:
            left = Node("join", (left, self._arithmetic(0)))
        return left

    def _arithmetic(self, level: int) -> Node:
        if level == len(LEVELS):
            return self._unary()
        left = self._arithmetic(level + 1)
        while token := self.take(*LEVELS[level]):
            left = Node("reckon", (token.kind, left, self._arithmetic(level + 1)))
        return left

    def _unary(self) -> Node:
        if self.take("!"):
            return Node("not", (self._unary(),))
        if token := self.take("-", "+"):
            return Node("sign", (token.kind, self._unary()))
        return self._power()

    def _power(self) -> Node:
        left = self._postfix()
        if self.take("^"):
            return Node("reckon", ("^", left, self._unary()))
        return left

    def _postfix(self) -> Node:
        found = self._primary()
        if found.kind in ("variable", "field", "element") and (token := self.take("++", "--")):
            return Node("count", (token.kind, found, False))
        return found

    def _primary(self) -> Node:
        token = self.tokens[self.at]
        if token.kind in ("number", "string", "regex"):
            self.at += 1
            return Node(token.kind, (token.text,))
        if self.take("$"):
            inner = self._prefixed() or self._primary()
            return Node("field", (inner,))
        if found := self._prefixed():
            return found
        if self.take("-", "+"):
            return Node("sign", (token.kind, self._unary()))
        if self.take("("):
            return self._group()
        if self.take("getline"):
            target = self._target()
            return Node("getline", ("<", self._primary(), target) if self.take("<") else ("", None, target))
        if self.take("builtin"):
            return Node("call", (token.text, self._arguments() if self.kind == "(" else None))
        name = self.need("name")
        if name.glued and self.kind == "(":
            return Node("user", (name.text, self._arguments()))
        return Node("element", (name.text, self._indices())) if self.kind == "[" else Node("variable", (name.text,))

    def _prefixed(self) -> Node | None:
        token = self.take("++", "--")
        return Node("count", (token.kind, self._primary(), True)) if token else None

    def _group(self) -> Node:
        outer, self.no_greater = self.no_greater, False
        values = self._list()
        self.need(")")
        self.no_greater = outer
        return Node("group", values) if len(values) == 1 else Node("tuple", values)

    def _target(self) -> Node | None:
        return self._primary() if self.kind in ("name", "$") else None

    def _indices(self) -> tuple[Node, ...]:
        self.need("[")
        found = self._list()
        self.need("]")
        return found

    def _arguments(self) -> tuple[Node, ...]:
        self.need("(")
        outer, self.no_greater = self.no_greater, False
        self.skip("\n")
        found = () if self.kind == ")" else self._list()
        self.skip("\n")
        self.need(")")
        self.no_greater = outer
        return found
