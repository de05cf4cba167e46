"""gzip, gunzip and zcat."""

from __future__ import annotations

import gzip as packing
import zlib

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io, options
from podlab.embedded.runtime.volume import LIMIT


class Damaged(Exception):
    """What is no gzip data."""


def unpacked(data: bytes) -> bytes:
    """What is in gzip data, all parts of it. Raises Damaged."""
    found = b""
    while data:
        part = zlib.decompressobj(31)
        try:
            found += part.decompress(data, LIMIT)
        except zlib.error:
            raise Damaged from None
        if not part.eof:
            raise Damaged
        data = part.unused_data
    return found


WORDS = {  # of gzip, and of busybox
    "folder": ("gzip: {1} is a directory -- ignored", "{0}: {1}: Is a directory"),
    "suffix": ("gzip: {1}: unknown suffix -- ignored", "{0}: {1}: unknown suffix - ignored"),
}


async def gzip(io: Io, words: list[str]) -> int:
    """`gzip [-cdfkv1-9] [FILE]…`"""
    flags, names = options(words)
    return await _each(io, "gzip", names, flags, unpack=bool(flags & {"d", "t"}))


async def gunzip(io: Io, words: list[str]) -> int:
    """`gunzip [-cfkt] [FILE]…`"""
    flags, names = options(words)
    return await _each(io, "gunzip", names, flags, unpack=True)


async def zcat(io: Io, words: list[str]) -> int:
    """`zcat [FILE]…`"""
    return await _each(io, "zcat", options(words)[1], {"c"}, unpack=True)


def _there(io: Io, command: str, target: str) -> int:
    """What is said of a file that would be written over."""
    busy = f"{command}: can't open '{target}': File exists"
    return io.fail(busy) if io.busybox else io.fail(f"gzip: {target} already exists;\tnot overwritten", 2)


async def _each(io: Io, command: str, names: list[str], flags: set[str], *, unpack: bool) -> int:
    files, code = io.process.machine.files, 0
    for name in names or ["-"]:
        try:
            if name != "-" and files.is_directory(io.path(name)):
                code = io.fail(WORDS["folder"][io.busybox].format(command, name))
                continue
            if (
                name != "-"
                and unpack
                and "c" not in flags
                and files.exists(io.path(name))
                and not name.endswith((".gz", ".tgz"))
            ):
                code = io.fail(WORDS["suffix"][io.busybox].format(command, name))
                continue
            data = await io.stdin.rest() if name == "-" else await io.whole(name)
            made = unpacked(data) if unpack else packing.compress(data, mtime=0)
            if name == "-" or flags & {"c", "t"}:
                io.out(made if "t" not in flags else b"")
                continue
            if "l" in flags:
                return io.fail(f"{command}: podlab does not simulate -l of {command}")
            target = name.removesuffix(".gz").removesuffix(".tgz") if unpack else f"{name}.gz"
            if files.exists(io.path(target)) and "f" not in flags:
                code = _there(io, command, target)
                continue
            files.write(io.path(target), made)
            if "k" not in flags:
                files.remove(io.path(name))
        except FileError as error:
            code = io.fail(f"{command if io.busybox else 'gzip'}: {name}: {error}")
        except Damaged:
            magic = "no gzip/bzip2/xz magic" if command == "zcat" else "invalid magic"
            code = io.fail(f"{command}: {magic}" if io.busybox else "\ngzip: stdin: not in gzip format")
    return code
