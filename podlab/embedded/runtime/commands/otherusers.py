"""Running something as somebody else: Debian's su, runuser and nologin.

Upstream: util-linux login-utils/su-common.c
"""

from __future__ import annotations

import copy
from dataclasses import replace

from podlab.embedded.runtime.commands.accounts import USERS
from podlab.embedded.runtime.commands.processes import runners
from podlab.embedded.runtime.machine.stdio import Io

VALUED = {"-c": "c", "--command": "c", "-s": "s", "--shell": "s", "-u": "u", "--user": "u", "-g": "g", "--group": "g"}
SHUT = "This account is currently not available."


async def su(io: Io, words: list[str]) -> int:
    """`su [-] [-s SHELL] [-c COMMAND] [USER [ARGUMENT…]]`"""
    values, login, rest = _asked(words)
    if rest[:1] == ["-"]:
        login, rest = True, rest[1:]
    return await _as(io, "su", rest[0] if rest else "root", values, login=login, more=rest[1:])


async def runuser(io: Io, words: list[str]) -> int:
    """`runuser -u USER [--] COMMAND…`, or as su."""
    values, login, rest = _asked(words)
    if io.process.machine.user.uid:
        return io.fail("runuser: may not be used by non-root users")
    if "u" in values and rest:
        return await _as(io, "runuser", values["u"], values, login=False, words=rest)
    return await _as(io, "runuser", rest[0] if rest else "root", values, login=login, more=rest[1:])


async def nologin(io: Io, words: list[str]) -> int:
    """`nologin`: who has it for a shell cannot log in."""
    io.say("This account is not available" if io.busybox else SHUT)
    return 1


def _asked(words: list[str]) -> tuple[dict[str, str], bool, list[str]]:
    """(values of the options, whether it is a login, the other words)"""
    values, login, rest, given = dict[str, str](), False, list[str](), list(words)
    while given:
        word = given.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            return values, login, rest + given
        if name in VALUED:
            values[VALUED[name]] = value if equals else given.pop(0) if given else ""
        elif word in ("-l", "--login", "-"):
            login = True
        elif not word.startswith("-"):
            rest.append(word)
            if "u" in values:  # the rest is the command's
                return values, login, rest + given
    return values, login, rest


async def _as(
    io: Io,
    command: str,
    name: str,
    values: dict[str, str],
    *,
    login: bool,
    words: list[str] | None = None,
    more: list[str] | None = None,
) -> int:
    machine = io.process.machine
    rows = [row.split(":") for row in machine.files.read(USERS).decode(errors="replace").splitlines()]
    row = next((row for row in rows if row[0] == name and len(row) > 6), None)
    if row is None:
        lacks = "does not exist or the user entry does not contain all the required fields"
        return io.fail(f"{command}: user {name} {lacks}")
    uid, gid, home, shell = int(row[2]), int(row[3]), row[5], row[6] or "/bin/sh"
    if machine.user.uid and machine.user.uid != uid:
        return io.fail("su: Authentication failure")
    if uid != machine.user.uid:
        return await _another(io, command, (uid, gid), (name, home, shell), values, words, more or [])
    env = dict(io.env if io.env is not None else io.process.env)
    if login:
        env = {"HOME": home, "SHELL": shell, "USER": name, "LOGNAME": name, "PATH": env.get("PATH", "")}
    inner = replace(io, env=env, cwd=home if login and machine.files.is_directory(home) else io.cwd)
    return await runners.launch(inner, words or _shell(values, shell, more or []), command)


def _shell(values: dict[str, str], shell: str, more: list[str]) -> list[str]:
    called = ["-c", values["c"]] if "c" in values else []
    return [values.get("s") or shell, *called, *more]


async def _another(
    io: Io,
    command: str,
    who: tuple[int, int],
    account: tuple[str, str, str],
    values: dict[str, str],
    words: list[str] | None,
    more: list[str],
) -> int:
    """As somebody who is not who asks: with all that the container has, but for its rights."""
    (uid, gid), (name, home, shell) = who, account
    if words is None and not values.get("s") and shell.endswith(("/nologin", "/false")):
        return await nologin(io, []) if shell.endswith("/nologin") else 1
    machine = copy.copy(io.process.machine)
    machine.user = replace(machine.user, uid=uid, gid=gid, groups=(gid,))
    machine.files = machine.files.seen_by(machine.user)
    env = dict(io.env if io.env is not None else io.process.env)
    if words is None:
        env |= {"HOME": home, "SHELL": values.get("s") or shell, "USER": name, "LOGNAME": name}
    process = copy.copy(io.process)
    process.machine = machine
    inner = replace(io, process=process, env=env)
    return await runners.launch(inner, words or _shell(values, shell, more), command)
