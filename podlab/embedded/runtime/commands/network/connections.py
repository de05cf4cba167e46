"""Commands that connect to a port or only reach an address: nc, telnet, ping, traceroute."""

from __future__ import annotations

import asyncio
import re

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.machine.stdio import Io, letters
from podlab.embedded.runtime.network import names
from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.streams import BrokenPipe

NC_USAGE = """BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]

Open a pipe to IP:PORT or FILE
"""


async def nc(io: Io, words: list[str]) -> int:
    """`nc [-z] [-v] [-w SECONDS] [-l [-k] [-p] PORT] [-e PROGRAM…] [HOST PORT]`"""
    flags, values, rest = _nc_options(words)
    wrong = next((flag for flag in flags if flag not in "lvznukdN46q"), "")
    if wrong:
        return io.fail(f"nc: invalid option -- '{wrong}'\n{NC_USAGE}")
    if "l" in flags:
        given = values.get("p") or next((word for word in rest if word.isdecimal()), "")
        if not given.isdecimal():
            return io.fail(NC_USAGE)
        return await _listen(io, int(given), values, again="k" in flags)
    if len(rest) < 2 or not rest[1].isdecimal():
        return io.fail(NC_USAGE)
    return await _connect(io, rest[0], int(rest[1]), flags, values)


def _nc_options(words: list[str]) -> tuple[set[str], dict[str, str], list[str]]:
    flags: set[str] = set()
    values: dict[str, str] = {}
    rest: list[str] = []
    words = list(words)
    while words:
        word = words.pop(0)
        if not word.startswith("-") or len(word) == 1:
            rest.append(word)
            continue
        for at, letter in enumerate(word[1:], 1):
            if letter in "pweiqs":
                values[letter] = word[at + 1 :] or (words.pop(0) if words else "")
                if letter == "e":
                    values["arguments"] = " ".join(words)
                    words = []
                break
            flags.add(letter)
    return flags, values, rest


async def _connect(io: Io, host: str, port: int, flags: set[str], values: dict[str, str]) -> int:
    process = io.process
    given = values.get("w", "")
    limit = float(given) if given.isdecimal() else 1e9
    try:
        address = process.machine.sockets.address(host)
    except Refused as refused:
        await process.sleep(refused.after)
        return io.fail(f"nc: bad address '{host}'")
    try:
        end = process.machine.sockets.connect(host, port)
    except Refused as refused:
        await process.sleep(min(refused.after, limit))
        if refused.after >= limit:
            return io.fail("nc: timed out")
        if "v" in flags and "z" in flags:
            return io.fail(f"nc: {host} ({address}:{port}): {refused.reason}")
        return io.fail(f"nc: can't connect to remote host ({address}): {refused.reason}")
    if "v" in flags:
        io.fail(f"{host} ({address}:{port}) open")
    if "z" in flags:
        end.close()
        return 0
    return await talk(io, end, limit if given else None)


async def talk(io: Io, end: End, limit: float | None = None) -> int:
    """Copy both ways until the other end hangs up, or for so long."""
    sending = asyncio.ensure_future(_send(io, end))
    late: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    clock = io.process.machine.clock
    timer = clock.call_later(limit, lambda: None if late.done() else late.set_result(None)) if limit else None
    receiving = asyncio.ensure_future(_receive(io, end))
    try:
        await asyncio.wait((receiving, late), return_when=asyncio.FIRST_COMPLETED)
        if receiving.done():
            receiving.result()
    finally:
        for task in (sending, receiving, late):
            task.cancel()
        if timer:
            timer.cancel()
        end.close()
        io.process.catch_up()
    return 0


async def _send(io: Io, end: End) -> None:
    try:
        while data := await io.stdin.take(2**16):
            end.write(data)
            await asyncio.sleep(0)
    except BrokenPipe:
        return
    end.finish()


async def _receive(io: Io, end: End) -> None:
    while data := await end.received.take(2**16):
        io.out(data)
        await io.process.work()


async def _listen(io: Io, port: int, values: dict[str, str], *, again: bool) -> int:
    coming: asyncio.Queue[tuple[End, asyncio.Future[None]]] = asyncio.Queue()

    async def accept(end: End) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        coming.put_nowait((end, done))
        await done

    sockets = io.process.machine.sockets
    try:
        listener = sockets.bind(port, accept=accept, program="nc")
    except AddressInUse as error:
        return io.fail(f"nc: bind: {error.reason}")
    try:
        while True:
            end, done = await coming.get()
            io.process.catch_up()
            if not again:
                sockets.namespace.unbind(listener)
            try:
                await _served(io, end, values)
            finally:
                if not done.done():
                    done.set_result(None)
            if not again:
                return 0
    finally:
        sockets.namespace.unbind(listener)


async def _served(io: Io, end: End, values: dict[str, str]) -> None:
    if "e" not in values:
        await talk(io, end)
        return
    child = io.process.child([values["e"], *values.get("arguments", "").split()])
    child.out, child.stdin = end.write, end.received
    try:
        await io.process.machine.run(child)
    except BrokenPipe:
        pass
    finally:
        end.close()


async def telnet(io: Io, words: list[str]) -> int:
    """`telnet HOST [PORT]`"""
    words = [word for word in words if not word.startswith("-")]
    host, port = words[0] if words else "", int(words[1]) if words[1:] and words[1].isdecimal() else 23
    process = io.process
    try:
        address = process.machine.sockets.address(host)
        end = process.machine.sockets.connect(host, port)
    except Refused as refused:
        await process.sleep(refused.after)
        if refused.reason.startswith(names.UNKNOWN):
            return io.fail(f"telnet: bad address '{host}'")
        return io.fail(f"telnet: can't connect to remote host ({address}): {refused.reason}")
    io.say(f"Connected to {host}\n" if not io.busybox else f"Connected to {host}")
    if io.stdin.waiting() and not io.stdin.size():
        end.close()
        return 0
    code = await talk(io, end)
    io.fail("Connection closed by foreign host\r")
    return code or 1


async def ping(io: Io, words: list[str]) -> int:
    """`ping [-c COUNT] [-W SECONDS] [-w SECONDS] HOST`: Pods and nodes answer, Services do not."""
    given = " ".join(words)
    counted, patience = re.search(r"-c ?(\d{1,6})", given), re.search(r"-W ?(\d{1,4})", given)
    deadline = re.search(r"-w ?(\d{1,6})", given)
    flags, values, hosts = letters(words, "cWwsiIptTM")
    host, size = next(iter(hosts), ""), int(values["s"]) if values.get("s", "").isdecimal() else 56
    if not hosts and io.busybox:
        return usage.show(io, "ping")
    machine = io.process.machine
    try:
        address = machine.sockets.address(host)
    except Refused as refused:
        await io.process.sleep(refused.after)
        return io.fail(
            f"ping: bad address '{host}'" if io.busybox else f"ping: {host}: Name or service not known",
            1 + (not io.busybox),
        )
    alive = address.startswith("127.") or address in machine.sockets.network.namespaces
    if alive and address != machine.ip and not address.startswith("127."):
        alive = machine.sockets.network.router.allows(machine.ip, address, 0, "ICMP")
    io.say(f"PING {host} ({address}): {size} data bytes")
    if not machine.user.holds("NET_RAW"):
        return io.fail(
            "ping: permission denied (are you root?)" if io.busybox else "ping: Lacking privilege for raw socket."
        )
    most = int(counted[1]) if counted else 10**6
    most = min(most, int(deadline[1])) if deadline else most
    for number in range(most):
        await io.process.sleep(1.0 if number else 0.0)
        if alive and "q" not in flags:
            io.say(f"{size + 8} bytes from {address}: seq={number} ttl=64 time=0.071 ms")
    if not alive:
        await io.process.sleep(float(patience[1]) if patience else 10.0 if not deadline else 0.0)
    received = most if alive else 0
    io.say(f"\n--- {host} ping statistics ---")
    io.say(f"{most} packets transmitted, {received} packets received, {0 if alive else 100}% packet loss")
    if alive:
        io.say("round-trip min/avg/max = 0.071/0.071/0.071 ms")
    return int(not alive)


async def traceroute(io: Io, words: list[str]) -> int:
    """What lies between simulated Pods is not simulated."""
    return io.fail("traceroute: can't create raw socket: the routers between simulated Pods are not simulated")
