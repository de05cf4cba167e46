"""The network as the processes of one container have it."""

from __future__ import annotations

from dataclasses import dataclass, field

from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.network import names
from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.messages import Handler, Request, Response
from podlab.embedded.runtime.network.namespace import ANY, Accept, Listener, Namespace, Unprivileged
from podlab.embedded.runtime.network.network import PATIENCE, Network
from podlab.embedded.runtime.network.router import Answers


@dataclass(frozen=True, slots=True)
class Sockets:
    """What a process can bind, and reach; `owner` is its container."""

    network: Network
    namespace: Namespace
    files: Files
    hostname: str
    owner: str = field(default="")
    privileged: bool = field(default=True)

    def bind(
        self,
        port: int,
        handler: Handler | None = None,
        *,
        accept: Accept | None = None,
        address: str = ANY,
        program: str = "",
        protocol: str = "tcp",
        newer: bool = True,
        secure: bool = False,
    ) -> Listener:
        """Listen on a port. Raises AddressInUse; Unprivileged below what everybody may bind."""
        if not self.privileged and 0 < port < self._first():
            raise Unprivileged
        listener = Listener(self.owner, port, handler, accept, address, protocol, program, newer, secure)
        self.namespace.bind(listener)
        return listener

    def _first(self) -> int:
        """The first port that everybody may bind, as the Pod's sysctls have it; 0 from containerd on."""
        start = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
        text = self.files.read(start).strip() if self.files.exists(start) else b""
        return int(text) if text.isdigit() else 0

    def address(self, host: str) -> str:
        """The address of a name. Raises Refused."""
        return names.address(self.network.router, self.namespace.ip, self.files, self.hostname, host)

    def query(self, name: str, kind: str, server: str = "") -> Answers:
        """What a name server says of one full name."""
        known = names.resolver(self.files)
        asked = names.Resolver((server,)) if server else known
        return names.ask(self.network.router, self.namespace.ip, asked, name, kind)

    def connect(self, host: str, port: int) -> End:
        """A connection. Raises Refused."""
        return self.network.connect(self.namespace, self.address(host), port)

    def handshake(self, host: str, port: int) -> None:
        """Begin TLS, and hang up before a request. Raises Refused."""
        self.network.handshake(self.namespace, self.address(host), port)

    async def request(self, host: str, port: int, request: Request, limit: float = PATIENCE) -> Response:
        """Ask over HTTP. Raises Refused."""
        return await self.network.request(self.namespace, self.address(host), port, request, limit)
