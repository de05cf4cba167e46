"""What the network asks of the cluster: where Services lead, what policies allow, what names mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Refused(Exception):
    """A connection that cannot be made: `.reason` is what the kernel says, after `.after` seconds."""

    def __init__(self, reason: str = "Connection refused", after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.after = reason, after


NO_TLS = "wrong version number"
"""What OpenSSL says of a server that answers without TLS."""
UNREACHABLE_AFTER = 3.07
"""Seconds until the kernel gives up on an address of its own network that nobody has."""
GIVE_UP = 130.0
"""Seconds until the kernel gives up on a connection whose packets are dropped."""
UNANSWERED = 10.0
"""Seconds until a C library gives up on a name server that does not answer: two tries of five."""


@dataclass(frozen=True, slots=True)
class Record:
    """One DNS record."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What a DNS server says: NOERROR, NXDOMAIN or SERVFAIL, and records; no code where its answer never comes."""

    code: str
    records: tuple[Record, ...] = ()


class Router(Protocol):
    """The cluster's part of the network."""

    def route(self, source: str, address: str, port: int) -> tuple[str, int]:
        """Where a connection really goes: through a Service to an endpoint. Raises Refused."""

    def joined(self, uid: str, address: str) -> None:
        """A Pod has an address, which nobody has told the API server yet."""

    def allows(self, source: str, target: str, port: int, protocol: str = "TCP") -> bool:
        """Whether policies let a connection through."""

    def query(self, source: str, name: str, kind: str) -> Answers:
        """What the cluster's DNS tells an address."""


class Direct:
    """A network without Services, policies and names."""

    def route(self, source: str, address: str, port: int) -> tuple[str, int]:
        """Where it says."""
        return address, port

    def joined(self, uid: str, address: str) -> None:
        """Whose it is does not matter here."""

    def allows(self, source: str, target: str, port: int, protocol: str = "TCP") -> bool:
        """Everything."""
        return True

    def query(self, source: str, name: str, kind: str) -> Answers:
        """No server."""
        return Answers("SERVFAIL")
