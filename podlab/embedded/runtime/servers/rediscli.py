"""`redis-cli`, with a command in its words or commands on its standard input."""

from __future__ import annotations

import shlex

from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.streams import BrokenPipe

Reply = None | str | int | bytes | list["Reply"]


async def redis_cli(io: Io, words: list[str]) -> int:
    """`redis-cli [-h HOST] [-p PORT] [-a PASSWORD] [COMMAND…]`"""
    values = {"-h": "127.0.0.1", "-p": "6379", "-a": (io.env or io.process.env).get("REDISCLI_AUTH", ""), "-n": "0"}
    words = list(words)
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option in values and words:
            values[option] = words.pop(0)
            if option == "-a":
                io.fail(WARNING)
    where = f"{values['-h']}:{values['-p']}"
    try:
        end = io.process.machine.sockets.connect(values["-h"], int(values["-p"]) if values["-p"].isdecimal() else 0)
    except Refused as refused:
        reason = "Name or service not known" if "resolve" in refused.reason else refused.reason
        await io.process.sleep(min(refused.after, 60.0))
        return io.fail(f"Could not connect to Redis at {where}: {reason}")
    try:
        if values["-a"]:
            await ask(end, ["AUTH", values["-a"]])
        if words:
            return _show(io, await ask(end, words))
        while line := await io.stdin.line():
            if given := _split(line.decode(errors="surrogateescape")):
                _show(io, await ask(end, given))
    except BrokenPipe:
        return io.fail("Error: Server closed the connection")
    finally:
        end.close()
    return 0


WARNING = "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe."


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


async def ask(end: End, words: list[str]) -> tuple[Reply, bool]:
    """(what is answered, whether it is an error). Raises BrokenPipe."""
    data = [word.encode(errors="surrogateescape") for word in words]
    end.write(b"*%d\r\n" % len(data) + b"".join(b"$%d\r\n%b\r\n" % (len(one), one) for one in data))
    return await _reply(end)


async def _reply(end: End) -> tuple[Reply, bool]:
    line = (await end.received.line())[:-2]
    kind, rest = line[:1], line[1:]
    if kind == b"$" and rest != b"-1":
        data, size = b"", int(rest) + 2
        while len(data) < size and (more := await end.received.take(size - len(data))):
            data += more
        return data[:-2], False
    if kind == b"*":
        return [(await _reply(end))[0] for _ in range(int(rest))], False
    if kind == b":":
        return int(rest), False
    return (None if kind == b"$" else rest.decode()), kind == b"-"


def _show(io: Io, found: tuple[Reply, bool]) -> int:
    """As it is printed where nobody sits at a terminal: bare."""
    reply, failed = found
    for one in reply if isinstance(reply, list) else [reply]:
        io.out((one if isinstance(one, bytes) else b"" if one is None else str(one).encode()) + b"\n")
    if reply == [] or failed:
        io.out(b"\n")
    return 0
