"""A Pod's own name: hostname, dnsdomainname."""

from __future__ import annotations

from podlab.embedded.runtime.machine.stdio import Io, options

UNSET = "hostname: Local domain name not set"


async def hostname(io: Io, words: list[str]) -> int:
    """`hostname [-f|-s|-d|-i|-I|-A|-a|-y]`: the full name is the one that /etc/hosts has for the Pod's address."""
    machine, (flags, names) = io.process.machine, options(words)
    if "--version" in words and not io.busybox:
        io.say("hostname 3.23")
        return 0
    if names and not machine.user.holds("SYS_ADMIN"):
        root = "you must be root to change the host name"
        return io.fail(f"hostname: {'sethostname: Operation not permitted' if io.busybox else root}")
    if names:
        return io.fail("hostname: podlab does not simulate changing the host name")
    if flags & {"i", "I"}:
        io.say(machine.ip + " " * ("I" in flags))
        return 0
    full, *others = _known(io)
    if flags & {"y"} and not io.busybox:
        return io.fail(UNSET)
    if flags & {"A", "a"}:
        io.say(f"{full} " if "A" in flags else " ".join(others))
        return 0
    if "d" in flags:
        if domain := full.partition(".")[2]:
            io.say(domain)
        return 0
    io.say(full if flags & {"f"} else machine.hostname.partition(".")[0] if "s" in flags else machine.hostname)
    return 0


def _known(io: Io) -> list[str]:
    """The names that /etc/hosts has for the Pod's address; its own name where it has none."""
    machine = io.process.machine
    hosts = machine.files.read("/etc/hosts") if machine.files.exists("/etc/hosts") else b""
    rows = [row.split() for row in hosts.decode(errors="replace").splitlines()]
    return next((row[1:] for row in rows if len(row) > 1 and row[0] == machine.ip), [machine.hostname])


async def dnsdomainname(io: Io, words: list[str]) -> int:
    """`dnsdomainname` is `hostname -d`."""
    return await hostname(io, ["-d"])
