"""Which program a process runs: a shell, a command of the image, or what the image is made for."""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from podlab.embedded.runtime.commands.commands import COMMANDS
from podlab.embedded.runtime.commands.refusals import refusal
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.executables import known
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Command, Io
from podlab.embedded.runtime.servers import (
    demonstrations,
    httpd,
    interpreters,
    memcached,
    mysql,
    postgres,
    redis,
    rediscli,
)
from podlab.embedded.runtime.servers.agnhost import agnhost
from podlab.embedded.runtime.servers.nginx import server as nginx
from podlab.embedded.runtime.shell import invocation

SERVERS: Mapping[str, Callable[[Process], Awaitable[int]]] = MappingProxyType(
    {
        **demonstrations.DEMONSTRATIONS,
        "httpd": httpd.httpd,
        "httpd-foreground": httpd.httpd,
        "memcached": memcached.memcached,
        "mysqld": mysql.mysqld,
        "node": interpreters.node,
        "nodejs": interpreters.node,
        "perl": interpreters.perl,
        "postgres": postgres.postgres,
        "python": interpreters.python,
        "python3": interpreters.python,
        "redis-server": redis.server,
    }
)
CLIENTS: Mapping[str, Command] = MappingProxyType(
    {
        "mysql": mysql.mysql,
        "mysqladmin": mysql.mysqladmin,
        "pg_isready": postgres.pg_isready,
        "psql": postgres.psql,
        "redis-cli": rediscli.redis_cli,
    }
)
SHELLS = ("sh", "bash", "ash", "dash")


async def run(process: Process) -> int:
    """Run a process to its end; returns its exit code."""
    argv, machine = process.argv, process.machine
    name = posixpath.basename(argv[0])
    if argv[0].endswith("docker-entrypoint.sh") and machine.image.command[:1] != ("nginx",):
        words = argv[1:] if argv[1:] and not argv[1].startswith("-") else [machine.image.command[0], *argv[1:]]
        process.argv = words
        return await run(process)
    if argv[0].endswith("docker-entrypoint.sh"):
        if len(argv) > 1 and argv[1] != "nginx":
            process.argv = argv[1:]
            return await run(process)
        return await nginx.entrypoint(process)
    if name == "nginx" and known(argv[0], machine.image.commands):
        return await nginx.command(Io(process, process.stdin, process.out, process.err), argv[1:])
    server = SERVERS.get(argv[0], SERVERS.get(name))
    apache = name != "httpd" or "httpd-foreground" in machine.image.commands  # busybox has another program of this name
    if server and apache and known(argv[0], machine.image.commands):
        return await server(process)
    if name == "entrypoint.sh" and machine.image.user == "curl_user":
        process.argv = ["curl", *argv[1:]] if not known((argv[1:] or ["-"])[0], machine.image.commands) else argv[1:]
        return await run(process)
    if name == "agnhost":
        return await agnhost(process)
    system = machine.image.system and argv[0] in machine.image.commands
    if system:
        process.out(f"{name}: the embedded cluster does this itself; this container only waits.\n".encode())
    if name == "pause" or system:
        process.handles = lambda signal: signal == "TERM"
        await process.next_signal()
        return 0
    if name == "busybox" and len(argv) > 1 and machine.image.busybox:
        process.argv = argv[1:]
        return await run(process)
    if name in SHELLS and known(argv[0], machine.image.commands):
        return await invocation.shell(process)
    if name in CLIENTS and known(argv[0], machine.image.commands):
        await process.work()
        return await CLIENTS[name](Io(process, process.stdin, process.out, process.err, cwd=process.cwd), argv[1:])
    if known(argv[0], machine.image.commands) and argv[0] not in machine.image.entrypoint:
        await process.work()
        return await COMMANDS.get(name, refusal(name))(
            Io(process, process.stdin, process.out, process.err, cwd=process.cwd), argv[1:]
        )
    return await _script(process)


async def _script(process: Process) -> int:
    """A file with `#!` and an interpreter in its first line; without, the shell takes it."""
    io = Io(process, process.stdin, process.out, process.err, cwd=process.cwd)
    try:
        first = io.read(process.argv[0]).split(b"\n")[0].decode(errors="replace")
    except FileError:
        return 127
    words = first[2:].split() if first.startswith("#!") else ["/bin/sh"]
    if not words or (not known(words[0], process.machine.image.commands) and words[0] != "/usr/bin/env"):
        return io.fail(f"{process.argv[0]}: not found", 127)
    process.argv = [*(words[1:] if words[0].endswith("/env") else words), *process.argv]
    if process.steps > 1000:
        return 126
    process.steps += 100
    return await run(process)
