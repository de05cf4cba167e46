"""`find`: files below folders that fit an expression, and what is done with them."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from podlab.embedded.runtime.commands import accounts, usage
from podlab.embedded.runtime.commands.files import filedetails
from podlab.embedded.runtime.commands.files.findtests import PLAIN_TESTS, TESTS, Found, Unclear, size
from podlab.embedded.runtime.commands.processes.runners import launch
from podlab.embedded.runtime.expressions.dates import shown
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.streams import Input


class Quit(Exception):
    """`-quit`: nothing more is looked for."""


Test = Callable[[Found], Awaitable[bool]]
DEEPEST = 40
"""Folders below folders, as many as links that a path may lead through: one that leads to itself ends."""


@dataclass(slots=True)
class Expression:
    """What is asked of each file, and how deep to look."""

    test: Test
    most: int = 10**6
    least: int = 0
    below_first: bool = False
    follows: bool = False
    pruned: set[str] = field(default_factory=set)
    batches: list[tuple[list[str], list[str]]] = field(default_factory=list)


async def find(io: Io, words: list[str]) -> int:
    """`find [PATH…] [EXPRESSION]`"""
    ways = list(itertools.takewhile(lambda word: word in ("-H", "-L", "-P"), words))
    words = words[len(ways) :]
    at = next((i for i, word in enumerate(words) if word.startswith("-") or word in ("!", "(")), len(words))
    try:
        expression = _Reader(io, words[at:]).expression()
        expression.follows = expression.follows or ways[-1:] == ["-L"]
    except Unclear as problem:
        return io.fail(f"find: {problem}")
    code = 0
    for begin in words[:at] or ["."]:
        if not io.process.machine.files.named(io.path(begin)):
            code = io.fail(f"find: {begin}: {NO_SUCH}" if io.busybox else f"find: '{begin}': {NO_SUCH}")
            continue
        walk = _walk(Found(io, begin, 0, begin, expression.follows), expression)
        for found in list(walk) if expression.below_first else walk:
            try:
                if found.depth >= expression.least:
                    await expression.test(found)
            except Quit:
                return code
    for command, paths in expression.batches:
        if paths and await launch(replace(io, stdin=Input()), [*command, *paths], "find"):
            code = 1
    return code


def _walk(found: Found, expression: Expression) -> Iterator[Found]:
    io, path, files = found.io, found.path, found.io.process.machine.files
    if not expression.below_first:
        yield found
    most = min(expression.most, DEEPEST) if found.follows else expression.most
    deeper = found.depth < most and path not in expression.pruned
    linked = files.link(found.whole) is not None and not found.follows
    if deeper and files.is_directory(found.whole) and (found.depth == 0 or not linked):
        try:
            names = files.list(found.whole)
        except FileError as error:
            io.fail(f"find: {path}: {error}" if io.busybox else f"find: '{path}': {error}")
            names = []
        for name in names:
            below = Found(io, posixpath.join(path, name), found.depth + 1, found.begin, found.follows)
            yield from _walk(below, expression)
    if expression.below_first:
        yield found


class _Reader:
    """Reads an expression: `-o`, `-a`, `!`, parentheses, tests and actions."""

    def __init__(self, io: Io, words: list[str]) -> None:
        self.io, self.words, self.at, self.acts = io, words, 0, False
        self.made = Expression(_always)

    def expression(self) -> Expression:
        test = self._or() if self.words else _always
        if self.at < len(self.words):
            raise Unclear(
                f"unrecognized: {self.words[self.at]}" if self.io.busybox else "paths must precede expression"
            )
        self.made.test = test if self.acts else _both(test, _print)
        return self.made

    def _next(self, *wanted: str) -> bool:
        if self.at < len(self.words) and self.words[self.at] in wanted:
            self.at += 1
            return True
        return False

    def _or(self) -> Test:
        left = self._and()
        while self._next("-o", "-or"):
            left = _either(left, self._and())
        return left

    def _and(self) -> Test:
        left = self._not()
        while self.at < len(self.words) and self.words[self.at] not in ("-o", "-or", ")"):
            self._next("-a", "-and")
            left = _both(left, self._not())
        return left

    def _not(self) -> Test:
        if self._next("!", "-not"):
            return _opposite(self._not())
        if self._next("("):
            inner = self._or()
            if not self._next(")"):
                raise Unclear("unmatched '('" if self.io.busybox else "invalid expression; expected to find a ')'")
            return inner
        return self._primary()

    def _word(self, name: str) -> str:
        if self.at >= len(self.words):
            raise Unclear(f"{name} requires an argument" if self.io.busybox else f"missing argument to `{name}'")
        self.at += 1
        return self.words[self.at - 1]

    def _primary(self) -> Test:
        if self.at >= len(self.words):
            raise Unclear("expected an expression")
        name = self.words[self.at]
        self.at += 1
        if name in ACTIONS:
            self.acts = True
            return ACTIONS[name]
        if name == "-exec" or (name == "-ok" and not self.io.busybox):
            self.acts = True
            return self._exec(asks=name == "-ok")
        if name in OF_FINDUTILS and not self.io.busybox:
            self.acts = True
            return OF_FINDUTILS[name](self._word(name))
        if name == "-delete":
            self.acts = self.made.below_first = True
            return _delete
        if name == "-prune":
            return self._prune
        if name in ("-maxdepth", "-mindepth"):
            value = self._word(name)
            if not value.isdecimal():
                gnu = f"Expected a positive decimal integer argument to {name}, but got '{value}'"
                raise Unclear(f"invalid number '{value}'" if self.io.busybox else gnu)
            depth = int(value[:9])
            self.made.most, self.made.least = (
                (depth, self.made.least) if name == "-maxdepth" else (self.made.most, depth)
            )
            return _always
        if name in ("-depth", "-xdev", "-mount", "-follow"):
            self.made.below_first = self.made.below_first or name == "-depth"
            self.made.follows = self.made.follows or name == "-follow"
            return _always
        if name in PLAIN_TESTS and (name in ("-empty", "-executable") or not self.io.busybox):
            return _plain(PLAIN_TESTS[name])
        if name not in TESTS or (self.io.busybox and name in ("-iregex", "-xtype")):
            raise Unclear(
                f"unrecognized: {name}\n{usage.shown('find')}" if self.io.busybox else f"unknown predicate `{name}'"
            )
        return _plain(TESTS[name](self.io, self._word(name)))

    async def _prune(self, found: Found) -> bool:
        self.made.pruned.add(found.path)
        return True

    def _exec(self, *, asks: bool) -> Test:
        command: list[str] = []
        while True:
            word = self._word("-exec")
            if word == ";":
                break
            if word == "+" and command[-1:] == ["{}"]:
                return self._batch(command[:-1])
            command.append(word)

        async def run(found: Found) -> bool:
            words = [word.replace("{}", found.path) for word in command]
            if asks and not await _agreed(found, words):
                return False
            return not await launch(replace(found.io, stdin=Input()), words, "find")

        return run

    def _batch(self, command: list[str]) -> Test:
        paths: list[str] = []
        self.made.batches.append((command, paths))

        async def collect(found: Found) -> bool:
            paths.append(found.path)
            return True

        return collect


async def _agreed(found: Found, words: list[str]) -> bool:
    """Whether who is asked says yes to a command."""
    found.io.err(f"< {words[0]} ... {found.path} > ? ".encode())
    return (await found.io.stdin.line()).lower().startswith(b"y")


async def _always(found: Found) -> bool:
    return True


def _plain(test: Callable[[Found], bool]) -> Test:
    async def asked(found: Found) -> bool:
        return test(found)

    return asked


def _both(left: Test, right: Test) -> Test:
    async def asked(found: Found) -> bool:
        return await left(found) and await right(found)

    return asked


def _either(left: Test, right: Test) -> Test:
    async def asked(found: Found) -> bool:
        return await left(found) or await right(found)

    return asked


def _opposite(test: Test) -> Test:
    async def asked(found: Found) -> bool:
        return not await test(found)

    return asked


# Actions


async def _print(found: Found) -> bool:
    found.io.say(found.path)
    return True


async def _print_null(found: Found) -> bool:
    found.io.out(found.path.encode(errors="surrogateescape") + b"\0")
    return True


async def _delete(found: Found) -> bool:
    files = found.io.process.machine.files
    try:
        if found.kind == "d" and files.list(found.whole):
            raise FileError("Directory not empty")
        files.remove(found.whole)
    except FileError as error:
        found.io.fail(f"find: cannot delete '{found.path}': {error}")
        return False
    return True


async def _quit(found: Found) -> bool:
    raise Quit


def _formatted(form: str) -> Test:
    """findutils' `-printf FORMAT`"""

    async def say(found: Found) -> bool:
        found.io.out(FORM.sub(lambda one: _told(found, one), form).encode(errors="surrogateescape"))
        return True

    return say


FORM = re.compile(r"\\(.)|%(-?\d*)(T[@A-Za-z+]|[a-zA-Z%])")
ESCAPES = {"n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


def _told(found: Found, one: re.Match[str]) -> str:
    """What stands for one directive of a format."""
    if one[1]:
        return ESCAPES.get(one[1], one[0])
    letter, files = one[3], found.io.process.machine.files
    moment = filedetails.modified(found.io, found.whole)
    mode = files.mode(found.whole) if found.kind != "l" else 0o777
    user, group = accounts.owner(found.io, found.whole, follow=False)
    numbers = files.owner(found.whole, follow=False)
    if letter.startswith("T"):
        return f"{moment:.10f}" if letter == "T@" else shown(f"%{letter[1]}", datetime.fromtimestamp(moment, UTC))
    facts = {"p": found.path, "f": posixpath.basename(found.path.rstrip("/")) or "/", "y": found.kind, "%": "%"}
    facts |= {"h": posixpath.dirname(found.path) or ".", "d": str(found.depth), "l": files.link(found.whole) or ""}
    facts |= {"m": f"{mode:o}", "u": user, "g": group, "U": str(numbers[0]), "G": str(numbers[1])}
    facts |= {"P": found.path.removeprefix(found.begin).lstrip("/"), "H": found.begin, "s": str(size(found))}
    facts |= {"t": shown("%a %b %e %H:%M:%S.0000000000 %Y", datetime.fromtimestamp(moment, UTC))}
    text, width = facts.get(letter, one[0]), int(one[2] or 0)
    return text.ljust(-width) if width < 0 else text.rjust(width)


OF_FINDUTILS: Mapping[str, Callable[[str], Test]] = MappingProxyType({"-printf": _formatted})


ACTIONS: Mapping[str, Test] = MappingProxyType({"-print": _print, "-print0": _print_null, "-quit": _quit})
