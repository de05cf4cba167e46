"""tar, which `kubectl cp` needs in the container, and base64 and checksums."""

from __future__ import annotations

import base64 as encoding
import binascii
import hashlib
import io as memory
import posixpath
import re
import stat as bits
import tarfile
import zlib
from datetime import UTC, datetime

from podlab.embedded.runtime.commands import accounts, usage
from podlab.embedded.runtime.commands.files.filedetails import modified
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Command, Io, inputs, options
from podlab.embedded.runtime.volume import LIMIT

WITH_VALUE = ("f", "C")


async def tar(io: Io, words: list[str]) -> int:
    """`tar c|x|t[vzmf FILE] [-C DIRECTORY] [NAME]…`"""
    flags, values, names = _letters(words)
    if not flags & {"c", "x", "t"} and io.busybox:
        return usage.show(io, "tar")
    if "f" in values and not values["f"]:
        old = "tar: Old option 'f' requires an argument.\nTry 'tar --help' or 'tar --usage' for more information."
        busy = f"tar: option requires an argument -- 'f'\n{usage.shown('tar')}"
        return io.fail(busy, 1) if io.busybox else io.fail(old, 64)
    if not flags & {"c", "x", "t"}:
        return io.fail(
            "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n"
            "Try 'tar --help' or 'tar --usage' for more information.",
            2,
        )
    folder = io.path(values.get("C", "."))
    if not io.process.machine.files.is_directory(folder):
        return _no_folder(io, values.get("C", "."))
    try:
        if "c" in flags:
            return _create(io, folder, names, values.get("f", "-"), flags)
        name = values.get("f", "-")
        data = await io.stdin.rest() if name == "-" else await io.whole(name)
        return _unpack(io, data, folder, names, flags)
    except FileError as error:
        name = values.get("f", "-")
        if str(error) != NO_SUCH or "c" in flags:
            return io.fail(f"tar: {error}", 1 if io.busybox else 2)
        gnu = f"tar: {name}: Cannot open: {error}\ntar: Error is not recoverable: exiting now"
        return io.fail(f"tar: can't open '{name}': {error}", 1) if io.busybox else io.fail(gnu, 2)
    except (tarfile.TarError, zlib.error, EOFError, OSError):
        gnu = "tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors"
        return io.fail("tar: short read", 1) if io.busybox else io.fail(gnu, 2)


def _letters(words: list[str]) -> tuple[set[str], dict[str, str], list[str]]:
    flags: set[str] = set()
    values: dict[str, str] = {}
    names, words = [], list(words)
    if words and not words[0].startswith("-"):
        words[0] = f"-{words[0]}"
    while words:
        word = words.pop(0)
        if word.startswith("--") or not word.startswith("-") or word == "-":
            names += [] if word.startswith("--") else [word]
            continue
        flags |= set(word[1:])
        values |= {letter: words.pop(0) for letter in word[1:] if letter in WITH_VALUE and words}
    return flags, values, names


def _no_folder(io: Io, name: str) -> int:
    if io.busybox:
        return io.fail(f"tar: can't change directory to '{name}': {NO_SUCH}")
    return io.fail(f"tar: {name}: Cannot open: {NO_SUCH}\ntar: Error is not recoverable: exiting now", 2)


def _create(io: Io, folder: str, names: list[str], target: str, flags: set[str]) -> int:
    buffer, code = memory.BytesIO(), 0
    warned = False
    with tarfile.open(fileobj=buffer, mode="w:gz" if "z" in flags else "w") as archive:
        for name in names:
            path = posixpath.normpath(posixpath.join(folder, name))
            if not io.process.machine.files.exists(path):
                missing = f"tar: {name}: {NO_SUCH}" if io.busybox else f"tar: {name}: Cannot stat: {NO_SUCH}"
                code = io.fail(missing, 1 if io.busybox else 2)
                continue
            leading = name[: _unsafe(name)]
            if leading and not warned:
                opening = "removing leading '" if io.busybox else "Removing leading `"
                io.fail(f"tar: {opening}{leading}' from member names")
                warned = True
            _add(io, archive, path, name.removeprefix(leading) or ".")
        if "v" in flags:
            said = "\n".join(_titled(entry) for entry in archive.getmembers())
            (io.fail if target == "-" else io.say)(said)
    if code:
        late = (
            "error exit delayed from previous errors"
            if io.busybox
            else "Exiting with failure status due to previous errors"
        )
        io.fail(f"tar: {late}")
    (io.out if target == "-" else io.writer(target))(buffer.getvalue())
    return code


def _unsafe(name: str) -> int:
    """How many letters of a name lead out of the folder: up to the last `../`, or the first slashes."""
    return max((found.end() for found in re.finditer(r"^/+|(?:^|/)\.\./", name)), default=0)


def _add(io: Io, archive: tarfile.TarFile, path: str, name: str) -> None:
    files, entry = io.process.machine.files, tarfile.TarInfo(name)
    entry.mtime = int(modified(io, path))
    entry.uid, entry.gid = files.owner(path, follow=False)
    shown = accounts.owner(io, path, follow=False)
    entry.uname, entry.gname = ("" if name.isdecimal() else name for name in shown)
    if (target := files.link(path)) is not None:
        entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, target, 0o777
        archive.addfile(entry)
        return
    if files.is_directory(path):
        entry.type, entry.mode = tarfile.DIRTYPE, files.mode(path)
        archive.addfile(entry)
        for child in files.list(path):
            _add(io, archive, posixpath.join(path, child), posixpath.join(name, child))
        return
    data = files.read(path)
    entry.size, entry.mode = len(data), files.mode(path)
    archive.addfile(entry, memory.BytesIO(data))


def _unpack(io: Io, data: bytes, folder: str, names: list[str], flags: set[str]) -> int:
    files = io.process.machine.files
    if data[:2] == b"\x1f\x8b":
        data = zlib.decompressobj(31).decompress(data, 2 * LIMIT)
    matched: set[str] = set()
    with tarfile.open(fileobj=memory.BytesIO(data), mode="r:") as archive:
        for entry in archive:
            if names and not any(entry.name == name or entry.name.startswith(f"{name}/") for name in names):
                continue
            matched |= {name for name in names if entry.name == name or entry.name.startswith(f"{name}/")}
            if flags & {"t", "v"} and not (flags & {"O"} and "v" not in flags):
                io.say(_row(io, entry) if {"t", "v"} <= flags else _titled(entry))
            if "O" in flags and entry.isfile() and (content := archive.extractfile(entry)):
                io.out(content.read(LIMIT + 1))
                continue
            path = posixpath.normpath(posixpath.join(folder, entry.name.lstrip("/")))
            if "t" in flags or path == folder:
                continue
            if entry.isdir():
                files.make_directory(path, parents=True)
            elif entry.issym():
                files.make_link(path, entry.linkname)
            elif entry.isfile() and (content := archive.extractfile(entry)):
                files.make_directory(posixpath.dirname(path), parents=True)
                files.write(path, content.read(LIMIT + 1))
                files.set_mode(path, entry.mode & 0o777 & ~io.process.umask)
    return _missing(io, [name for name in names if name not in matched])


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
    target = f" -> {entry.linkname}" if entry.issym() else ""
    return f"{bits.filemode(kind | entry.mode)} {owner} {size} {stamp} {_titled(entry)}{target}"


async def base64(io: Io, words: list[str]) -> int:
    """`base64 [-d] [-w COLUMNS] [FILE]`"""
    width, rest = 76, list(words)
    for index, word in enumerate(words):
        if match := re.fullmatch(r"(?:-w|--wrap=)(\d*)", word):
            given = match[1] or "".join(words[index + 1 : index + 2])
            width = int(given) if given.isdecimal() else width
            rest = [other for at, other in enumerate(words) if at != index and (match[1] or at != index + 1)]
    found, failed = await inputs(io, "base64", [word for word in rest if not word.startswith("-")])
    data = b"".join(content for _, content in found)
    if set(rest) & {"-d", "--decode", "-D"}:
        try:
            io.out(encoding.b64decode(b"".join(data.split()), validate=True))
        except binascii.Error:
            if not io.busybox:
                return io.fail("base64: invalid input")
            io.out(_decoded(data))
        return int(failed > 0)
    text = encoding.b64encode(data).decode()
    lines = [text[at : at + width] for at in range(0, len(text), width)] if width else [text]
    io.out("\n".join(lines).encode() + (b"\n" if width and text else b""))
    return int(failed > 0)


def _decoded(data: bytes) -> bytes:
    """What busybox makes of a text that is not all of base64: the rest of it."""
    left = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    return encoding.b64decode(left[: len(left) // 4 * 4])


async def base32(io: Io, words: list[str]) -> int:
    """`base32 [-d] [FILE]`"""
    flags, names = options(words)
    found, failed = await inputs(io, "base32", names)
    data = b"".join(content for _, content in found)
    if "d" in flags:
        try:
            io.out(encoding.b32decode(b"".join(data.split())))
        except binascii.Error:
            return io.fail("base32: invalid input")
        return int(failed > 0)
    io.say(encoding.b32encode(data).decode())
    return int(failed > 0)


async def _opened(io: Io, command: str, names: list[str]) -> tuple[list[tuple[str, bytes]], int]:
    found, failed = [], 0
    for name in names or ["-"]:
        try:
            found.append((name, await io.stdin.rest() if name == "-" else await io.open(name).rest()))
        except FileError as error:
            failed += bool(io.fail(f"{command}: can't open '{name}': {error}"))
    return found, failed


async def _compared(io: Io, name: str, names: list[str], flags: set[str]) -> int:
    """`md5sum -c [-s] [FILE]…`: whether files are what a list says."""
    lists, failed = await inputs(io, f"{name}sum", names)
    wrong = read = 0
    for file, text in lists:
        rows = [line.split(None, 1) for line in text.decode(errors="replace").splitlines()]
        length = hashlib.new(name, usedforsecurity=False).digest_size * 2
        known = [row for row in rows if len(row) == 2 and len(row[0]) == length]
        if not known and not io.busybox:
            shown = "'standard input'" if file == "-" else file
            failed += bool(io.fail(f"{name}sum: {shown}: no properly formatted checksum lines found"))
        for digest, path in known:
            read += 1
            try:
                good = hashlib.new(name, io.read(path.lstrip("*")), usedforsecurity=False).hexdigest() == digest.lower()
            except FileError as error:
                opened = f"can't open '{path}'" if io.busybox else path
                good = bool(io.fail(f"{name}sum: {opened}: {error}", 0))
            wrong += not good
            if "s" not in flags and not (good and "q" in flags):
                io.say(f"{path}: {'OK' if good else 'FAILED'}")
        wrong, read = (wrong + len(rows) - len(known), read + len(rows) - len(known)) if io.busybox else (wrong, read)
    if wrong and "s" not in flags:
        plural = "checksums" if io.busybox or wrong > 1 else "checksum"
        io.fail(f"{name}sum: WARNING: {wrong}{f' of {read}' if io.busybox else ''} computed {plural} did NOT match")
    return int(bool(wrong or failed))


def checksum(name: str) -> Command:
    """`md5sum` and its like."""

    async def run(io: Io, words: list[str]) -> int:
        flags, names = options([{"--check": "-c", "--status": "-s", "--quiet": "-q"}.get(word, word) for word in words])
        if "c" in flags:
            return await _compared(io, name, names, flags)
        if not io.busybox:
            found, failed = await inputs(io, f"{name}sum", names)
        else:
            found, failed = await _opened(io, f"{name}sum", names)
        for file, data in found:
            io.say(f"{hashlib.new(name, data, usedforsecurity=False).hexdigest()}  {file}")
        return int(failed > 0)

    return run
