"""Which program a process runs: a shell, a command of the image, or what the image is made for."""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.commands.commands import COMMANDS
from podlab.embedded.runtime.commands.refusals import refusal
from podlab.embedded.runtime.expressions import octets
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.images.image import Image
from podlab.embedded.runtime.machine.executables import known
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Command, Io
from podlab.embedded.runtime.servers import (
    busyboxhttpd,
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
from podlab.embedded.runtime.servers.documented import pages, stress
from podlab.embedded.runtime.servers.nginx import command as nginx
from podlab.embedded.runtime.shell import invocation

SERVERS: Mapping[str, Callable[[Process], Awaitable[int]]] = MappingProxyType(
    {
        **demonstrations.DEMONSTRATIONS,
        **pages.DOCUMENTED,
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
        "stress": stress.stress,
        "/stress": stress.vish_stress,
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
    argv, image = process.argv, process.machine.image
    name, there = posixpath.basename(argv[0]), known(argv[0], image.commands)
    other = _other_words(argv, image)
    if other is not None:
        process.argv = other
        return await run(process)
    io = Io(process, process.stdin, process.out, process.err, cwd=process.cwd, more=process.more)
    if argv[0].endswith("docker-entrypoint.sh"):
        return await nginx.entrypoint(process)
    if name == "nginx" and there:
        return await nginx.command(Io(process, process.stdin, process.out, process.err), argv[1:])
    server = SERVERS.get(argv[0], SERVERS.get(name))
    apache = name != "httpd" or "httpd-foreground" in image.commands  # busybox has another program of this name
    if server and apache and there:
        return await server(process)
    if name == "httpd" and there:
        return await busyboxhttpd.httpd(process)
    if name == "agnhost":
        return await agnhost(process)
    system = image.system and argv[0] in image.commands
    if name == "pause" or system:
        return await _wait(process, name if system else "")
    if name in SHELLS and there:
        with octets.spoken(name, process.env, busybox=image.busybox):
            return await invocation.shell(process)
    if name in CLIENTS and there:
        await process.work()
        return await CLIENTS[name](io, argv[1:])
    if name == "busybox" and there:
        return usage.busybox(io, argv[1:])
    if there and argv[0] not in image.entrypoint:
        await process.work()
        with octets.spoken(name, process.env, busybox=image.busybox):
            return await COMMANDS.get(name, refusal(name))(io, argv[1:])
    return await _script(process)


def _other_words(argv: list[str], image: Image) -> list[str] | None:
    """The words that run in truth where these only lead to them: an image's entrypoint, `busybox NAME`."""
    name, words = posixpath.basename(argv[0]), argv[1:]
    if argv[0].endswith("docker-entrypoint.sh") and image.command[:1] == ("nginx",):
        return words if words and words[0] != "nginx" else None
    if argv[0].endswith("docker-entrypoint.sh"):
        return words if words and not words[0].startswith("-") else [image.command[0], *words]
    if name == "entrypoint.sh" and image.user == "curl_user":
        return words if known((words or ["-"])[0], image.commands) else ["curl", *words]
    return words if name == "busybox" and words and known(words[0], image.commands) and image.busybox else None


async def _wait(process: Process, component: str) -> int:
    """Do nothing until TERM, as `pause` does; a component of Kubernetes says why."""
    if component:
        process.out(f"{component}: the embedded cluster does this itself; this container only waits.\n".encode())
    process.handles = lambda signal: signal == "TERM"
    await process.next_signal()
    return 0


async def _script(process: Process) -> int:
    """A file with `#!` and an interpreter in its first line; without, the shell takes it."""
    io = Io(process, process.stdin, process.out, process.err, cwd=process.cwd)
    try:
        first = io.read(process.argv[0]).split(b"\n")[0].decode(errors="replace")
    except FileError:
        return 127
    words = first[2:].split() if first.startswith("#!") else ["/bin/sh"]
    if not words or (not known(words[0], process.machine.image.commands) and words[0] != "/usr/bin/env"):
        return io.fail(f"sh: {process.argv[0]}: not found", 127)
    process.argv = [*(words[1:] if words[0].endswith("/env") else words), *process.argv]
    if process.steps > 1000:
        return 126
    process.steps += 100
    return await run(process)
