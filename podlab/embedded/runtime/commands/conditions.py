"""`test`, `[` and `[[`: conditions about texts, numbers and files."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from podlab.embedded.runtime.devices import device
from podlab.embedded.runtime.expressions import globs
from podlab.embedded.runtime.expressions import patterns as expressions
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.machine.terminal import Terminal
from podlab.embedded.runtime.streams import Pipe


class _Silent(Exception):
    """A regular expression that is none: `[[` fails without a word."""


class Unclear(Exception):
    """Words that are no condition: what the command says of them."""


def test(
    io: Io,
    words: list[str],
    *,
    patterns: bool = False,
    matched: list[str] | None = None,
    known: Callable[[str, str], bool] | None = None,
    number: Callable[[str], int] | None = None,
) -> int:
    """`[ … ]`: 0 if it holds, 1 if not, 2 for what is no condition.

    With `patterns` it is understood as `[[ … ]]`, and `matched` becomes what a regular expression has found;
    `known` says of a variable whether it is set (-v) or a reference (-R), and of an option whether it is on (-o),
    `number` what an expression is worth.
    """
    try:
        return int(not _Condition(io, words, patterns=patterns, matched=matched, known=known, number=number).holds())
    except _Silent:
        return 2
    except Unclear as problem:
        return io.complain("test" if not patterns else "[[", str(problem), 2)


UNARY = frozenset(f"-{letter}" for letter in "abcdefghknprstuvwxzGLNOS")
KNOWN = frozenset(["-v", "-R", "-o"])
"""What only bash asks: of its variables and of its options."""
JOINING = frozenset(["-a", "-o", "&&", "||"])
BINARY = frozenset(["=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"])


class _Condition:
    """Words as `or`, `and`, `not`, parentheses and primaries; as POSIX, fewer words are read the simple way."""

    def __init__(
        self,
        io: Io,
        words: list[str],
        *,
        patterns: bool,
        matched: list[str] | None = None,
        known: Callable[[str, str], bool] | None = None,
        number: Callable[[str], int] | None = None,
    ) -> None:
        self.io, self.words, self.at, self.patterns = io, words, 0, patterns
        self.matched, self.known, self.worth = matched, known, number
        self.unary = UNARY if known is None else UNARY | KNOWN

    def holds(self) -> bool:
        words = self.words
        if not words:
            return False
        if len(words) == 1:
            return bool(words[0])
        if len(words) == 3 and words[1] in BINARY and not (words[1] in ("==", "=~") and self._dash()):
            return self._binary(*words)
        if len(words) == 3 and not (words[0] in ("!", "(") or words[1] in ("-a", "-o", "&&", "||")):
            unary = words[0] in self.unary
            raise Unclear(self._unknown(words[1 + unary if self.io.busybox else unary], binary=True))
        if len(words) == 2 and words[1] in BINARY and words[0] != "!" and not self.io.by_bash:
            raise Unclear(f"{words[1]}: argument expected")
        if len(words) == 4 and self.io.by_bash and words[0] not in ("!", "(") and not JOINING & set(words):
            raise Unclear("too many arguments")
        if len(words) == 2 and words[0] != "!" and words[0] not in self.unary:
            raise Unclear(self._unknown(words[0] if not self.io.busybox else words[1], binary=False))
        found = self._or()
        if self.at < len(words):
            raise Unclear(self._unknown(words[self.at], binary=True))
        return found

    def _unknown(self, word: str, *, binary: bool) -> str:
        if self.io.busybox:
            return f"{word}: unknown operand"
        if self.io.by_bash:
            return f"{self.words[1] if binary else word}: {'binary' if binary else 'unary'} operator expected"
        return f"{word}: unexpected operator"

    def _dash(self) -> bool:
        return not self.io.busybox and not self.io.by_bash and not self.patterns

    def _next(self, *wanted: str) -> bool:
        if self.at < len(self.words) and self.words[self.at] in wanted:
            self.at += 1
            return True
        return False

    def _or(self) -> bool:
        found = self._and()
        while self._next("-o", "||"):
            found = self._and() or found
        return found

    def _and(self) -> bool:
        found = self._not()
        while self._next("-a", "&&"):
            found = self._not() and found
        return found

    def _not(self) -> bool:
        negated = False
        while self.at < len(self.words) - 1 and self._next("!"):
            negated = not negated
        return self._primary() != negated

    def _primary(self) -> bool:
        left = self.words[self.at :]
        if not left:
            raise Unclear("argument expected")
        if len(left) >= 3 and left[1] in BINARY:
            self.at += 3
            return self._binary(*left[:3])
        if left[0] == "(" and len(left) > 1:
            self.at += 1
            found = self._or()
            if not self._next(")"):
                raise Unclear("closing paren expected")
            return found
        if left[0] in self.unary and len(left) > 1:
            self.at += 2
            if left[0] in KNOWN and self.known is not None:
                return self.known(left[0], left[1])
            return _unary(self.io, left[0], left[1])
        self.at += 1
        return bool(left[0])

    def _binary(self, left: str, operator: str, right: str) -> bool:
        if operator in ("=", "==", "!="):
            same = globs.matches(left, right, extended=not self.io.busybox) if self.patterns else left == right
            return same == (operator != "!=")
        if operator == "=~":
            try:
                found = expressions.compiled(right, extended=True).search(left)
                if self.matched is not None and found:
                    self.matched[:] = [found.group(), *(group or "" for group in found.groups())]
                return bool(found)
            except expressions.BadPattern:
                raise _Silent from None
        if operator in ("<", ">"):
            return left < right if operator == "<" else left > right
        if operator in ("-nt", "-ot", "-ef"):
            return self._compared(operator, left, right)
        a, b = (self.worth or self._number)(left), (self.worth or self._number)(right)
        table = {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b}
        return table[operator]

    def _compared(self, operator: str, left: str, right: str) -> bool:
        files, paths = self.io.process.machine.files, [self.io.path(left), self.io.path(right)]
        if operator == "-ef":
            left, right = map(files.resolve, paths)
            return files.exists(left) and files.exists(right) and files.inode(left) == files.inode(right)
        older, newer = paths if operator == "-ot" else paths[::-1]
        if not files.exists(older) and self.io.busybox:
            return False
        began = self.io.process.machine.began
        then, later = (began if at is None else at for at in (files.changed(older), files.changed(newer)))
        return files.exists(newer) and (not files.exists(older) or then < later)

    def _number(self, text: str) -> int:
        if text.strip().lstrip("+-").isdecimal():
            return int(text.strip()[:30])
        if self.io.busybox:
            raise Unclear(f"{text}: bad number")
        bash = self.io.by_bash
        raise Unclear(f"{text}: integer expression expected" if bash else f"Illegal number: {text}")


SPECIAL_BITS = MappingProxyType({"-u": 0o4000, "-g": 0o2000, "-k": 0o1000})
"""What set-user-ID, set-group-ID and the sticky bit are in a mode."""


def _unary(io: Io, operator: str, value: str) -> bool:
    files, path = io.process.machine.files, io.path(value)
    if operator in ("-n", "-z"):
        return bool(value) == (operator == "-n")
    if operator == "-t":
        return _terminal(io, value)
    if operator == "-p" and value in INPUT:
        return isinstance(io.stdin, Pipe)
    if operator == "-p":
        return files.exists(path) and files.fifo(path) is not None
    if operator in ("-L", "-h"):
        return files.link(path) is not None
    if operator == "-d":
        return files.is_directory(path)
    if operator == "-f":
        return files.exists(path) and not files.is_directory(path) and not device(path)
    if operator == "-s":
        return files.exists(path) and (files.is_directory(path) or bool(files.read(path)))
    if operator == "-c":
        return device(path) and files.exists(path)
    if operator == "-x" and files.exists(path) and not files.is_directory(path):
        return bool(files.mode(path) & 0o111)
    if operator in SPECIAL_BITS:
        return files.exists(path) and bool(files.mode(path) & SPECIAL_BITS[operator])
    return operator in ("-e", "-a", "-r", "-w", "-x", "-O", "-G", "-N") and files.exists(path)


INPUT = frozenset(["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
"""Names of what a process reads."""


async def bracket(io: Io, words: list[str]) -> int:
    """`[ CONDITION ]`"""
    if words[-1:] != ["]"]:
        return io.complain("[", "missing `]'" if io.by_bash else "missing ]", 2)
    return test(io, words[:-1])


async def double_bracket(io: Io, words: list[str]) -> int:
    """busybox's `[[ CONDITION ]]`"""
    return test(io, words[:-1], patterns=True) if words[-1:] == ["]]"] else io.complain("[[", "missing ]]", 2)


async def test_(io: Io, words: list[str]) -> int:
    """`test CONDITION`"""
    return test(io, words)


def _terminal(io: Io, number: str) -> bool:
    """Whether a file descriptor is the terminal of a `kubectl exec -it`."""
    terminal, stream = io.process.terminal, io.stream(int(number)) if number.isdecimal() else None
    return isinstance(terminal, Terminal) and stream in (terminal.input, terminal.write)
