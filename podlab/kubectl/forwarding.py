"""Local ports that lead into a Pod: listeners and, for each connection, one WebSocket to the API server.

Upstream: staging/src/k8s.io/client-go/tools/portforward/portforward.go
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.client import Client
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubectl.klog import logged

PROTOCOL = "v4.channel.k8s.io"
DATA, ERROR = 0, 1
QUIET = 1.0
"""Seconds without a byte after which a connection is closed whose local side has finished."""
LOST = "error: lost connection to pod"
Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Port:
    """A local port (0: any free one) and the Pod's."""

    local: int
    remote: int


@dataclass(slots=True, eq=False)
class Forward:
    """Ports that are being forwarded, until `close()`; a context manager.

    Attributes:
        ports: the pairs, with the local ports that were taken.
        text: the lines that kubectl prints.
        lost: called when the way to the Pod is lost, by another thread.
    """

    client: Client
    path: str
    addresses: Sequence[str]
    say: Say
    ports: list[Port] = field(default_factory=list)
    text: str = ""
    error: PodlabError | None = None
    lost: Callable[[], None] = lambda: None
    _listeners: list[socket.socket] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def local_port(self) -> int:
        """The first local port."""
        return self.ports[0].local

    @property
    def url(self) -> str:
        """The first local port as an address for a browser."""
        return f"http://localhost:{self.local_port}"

    def __enter__(self) -> Forward:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return "\n".join([*self.text.splitlines(), *([str(self.error)] if self.error else [])])

    def listen(self, wanted: Sequence[Port]) -> None:
        """Take the local ports.

        Raises:
            PodlabError: none of them can be had.
        """
        for port in wanted:
            try:
                self._take(port)
            except OSError as error:
                self.say(f"Unable to listen on port {port.local}: {error}\n", "stderr")
        if not self.ports:
            self.close()
            pairs = " ".join(f"{{{port.local} {port.remote}}}" for port in wanted)
            raise PodlabError(f"error: unable to listen on any of the requested ports: [{pairs}]")

    def _take(self, port: Port) -> None:
        local, wrong, taken = port.local, [], False
        for family, host in _hosts(self.addresses):
            try:
                listener = _bound(family, host, local)
            except OSError as error:
                wrong.append(f"unable to create listener: Error {error}")
                continue
            local, taken = listener.getsockname()[1], True
            self._listeners.append(listener)
            shown = f"[{host}]" if family == socket.AF_INET6 else host
            self._tell(f"Forwarding from {shown}:{local} -> {port.remote}\n")
            self._start(self._accept, listener, Port(local, port.remote))
        if not taken:
            raise OSError(f"Listeners failed to create with the following errors: [{' '.join(wrong)}]")
        self.ports.append(Port(local, port.remote))

    def _tell(self, line: str) -> None:
        self.text += line
        self.say(line, "stdout")

    def _start(self, act: Callable[..., None], *given: Any) -> None:
        threading.Thread(target=act, args=given, daemon=True, name="port-forward").start()

    def _accept(self, listener: socket.socket, port: Port) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.say(f"Handling connection for {port.local}\n", "stdout")
            self._start(self._handle, connection, port)

    def _handle(self, connection: socket.socket, port: Port) -> None:
        from websockets.exceptions import WebSocketException

        try:
            with (
                connection,
                self.client.connect(self.path, query=[("ports", str(port.remote))], protocols=[PROTOCOL]) as stream,
            ):
                self._start(_send, connection, stream)
                wrong = _receive(connection, stream)
        except ApiError as error:
            wrong = str(error)
        except (OSError, ClusterError, WebSocketException):
            return
        if wrong:
            text = f"an error occurred forwarding {port.local} -> {port.remote}: {wrong}"
            self.say(logged("portforward.go:522", f'"Unhandled Error" err={quote(text)}'), "stderr")
            self.fail()

    def fail(self) -> None:
        """End all of it, as kubectl does when the way to the Pod is lost."""
        self.error = self.error or PodlabError(LOST)
        self.close()
        self.lost()

    def close(self) -> None:
        """Give the local ports back; connections that are open come to their own end."""
        self._ended.set()
        for listener in self._listeners:
            listener.close()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended; whether it has.

        Raises:
            PodlabError: the Pod is gone, or refuses.
        """
        ended = self._ended.wait(seconds)
        if self.error:
            raise self.error
        return ended


def _hosts(addresses: Sequence[str]) -> list[tuple[socket.AddressFamily, str]]:
    found: list[tuple[socket.AddressFamily, str]] = []
    for address in addresses:
        if address == "localhost":
            found += [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
        else:
            found.append((socket.AF_INET6 if ":" in address else socket.AF_INET, address))
    return found


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        network = "tcp6" if family == socket.AF_INET6 else "tcp4"
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        reason = (error.strerror or str(error)).lower()
        raise OSError(f"listen {network} {shown}:{port}: bind: {reason}") from None
    return listener


def _send(connection: socket.socket, stream: Any) -> None:
    """What the local side says, until it has finished."""
    from websockets.exceptions import ConnectionClosed

    try:
        while data := connection.recv(65536):
            stream.send(bytes([DATA]) + data)
        stream.finished = True
    except (ConnectionClosed, OSError):
        stream.finished = True


def _receive(connection: socket.socket, stream: Any) -> str:
    """What the Pod says, until it has finished; the reason if it cannot be reached.

    The first message of each channel is the port's number. This protocol cannot tell that one side has finished, so
    that after the local one has, a quiet connection is closed.
    """
    from websockets.exceptions import ConnectionClosed

    opened: set[int] = set()
    while True:
        try:
            message = stream.recv(timeout=QUIET)
        except TimeoutError:
            if getattr(stream, "finished", False):
                return ""
            continue
        except ConnectionClosed:
            return ""
        channel, data = message[0], message[1:]
        if channel not in opened:
            opened.add(channel)
        elif channel == ERROR and data:
            return bytes(data).decode("utf-8", "replace")
        elif channel == DATA:
            connection.sendall(data)
