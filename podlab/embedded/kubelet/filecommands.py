"""Commands about files: cat, ls, touch, mkdir, rm, cp, mv, tee."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from podlab.embedded.kubelet import filedetails
from podlab.embedded.kubelet.files import NO_SUCH, FileError
from podlab.embedded.kubelet.stdio import Io, inputs, options


async def cat(io: Io, words: list[str]) -> int:
    _, names = options(words)
    found, failed = await inputs(io, "cat", names)
    for _, data in found:
        io.out(data)
    return int(failed > 0)


async def ls(io: Io, words: list[str]) -> int:
    flags, names = options(words)
    code = 0
    files = io.process.machine.files
    shown = 0
    for name in sorted(names, key=lambda name: (files.is_directory(io.path(name)), name)) or ["."]:
        path = io.path(name)
        if not files.exists(path):
            busy = "busybox" in io.process.machine.image.reference
            code = io.fail(f"ls: {name}: {NO_SUCH}" if busy else f"ls: cannot access '{name}': {NO_SUCH}", 2 - busy)
            continue
        listed = [name]
        if files.is_directory(path) and "d" not in flags:
            listed = [n for n in files.list(path) if flags & {"a", "A"} or not n.startswith(".")]
            listed = [".", "..", *listed] if "a" in flags else listed
        if len(names) > 1 and files.is_directory(path):
            io.say(f"\n{name}:" if shown else f"{name}:")
        shown += 1
        for entry in listed:
            io.say(_long(io, posixpath.join(path, entry), entry) if "l" in flags else entry)
    return code


def _long(io: Io, path: str, entry: str) -> str:
    files, directory = io.process.machine.files, io.process.machine.files.is_directory(path)
    size = 4096 if directory else len(files.read(path))
    mode = filedetails.shown(files.mode(path), directory=directory)
    return f"{mode} {1 + directory} root root {size:4} {filedetails.when(io)} {entry}"


async def touch(io: Io, words: list[str]) -> int:
    return _each(io, "touch: cannot touch", words, lambda path: io.process.machine.files.write(path, b"", append=True))


async def mkdir(io: Io, words: list[str]) -> int:
    flags, names = options(words)
    make = io.process.machine.files.make_directory
    return _each(io, "mkdir: cannot create directory", names, lambda path: make(path, parents="p" in flags))


async def rm(io: Io, words: list[str]) -> int:
    flags, names = options(words)
    files = io.process.machine.files

    def remove(path: str) -> None:
        if files.is_directory(path) and not flags & {"r", "R"}:
            raise FileError("Is a directory")
        if files.exists(path) or "f" not in flags:
            files.remove(path)

    return _each(io, "rm: cannot remove", names, remove)


def _each(io: Io, complaint: str, names: list[str], act: Callable[[str], None]) -> int:
    code = 0
    for name in names:
        try:
            act(io.path(name))
        except FileError as error:
            code = io.fail(f"{complaint} '{name}': {error}")
    return code


async def cp(io: Io, words: list[str]) -> int:
    _, names = options(words)
    files, code = io.process.machine.files, 0
    if len(names) < 2:
        return io.fail("cp: missing file operand")
    for name in names[:-1]:
        target = io.path(names[-1])
        target = posixpath.join(target, posixpath.basename(name)) if files.is_directory(target) else target
        try:
            files.write(target, io.read(name, "{0}: {1}"))
        except FileError as error:
            code = io.fail(f"cp: {error}")
    return code


async def mv(io: Io, words: list[str]) -> int:
    code = await cp(io, words)
    return code or await rm(io, [word for word in words[:-1] if not word.startswith("-")])


async def tee(io: Io, words: list[str]) -> int:
    flags, names = options(words)
    data, code = await io.stdin.rest(), 0
    for name in names:
        try:
            io.process.machine.files.write(io.path(name), data, append="a" in flags)
        except FileError as error:
            code = io.fail(f"tee: {name}: {error}")
    io.out(data)
    return code
