"""`cp` and `mv`."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from podlab.embedded.runtime.commands import coreutils, usage
from podlab.embedded.runtime.commands.files import backups
from podlab.embedded.runtime.commands.files.filedetails import modified
from podlab.embedded.runtime.files import CROSS_DEVICE, NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io, letters
from podlab.embedded.runtime.volume import NO_SPACE

SAME_AS = {
    "--preserve": "-p", "--remove-destination": "-f", "--reflink": "", "--sparse": "", "--strip-trailing-slashes": "",
    "--no-preserve": "",
}  # fmt: skip
"""Options that come to another one, or to none."""
OMITTED = ("cp: -r not specified; omitting directory '{}'", "cp: omitting directory '{}'")
INSIDE = (
    "{command}: cannot {act} '{name}', {into}, '{target}'",
    "{command}: recursion detected, omitting directory '{name}'",
)
"""What coreutils and busybox say of a folder that would be copied into itself."""
LETTERS = {
    "archive": "a",
    "recursive": "r",
    "force": "f",
    "no-clobber": "n",
    "update": "u",
    "verbose": "v",
    "link": "l",
}
LETTERS |= {"symbolic-link": "s", "no-dereference": "P", "dereference": "L", "no-target-directory": "T"}


async def cp(io: Io, words: list[str]) -> int:
    """`cp [-abiPLprflsnuvT] [-S SUFFIX] FILE… TARGET`, or `-t FOLDER FILE…`"""
    return await _each(io, "cp", words)


async def mv(io: Io, words: list[str]) -> int:
    """`mv [-bfinuvT] [-S SUFFIX] FILE… TARGET`, or `-t FOLDER FILE…`"""
    return await _each(io, "mv", words)


@dataclass(frozen=True, slots=True)
class Way:
    """How files are copied or moved: which command, its flags, and whether names stay below their folders."""

    command: str
    flags: set[str]
    parents: bool
    keeping: backups.Keeping = backups.NONE
    first: dict[tuple[int, int], str] = field(default_factory=dict)
    """Where files are copied to: their other names become names of the copy."""

    @property
    def deep(self) -> bool:
        """Whether folders go with all in them."""
        return self.command == "mv" or bool(self.flags & {"r", "R", "a"})

    @property
    def exact(self) -> bool:
        """Whether modes and times are kept."""
        return self.command == "mv" or bool(self.flags & {"p", "a"})

    @property
    def as_links(self) -> bool:
        """Whether links that are named are copied as links."""
        return self.command == "mv" or bool(self.flags & {"P", "d", "a"})


async def _each(io: Io, command: str, words: list[str]) -> int:
    keeping, words = (backups.NONE, words) if io.busybox else backups.read(words, io.env or io.process.env)
    known = [f"-{LETTERS[word[2:]]}" if word[2:] in LETTERS else word for word in words]
    known = [SAME_AS.get(word.partition("=")[0], word) for word in known]
    if odd := next((word for word in known if word.startswith("--") and word not in ("--", "--parents")), ""):
        word = odd.partition("=")[0]
        return io.fail(f"{command}: podlab does not simulate {word} of {command}")
    flags, values, names = letters([word for word in known if word], "t")
    way, files = Way(command, flags, "--parents" in words, keeping), io.process.machine.files
    *sources, last = [*names, values["t"]] if "t" in values else names or [""]
    if not sources:
        gnu = f"{command}: missing {f'destination file operand after {last!r}' if names else 'file operand'}"
        return usage.show(io, command) if io.busybox else io.fail(f"{gnu}\n{coreutils.hint(command)}")
    inside = files.is_directory(io.path(last)) and "T" not in flags
    if not inside and not io.busybox and (len(sources) > 1 or "t" in values):
        return io.fail(f"{command}: target {'directory ' if 't' in values else ''}'{last}': {NO_SUCH}")
    code = 0
    for name in sources:
        part = name.strip("/") if way.parents else posixpath.basename(name.rstrip("/"))
        target = posixpath.join(last, part) if inside else last
        if "i" not in flags or await _agreed(io, command, target):
            code = _one(io, way, name, target) or code
    return code


async def _agreed(io: Io, command: str, target: str) -> bool:
    """What is asked before a file is written over; coreutils 9.1 fails at nothing where it is denied."""
    if not io.process.machine.files.exists(io.path(target)):
        return True
    io.err(f"{command}: overwrite '{target}'? ".encode(errors="surrogateescape"))
    return (await io.stdin.line())[:1].lower() == b"y"


def _one(io: Io, way: Way, name: str, target: str) -> int:
    """One file or folder; the exit code."""
    files, source, path = io.process.machine.files, io.path(name), io.path(target)
    if (code := _passed(io, way, name, target)) is not None:
        return code
    try:
        if way.parents:
            files.make_directory(posixpath.dirname(path), parents=True)
        if target.endswith("/") and not files.is_directory(source) and not files.exists(path):
            raise FileError(NO_SUCH)
        kept = way.keeping.keep(io, target)
        if "s" in way.flags and not files.is_directory(source):
            files.make_link(path, name)
        elif way.command == "mv":
            _move(io, source, path)
        else:
            _copy(io, way, source, path)
    except FileError as error:
        return _refused(io, way.command, name, target, str(error))
    if "v" in way.flags:
        shown = f"'{name}' -> '{target}'{backups.shown(kept)}"
        io.say(f"{'renamed ' if way.command == 'mv' and not io.busybox else ''}{shown}")
    return 0


def _passed(io: Io, way: Way, name: str, target: str) -> int | None:
    """The exit code where nothing is copied: it may not be, or need not."""
    files, source, path, command = io.process.machine.files, io.path(name), io.path(target), way.command
    if not (files.named(source) if way.as_links else files.exists(source)):
        return _unfound(io, command, name)
    folder = files.is_directory(source, follow=not way.as_links)
    there = files.exists(path)
    if there and ("n" in way.flags or ("u" in way.flags and modified(io, path) >= modified(io, source))):
        return 0
    if files.named(path) and files.inode(source) == files.inode(path):
        quiet = (command == "mv" and source == path) if io.busybox else "l" in way.flags
        return 0 if quiet else io.fail(f"{command}: '{name}' and '{target}' are the same file")
    if folder and f"{path}/".startswith(f"{source.rstrip('/')}/"):
        act, into = ("copy a directory,", "into itself") if command == "cp" else ("move", "to a subdirectory of itself")
        return io.fail(INSIDE[io.busybox].format(command=command, act=act, name=name, into=into, target=target))
    if folder and not way.deep:
        return io.fail(OMITTED[io.busybox].format(name))
    if target.endswith("/") and there and not files.is_directory(path):
        busy = f"{command}: can't stat '{target}': Path has non-directory component"
        return io.fail(busy if io.busybox else f"{command}: cannot stat '{target}': Not a directory")
    return None


def _unfound(io: Io, command: str, name: str) -> int:
    if not io.busybox:
        return io.fail(f"{command}: cannot stat '{name}': {NO_SUCH}")
    return io.fail(f"{command}: can't {'rename' if command == 'mv' else 'stat'} '{name}': {NO_SUCH}")


def _refused(io: Io, command: str, name: str, target: str, why: str) -> int:
    """What is said of a target that cannot be written."""
    if why == NO_SPACE:
        return io.fail(
            f"{command}: write error: {why}" if io.busybox else f"{command}: error writing '{target}': {why}"
        )
    if command == "cp":
        return io.fail(
            f"cp: can't create '{target}': {why}" if io.busybox else f"cp: cannot create regular file '{target}': {why}"
        )
    if io.busybox:
        return io.fail(f"mv: can't rename '{name}': {why}")
    if why == "Is a directory":
        return io.fail(f"mv: cannot overwrite directory '{target}' with non-directory")
    if why == NOT_FOLDER:
        return io.fail(f"mv: cannot overwrite non-directory '{target}' with directory '{name}'")
    return io.fail(f"mv: cannot move '{name}' to '{target}': {why}")


NOT_FOLDER = "Not a directory"


def _move(io: Io, source: str, target: str) -> None:
    """Another name, or, in another file system, a copy."""
    files = io.process.machine.files
    if files.exists(target):
        over = files.is_directory(target)
        if over != files.is_directory(source, follow=False):
            raise FileError("Is a directory" if over else NOT_FOLDER)
        if over and files.list(target):
            raise FileError("Directory not empty")
    try:
        files.rename(source, target)
    except FileError as error:
        if str(error) != CROSS_DEVICE:
            raise
        if files.named(target) and not files.is_directory(target):
            files.remove(target)
        _copy(io, Way("mv", {"r"}, parents=False), source, target)
        files.remove(source)


def _copy(io: Io, way: Way, source: str, target: str, *, nested: bool = False) -> None:
    """Copy a file, or a directory with all in it, the links in it as links.

    What is new has the mode of its source: all of it if `exact`, else what the mask leaves.
    """
    files = io.process.machine.files
    link = files.link(source)
    if link is not None and (way.as_links or (nested and "L" not in way.flags)):
        if files.named(target):
            files.remove(target)
        files.make_link(target, link)
        return
    if not files.is_directory(source):
        _copy_file(io, way, source, target)
        return
    names = files.list(source)
    if files.exists(target) and not files.is_directory(target):
        raise FileError(NOT_FOLDER)
    files.make_directory(target, parents=True)
    for name in names:
        _copy(io, way, posixpath.join(source, name), posixpath.join(target, name), nested=True)


def _copy_file(io: Io, way: Way, source: str, target: str) -> None:
    files = io.process.machine.files
    first = way.first.setdefault(files.inode(source), target) if "a" in way.flags else target
    if "l" in way.flags or first != target:
        if files.named(target) and (way.flags & {"f", "a"}):
            files.remove(target)
        files.join(source if "l" in way.flags else first, target)
        return
    new, mode = way.exact or not files.exists(target), files.mode(source)
    data = files.read(source)
    try:
        files.write(target, data)
    except FileError as error:
        if str(error) == NO_SPACE:  # what was begun is left
            files.write(target, b"")
        raise
    wanted = mode if way.exact else mode & 0o777 & ~io.process.umask
    if new and wanted != files.mode(target):
        files.set_mode(target, wanted)
    if way.exact and (moment := files.changed(source)) is not None:
        files.touch(target, moment)
