"""The network of all nodes: which namespace has an address, and connections between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from podlab.embedded.clock import Clock
from podlab.embedded.runtime.network.connection import End, pair, serve_http
from podlab.embedded.runtime.network.messages import Request, Response, response_in, written
from podlab.embedded.runtime.network.namespace import Listener, Namespace
from podlab.embedded.runtime.network.router import GIVE_UP, NO_TLS, UNREACHABLE_AFTER, Direct, Refused, Router
from podlab.embedded.runtime.streams import BrokenPipe

OUTSIDE: ContextVar[bool] = ContextVar("OUTSIDE", default=False)
"""Whether what happens now was caused by a request from outside the container."""
NODES = "172.18."
"""The network of nodes: who asks in it for an address that nobody has is told. Elsewhere packets get lost.

Those to a Pod that is gone, too: its node sends them on to its own gateway.
"""
PATIENCE = 60.0
"""Seconds that an answer may take where the asker names no limit."""


def loopback(address: str) -> bool:
    """Whether an address is the asker's own machine."""
    return address.startswith("127.") or address == "::1"


@dataclass(slots=True)
class Network:
    """All namespaces by their addresses; `router` is the cluster's part."""

    clock: Clock
    router: Router = field(default_factory=Direct)
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    tasks: set[asyncio.Future[None]] = field(default_factory=set)

    def join(self, namespace: Namespace) -> None:
        """An address is in use from now on."""
        self.namespaces[namespace.ip] = namespace

    def leave(self, namespace: Namespace) -> None:
        """Its address is free again."""
        if self.namespaces.get(namespace.ip) is namespace:
            del self.namespaces[namespace.ip]

    def node(self, ip: str) -> Namespace:
        """The namespace of a node, which Pods on the host's network share."""
        found = self.namespaces.get(ip)
        if found is None:
            found = Namespace(ip, ip)
            self.join(found)
        return found

    def find(self, source: Namespace | None, address: str, port: int) -> tuple[Namespace, Listener, str]:
        """(where a connection ends, who answers there, the client's address). Raises Refused."""
        if source is not None and loopback(address):
            listener = _listening(source, port, local=True)
            if address == "::1" and not listener.newer:
                raise Refused
            return source, listener, "::1" if address == "::1" else "127.0.0.1"
        client = source.ip if source else ""
        address, port = self.router.route(client, address, port)
        if source is not None and loopback(address):
            return source, _listening(source, port, local=True), "127.0.0.1"
        target = self.namespaces.get(address)
        if target is None:
            if address.startswith(NODES):
                raise Refused("No route to host", UNREACHABLE_AFTER)
            raise Refused("Connection timed out", GIVE_UP)
        if target is not source and not self.router.allows(client, address, port):
            raise Refused("Connection timed out", GIVE_UP)
        return target, _listening(target, port, local=target is source), client or target.node

    def connect(self, source: Namespace | None, address: str, port: int, client: str = "") -> End:
        """A connection's near end. Raises Refused."""
        target, listener, seen = self.find(source, address, port)
        return self._joined(target, listener, client or seen)

    def _joined(self, target: Namespace, listener: Listener, client: str) -> End:
        near, far = pair(client, target.ip)
        if listener.handler:
            self._serve(serve_http(listener.handler, far), far)
        elif listener.accept:
            self._serve(listener.accept(far), far)
        return near

    def _serve(self, serving: Awaitable[None], far: End) -> None:
        task = asyncio.ensure_future(_outside(serving, far))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def handshake(self, source: Namespace | None, address: str, port: int) -> None:
        """Begin TLS, and hang up before a request. Raises Refused."""
        if not self.find(source, address, port)[1].secure:
            raise Refused(NO_TLS)

    async def request(
        self, source: Namespace | None, address: str, port: int, request: Request, limit: float = PATIENCE
    ) -> Response:
        """Ask over HTTP. Raises Refused; its reason is `timed out` where no answer comes in time."""
        target, listener, seen = self.find(source, address, port)
        client = request.client if source is None else seen
        asked = replace(request, client=client, secure=listener.secure if source is None else request.secure)
        if asked.secure and not listener.secure:
            raise Refused(NO_TLS)
        if listener.handler is None:
            return await self._over_bytes(self._joined(target, listener, client), asked, limit)
        token = OUTSIDE.set(True)
        try:
            return await listener.handler(asked)
        finally:
            OUTSIDE.reset(token)

    async def _over_bytes(self, near: End, request: Request, limit: float) -> Response:
        late: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.clock.call_later(limit, lambda: None if late.done() else late.set_result(None))
        answer = asyncio.ensure_future(_asked(near, request))
        try:
            await asyncio.wait((answer, late), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise Refused("timed out", limit)
            return answer.result()
        finally:
            timer.cancel()
            answer.cancel()
            late.cancel()
            near.close()


async def _outside(serving: Awaitable[None], far: End) -> None:
    OUTSIDE.set(True)
    try:
        await serving
    except BrokenPipe:
        pass
    finally:
        far.close()


async def _asked(near: End, request: Request) -> Response:
    try:
        near.write(written(request))
    except BrokenPipe:
        raise Refused("Connection reset by peer") from None
    data = bytearray()
    while chunk := await near.received.take(2**16):
        data += chunk
        if (found := response_in(data, ended=False, bodiless=request.method == "HEAD")) is not None:
            return found
    found = response_in(data, ended=True)
    if found is None:
        raise Refused("empty reply" if not data else "malformed reply")
    return found


def _listening(namespace: Namespace, port: int, *, local: bool) -> Listener:
    found = namespace.find(port, local=local)
    if found is None:
        raise Refused
    return found
