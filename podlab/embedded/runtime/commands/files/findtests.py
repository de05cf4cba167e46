"""What `find` asks of files: their name, kind, size, age, mode and owner."""

from __future__ import annotations

import fnmatch
import posixpath
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from podlab.embedded.runtime.commands import accounts, usage
from podlab.embedded.runtime.commands.files import filedetails
from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.expressions.dates import understood
from podlab.embedded.runtime.expressions.octets import narrow
from podlab.embedded.runtime.files import NO_SUCH
from podlab.embedded.runtime.machine.stdio import Io


class Unclear(Exception):
    """No expression: what find says of it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was come across."""

    io: Io
    path: str
    depth: int
    begin: str
    follows: bool = False

    @property
    def whole(self) -> str:
        """Its absolute path."""
        return self.io.path(self.path)

    @property
    def kind(self) -> str:
        """`f`, `d`, `l` or `p`; of a link that is followed what it leads to, if to anything."""
        files = self.io.process.machine.files
        if files.link(self.whole) is not None and not (self.follows and files.exists(self.whole)):
            return "l"
        return "d" if files.is_directory(self.whole) else "p" if files.fifo(self.whole) else "f"

    @property
    def other_kind(self) -> str:
        """The kind that it has not been asked for: of what a link leads to, or of a link that is followed."""
        return replace(self, follows=not self.follows).kind


def _name(found: Found) -> str:
    return posixpath.basename(found.path.rstrip("/")) or found.path


def empty(found: Found) -> bool:
    """Whether it is a folder or a file with nothing in it."""
    files = found.io.process.machine.files
    return (found.kind == "d" and not files.list(found.whole)) or (found.kind == "f" and not files.size(found.whole))


def size(found: Found) -> int:
    """How many bytes it has."""
    files = found.io.process.machine.files
    if found.kind == "l":
        return len(files.link(found.whole) or "")
    return 4096 if found.kind == "d" else files.size(found.whole)


def _counted(word: str, *, busy: bool, gnu: str) -> tuple[str, int, str]:
    """(sign, number, unit) of `+5M`. Raises Unclear."""
    match = re.fullmatch(r"([-+]?)(\d{1,15})([bcwkMG]?)", word)
    if not match:
        raise Unclear(f"invalid number '{word}'" if busy else gnu)
    return match[1], int(match[2]), match[3]


def _fits(sign: str, wanted: int, number: int) -> bool:
    return number > wanted if sign == "+" else number < wanted if sign == "-" else number == wanted


UNITS = {"": 512, "b": 512, "c": 1, "w": 2, "k": 1024, "M": 2**20, "G": 2**30}


def _size(io: Io, word: str) -> Callable[[Found], bool]:
    sign, number, unit = _counted(word, busy=io.busybox, gnu=f"invalid -size type `{word[-1:]}'")

    def fits(found: Found) -> bool:
        if io.busybox:  # which counts bytes, and no begun units
            return _fits(sign, number * UNITS[unit], size(found))
        return _fits(sign, number, -(-size(found) // UNITS[unit]))

    return fits


def _age(name: str, seconds: int) -> Callable[[Io, str], Callable[[Found], bool]]:
    def made(io: Io, word: str) -> Callable[[Found], bool]:
        sign, number, _ = _counted(word, busy=io.busybox, gnu=f"invalid argument `{word}' to `{name}'")
        return lambda found: _fits(
            sign, number, int((io.process.time - filedetails.modified(io, found.whole)) // seconds)
        )

    return made


def _newer(io: Io, word: str) -> Callable[[Found], bool]:
    if not io.process.machine.files.exists(io.path(word)):
        raise Unclear(f"can't stat '{word}': {NO_SUCH}" if io.busybox else f"'{word}': {NO_SUCH}")
    then = filedetails.modified(io, io.path(word))
    return lambda found: filedetails.modified(io, found.whole) > then


def _newer_than(io: Io, word: str) -> Callable[[Found], bool]:
    """`-newermt`: changed after a moment that is written out."""
    then = understood(word, datetime.fromtimestamp(io.process.time, UTC), busy=False)
    if then is None or io.busybox:
        unknown = f"unrecognized: -newermt\n{usage.shown('find')}"
        told = f"I cannot figure out how to interpret `{word}' as a date or time"
        raise Unclear(unknown if io.busybox else told)
    moment = then.timestamp()
    return lambda found: filedetails.modified(io, found.whole) > moment


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
            kind = "user" if table == accounts.USERS else "group"
            gnu = f"'{word}' is not the name of {'a known' if at == 0 else 'an existing'} {kind}"
            raise Unclear(f"unknown {kind} {word}" if io.busybox else gnu)
        return lambda found: found.io.process.machine.files.owner(found.whole)[at] == number

    return made


def _kind(name: str) -> Callable[[Io, str], Callable[[Found], bool]]:
    def made(io: Io, word: str) -> Callable[[Found], bool]:
        kinds = [word] if io.busybox else word.split(",")
        if wrong := next((one for one in kinds if one not in KINDS), None):
            gnu = f"Unknown argument to {name}: {wrong}"
            raise Unclear(f"invalid argument '{word}' to '{name}'" if io.busybox else gnu)
        return lambda found: (found.kind if name == "-type" else found.other_kind) in kinds

    return made


KINDS = frozenset("bcdflps")


def _expression(*, ignore_case: bool) -> Callable[[Io, str], Callable[[Found], bool]]:
    """The whole path fits: in busybox a basic regular expression, in findutils Emacs's, whose + and ? are known."""

    def made(io: Io, word: str) -> Callable[[Found], bool]:
        plain = word if io.busybox else re.sub(r"(?<!\\)([+?])", r"\\\1", word)
        expression = patterns.compiled(f"^\\({plain}\\)$", extended=False, ignore_case=ignore_case)
        return lambda found: bool(expression.search(found.path))

    return made


def _links(io: Io, word: str) -> Callable[[Found], bool]:
    sign, number, _ = _counted(word, busy=io.busybox, gnu=f"invalid argument `{word}' to `-links'")

    def fits(found: Found) -> bool:
        files = io.process.machine.files
        return _fits(sign, number, files.folder(found.whole)[0] if found.kind == "d" else files.count(found.whole))

    return fits


def _same(io: Io, word: str) -> Callable[[Found], bool]:
    files = io.process.machine.files
    if not files.exists(io.path(word)):
        raise Unclear(f"can't stat '{word}': {NO_SUCH}" if io.busybox else f"'{word}': {NO_SUCH}")
    return lambda found: files.inode(found.whole) == files.inode(files.resolve(io.path(word)))


TESTS: Mapping[str, Callable[[Io, str], Callable[[Found], bool]]] = MappingProxyType(
    {
        "-name": lambda io, word: lambda found: fnmatch.fnmatchcase(narrow(_name(found)), narrow(word)),
        "-iname": lambda io, word: lambda found: fnmatch.fnmatchcase(_name(found).lower(), word.lower()),
        "-path": lambda io, word: lambda found: fnmatch.fnmatchcase(found.path, word),
        "-wholename": lambda io, word: lambda found: fnmatch.fnmatchcase(found.path, word),
        "-ipath": lambda io, word: lambda found: fnmatch.fnmatchcase(found.path.lower(), word.lower()),
        "-type": _kind("-type"),
        "-xtype": _kind("-xtype"),
        "-regex": _expression(ignore_case=False), "-iregex": _expression(ignore_case=True),
        "-links": _links, "-samefile": _same,
        "-size": _size,
        "-mtime": _age("-mtime", 86400), "-mmin": _age("-mmin", 60), "-ctime": _age("-ctime", 86400),
        "-cmin": _age("-cmin", 60), "-atime": _age("-atime", 86400),
        "-amin": _age("-amin", 60),
        "-newer": _newer, "-newermt": _newer_than, "-newerct": _newer_than, "-newermm": _newer,
        "-perm": _mode,
        "-user": _owner(0, accounts.USERS), "-uid": _owner(0, accounts.USERS),
        "-group": _owner(1, accounts.GROUPS), "-gid": _owner(1, accounts.GROUPS),
    }
)  # fmt: skip


def _mode_has(bit: int) -> Callable[[Found], bool]:
    return lambda found: bool(found.io.process.machine.files.mode(found.whole) & bit)


PLAIN_TESTS: Mapping[str, Callable[[Found], bool]] = MappingProxyType(
    {
        "-empty": empty,
        "-executable": _mode_has(0o111),
        "-readable": _mode_has(0o444),
        "-writable": _mode_has(0o222),
        "-true": lambda found: True,
        "-false": lambda found: False,
    }
)
"""Those without a word of their own."""
