"""Commands that ask for names: nslookup, getent, dig and host."""

from __future__ import annotations

import re

from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network import names
from podlab.embedded.runtime.network.router import Answers, Record, Refused

USAGE = """BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any"""


PATIENCE = 5.0
"""Seconds that nslookup waits for an answer."""


async def nslookup(io: Io, words: list[str]) -> int:
    """`nslookup [-type=KIND] NAME [SERVER]`: names without a dot are tried with every suffix, A before AAAA."""
    kinds = [word.partition("=")[2].upper() for word in words if word.startswith(("-type=", "-query=", "-q="))]
    asked = [word for word in words if not word.startswith("-")]
    if not asked:
        return io.fail(USAGE)
    machine = io.process.machine
    known = names.resolver(machine.files)
    if OLD.fullmatch(machine.image.reference):
        return await _formerly(io, asked)
    server = (asked[1:2] or list(known.servers[:1]) or ["127.0.0.1"])[0]
    try:
        address = machine.sockets.address(server)
    except Refused:
        return io.fail(f"nslookup: bad address '{server}'")
    if not _serves(io, address):
        await io.process.sleep(PATIENCE)
        return io.fail(";; connection timed out; no servers could be reached\n")
    io.say(f"Server:\t\t{server}\nAddress:\t{address}:53\n")
    if names.ADDRESS.fullmatch(asked[0]) and not kinds:
        return _reverse(io, asked[0], address)
    full = names.candidates(asked[0], known) if "." not in asked[0] else [asked[0].rstrip(".")]
    full = full[:-1] if "." not in asked[0] and len(full) > 1 else full
    return _told(io, asked[0], [(name, kind) for kind in kinds or ["A", "AAAA"] for name in full], address)


OLD = re.compile(r"\S+/busybox:1\.2[0-8](\.\d+)?")
"""Images whose nslookup asks as every other program does, which is why the documentation names them."""


async def _formerly(io: Io, asked: list[str]) -> int:
    """nslookup before 1.29: suffixes for every name, and a name for each address. Upstream: networking/nslookup.c"""
    server = (asked[1:2] or list(names.resolver(io.process.machine.files).servers[:1]) or ["127.0.0.1"])[0]
    _named(io, "Server:", server)
    io.say("")
    if _named(io, "Name:", asked[0]):
        return 0
    await io.process.sleep(0 if _serves(io, server) else PATIENCE)
    return io.fail(f"nslookup: can't resolve '{asked[0]}'")


def _named(io: Io, head: str, name: str) -> bool:
    machine = io.process.machine
    held = name if names.ADDRESS.fullmatch(name) else names.hosts(machine.files, name)
    found = [held] if held else []
    for one in names.candidates(name, names.resolver(machine.files)):
        found = found or [each.value for each in machine.sockets.query(one, "A").records if each.kind == "A"]
    if found:
        io.say(f"{head:10} {name}")
    for number, address in enumerate(found, 1):
        back = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
        known = [record.value for record in machine.sockets.query(back, "PTR").records[:1]]
        io.say(" ".join([f"Address {number}: {address}", *known]))
    return bool(found)


def _serves(io: Io, address: str) -> bool:
    """Whether a server is there and answers; the host's, which knows none of the cluster's names, does."""
    return address == "172.18.0.1" or (
        address == names.CLUSTER_SERVER and bool(io.process.machine.sockets.query("kubernetes", "A", address).code)
    )


def _told(io: Io, name: str, questions: list[tuple[str, str]], server: str) -> int:
    failed = answered = 0
    for full, kind in questions:
        answers = io.process.machine.sockets.query(full, kind, server)
        answered += bool(answers.records)
        if answers.code == "NOERROR":
            _records(io, full, answers)
        else:
            failed += 1
            if answers.code == "NXDOMAIN" or kind == "A" or len(questions) == 1:
                io.say(f"** server can't find {full}: {answers.code}\n")
    if failed and not answered and io.process.machine.sockets.query(questions[0][0], "A", server).code == "SERVFAIL":
        io.say(f"*** Can't find {name}: No answer\n" if name.count(".") == 1 and "com" not in name else "")
    return int(failed > 0)


def _records(io: Io, full: str, answers: Answers) -> None:
    for record in answers.records:
        io.say(_line(record))
    io.say("")


def _line(record: Record) -> str:
    if record.kind in ("A", "AAAA"):
        return f"Name:\t{record.name}\nAddress: {record.value}"
    if record.kind == "CNAME":
        return f"{record.name}\tcanonical name = {record.value}"
    if record.kind == "PTR":
        return f"{record.name}\tname = {record.value}"
    if record.kind == "SRV":
        return f"{record.name}\tservice = {record.value}"
    if record.kind == "NS":
        return f"{record.name}\tnameserver = {record.value}"
    return f"{record.name}\ttext = {record.value}"


def _reverse(io: Io, address: str, server: str) -> int:
    name = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
    answers = io.process.machine.sockets.query(name, "PTR", server)
    if answers.code != "NOERROR":
        io.say(f"** server can't find {name}: {answers.code}\n")
        return 1
    _records(io, name, answers)
    return 0


async def getent(io: Io, words: list[str]) -> int:
    """`getent hosts|ahosts|passwd|group [NAME…]`"""
    if not words:
        return io.fail(f"getent: wrong number of arguments\n{GETENT}")
    database, asked = words[0], words[1:]
    if database in ("hosts", "ahosts", "ahostsv4"):
        return _hosts(io, database, asked)
    if database not in DATABASES:
        return io.fail(f"Unknown database: {database}\n{GETENT}")
    path = f"/etc/{database}"
    rows = io.read(path).decode(errors="replace").splitlines() if io.process.machine.files.exists(path) else []
    found = [row for row in rows if not asked]
    for word in asked:
        found += [row for row in rows if word in (row.split(":")[0], *row.split(":")[2:3])][:1]
    for row in found:
        io.say(row)
    return 0 if found and len(found) >= len(asked) else 2


GETENT = "Try `getent --help' or `getent --usage' for more information."
DATABASES = """ahosts ahostsv4 ahostsv6 aliases ethers group gshadow hosts initgroups netgroup networks passwd protocols
rpc services shadow""".split()  # noqa: SIM905
"""What glibc looks up; of which an image has no file, nothing is found."""


def _hosts(io: Io, database: str, asked: list[str]) -> int:
    if not asked:
        for words in names._lines(io.process.machine.files, "/etc/hosts"):
            old = {"::1": "127.0.0.1"}.get(words[0], words[0])  # glibc tells them of IPv4 alone
            if ":" not in old:
                io.say(f"{old:15} {' '.join(words[1:])}")
        return 0
    code = 0
    for name in asked:
        if name == "localhost" and database == "hosts":
            io.say(f"{'::1':15} localhost ip6-localhost ip6-loopback")
            continue
        try:
            address = io.process.machine.sockets.address(name)
        except Refused:
            code = 2
            continue
        known = _known(io, name, address, reverse=database == "hosts")
        if database == "hosts":
            io.say(f"{address:15} {' '.join(known)}")
        else:
            io.say(f"{address:15} STREAM {known[0]}\n{address:15} DGRAM  \n{address:15} RAW    ")
    return code


def _known(io: Io, name: str, address: str, *, reverse: bool) -> list[str]:
    """What is known by a name, or by an address: all names of its line in /etc/hosts, or the whole name by a server."""
    machine = io.process.machine
    if name == address:
        back = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
        records = machine.sockets.query(back, "PTR").records if reverse else ()
        return [records[0].value if records else name]
    for words in names._lines(machine.files, "/etc/hosts"):
        if words[0] == address and name in words[1:]:
            return words[1:]
    for one in names.candidates(name, names.resolver(machine.files)):
        if records := machine.sockets.query(one, "A").records:
            return [records[-1].name]
    return [name]


async def dig(io: Io, words: list[str]) -> int:
    """`dig [@SERVER] [+short] [KIND] NAME`"""
    asked = [word for word in words if word[0] not in "@+-"]
    kinds = [word.upper() for word in asked if word.upper() in ("A", "AAAA", "SRV", "PTR", "CNAME", "TXT", "NS")]
    name = next((word for word in asked if word.upper() not in kinds), "")
    kind = (kinds or ["A"])[0]
    searched = "+search" in words
    known = names.resolver(io.process.machine.files)
    full = names.candidates(name, known) if searched else [name.rstrip(".")]
    answers = Answers("NXDOMAIN")
    for one in full:
        answers = io.process.machine.sockets.query(one, kind)
        if answers.records:
            break
    if "+short" in words:
        for record in answers.records:
            io.say(record.value)
        return 0
    io.say(f"\n; <<>> DiG 9.18 <<>> {' '.join(words)}\n;; global options: +cmd\n;; Got answer:")
    io.say(f";; ->>HEADER<<- opcode: QUERY, status: {answers.code}, id: 4242\n")
    io.say(f";; QUESTION SECTION:\n;{full[0]}.\t\tIN\t{kind}\n")
    if answers.records:
        io.say(";; ANSWER SECTION:")
        for record in answers.records:
            io.say(f"{record.name}.\t30\tIN\t{record.kind}\t{record.value}")
        io.say("")
    return 0


async def host(io: Io, words: list[str]) -> int:
    """`host NAME`"""
    name = next((word for word in words if not word.startswith("-")), "")
    known = names.resolver(io.process.machine.files)
    for full in names.candidates(name, known):
        answers = io.process.machine.sockets.query(full, "A")
        for record in answers.records:
            io.say(f"{record.name} has address {record.value}")
        if answers.records:
            return 0
    io.say(f"Host {name} not found: 3(NXDOMAIN)")
    return 1
