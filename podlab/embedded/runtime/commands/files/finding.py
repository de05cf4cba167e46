"""`find`: files below folders that fit an expression, and what is done with them."""

from __future__ import annotations

import fnmatch
import posixpath
import re
import stat
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from podlab.embedded.runtime.commands import accounts, usage
from podlab.embedded.runtime.commands.files import filedetails
from podlab.embedded.runtime.commands.processes.runners import launch
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.streams import Input


class Unclear(Exception):
    """No expression: what find says of it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was come across."""

    io: Io
    path: str
    depth: int

    @property
    def whole(self) -> str:
        """Its absolute path."""
        return self.io.path(self.path)

    @property
    def kind(self) -> str:
        """`f`, `d`, `l` or `p`."""
        files = self.io.process.machine.files
        if files.link(self.whole) is not None:
            return "l"
        return "d" if files.is_directory(self.whole) else "p" if files.fifo(self.whole) else "f"


Test = Callable[[Found], Awaitable[bool]]


@dataclass(slots=True)
class Expression:
    """What is asked of each file, and how deep to look."""

    test: Test
    most: int = 10**6
    least: int = 0
    below_first: bool = False
    pruned: set[str] = field(default_factory=set)
    batches: list[tuple[list[str], list[str]]] = field(default_factory=list)


async def find(io: Io, words: list[str]) -> int:
    """`find [PATH…] [EXPRESSION]`"""
    words = [word for word in words if word not in ("-H", "-L", "-P")]
    at = next((i for i, word in enumerate(words) if word.startswith("-") or word in ("!", "(")), len(words))
    try:
        expression = _Reader(io, words[at:]).expression()
    except Unclear as problem:
        return io.fail(f"find: {problem}")
    code = 0
    for begin in words[:at] or ["."]:
        if not io.process.machine.files.named(io.path(begin)):
            code = io.fail(f"find: {begin}: {NO_SUCH}" if io.busybox else f"find: '{begin}': {NO_SUCH}")
            continue
        for found in (
            list(_walk(io, begin, 0, expression)) if expression.below_first else _walk(io, begin, 0, expression)
        ):
            if found.depth >= expression.least:
                await expression.test(found)
    for command, paths in expression.batches:
        if paths and await launch(replace(io, stdin=Input()), [*command, *paths], "find"):
            code = 1
    return code


def _walk(io: Io, path: str, depth: int, expression: Expression) -> Iterator[Found]:
    found, files = Found(io, path, depth), io.process.machine.files
    if not expression.below_first:
        yield found
    deeper = depth < expression.most and path not in expression.pruned
    if deeper and files.is_directory(found.whole) and (depth == 0 or files.link(found.whole) is None):
        try:
            names = files.list(found.whole)
        except FileError as error:
            io.fail(f"find: {path}: {error}" if io.busybox else f"find: '{path}': {error}")
            names = []
        for name in names:
            yield from _walk(io, posixpath.join(path, name), depth + 1, expression)
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
        if name in ("-exec", "-ok"):
            self.acts = True
            return self._exec()
        if name == "-delete":
            self.acts = self.made.below_first = True
            return _delete
        if name == "-prune":
            return self._prune
        if name in ("-maxdepth", "-mindepth"):
            value = self._word(name)
            depth = int(value) if value.isdecimal() else 0
            self.made.most, self.made.least = (
                (depth, self.made.least) if name == "-maxdepth" else (self.made.most, depth)
            )
            return _always
        if name in ("-depth", "-xdev", "-mount", "-follow"):
            self.made.below_first = self.made.below_first or name == "-depth"
            return _always
        if name == "-empty":
            return _plain(_empty)
        if name == "-delete" and self.io.busybox:
            raise Unclear(f"unrecognized: {name}\n{usage.shown('find')}")
        if name not in TESTS:
            raise Unclear(
                f"unrecognized: {name}\n{usage.shown('find')}" if self.io.busybox else f"unknown predicate `{name}'"
            )
        return _plain(TESTS[name](self.io, self._word(name)))

    async def _prune(self, found: Found) -> bool:
        self.made.pruned.add(found.path)
        return True

    def _exec(self) -> Test:
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
            return not await launch(replace(found.io, stdin=Input()), words, "find")

        return run

    def _batch(self, command: list[str]) -> Test:
        paths: list[str] = []
        self.made.batches.append((command, paths))

        async def collect(found: Found) -> bool:
            paths.append(found.path)
            return True

        return collect


# Tests


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


def _name(found: Found) -> str:
    return posixpath.basename(found.path.rstrip("/")) or found.path


def _empty(found: Found) -> bool:
    files = found.io.process.machine.files
    return (found.kind == "d" and not files.list(found.whole)) or (found.kind == "f" and not files.size(found.whole))


def _counted(word: str) -> tuple[str, int, str]:
    """(sign, number, unit) of `+5M`. Raises Unclear."""
    match = re.fullmatch(r"([-+]?)(\d{1,15})([bcwkMG]?)", word)
    if not match:
        raise Unclear(f"invalid number '{word}'")
    return match[1], int(match[2]), match[3]


def _fits(sign: str, wanted: int, number: int) -> bool:
    return number > wanted if sign == "+" else number < wanted if sign == "-" else number == wanted


UNITS = {"": 512, "b": 512, "c": 1, "w": 2, "k": 1024, "M": 2**20, "G": 2**30}


def _size(io: Io, word: str) -> Callable[[Found], bool]:
    sign, number, unit = _counted(word)

    def fits(found: Found) -> bool:
        files = found.io.process.machine.files
        size = 4096 if found.kind == "d" else files.size(found.whole)
        return _fits(sign, number, -(-size // UNITS[unit]))

    return fits


def _age(seconds: int) -> Callable[[Io, str], Callable[[Found], bool]]:
    def made(io: Io, word: str) -> Callable[[Found], bool]:
        sign, number, _ = _counted(word)
        return lambda found: _fits(
            sign, number, int((io.process.time - filedetails.modified(io, found.whole)) // seconds)
        )

    return made


def _newer(io: Io, word: str) -> Callable[[Found], bool]:
    if not io.process.machine.files.exists(io.path(word)):
        raise Unclear(f"{word}: {NO_SUCH}")
    then = filedetails.modified(io, io.path(word))
    return lambda found: filedetails.modified(io, found.whole) > then


def _mode(io: Io, word: str) -> Callable[[Found], bool]:
    sign, wanted = (word[0], word[1:]) if word[:1] in ("-", "/", "+") else ("", word)
    bits = filedetails.changed(0, wanted)
    if bits is None:
        raise Unclear(f"invalid mode '{word}'")

    def fits(found: Found) -> bool:
        mode = stat.S_IMODE(found.io.process.machine.files.mode(found.whole))
        return mode == bits if not sign else mode & bits == bits if sign == "-" else bool(mode & bits)

    return fits


def _owner(at: int, table: str) -> Callable[[Io, str], Callable[[Found], bool]]:
    def made(io: Io, word: str) -> Callable[[Found], bool]:
        number = accounts.number(io, table, word)
        if number is None:
            raise Unclear(f"unknown user {word}")
        return lambda found: found.io.process.machine.files.owner(found.whole)[at] == number

    return made


TESTS: Mapping[str, Callable[[Io, str], Callable[[Found], bool]]] = MappingProxyType(
    {
        "-name": lambda io, word: lambda found: fnmatch.fnmatchcase(_name(found), word),
        "-iname": lambda io, word: lambda found: fnmatch.fnmatchcase(_name(found).lower(), word.lower()),
        "-path": lambda io, word: lambda found: fnmatch.fnmatchcase(found.path, word),
        "-wholename": lambda io, word: lambda found: fnmatch.fnmatchcase(found.path, word),
        "-ipath": lambda io, word: lambda found: fnmatch.fnmatchcase(found.path.lower(), word.lower()),
        "-type": lambda io, word: lambda found: found.kind in word.split(","),
        "-size": _size,
        "-mtime": _age(86400), "-mmin": _age(60), "-ctime": _age(86400), "-cmin": _age(60), "-atime": _age(86400),
        "-newer": _newer,
        "-perm": _mode,
        "-user": _owner(0, accounts.USERS), "-uid": _owner(0, accounts.USERS),
        "-group": _owner(1, accounts.GROUPS), "-gid": _owner(1, accounts.GROUPS),
    }
)  # fmt: skip


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


ACTIONS: Mapping[str, Test] = MappingProxyType({"-print": _print, "-print0": _print_null, "-ls": _print})
