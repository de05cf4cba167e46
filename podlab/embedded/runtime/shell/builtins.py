"""What a shell does itself: exit, cd, trap, set, export, read…"""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.children import named
from podlab.embedded.runtime.machine.signals import kill, signal_name
from podlab.embedded.runtime.machine.stdio import Io

if TYPE_CHECKING:
    from podlab.embedded.runtime.shell.shell import Shell


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
    for job in named(shell.jobs, words):
        code = await job.outcome()
        if fate := job.fate:
            io.fail(fate)
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


def place(shell: Shell, name: str) -> str:
    """Where a command is; its own name for what the shell does itself; "" if nowhere."""
    known = shell.process.machine.image.commands
    if name in shell.functions or name in BUILTINS or name in INLINE:
        return name
    if "/" in name:
        return name if shell.process.machine.files.exists(name) or posixpath.basename(name) in known else ""
    folder = "/bin" if shell.busybox else "/usr/sbin" if name == "nginx" else "/usr/bin"
    return f"{folder}/{name}" if name in known else ""


async def command_(shell: Shell, words: list[str], io: Io) -> int:
    """`command [-v|-V] NAME…`"""
    if words[:1] not in (["-v"], ["-V"]):
        return await shell.call([word for word in words if word != "-p"], io, {}) if words else 0
    found = [place(shell, word) for word in words[1:]]
    for path in filter(None, found):
        io.say(path)
    return 0 if all(found) else 127


async def type_(shell: Shell, words: list[str], io: Io) -> int:
    code = 0
    for word in words:
        path = place(shell, word)
        if not path:
            code = 127
            io.say(f"{word}: not found")
        elif word in shell.functions:
            io.say(f"{word} is a function" if shell.busybox else f"{word} is a shell function")
        else:
            io.say(f"{word} is a shell builtin" if path == word and "/" not in word else f"{word} is {path}")
    return code


async def dot_(shell: Shell, words: list[str], io: Io) -> int:
    """`. FILE`: run a file's commands in this shell."""
    if not words:
        return io.fail(f"{shell.prefix} .: filename argument required", 2)
    try:
        text = io.read(words[0]).decode(errors="replace")
    except FileError:
        busy = f".: line 0: can't open '{words[0]}': {NO_SUCH}"
        io.fail(
            f"{shell.prefix} {busy}" if shell.busybox else f"{shell.prefix} .: cannot open {words[0]}: No such file"
        )
        raise Exit(2) from None
    return await shell.evaluate(text, io)


async def umask_(shell: Shell, words: list[str], io: Io) -> int:
    if not words:
        io.say("0022")
    return 0


async def ulimit_(shell: Shell, words: list[str], io: Io) -> int:
    io.say("20000" if words == ["-n"] else "unlimited")
    return 0


INLINE = frozenset(["echo", "printf", "test", "[", "true", "false", "pwd"])
"""Commands that a shell carries out itself, without a process."""

BUILTINS: Mapping[str, Callable[[Shell, list[str], Io], Awaitable[int]]] = MappingProxyType(
    {
        ":": nothing,
        ".": dot_,
        "command": command_,
        "exit": exit_,
        "type": type_,
        "ulimit": ulimit_,
        "umask": umask_,
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
