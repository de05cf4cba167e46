"""gzip and its like: gunzip and zcat.

Upstream: GNU gzip's gzip.c and zip.c; busybox's archival/gzip.c and bbunzip.c
"""

from __future__ import annotations

import posixpath
import zlib
from dataclasses import dataclass, replace

from podlab.embedded.runtime.commands.files.filedetails import modified
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io, letters
from podlab.embedded.runtime.volume import LIMIT

FRAME = 18
"""Bytes that a compressed file has besides the data and its name."""
NAMED = 8
"""The flag of a header with a name."""


class Damaged(Exception):
    """What is no gzip data: what GNU gzip says of it."""


def unpacked(data: bytes) -> bytes:
    """What is in gzip data, all parts of it. Raises Damaged."""
    found, first = b"", True
    while data:
        part = zlib.decompressobj(31)
        try:
            found += part.decompress(data, LIMIT)
        except zlib.error:
            if not first and not data.strip(b"\0"):
                return found
            raise Damaged("not in gzip format" if first else "decompression OK, trailing garbage ignored") from None
        if not part.eof:
            raise Damaged("unexpected end of file")
        data, first = part.unused_data, False
    if first:
        raise Damaged("unexpected end of file")
    return found


def packed(data: bytes, level: int, name: str = "", moment: float = 0.0) -> bytes:
    """Data as gzip packs it, with its file's name and time."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    extra = 2 if level == 9 else 4 if level == 1 else 0
    head = b"\x1f\x8b\x08" + bytes([NAMED if name else 0]) + int(moment).to_bytes(4, "little") + bytes([extra, 3])
    title = name.encode("utf-8", "surrogateescape") + b"\0" if name else b""
    body = deflate.compress(data) + deflate.flush()
    return head + title + body + zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")


@dataclass(frozen=True, slots=True)
class Way:
    """What is done with each file: by which command, in which direction, to names that end in `suffix`."""

    io: Io
    command: str
    flags: set[str]
    unpack: bool
    suffix: str = ".gz"
    level: int = 6

    def fail(self, gnu: str, busy: str, code: int = 1) -> int:
        """Say what is wrong, in either's words."""
        return self.io.fail(f"{self.command}: {busy}") if self.io.busybox else self.io.fail(f"gzip: {gnu}", code)


async def gzip(io: Io, words: list[str]) -> int:
    """`gzip [-cdfklqrtvn1-9] [-S SUFFIX] [FILE]…`"""
    return await _each(io, "gzip", words, unpack=False)


async def gunzip(io: Io, words: list[str]) -> int:
    """`gunzip [-cfklqrtv] [-S SUFFIX] [FILE]…`"""
    return await _each(io, "gunzip", words, unpack=True)


async def zcat(io: Io, words: list[str]) -> int:
    """`zcat [FILE]…`"""
    return await _each(io, "zcat", ["-c", *words], unpack=True)


async def _each(io: Io, command: str, words: list[str], *, unpack: bool) -> int:
    flags, values, names = letters(words, "S")
    levels = sorted(int(flag) for flag in flags if flag.isdecimal())
    way = Way(io, command, flags, unpack or bool(flags & {"d", "t", "l"}))
    way = replace(way, suffix=values.get("S", ".gz"), level=levels[-1] if levels and levels[-1] else 6)
    if "l" in flags:
        return await _listed(way, names)
    code = 0
    for name in names or ["-"]:
        code = max(code, await _one(way, name) if name != "-" else await _through(way))
    return code


async def _through(way: Way) -> int:
    """Standard input to standard output."""
    data = await way.io.stdin.rest()
    try:
        made = unpacked(data) if way.unpack else packed(data, way.level)
    except Damaged as error:
        return _damaged(way, "stdin", error)
    way.io.out(made if "t" not in way.flags else b"")
    return 0


def _damaged(way: Way, name: str, error: Damaged) -> int:
    magic = "no gzip/bzip2/xz magic" if way.command == "zcat" else "invalid magic"
    busy = magic if str(error) == "not in gzip format" else "unexpected end of file"
    return way.io.fail(f"{way.command}: {busy}" if way.io.busybox else f"\ngzip: {name}: {error}")


def _found(way: Way, name: str) -> str:
    """The name of a file to unpack: the ending may be left away. Raises FileError."""
    files, io = way.io.process.machine.files, way.io
    if files.exists(io.path(name)):
        return name
    if way.unpack and not io.busybox and not name.endswith(way.suffix):
        if files.exists(io.path(name + way.suffix)):
            return name + way.suffix
        raise FileError(f"{name}{way.suffix}: {NO_SUCH}")
    raise FileError(f"{name}: {NO_SUCH}")


async def _one(way: Way, name: str) -> int:
    """One file, in place unless it is to be written or looked at; the exit code."""
    io, files = way.io, way.io.process.machine.files
    try:
        name = _found(way, name)
        if files.is_directory(io.path(name)):
            return await _folder(way, name)
        target = _target(way, name)
        if target is None:
            return _unending(way, name)
        data = await io.whole(name)
        made = unpacked(data) if way.unpack else packed(data, way.level, *_title(way, name))
        if "t" in way.flags or "c" in way.flags:
            io.out(made if "t" not in way.flags else b"")
            return _told(way, name, data, made, "OK" if "t" in way.flags else "replaced with stdout")
        if files.exists(io.path(target)) and "f" not in way.flags:
            return way.fail(f"{target} already exists;\tnot overwritten", f"can't open '{target}': File exists", 2)
        files.write(io.path(target), made)
        files.set_mode(io.path(target), files.mode(io.path(name)))
        if "k" not in way.flags:
            files.remove(io.path(name))
        deed = "created" if "k" in way.flags else "replaced with"
        return _told(way, name, data, made, f"{deed} {target}")
    except FileError as error:
        said = str(error) if str(error).endswith(NO_SUCH) and ":" in str(error) else f"{name}: {error}"
        return way.fail(said, said)
    except Damaged as error:
        return _damaged(way, name, error)


def _title(way: Way, name: str) -> tuple[str, float]:
    """The name and the time that are kept in a file that is packed."""
    plain = way.io.busybox or "n" in way.flags
    return ("", 0.0) if plain else (posixpath.basename(name), modified(way.io, way.io.path(name)))


async def _folder(way: Way, name: str) -> int:
    if "r" not in way.flags:
        return way.fail(f"{name} is a directory -- ignored", f"{name}: Is a directory", 2)
    inside = way.io.process.machine.files.list(way.io.path(name))
    return max([await _one(way, posixpath.join(name, entry)) for entry in inside], default=0)


def _target(way: Way, name: str) -> str | None:
    """What a file is called afterwards; None where its name does not end as it should."""
    if {"c", "t"} & way.flags and (way.unpack or way.io.busybox):
        return name
    if not way.unpack:
        ends = name.endswith((way.suffix, ".tgz")) and not way.io.busybox and "c" not in way.flags
        return None if ends else name + way.suffix
    for end, left in ((way.suffix, ""), (".gz", ""), (".tgz", ".tar"), (".z", ""), (".Z", "")):
        if name.endswith(end):
            return name.removesuffix(end) + ("" if way.io.busybox and end != ".tgz" else left)
    return None


def _unending(way: Way, name: str) -> int:
    if way.unpack:
        return way.fail(f"{name}: unknown suffix -- ignored", f"{name}: unknown suffix - ignored", 2)
    return 0 if "q" in way.flags else way.fail(f"{name} already has {way.suffix} suffix -- unchanged", "", 0)


def _ratio(whole: int, small: int) -> str:
    """How much less a packed file takes."""
    return f"{(whole - small) / whole * 100 if whole else 0.0:5.1f}%"


def _told(way: Way, name: str, data: bytes, made: bytes, deed: str) -> int:
    """What -v says."""
    if "v" not in way.flags:
        return 0
    small, whole = (data, made) if way.unpack else (made, data)
    ratio = _ratio(len(whole), len(small) - _frame(small))
    if way.io.busybox:
        way.io.fail(f"{name}: {ratio.strip()} -- {deed}")
    else:
        way.io.fail(f"{name}:\t{ratio if deed != 'OK' else ' OK'}{f' -- {deed}' * (deed != 'OK')}")
    return 0


def _frame(data: bytes) -> int:
    """Bytes of a packed file that are no data."""
    return FRAME + (data.index(b"\0", 10) - 9 if data[3:4] == bytes([NAMED]) else 0)


async def _listed(way: Way, names: list[str]) -> int:
    """`gzip -l`: how large files are, and would be."""
    code, rows = 0, list[tuple[int, int, int]]()
    head = "         compressed        uncompressed  ratio uncompressed_name"
    if "v" in way.flags:
        return way.io.fail("gzip: podlab does not simulate -lv of gzip")
    for name in names or ["-"]:
        try:
            name = name if name == "-" else _found(way, name)
            data = await (way.io.stdin.rest() if name == "-" else way.io.whole(name))
            made, shown = unpacked(data), "stdout" if name == "-" else _target(way, name) or name
        except FileError as error:
            code = way.io.fail(f"gzip: {error}")
            continue
        except Damaged as error:
            code = way.io.fail(f"\ngzip: {'stdin' if name == '-' else name}: {error}")
            continue
        if not rows:
            way.io.say(head)
        rows.append((len(data), len(made), _frame(data)))
        way.io.say(f"{len(data):19} {len(made):19} {_ratio(len(made), len(data) - _frame(data))} {shown}")
    if len(rows) > 1:
        small, whole, frames = (sum(row[at] for row in rows) for at in range(3))
        way.io.say(f"{small:19} {whole:19} {_ratio(whole, small - frames)} (totals)")
    return code
