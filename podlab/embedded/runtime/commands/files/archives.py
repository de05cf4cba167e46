"""tar, which `kubectl cp` needs in the container."""

from __future__ import annotations

import fnmatch
import io as memory
import itertools
import posixpath
import re
import stat as bits
import tarfile
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from podlab.embedded.runtime.commands import accounts, usage
from podlab.embedded.runtime.commands.files.filedetails import modified
from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.volume import LIMIT

WITH_VALUE = ("f", "C", "T", "X")
LONG = {"create": "c", "extract": "x", "get": "x", "list": "t", "verbose": "v", "gzip": "z", "to-stdout": "O"}
LONG |= {"no-same-owner": "o", "same-permissions": "p", "preserve-permissions": "p", "keep-old-files": "k"}
LONG |= {"append": "r", "update": "u", "absolute-names": "P", "dereference": "h", "auto-compress": "a", "touch": "m"}
LONG |= {"xz": "J", "bzip2": "j", "ungzip": "z", "gunzip": "z", "extract-over-symlinks": "", "overwrite": ""}
LONG_VALUED = {
    "file": "f",
    "directory": "C",
    "exclude": "exclude",
    "strip-components": "strip",
    "strip": "strip",
    "transform": "xform",
}
LONG_VALUED |= {"xform": "xform", "files-from": "T", "exclude-from": "X", "owner": "owner", "group": "group"}
LETTERS = frozenset("cxtvzfCOophmkruPaTXJj") | {
    "exclude",
    "strip",
    "--no-same-owner",
    "--warning",
    "xform",
    "",
    "owner",
}
LETTERS |= {"--no-same-permissions", "--wildcards", "--no-wildcards", "--numeric-owner", "--remove-files"}
LETTERS |= {
    "owner",
    "group",
    "--same-owner",
    "--no-recursion",
    "--format",
    "--sort",
    "--one-file-system",
    "--no-overwrite-dir",
}
GZIP = b"\x1f\x8b"
"""How what gzip has packed begins."""
PROGRAMS = {"j": "bzip2", "J": "xz"}
"""Programs that Debian's image does not have, by the letters that ask for them."""


async def tar(io: Io, words: list[str]) -> int:
    """`tar c|x|t[vzmf FILE] [-C DIRECTORY] [NAME]…`"""
    flags, values, names = _letters(words)
    if wrong := _unclear(io, flags, values) or _unready(io, flags, values, names):
        return wrong
    folder = io.path(values.get("C", "."))
    if not io.process.machine.files.is_directory(folder):
        return _no_folder(io, values.get("C", "."))
    try:
        for key in {"T", "X"} & set(values):
            listed = (await io.whole(values[key])).decode(errors="surrogateescape").split()
            names += listed if key == "T" else []
            values["exclude"] = (
                "\n".join([values.get("exclude", ""), *listed]) if key == "X" else values.get("exclude", "")
            )
        if "c" in flags:
            return _create(io, folder, names, values, flags)
        if flags & {"r", "u"}:
            before = GZIP if "z" in flags else await io.whole(values.get("f", "-"))
            return _added(io, folder, names, values, flags, before)
        name = values.get("f", "-")
        data = await io.stdin.rest() if name == "-" else await io.whole(name)
        return _unpack(io, data, folder, names, values, flags)
    except FileError as error:
        name = values.get("f", "-")
        if str(error) != NO_SUCH or "c" in flags:
            return io.fail(f"tar: {error}", 1 if io.busybox else 2)
        gone = "Error is not recoverable: exiting now"
        gnu = f"tar: {name}: Cannot open: {error}\ntar: {gone}"
        if "z" in flags:
            child = f"tar (child): {name}: Cannot open: {error}\ntar (child): {gone}"
            gnu = f"{child}\ntar: Child returned status 2\ntar: {gone}"
        return io.fail(f"tar: can't open '{name}': {error}", 1) if io.busybox else io.fail(gnu, 2)
    except (tarfile.TarError, zlib.error, EOFError, OSError):
        gnu = "tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors"
        if packed := "z" in flags or values.get("f", "").endswith(("gz", "taz")):
            plain = "" if "z" in flags else "tar: This does not look like a tar archive\n"
            ended = "tar: Child returned status 1\ntar: Error is not recoverable: exiting now"
            gnu = f"{plain}\ngzip: stdin: not in gzip format\n{ended}" if packed else gnu
        return io.fail("tar: short read", 1) if io.busybox else io.fail(gnu, 2)


def _unclear(io: Io, flags: set[str], values: dict[str, str]) -> int:
    """What is said of options that do not go together or are not simulated."""
    modes = {"c", "x", "t"} if io.busybox else {"c", "x", "t", "r", "u", "d"}
    if not flags & modes and io.busybox:
        return usage.show(io, "tar")
    hint = "Try 'tar --help' or 'tar --usage' for more information."
    if "f" in values and not values["f"]:
        busy = f"tar: option requires an argument -- 'f'\n{usage.shown('tar')}"
        return io.fail(busy, 1) if io.busybox else io.fail(f"tar: Old option 'f' requires an argument.\n{hint}", 64)
    if not flags & modes:
        must = "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
        return io.fail(f"tar: {must}\n{hint}", 2)
    if odd := sorted(flags - LETTERS):
        return io.fail(f"tar: podlab does not simulate {odd[0] if len(odd[0]) > 1 else f'-{odd[0]}'} of tar")
    return 0


def _letters(words: list[str]) -> tuple[set[str], dict[str, str], list[str]]:
    """(letters of the flags, values of those that have one, the other words); a long option that is unknown is one."""
    flags, values, names, words = set[str](), dict[str, str](), list[str](), list(words)
    if words and not words[0].startswith("-"):
        words[0] = f"-{words[0]}"
    while words:
        word = words.pop(0)
        if word == "--":
            return flags, values, names + words
        if word.startswith("--"):
            option, _, value = word[2:].partition("=")
            if option in LONG_VALUED:
                value = value or (words.pop(0) if words else "")
                key = LONG_VALUED[option]
                values[key] = f"{values[key]}\n{value}" if key == "exclude" and key in values else value
            flags.add(LONG_VALUED.get(option) or LONG.get(option, f"--{option}"))
        elif not word.startswith("-") or word == "-":
            names.append(word)
        else:
            flags |= set(word[1:])
            values |= {letter: words.pop(0) for letter in word[1:] if letter in WITH_VALUE and words}
    return flags, values, names


def _unready(io: Io, flags: set[str], values: dict[str, str], names: list[str]) -> int:
    """What is said before anything is read: of programs that are not there, of an archive of nothing."""
    hint = "Try 'tar --help' or 'tar --usage' for more information."
    if "c" in flags and not names and not {"T"} & set(values):
        busy = "tar: empty archive"
        return io.fail(
            busy if io.busybox else f"tar: Cowardly refusing to create an empty archive\n{hint}", 2 - io.busybox
        )
    program = next((PROGRAMS[letter] for letter in sorted(flags) if letter in PROGRAMS), "")
    if program and not io.busybox and "t" not in flags:
        io.fail(f"/bin/sh: 1: {program}: not found\ntar: Child returned status 127")
        return io.fail("tar: Error is not recoverable: exiting now", 2)
    if program:
        return io.fail(f"tar: podlab does not simulate {program}")
    return 0


RULE = re.compile(r"s(.)((?:\\.|(?!\1).)*)\1((?:\\.|(?!\1).)*)\1([gix]*);?", re.S)


def _renamed(name: str, rules: str) -> str:
    """A member's name after --transform's rules. Raises FileError."""
    at = 0
    while at < len(rules):
        found = RULE.match(rules, at)
        if not found:
            raise FileError("Invalid transform expression")
        at, flags = found.end(), found[4]
        try:
            form = patterns.compiled(found[2], extended="x" in flags, ignore_case="i" in flags)
        except patterns.BadPattern:
            raise FileError("Invalid transform expression") from None
        out, end = "", 0
        for match in itertools.islice(form.finditer(name), None if "g" in flags else 1):
            out, end = out + name[end : match.start()] + _replaced(found[3], match), match.end()
        name = out + name[end:]
    return name


def _replaced(text: str, match: Any) -> str:
    """What takes a match's place."""

    def one(found: re.Match[str]) -> str:
        if found[0] == "&":
            return str(match.group())
        return str(match.group(int(found[1])) or "") if found[1].isdigit() else found[1]

    return re.sub(r"&|\\(.)", one, text)


def _no_folder(io: Io, name: str) -> int:
    if io.busybox:
        return io.fail(f"tar: can't change directory to '{name}': {NO_SUCH}")
    return io.fail(f"tar: {name}: Cannot open: {NO_SUCH}\ntar: Error is not recoverable: exiting now", 2)


def _create(io: Io, folder: str, names: list[str], values: dict[str, str], flags: set[str], before: bytes = b"") -> int:
    """Make an archive, or put more behind what one has `before`."""
    buffer, code, target = memory.BytesIO(before), 0, values.get("f", "-")
    packer, warned = _Packer(io, "" if target == "-" else io.path(target), values.get("exclude", "").split("\n")), False
    packer.rules, packed = values.get("xform", ""), "z" in flags or ("a" in flags and target.endswith(("gz", ".gz")))
    if target != "-" and not before:
        io.writer(target)
    with tarfile.open(fileobj=buffer, mode="a" if before else "w:gz" if packed else "w") as archive:
        had = len(archive.getmembers()) if before else 0
        for name in names:
            path = posixpath.normpath(posixpath.join(folder, name))
            leading, there = name[: _unsafe(name)] if "P" not in flags else "", io.process.machine.files.exists(path)
            if leading and not warned and (there or not io.busybox):
                opening = "removing leading '" if io.busybox else "Removing leading `"
                io.fail(f"tar: {opening}{leading}' from member names")
                warned = True
            if not there:
                missing = f"tar: {name}: {NO_SUCH}" if io.busybox else f"tar: {name}: Cannot stat: {NO_SUCH}"
                code = io.fail(missing, 1 if io.busybox else 2)
                continue
            packer.add(archive, path, name.removeprefix(leading) or ".")
        if "v" in flags:
            said = "\n".join(_titled(entry) for entry in archive.getmembers()[had:])
            (io.fail if target == "-" else io.say)(said)
    if code:
        late = (
            "error exit delayed from previous errors"
            if io.busybox
            else "Exiting with failure status due to previous errors"
        )
        io.fail(f"tar: {late}")
    (io.out if target == "-" else io.writer(target))(buffer.getvalue())
    for name in names if "--remove-files" in flags else ():
        io.process.machine.files.remove(posixpath.normpath(posixpath.join(folder, name)))
    return code


def _added(io: Io, folder: str, names: list[str], values: dict[str, str], flags: set[str], before: bytes) -> int:
    """Put more into an archive, which must be as it is, not packed."""
    if not before.startswith(GZIP):
        return _create(io, folder, names, values, flags, before=before)
    again = "Try 'tar --help' or 'tar --usage' for more information."
    gone = again if "z" in flags else "tar: Error is not recoverable: exiting now"
    return io.fail(f"tar: Cannot update compressed archives\n{gone}", 2)


def _unsafe(name: str) -> int:
    """How many letters of a name lead out of the folder: up to the last `../`, or the first slashes."""
    return max((found.end() for found in re.finditer(r"^/+|(?:^|/)\.\./", name)), default=0)


def _excluded(name: str, forms: list[str]) -> bool:
    """Whether a name, or the end of it after a slash, fits a pattern."""
    parts = name.split("/")
    ends = ["/".join(parts[at:]) for at in range(len(parts))]
    return any(fnmatch.fnmatchcase(end, form) for form in forms if form for end in ends)


@dataclass(slots=True)
class _Packer:
    """Puts files into an archive: a second name of one file as a link to the first, and never the archive itself."""

    io: Io
    target: str
    excluded: list[str]
    rules: str = ""
    first: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, archive: tarfile.TarFile, path: str, name: str) -> None:
        """A file, or a folder with all in it."""
        if _excluded(name, self.excluded):
            return
        if path == self.target:
            busy, gnu = f"{name}: file is the archive; skipping", f"{name}: file is the archive; not dumped"
            self.io.fail(f"tar: {busy if self.io.busybox else gnu}")
            return
        io, files, entry = self.io, self.io.process.machine.files, tarfile.TarInfo(_renamed(name, self.rules))
        entry.mtime = int(modified(io, path))
        entry.uid, entry.gid = files.owner(path, follow=False)
        shown = accounts.owner(io, path, follow=False)
        entry.uname, entry.gname = ("" if name.isdecimal() else name for name in shown)
        if (target := files.link(path)) is not None:
            entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, target, 0o777
            archive.addfile(entry)
            return
        entry.mode = files.mode(path)
        if files.is_directory(path):
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
            for child in files.list(path):
                self.add(archive, posixpath.join(path, child), posixpath.join(name, child))
            return
        first = self.first.setdefault(files.inode(path), name)
        data = files.read(path) if first == name else b""
        entry.size, entry.type, entry.linkname = len(data), *((tarfile.REGTYPE, "") if first == name else (LNK, first))
        archive.addfile(entry, memory.BytesIO(data))


LNK = tarfile.LNKTYPE


def _unpack(io: Io, data: bytes, folder: str, names: list[str], values: dict[str, str], flags: set[str]) -> int:
    cut, excluded = int(values.get("strip", "0") or 0), values.get("exclude", "").split("\n")
    if data.startswith(GZIP):
        data = zlib.decompressobj(31).decompress(data, 2 * LIMIT)
    matched: set[str] = set()
    with tarfile.open(fileobj=memory.BytesIO(data), mode="r:") as archive:
        for entry in archive:
            wanted = {name for name in names if _asked(entry.name, name, wild="--wildcards" in flags)}
            if (names and not wanted) or _excluded(entry.name, excluded):
                continue
            matched |= wanted
            kept = entry.name.lstrip("/").split("/")[cut:]
            if "t" not in flags and not kept:
                continue
            if flags & {"t", "v"} and not (flags & {"O"} and "v" not in flags):
                io.say(_row(io, entry) if {"t", "v"} <= flags else _titled(entry))
            if "O" in flags and entry.isfile() and (content := archive.extractfile(entry)):
                io.out(content.read(LIMIT + 1))
                continue
            called = _renamed(entry.name, values.get("xform", ""))
            path = posixpath.normpath(posixpath.join(folder, *called.lstrip("/").split("/")[cut:]))
            if "t" not in flags and path != folder and not ("k" in flags and io.process.machine.files.named(path)):
                _put(io, archive, entry, path, folder)
    return _missing(io, [name for name in names if name not in matched])


def _asked(entry: str, name: str, *, wild: bool) -> bool:
    """Whether a member is what was asked for, or in it."""
    if wild:
        return fnmatch.fnmatchcase(entry, name)
    return f"{entry}/".startswith(f"{name.rstrip('/')}/")


def _put(io: Io, archive: tarfile.TarFile, entry: tarfile.TarInfo, path: str, folder: str) -> None:
    """Make what an entry describes, instead of what is there."""
    files = io.process.machine.files
    if entry.isdir():
        files.make_directory(path, parents=True)
        return
    files.make_directory(posixpath.dirname(path), parents=True)
    if files.named(path) and not files.is_directory(path, follow=False):
        files.remove(path)
    if entry.issym():
        files.make_link(path, entry.linkname)
    elif entry.islnk():
        files.join(posixpath.normpath(posixpath.join(folder, entry.linkname)), path)
    elif entry.isfile() and (content := archive.extractfile(entry)):
        files.write(path, content.read(LIMIT + 1))
        files.set_mode(path, entry.mode & 0o777 & ~io.process.umask)
        files.touch(path, entry.mtime)


def _missing(io: Io, names: list[str]) -> int:
    """What is said of names that an archive does not have."""
    for name in names if not io.busybox else names[:1]:
        io.fail(f"tar: {name}: {'not' if io.busybox else 'Not'} found in archive")
    if names and not io.busybox:
        io.fail("tar: Exiting with failure status due to previous errors")
    return (1 if io.busybox else 2) if names else 0


def _titled(entry: tarfile.TarInfo) -> str:
    return f"{entry.name}/" if entry.isdir() else entry.name


def _row(io: Io, entry: tarfile.TarInfo) -> str:
    """A row of `tar -tv`."""
    kind = bits.S_IFDIR if entry.isdir() else bits.S_IFLNK if entry.issym() else bits.S_IFREG
    stamp = datetime.fromtimestamp(entry.mtime, UTC).strftime("%Y-%m-%d %H:%M:%S" if io.busybox else "%Y-%m-%d %H:%M")
    owner = f"{entry.uname or entry.uid}/{entry.gname or entry.gid}"
    size = f"{entry.size:9}" if io.busybox else f"{entry.size:{max(1, 19 - len(owner))}}"
    to = " link to " if entry.islnk() and not io.busybox else " -> "
    target = f"{to}{entry.linkname}" if entry.issym() or entry.islnk() else ""
    mode = bits.filemode(kind | entry.mode)
    mode = f"h{mode[1:]}" if entry.islnk() and not io.busybox else mode
    return f"{mode} {owner} {size} {stamp} {_titled(entry)}{target}"
