"""tar, which `kubectl cp` needs in the container, and base64 and checksums."""

from __future__ import annotations

import base64 as encoding
import binascii
import hashlib
import io as memory
import posixpath
import re
import tarfile
import zlib

from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Command, Io, inputs, options
from podlab.embedded.runtime.volume import LIMIT

WITH_VALUE = ("f", "C")


async def tar(io: Io, words: list[str]) -> int:
    """`tar c|x|t[vzmf FILE] [-C DIRECTORY] [NAME]…`"""
    flags, values, names = _letters(words)
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
        data = await io.stdin.rest() if name == "-" else io.read(name)
        return _unpack(io, data, folder, names, flags)
    except FileError as error:
        return io.fail(f"tar: {error}", 2)
    except (tarfile.TarError, zlib.error, EOFError, OSError):
        return io.fail("tar: This does not look like a tar archive", 2)


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
    if any(name.startswith("/") and io.process.machine.files.exists(name) for name in names):
        io.fail(
            "tar: removing leading '/' from member names"
            if io.busybox
            else "tar: Removing leading `/' from member names"
        )
    with tarfile.open(fileobj=buffer, mode="w:gz" if "z" in flags else "w") as archive:
        for name in names:
            path = posixpath.normpath(posixpath.join(folder, name))
            if not io.process.machine.files.exists(path):
                missing = f"tar: {name}: {NO_SUCH}" if io.busybox else f"tar: {name}: Cannot stat: {NO_SUCH}"
                code = io.fail(missing, 1 if io.busybox else 2)
                continue
            _add(io, archive, path, name.lstrip("/") or ".")
    if code == 2:
        io.fail("tar: Exiting with failure status due to previous errors")
    (io.out if target == "-" else io.writer(target))(buffer.getvalue())
    return code


def _add(io: Io, archive: tarfile.TarFile, path: str, name: str) -> None:
    files, entry = io.process.machine.files, tarfile.TarInfo(name)
    entry.mtime = int(io.process.time)
    if (target := files.link(path)) is not None:
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        archive.addfile(entry)
        return
    if files.is_directory(path):
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(entry)
        for child in files.list(path):
            _add(io, archive, posixpath.join(path, child), posixpath.join(name, child))
        return
    data = files.read(path)
    entry.size = len(data)
    archive.addfile(entry, memory.BytesIO(data))


def _unpack(io: Io, data: bytes, folder: str, names: list[str], flags: set[str]) -> int:
    files = io.process.machine.files
    if data[:2] == b"\x1f\x8b":
        data = zlib.decompressobj(31).decompress(data, 2 * LIMIT)
    with tarfile.open(fileobj=memory.BytesIO(data), mode="r:") as archive:
        for entry in archive:
            if names and not any(entry.name == name or entry.name.startswith(f"{name}/") for name in names):
                continue
            if flags & {"t", "v"}:
                io.say(entry.name)
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
    return 0


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
            return io.fail("base64: truncated input" if io.busybox else "base64: invalid input")
        return int(failed > 0)
    text = encoding.b64encode(data).decode()
    lines = [text[at : at + width] for at in range(0, len(text), width)] if width else [text]
    io.out("\n".join(lines).encode() + (b"\n" if width and text else b""))
    return int(failed > 0)


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


def checksum(name: str) -> Command:
    """`md5sum` and its like."""

    async def run(io: Io, words: list[str]) -> int:
        found, failed = await inputs(io, f"{name}sum", options(words)[1])
        for file, data in found:
            io.say(f"{hashlib.new(name, data, usedforsecurity=False).hexdigest()}  {file}")
        return int(failed > 0)

    return run
