"""base64, base32 and checksums."""

from __future__ import annotations

import base64 as encoding
import binascii
import hashlib
import re

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Command, Io, inputs, options, plain_rows


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
            io.out(_decoded(data, busy=io.busybox))
            return io.fail("base64: invalid input") if not io.busybox else int(failed > 0)
        return int(failed > 0)
    text = encoding.b64encode(data).decode()
    lines = [text[at : at + width] for at in range(0, len(text), width)] if width else [text]
    io.out("\n".join(lines).encode() + (b"\n" if width and text else b""))
    return int(failed > 0)


def _decoded(data: bytes, *, busy: bool) -> bytes:
    """What is made of a text that is not all of base64: of its whole fours, coreutils also of what is before an end."""
    other = rb"[^A-Za-z0-9+/]"
    left = re.sub(other, b"", data) if busy else re.split(other, b"".join(data.split()), maxsplit=1)[0]
    whole = encoding.b64decode(left[: len(left) // 4 * 4])
    odd = left[len(left) // 4 * 4 :] if not busy else b""
    return whole + (encoding.b64decode(odd.ljust(4, b"=")) if len(odd) > 1 else b"")


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


TAGS = {"blake2b": "BLAKE2b"}
PROGRAMS = {"blake2b": "b2sum"}
"""Commands that are not called as what they reckon."""


async def _compared(io: Io, name: str, names: list[str], flags: set[str]) -> int:
    """`md5sum -c [-s] [FILE]…`: whether files are what a list says."""
    program = PROGRAMS.get(name, f"{name}sum")
    lists, failed = await inputs(io, f"{program}", names)
    wrong = read = unread = verified = 0
    for file, text in lists:
        rows = [line.split(None, 1) for line in plain_rows(text.decode(errors="replace"))]
        length = hashlib.new(name, usedforsecurity=False).digest_size * 2
        known = [row for row in rows if len(row) == 2 and len(row[0]) == length]
        if not known and not io.busybox:
            shown = "'standard input'" if file == "-" else file
            failed += bool(io.fail(f"{program}: {shown}: no properly formatted checksum lines found"))
        for digest, path in known:
            read, told = read + 1, "FAILED"
            try:
                good = hashlib.new(name, io.read(path.lstrip("*")), usedforsecurity=False).hexdigest() == digest.lower()
                verified += good
            except FileError as error:
                if "i" in flags:
                    continue
                opened = f"can't open '{path}'" if io.busybox else path
                good = bool(io.fail(f"{program}: {opened}: {error}", 0))
                unread += not io.busybox
                wrong -= not io.busybox
                if not io.busybox:
                    told = "FAILED open or read"
            wrong += not good
            if "s" not in flags and not (good and "q" in flags):
                io.say(f"{path}: {'OK' if good else told}")
        wrong, read = (wrong + len(rows) - len(known), read + len(rows) - len(known)) if io.busybox else (wrong, read)
    if unread and "s" not in flags:
        files = "files" if unread > 1 else "file"
        io.fail(f"{program}: WARNING: {unread} listed {files} could not be read")
    if wrong and "s" not in flags:
        plural = "checksums" if io.busybox or wrong > 1 else "checksum"
        io.fail(f"{program}: WARNING: {wrong}{f' of {read}' if io.busybox else ''} computed {plural} did NOT match")
    if "i" in flags and not verified:
        failed += bool(io.fail(f"{program}: {names[0] if names else '-'}: no file was verified"))
    return int(bool(wrong or failed or unread))


LONG = {"--check": "-c", "--status": "-s", "--quiet": "-q", "--ignore-missing": "-i", "--tag": "-T", "--binary": "-b"}
LONG |= {"--text": "-t", "--warn": "-w", "--strict": "-w"}


def checksum(name: str) -> Command:
    """`md5sum` and its like."""

    program = PROGRAMS.get(name, f"{name}sum")

    async def run(io: Io, words: list[str]) -> int:
        flags, names = options([LONG.get(word, word) for word in words])
        if "c" in flags:
            return await _compared(io, name, names, flags)
        if not io.busybox:
            found, failed = await inputs(io, f"{program}", names)
        else:
            found, failed = await _opened(io, f"{program}", names)
        for file, data in found:
            digest = hashlib.new(name, data, usedforsecurity=False).hexdigest()
            mark = "*" if "b" in flags and not io.busybox else " "
            io.say(f"{TAGS.get(name, name.upper())} ({file}) = {digest}" if "T" in flags else f"{digest} {mark}{file}")
        return int(failed > 0)

    return run


async def bsd_sum(io: Io, words: list[str]) -> int:
    """`sum [-rs] [FILE]…`: a check sum of 16 bits and the blocks, of 1 KiB, or with -s of 512 bytes."""
    flags, names = options(words)
    found, failed = await inputs(io, "sum", names)
    for name, data in found:
        total = 0
        for byte in data if "s" not in flags else b"":
            total = ((total >> 1) + ((total & 1) << 15) + byte) & 0xFFFF
        shown = "" if name == "-" and not names else f" {name}"
        if "s" in flags:
            folded = (sum(data) & 0xFFFF) + ((sum(data) & 0xFFFFFFFF) >> 16)
            io.say(f"{(folded & 0xFFFF) + (folded >> 16)} {-(-len(data) // 512)}{shown}")
        else:
            io.say(f"{total:05d} {-(-len(data) // 1024):5d}{shown}")
    return int(failed > 0)
