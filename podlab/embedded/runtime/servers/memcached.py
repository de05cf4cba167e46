"""A memcached: silent, with its text protocol. Upstream: memcached/memcached doc/protocol.txt"""

from __future__ import annotations

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.servers.waiting import until
from podlab.embedded.runtime.streams import BrokenPipe


async def memcached(process: Process) -> int:
    """Serve until a signal ends it; returns its exit code."""
    words = process.argv[1:]
    port = int(words[words.index("-p") + 1]) if "-p" in words[:-1] else 11211
    held: dict[bytes, tuple[bytes, bytes]] = {}

    async def talk(end: End) -> None:
        while line := await end.received.line():
            process.catch_up()
            try:
                answer = await _answer(process, held, line.split(), end)
                if answer is None:
                    break
                end.write(answer)
            except BrokenPipe:
                return
        end.close()

    try:
        process.machine.sockets.bind(port, accept=talk, program="memcached")
    except AddressInUse:
        process.err(b"bind(): Address already in use\nfailed to listen on TCP port %d: Address already in use\n" % port)
        return 71
    name = await until(process, "TERM", "INT")
    process.err(f"Signal handled: {'Terminated' if name == 'TERM' else 'Interrupt'}.\n".encode())
    return 0


async def _answer(
    process: Process, held: dict[bytes, tuple[bytes, bytes]], words: list[bytes], end: End
) -> bytes | None:
    name = words[0] if words else b""
    if name == b"quit":
        return None
    if name in (b"set", b"add", b"replace") and len(words) > 4 and words[4].isdigit():
        data = b""
        while len(data) < int(words[4]) + 2 and (more := await end.received.take(int(words[4]) + 2 - len(data))):
            data += more
        if (name == b"add" and words[1] in held) or (name == b"replace" and words[1] not in held):
            return b"NOT_STORED\r\n"
        held[words[1]] = (words[2], data[:-2])
        return b"STORED\r\n"
    if name == b"get":
        found = [(key, held[key]) for key in words[1:] if key in held]
        rows = [b"VALUE %b %b %d\r\n%b\r\n" % (key, flags, len(data), data) for key, (flags, data) in found]
        return b"".join(rows) + b"END\r\n"
    if name == b"delete" and len(words) > 1:
        return b"DELETED\r\n" if held.pop(words[1], None) else b"NOT_FOUND\r\n"
    if name == b"version":
        return f"VERSION {process.machine.image.version}\r\n".encode()
    if name == b"stats":
        return f"STAT pid {process.pid}\r\nSTAT curr_items {len(held)}\r\nEND\r\n".encode()
    return b"ERROR\r\n"
