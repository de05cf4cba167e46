"""The ways to an API server: HTTP, with the TLS and the connections behind a `Connection`, or one in this process.

A kubeconfig names the server; what is mounted under that address is asked here, everything else over HTTP.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import sys
import tempfile
from collections.abc import Awaitable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from podlab.errors import ClusterError
from podlab.kubeconfig.addresses import parts, place
from podlab.kubeconfig.connection import Connection
from podlab.kubeconfig.keypairs import as_pkcs8, wrong_authority, wrong_pair
from podlab.kubeconfig.proxies import PORTS, Proxy, Unreached, dial, from_environment, proxy_at, tunnel

Pairs = Sequence[tuple[str, str]]
"""Headers, in order; names in any case."""
POOL = 16
CONNECT = 10.0
"""Seconds that a connection may take to be made."""
Identity = tuple[str, str]
"""A client's certificate and key, PEM texts; empty for none."""


class Answer(Protocol):
    """An answer that has begun."""

    status: int
    headers: Pairs

    def read(self) -> bytes:
        """The whole body."""

    def chunks(self, waits: bool = True) -> Iterator[bytes]:
        """The body as it comes. Where `waits` is off an empty chunk says that nothing has come, if that can be told."""

    def close(self) -> None:
        """Hang up."""


class Transport(Protocol):
    """A way to one API server."""

    def request(
        self, method: str, target: str, headers: Pairs, body: bytes | None, timeout: float | None, identity: Identity
    ) -> Answer:
        """Ask; `target` is path and query, `timeout` the seconds of silence that end it. Raises OSError and others."""

    def websocket(self, target: str, headers: Pairs, protocols: list[str], timeout: float, identity: Identity) -> Any:
        """A WebSocket as `websockets.sync` has it. Raises OSError, Refused."""

    def news(self) -> Awaitable[None]:
        """What comes when some answer has more to read; only where one can be read without waiting."""


def hung_up() -> tuple[type[Exception], ...]:
    """What a WebSocket raises whose other side is gone."""
    try:
        from websockets.exceptions import ConnectionClosed
    except ImportError:  # a browser tab has none
        return (OSError,)
    return (ConnectionClosed, OSError)


class Refused(Exception):
    """A WebSocket that the server answers with a status instead."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status, self.body = status, body


_mounted: dict[str, Transport] = {}


def mount(server: str, transport: Transport) -> None:
    """Answer requests to this server's address in this process."""
    _mounted[server] = transport


def unmount(server: str) -> None:
    """Let the address be one on the network again."""
    _mounted.pop(server, None)


def mounted(server: str) -> Transport | None:
    """What answers in this process for the server."""
    return _mounted.get(server)


class Http:
    """Requests over the network, through pools of connections that are kept alive."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._pools: dict[Identity, Any] = {}

    def request(
        self, method: str, target: str, headers: Pairs, body: bytes | None, timeout: float | None, identity: Identity
    ) -> Answer:
        """Ask over the pool of the identity. Raises OSError, and urllib3's HTTPError."""
        if sys.platform == "emscripten":  # a browser tab has no sockets
            raise ConnectionRefusedError("connection refused")
        from urllib3 import HTTPHeaderDict, Timeout

        sent = HTTPHeaderDict()
        for name, value in headers:
            sent.add(name, _in_bytes(value))
        if identity not in self._pools:
            self._pools[identity] = pool(self.connection, identity)
        return _HttpAnswer(
            self._pools[identity].request(
                method,
                self.connection.server + target,
                body=body,
                headers=sent,
                preload_content=False,
                timeout=Timeout(connect=min(timeout or CONNECT, CONNECT), read=timeout),
                retries=_retries(),
                redirect=False,
            )
        )

    def websocket(self, target: str, headers: Pairs, protocols: list[str], timeout: float, identity: Identity) -> Any:
        """A WebSocket over a connection of its own. Raises OSError, Refused."""
        from websockets.exceptions import InvalidStatus

        address = self.connection.server + target
        try:
            sent = [(name, _in_bytes(value)) for name, value in headers]
            return websocket(self.connection, identity, address, sent, protocols, timeout)
        except InvalidStatus as error:
            raise Refused(error.response.status_code, bytes(error.response.body or b"")) from error

    def news(self) -> Awaitable[None]:
        """Raises NotImplementedError: a socket is read by waiting."""
        raise NotImplementedError("a socket is read by waiting")


def _in_bytes(value: str) -> str:
    """A header as Go sends it, in UTF-8: a letter for each byte, which is what Python's HTTP takes."""
    return value.encode().decode("latin-1")


class _HttpAnswer:
    """urllib3's answer."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self.status: int = response.status
        self.headers: Pairs = list(response.headers.items())

    def read(self) -> bytes:
        found: bytes = self._response.read() or b""
        self._response.release_conn()
        return found

    def chunks(self, waits: bool = True) -> Iterator[bytes]:
        yield from self._response.stream(65536, decode_content=True)

    def close(self) -> None:
        self._response.close()


def _retries() -> Any:
    """One more try where a kept-alive connection turned out to be dead; never after the server may have acted."""
    from urllib3 import Retry

    return Retry(total=1, connect=0, read=0, redirect=0, status=0, other=0)


def tls_context(connection: Connection, certificate: tuple[str, str]) -> ssl.SSLContext:
    """How to speak TLS with the server.

    Raises:
        ClusterError: a certificate or a key is none.
    """
    try:
        context = ssl.create_default_context(cadata=connection.ca or None)
    except (ssl.SSLError, ValueError) as error:
        said = wrong_authority(connection.ca) or "unable to parse bytes as PEM block"
        raise ClusterError(f"error: unable to load root certificates: {said}") from error
    if hasattr(ssl, "VERIFY_X509_STRICT"):
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # Go asks for less of a private authority
    if connection.insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate[0]:
        _load(context, *certificate)
    return context


def threaded_tls(connection: Connection, certificate: tuple[str, str]) -> ssl.SSLContext:
    """For a socket that one thread reads while another writes, as `websockets` does.

    In TLS 1.3 session tickets arrive after the handshake, and OpenSSL takes them in while the request is being written:
    one request in a hundred was lost. In 1.2 nothing comes after the handshake.
    """
    context = tls_context(connection, certificate)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def websocket(
    connection: Connection,
    certificate: tuple[str, str],
    address: str,
    headers: list[tuple[str, str]],
    protocols: list[str],
    timeout: float,
) -> Any:
    """A WebSocket of the library `websockets` to an https or http address.

    Raises:
        OSError: the server cannot be reached; InvalidStatus: it refused.
    """
    from websockets.sync.client import connect

    more: dict[str, Any] = {"ssl": threaded_tls(connection, certificate)} if address.startswith("https:") else {}
    if connection.server_name:
        more["server_hostname"] = connection.server_name
    if proxy := proxy_for(connection):
        scheme, authority, _ = parts(address)
        host, port = place(authority)
        more["sock"] = tunnel(proxy, host, port or PORTS[scheme], timeout)
    return connect(
        address.replace("http", "ws", 1),
        subprotocols=protocols,  # type: ignore[arg-type]
        additional_headers=headers,
        proxy=None,
        open_timeout=timeout,
        max_size=None,
        **more,
    )


def _load(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """A certificate and its key; Python reads them from a file only, which is gone at once."""
    if said := wrong_pair(certificate, key):
        raise ClusterError(f"error: {said}")
    descriptor, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{certificate}\n{as_pkcs8(key)}\n")
        context.load_cert_chain(path)
    except (ssl.SSLError, ValueError) as error:
        raise ClusterError("error: tls: failed to find any PEM data in certificate input") from error
    finally:
        Path(path).unlink()


def proxy_for(connection: Connection) -> str:
    """The proxy on the way to the server: the kubeconfig's, else the environment's; "" for none."""
    scheme, authority, _ = parts(connection.server)
    host, port = place(authority)
    return connection.proxy or from_environment(scheme, host, port or PORTS.get(scheme, 0))


def pool(connection: Connection, certificate: tuple[str, str]) -> Any:
    """The pool of connections to the server.

    Raises:
        ClusterError: its certificates cannot be used.
    """
    import urllib3

    more: dict[str, Any] = {"maxsize": POOL, "num_pools": 4}
    secure = connection.server.startswith("https")
    if secure:
        more["ssl_context"] = tls_context(connection, certificate)
        if connection.server_name:
            more |= {"server_hostname": connection.server_name, "assert_hostname": connection.server_name}
        if connection.insecure:
            more["cert_reqs"] = "CERT_NONE"
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    address = proxy_for(connection)
    if not address:
        return urllib3.PoolManager(**more)
    proxy = proxy_at(address)
    if proxy.scheme == "socks5" or (secure and proxy.scheme == "http"):
        return by_way_of(address, urllib3.PoolManager(**more))
    who = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
    return by_way_of("", urllib3.ProxyManager(f"{proxy.scheme}://{proxy.address}", proxy_headers=who, **more))


def by_way_of(proxy: str, manager: Any) -> Any:
    """The pools with connections that are made through the proxy; "" for those to a proxy itself."""
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    def dialled(self: Any) -> socket.socket:
        if proxy:
            return tunnel(proxy, self.host, self.port, self.timeout)
        return dial(Proxy("http", self.host, self.port), self.timeout)

    def greeted(self: Any, name: str, connected: socket.socket) -> ssl.SSLSocket:
        try:
            found: ssl.SSLSocket = HTTPSConnection._connect_tls_proxy(self, name, connected)
        except TimeoutError as error:
            raise Unreached("proxyconnect tcp: net/http: TLS handshake timeout") from error
        return found

    own = {"_new_conn": dialled, "_connect_tls_proxy": greeted}
    vars(manager)["pool_classes_by_scheme"] = {
        scheme: type(pool.__name__, (pool,), {"ConnectionCls": type(made.__name__, (made,), own)})
        for scheme, pool, made in (
            ("http", HTTPConnectionPool, HTTPConnection),
            ("https", HTTPSConnectionPool, HTTPSConnection),
        )
    }
    return manager


def names_of(server: str, wanted: str) -> str:
    """Whom the server's certificate is for, as Go lists it: addresses where one is wanted; "" if it cannot be had."""
    from cryptography import x509

    parts = urlsplit(server)
    try:
        pem = ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=5)
        found = x509.load_pem_x509_certificate(pem.encode())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return ""
    try:
        ipaddress.ip_address(wanted)
    except ValueError:
        return ", ".join(names.get_values_for_type(x509.DNSName))
    return ", ".join(str(each) for each in names.get_values_for_type(x509.IPAddress))
