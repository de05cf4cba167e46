"""How a container finds the address of a name: /etc/hosts, then the servers and suffixes of /etc/resolv.conf.

Upstream: resolv.conf(5) as glibc and musl read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from podlab.embedded.runtime.files import FileError, Files
from podlab.embedded.runtime.network.router import UNANSWERED, Answers, Refused, Router

ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*")
CLUSTER_SERVER = "10.96.0.10"
UNKNOWN = "Could not resolve host"


@dataclass(frozen=True, slots=True)
class Resolver:
    """What /etc/resolv.conf says."""

    servers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    ndots: int = 1


def resolver(files: Files) -> Resolver:
    """Read /etc/resolv.conf."""
    servers: list[str] = []
    searches: tuple[str, ...] = ()
    ndots = 1
    for words in _lines(files, "/etc/resolv.conf"):
        if words[0] == "nameserver":
            servers += words[1:2]
        elif words[0] == "search":
            searches = tuple(words[1:])
        elif words[0] == "options":
            found = [word[6:] for word in words if word.startswith("ndots:") and word[6:].isdecimal()]
            ndots = int(found[-1]) if found else ndots
    return Resolver(tuple(servers), searches, ndots)


def _lines(files: Files, path: str) -> list[list[str]]:
    try:
        text = files.read(path).decode(errors="replace")
    except FileError:
        return []
    return [words for line in text.splitlines() if (words := line.partition("#")[0].split())]


def candidates(name: str, found: Resolver) -> list[str]:
    """The full names that a name may stand for, in the order in which they are asked for."""
    if name.endswith("."):
        return [name.rstrip(".")]
    suffixed = [f"{name}.{suffix.rstrip('.')}" for suffix in found.searches]
    return [name, *suffixed] if name.count(".") >= found.ndots else [*suffixed, name]


def hosts(files: Files, name: str) -> str:
    """The address of a name in /etc/hosts; "" if it has none there."""
    for words in _lines(files, "/etc/hosts"):
        if name in words[1:] and ":" not in words[0]:
            return words[0]
    return ""


def ask(router: Router, source: str, found: Resolver, name: str, kind: str) -> Answers:
    """Ask the first server that a container knows: outside the cluster's own, nobody knows a name."""
    if not found.servers or (CLUSTER_SERVER not in found.servers[:3]):
        return Answers("SERVFAIL")
    return router.query(source, name.rstrip(".").lower(), kind)


def address(router: Router, source: str, files: Files, hostname: str, name: str) -> str:
    """The address that a name stands for. Raises Refused, after a while where the server does not answer."""
    if ADDRESS.fullmatch(name):
        return name
    if found := hosts(files, name):
        return found
    if name in ("localhost", hostname) and name == "localhost":
        return "127.0.0.1"
    known = resolver(files)
    for candidate in candidates(name, known):
        answers = ask(router, source, known, candidate, "A")
        if not answers.code:
            raise Refused(f"{UNKNOWN}: {name}", UNANSWERED)
        addresses = [record.value for record in answers.records if record.kind == "A"]
        if addresses:
            return addresses[0]
    raise Refused(f"{UNKNOWN}: {name}")
