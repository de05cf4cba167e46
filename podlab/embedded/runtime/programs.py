"""Which program a process runs: a shell, a command of the image, or what the image is made for."""

from __future__ import annotations

import posixpath

from podlab.embedded.runtime import web
from podlab.embedded.runtime.commands.agnhost import agnhost
from podlab.embedded.runtime.commands.commands import COMMANDS
from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.machine.process import Input, Process
from podlab.embedded.runtime.machine.stdio import Io

SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/bash", "/usr/bin/sh")


def missing(
    process_argv: list[str],
    commands: frozenset[str],
    entrypoint: tuple[str, ...],
    files: Files | None = None,
    cwd: str = "/",
) -> str:
    """Why a command line cannot be started, as the runtime says it; "" if it can."""
    name = process_argv[0] if process_argv else ""
    if name in entrypoint or _known(name, commands):
        return ""
    if "/" in name:
        if files and files.exists(posixpath.normpath(posixpath.join(cwd, name))):
            return f'exec: "{name}": permission denied'
        return f'exec: "{name}": stat {name}: no such file or directory'
    return f'exec: "{name}": executable file not found in $PATH'


def _known(name: str, commands: frozenset[str]) -> bool:
    if name in commands:
        return True
    folder, base = posixpath.split(name)
    return folder in ("/bin", "/usr/bin", "/usr/sbin", "/sbin", "/usr/local/bin") and base in commands


async def run(process: Process) -> int:
    """Run a process to its end; returns its exit code."""
    argv = process.argv
    name = posixpath.basename(argv[0])
    if argv[0].endswith("docker-entrypoint.sh"):
        if len(argv) > 1 and argv[1] != "nginx":
            process.argv = argv[1:]
            return await run(process)
        return await web.nginx(process)
    if name == "agnhost":
        return await agnhost(process)
    if name == "pause":
        process.handles = lambda signal: signal == "TERM"
        await process.next_signal()
        return 0
    if name in ("sh", "bash"):
        return await _shell(process)
    if name not in COMMANDS:
        return 127
    await process.work()
    return await COMMANDS[name](Io(process, process.stdin, process.out, process.err, cwd=process.cwd), argv[1:])


async def _shell(process: Process) -> int:
    from podlab.embedded.runtime.shell import invocation, shell

    inner = shell.Shell(process, process.argv[0])
    process.handles = lambda signal: bool(inner.traps.get(signal))
    io = Io(process, process.stdin or Input(), process.out, process.err)
    return await invocation.start(inner, list(process.argv), io)
