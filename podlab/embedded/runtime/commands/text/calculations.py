"""bc's statements: conditions, loops, functions and what is printed, around the expressions of `calculator`.

Upstream: POSIX bc, as busybox's miscutils/bc.c carries it out
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext

from podlab.embedded.runtime.commands.text.calculator import LONGEST, TOKEN, Calculator, Wrong
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io

WORD = re.compile(r'[ \t]*("[^"]*"|[\n;{}])')
ROUNDS = 1_000_000
"""Statements that one run of bc may carry out."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement: its kind, its expressions' words, and the statements in it."""

    kind: str
    words: tuple[tuple[str, ...], ...] = ()
    inner: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """What `define` has made: parameters, `auto` names, statements."""

    parameters: tuple[str, ...]
    own: tuple[str, ...]
    body: Statement


class Leave(Exception):
    """`break`, `continue`, `return` or `quit`, with the value that `return` gives."""

    def __init__(self, kind: str, value: Decimal = Decimal(0)) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value


def tokens(text: str) -> list[str]:
    """The words of a program, with the ends of its lines. Raises Wrong."""
    text = re.sub(r"/\*.*?\*/|#[^\n]*", "", text, flags=re.S).replace("\\\n", "")
    found, at = list[str](), 0
    while at < len(text.rstrip(" \t")):
        match = WORD.match(text, at) or TOKEN.match(text, at)
        if not match:
            raise Wrong(f"bad character '{text[at:].lstrip()[:1]}'")
        found.append(match[1])
        at = match.end()
    return found


class Program:
    """Reads statements one after the other and carries each out as soon as it is whole."""

    def __init__(self, calculator: Calculator, words: list[str], say: Callable[[str], None]) -> None:
        self._calculator, self._words, self._say, self._left = calculator, words, say, ROUNDS
        self._functions: dict[str, Function] = {}
        calculator.user = self._called

    def run(self) -> None:
        """Everything. Raises Wrong, Leave for `quit`."""
        while self._next():
            if self._take("define"):
                self._define()
            else:
                self._carry_out(self._statement())

    # Reading

    def _next(self) -> str:
        """The next word, ends of lines and semicolons left out; "" at the end."""
        while self._words and self._words[0] in ("\n", ";"):
            self._words.pop(0)
        return self._words[0] if self._words else ""

    def _take(self, word: str) -> bool:
        found = bool(self._words) and self._words[0] == word
        if found:
            self._words.pop(0)
        return found

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise Wrong("bad token" if self._words else "bad expression")

    def _line(self) -> tuple[str, ...]:
        """Words up to the end of a statement."""
        found: list[str] = []
        while self._words and self._words[0] not in ("\n", ";", "}", "{", "else"):
            found.append(self._words.pop(0))
        return tuple(found)

    def _bracketed(self) -> tuple[tuple[str, ...], ...]:
        """What stands in round brackets, parted at semicolons."""
        self._need("(")
        parts, depth = [list[str]()], 0
        while self._words and not (depth == 0 and self._words[0] == ")"):
            word = self._words.pop(0)
            depth += (word == "(") - (word == ")")
            if word == ";":
                parts.append([])
            elif word != "\n":
                parts[-1].append(word)
        self._need(")")
        return tuple(map(tuple, parts))

    def _statement(self) -> Statement:
        word = self._next()
        if word == "{":
            return self._block()
        if word in ("if", "while", "for"):
            self._words.pop(0)
            heads, inner = self._bracketed(), [self._statement()]
            if word == "if" and self._else():
                inner.append(self._statement())
            return Statement(word, heads, tuple(inner))
        if word in ("break", "continue", "quit", "halt", "return", "print", "auto"):
            self._words.pop(0)
            return Statement(word, (self._line(),))
        if word.startswith('"'):
            return Statement("string", ((self._words.pop(0),),))
        line = self._line()
        if not line:
            raise Wrong("bad expression")
        return Statement("expression", (line,))

    def _else(self) -> bool:
        """Whether `else` comes next, be it on the next line."""
        at = next((at for at, word in enumerate(self._words) if word not in ("\n", ";")), 0)
        if self._words[at : at + 1] != ["else"]:
            return False
        del self._words[: at + 1]
        return True

    def _block(self) -> Statement:
        self._need("{")
        inner = []
        while self._next() not in ("}", ""):
            inner.append(self._statement())
        self._need("}")
        return Statement("block", (), tuple(inner))

    def _define(self) -> None:
        name = self._words.pop(0) if self._words else ""
        parameters = tuple(word for part in self._bracketed() for word in part if word != ",")
        self._next()
        body = self._block()
        own = tuple(word for one in body.inner if one.kind == "auto" for word in one.words[0] if word != ",")
        self._functions[name] = Function(parameters, own, body)

    # Carrying out

    def _carry_out(self, one: Statement) -> None:
        self._left -= 1
        if self._left < 0:
            raise Wrong("podlab does not simulate programs of more than a million steps")
        if one.kind == "expression":
            result, shown = self._calculator.value(list(one.words[0]))
            if shown:
                self._say(self._calculator.shown(result) + "\n")
        elif one.kind == "string":
            self._say(one.words[0][0].strip('"'))
        elif one.kind == "print":
            self._print(one.words[0])
        elif one.kind == "block":
            for inner in one.inner:
                self._carry_out(inner)
        elif one.kind == "if":
            chosen = one.inner[:1] if self._worth(one.words[0]) else one.inner[1:]
            for inner in chosen:
                self._carry_out(inner)
        elif one.kind in ("while", "for"):
            self._loop(one)
        elif one.kind != "auto":
            raise Leave(one.kind, self._worth(one.words[0]) if one.words[0] else Decimal(0))

    def _worth(self, words: tuple[str, ...]) -> Decimal:
        return self._calculator.value(list(words))[0] if words else Decimal(1)

    def _loop(self, one: Statement) -> None:
        first, condition, step = one.words if one.kind == "for" and len(one.words) == 3 else ((), one.words[0], ())
        self._worth(first)
        while self._worth(condition):
            try:
                self._carry_out(one.inner[0])
            except Leave as left:
                if left.kind == "break":
                    return
                if left.kind != "continue":
                    raise
            self._worth(step)

    def _print(self, words: tuple[str, ...]) -> None:
        part: list[str] = []
        for word in [*words, ","]:
            if word != ",":
                part.append(word)
            elif part:
                text = part[0].strip('"').replace("\\n", "\n").replace("\\t", "\t")
                self._say(text if part[0][:1] == '"' else self._calculator.shown(self._worth(tuple(part))))
                part = []

    def _called(self, name: str, given: list[Decimal]) -> Decimal:
        """A function's value; its parameters have their old values again afterwards. Raises Wrong."""
        made, known = self._functions.get(name), self._calculator.known
        if made is None:
            raise Wrong(f"undefined function: {name}()")
        if len(given) != len(made.parameters):
            raise Wrong(f"function has wrong number of parameters; need {len(made.parameters)}, have {len(given)}")
        own = {word: known.get(word, Decimal(0)) for word in (*made.parameters, *made.own)}
        known |= dict.fromkeys(made.own, Decimal(0)) | dict(zip(made.parameters, given, strict=True))
        try:
            self._carry_out(made.body)
        except Leave as left:
            if left.kind != "return":
                raise
            return left.value
        finally:
            known |= own
        return Decimal(0)


async def bc(io: Io, words: list[str]) -> int:
    """`bc [-lq] [FILE]…`"""
    calculator = Calculator(library=any(word.startswith("-") and "l" in word for word in words))
    names = [word for word in words if not word.startswith("-")]
    try:
        texts = [io.read(name).decode(errors="replace") for name in names]
    except FileError as error:
        return io.fail(f"bc: can't open '{names[0]}': {error}")
    texts += [(await io.stdin.rest()).decode(errors="replace")]
    with localcontext() as context:
        context.prec = LONGEST if any(map(_long, texts)) else 200
        return _all(io, calculator, "\n".join(texts))


def _long(text: str) -> bool:
    return "^" in text or bool(re.search(r"\d{60}", text))


def _all(io: Io, calculator: Calculator, text: str) -> int:
    try:
        Program(calculator, tokens(text), lambda said: io.out(said.encode())).run()
    except Leave:
        return 0
    except (Wrong, DivisionByZero, InvalidOperation, RecursionError) as problem:
        return io.fail(f"bc: {problem}")
    return 0
