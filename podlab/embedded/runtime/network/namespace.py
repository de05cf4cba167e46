"""A network namespace: an address, and what listens there. The containers of a Pod share one; the node has its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.messages import Handler

ANY = "0.0.0.0"
Accept = Callable[[End], Awaitable[None]]
"""Serves one connection to its end."""


class AddressInUse(Exception):
    """Something listens on the port already: the number and the words of the error."""

    number, reason = 98, "Address already in use"


class Unprivileged(AddressInUse):
    """The port is for those who may bind low ones."""

    number, reason = 13, "Permission denied"


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens on a port: a container's process, with HTTP or with bytes as they come.

    `newer` is whether also over IPv6, `secure` whether with TLS.
    """

    owner: str
    port: int
    handler: Handler | None = None
    accept: Accept | None = None
    address: str = ANY
    protocol: str = "tcp"
    program: str = ""
    newer: bool = True
    secure: bool = False


@dataclass(slots=True)
class Namespace:
    """One namespace; `node` is the address of the node that it is on."""

    ip: str
    node: str = ""
    listeners: list[Listener] = field(default_factory=list)

    def bind(self, listener: Listener) -> None:
        """Let something listen. Raises AddressInUse."""
        for other in self.listeners:
            overlaps = ANY in (other.address, listener.address) or other.address == listener.address
            if (other.port, other.protocol) == (listener.port, listener.protocol) and overlaps:
                raise AddressInUse
        self.listeners.append(listener)

    def unbind(self, listener: Listener) -> None:
        """It listens no more."""
        self.listeners = [other for other in self.listeners if other is not listener]

    def release(self, owner: str) -> None:
        """A container has ended: nothing of it listens any more."""
        self.listeners = [listener for listener in self.listeners if listener.owner != owner]

    def find(self, port: int, *, local: bool, protocol: str = "tcp") -> Listener | None:
        """Who answers on a port: to the namespace's own processes, also what listens on the loopback alone."""
        for listener in self.listeners:
            reached = listener.address in ((ANY, "127.0.0.1") if local else (ANY, self.ip))
            if (listener.port, listener.protocol) == (port, protocol) and (reached or listener.address == self.ip):
                return listener
        return None
