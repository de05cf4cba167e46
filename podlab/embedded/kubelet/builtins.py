"""What a shell does itself: exit, cd, trap, set, export, read…"""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from podlab.embedded.kubelet.files import NO_SUCH
from podlab.embedded.kubelet.signals import kill, signal_name
from podlab.embedded.kubelet.stdio import Io

if TYPE_CHECKING:
    from podlab.embedded.kubelet.shell import Shell


class Exit(Exception):
    """The shell ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Leave(Exception):
    """`break`, `continue` or `return`, and how many levels."""

    def __init__(self, kind: str, value: int = 1) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value


async def exit_(shell: Shell, words: list[str], io: Io) -> int:
    raise Exit(int(words[0]) & 255 if words and words[0].isdigit() else shell.status)


async def return_(shell: Shell, words: list[str], io: Io) -> int:
    raise Leave("return", int(words[0]) if words and words[0].isdigit() else shell.status)


async def break_(shell: Shell, words: list[str], io: Io) -> int:
    raise Leave("break", int(words[0]) if words else 1)


async def continue_(shell: Shell, words: list[str], io: Io) -> int:
    raise Leave("continue", int(words[0]) if words else 1)


async def cd_(shell: Shell, words: list[str], io: Io) -> int:
    path = posixpath.normpath(posixpath.join(shell.process.cwd, words[0] if words else "/root"))
    if not shell.process.machine.files.is_directory(path) and path != "/root":
        if shell.busybox:
            return io.fail(f"{shell.prefix} cd: line 0: can't cd to {words[0] if words else path}: {NO_SUCH}")
        return io.fail(f"{shell.prefix} cd: can't cd to {words[0] if words else path}", 2)
    shell.process.cwd = path
    return 0


async def trap_(shell: Shell, words: list[str], io: Io) -> int:
    if words[:1] == ["--"]:
        words = words[1:]
    if len(words) == 1:
        words = ["-", *words]
    for signal in words[1:]:
        name = "EXIT" if signal in ("0", "EXIT") else signal_name(signal) or signal
        shell.process.ignored.discard(name)
        shell.traps.pop(name, None)
        if words[0] == "":
            shell.process.ignored.add(name)
        elif words[0] != "-":
            shell.traps[name] = words[0]
    return 0


async def set_(shell: Shell, words: list[str], io: Io) -> int:
    for index, word in enumerate(words):
        if word == "--":
            shell.arguments = tuple(words[index + 1 :])
            break
        if word[0] == "-":
            shell.options |= set(word[1:]) - {"o"}
        elif word[0] == "+":
            shell.options -= set(word[1:])
    return 0


async def shift_(shell: Shell, words: list[str], io: Io) -> int:
    shell.arguments = shell.arguments[int(words[0]) if words else 1 :]
    return 0


async def eval_(shell: Shell, words: list[str], io: Io) -> int:
    return await shell.evaluate(" ".join(words), io)


async def exec_(shell: Shell, words: list[str], io: Io) -> int:
    raise Exit(await shell.call(words, io, {}) if words else 0)


async def wait_(shell: Shell, words: list[str], io: Io) -> int:
    code = 0
    for job in shell.wanted(words):
        code = await job.outcome()
        shell.say_fate(job, io)
    shell.process.time = max(shell.process.time, shell.process.machine.clock.now())
    return code if words else 0


async def kill_(shell: Shell, words: list[str], io: Io) -> int:
    jobs = {str(number): job.process.pid for number, job in enumerate(shell.jobs, 1)}
    return await kill(io, words, jobs, shell.prefix)


async def read_(shell: Shell, words: list[str], io: Io) -> int:
    line = await io.stdin.line()
    names = [word for word in words if not word.startswith("-")] or ["REPLY"]
    values = line.decode(errors="replace").rstrip("\n").split(None, len(names) - 1)
    for name, value in zip(names, [*values, *[""] * len(names)], strict=False):
        shell.assign(name, value)
    return 0 if line else 1


async def export_(shell: Shell, words: list[str], io: Io) -> int:
    for word in words:
        name, _, value = word.partition("=")
        shell.exported.add(name)
        if "=" in word:
            shell.assign(name, value)
    return 0


async def local_(shell: Shell, words: list[str], io: Io) -> int:
    for word in words:
        name, _, value = word.partition("=")
        shell.assign(name, value)
    return 0


async def nothing(shell: Shell, words: list[str], io: Io) -> int:
    return 0


BUILTINS: Mapping[str, Callable[[Shell, list[str], Io], Awaitable[int]]] = MappingProxyType(
    {
        ":": nothing,
        "exit": exit_,
        "return": return_,
        "break": break_,
        "continue": continue_,
        "cd": cd_,
        "trap": trap_,
        "set": set_,
        "shift": shift_,
        "eval": eval_,
        "exec": exec_,
        "wait": wait_,
        "kill": kill_,
        "read": read_,
        "export": export_,
        "local": local_,
    }
)
"""Every builtin by its name."""
