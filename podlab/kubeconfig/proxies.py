"""The way through a proxy: HTTP's CONNECT, or SOCKS 5; where it ends, Go's words for that.

Upstream: net/http of Go's standard library (transport.go, socks_bundle.go), golang.org/x/net/http/httpproxy
"""

from __future__ import annotations

import base64
import ipaddress
import os
import re
import socket
import struct
from dataclasses import dataclass
from urllib.parse import unquote

from podlab.answers import dial_failure
from podlab.apimachinery.gotext import quote
from podlab.kubeconfig.addresses import amiss, parts, place

EXCEPTED = re.compile(r"(\[[^]]*\]|[^][:]+):([0-9]+)")
"""A host with a port."""
PORTS = {"http": 80, "https": 443, "socks5": 1080}
NO_METHOD = "no acceptable authentication methods"
REPLIES = (
    "general SOCKS server failure",
    "connection not allowed by ruleset",
    "network unreachable",
    "host unreachable",
    "connection refused",
    "TTL expired",
    "command not supported",
    "address type not supported",
)
HEAD = 65536
"""Bytes that the head of an answer may have."""


class Unreached(OSError):
    """A connection that was not made, in Go's words."""


def why_unreached(error: object) -> str:
    """Go's words for why there is no connection, from an error or what it tells of; "" if it is of another kind."""
    if isinstance(error, Unreached):
        return str(error)
    if not isinstance(error, Exception):
        return ""
    inner = (getattr(error, "reason", None), *error.args, error.__cause__)
    return next((said for each in inner if each is not error and (said := why_unreached(each))), "")


@dataclass(frozen=True, slots=True)
class Proxy:
    """One proxy: where it is, and who asks it; `user` is None for nobody."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str = ""

    @property
    def address(self) -> str:
        """Host and port as Go writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def authorization(self) -> str:
        """The header that says who asks; "" for nobody."""
        if self.user is None:
            return ""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


def proxy_at(url: str) -> Proxy:
    """The proxy of an address."""
    scheme, authority, _ = parts(url)
    who, at, _ = authority.rpartition("@")
    user, _, password = who.partition(":")
    host, port = place(authority)
    return Proxy(scheme, host, port or PORTS[scheme], unquote(user) if at else None, unquote(password))


def from_environment(scheme: str, host: str, port: int) -> str:
    """The proxy that the environment names for a server; "" for none."""
    named = _variable(f"{scheme}_proxy")
    if not named or _is_near(host) or _is_excepted(host, port, _variable("no_proxy")):
        return ""
    own, authority, _ = parts(named)
    return f"http://{named}" if amiss(named) or not (own and authority) else named


def _variable(name: str) -> str:
    return os.environ.get(name.upper()) or os.environ.get(name) or ""


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_excepted(host: str, port: int, excepted: str) -> bool:
    """Whether NO_PROXY names the host: by its address, a block of addresses, its name or a domain above it."""
    for each in filter(None, (word.strip().lower() for word in excepted.split(","))):
        named = EXCEPTED.fullmatch(each)
        whom, only = (named[1], int(named[2])) if named else (each, port)
        if each == "*" or (only == port and _covers(whom.strip("[]"), host.lower())):
            return True
    return False


def _covers(named: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(named, strict=False)
    except ValueError:
        domain = named.removeprefix("*")
        return host.endswith(domain) if domain.startswith(".") else host == domain or host.endswith(f".{domain}")


def tunnel(url: str, host: str, port: int, timeout: float | None) -> socket.socket:
    """A connection to the host's port by way of the proxy.

    Raises:
        Unreached: there is none.
    """
    proxy = proxy_at(url)
    connected = dial(proxy, timeout)
    try:
        if proxy.scheme == "socks5":
            _ask_socks(connected, proxy, host, port)
        else:
            _ask_http(connected, proxy, host, port)
    except BaseException:
        connected.close()
        raise
    return connected


def dial(proxy: Proxy, timeout: float | None) -> socket.socket:
    """A connection to the proxy itself.

    Raises:
        Unreached: there is none.
    """
    if proxy.port > 65535:
        raise Unreached(f"proxyconnect tcp: dial tcp: address {proxy.port}: invalid port")
    try:
        return socket.create_connection((proxy.host or "localhost", proxy.port), timeout)
    except OSError as error:
        raise Unreached(f"proxyconnect tcp: {dial_failure(proxy.host, proxy.address, error)}") from error


def _ask_http(connected: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    to = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    who = f"Proxy-Authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    connected.sendall(f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nUser-Agent: Go-http-client/1.1\r\n{who}\r\n".encode())
    first = _head(connected).partition(b"\r\n")[0].decode("latin-1")
    protocol, space, status = first.partition(" ")
    code, phrased, phrase = status.partition(" ")
    if not space:
        raise Unreached(f"malformed HTTP response {quote(first)}")
    if len(code) != 3 or not code.isdecimal():
        raise Unreached(f"malformed HTTP status code {quote(code)}")
    if protocol not in ("HTTP/1.0", "HTTP/1.1"):
        raise Unreached(f"malformed HTTP version {quote(protocol)}")
    if code != "200":
        raise Unreached(phrase if phrased else "unknown status code")


def _head(connected: socket.socket) -> bytes:
    """What is answered up to its empty line, and not a byte of what follows."""
    found = b""
    while not found.endswith(b"\r\n\r\n") and len(found) < HEAD:
        byte = connected.recv(1)
        if not byte:
            if b"\r\n" in found:
                return found
            raise Unreached("unexpected EOF")
        found += byte
    return found


def _ask_socks(connected: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    try:
        _agree(connected, proxy)
        _send_on(connected, host, port)
    except (ValueError, OSError) as error:
        at = connected.getpeername()
        to = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise Unreached(f"socks connect tcp {at[0]}:{at[1]}->{to}: {error}") from error


def _agree(connected: socket.socket, proxy: Proxy) -> None:
    """Say who asks, the way the proxy wants it."""
    connected.sendall(b"\x05\x01\x00" if proxy.user is None else b"\x05\x02\x00\x02")
    version, method = _read(connected, 2)
    if version != 5:
        raise ValueError(f"unexpected protocol version {version}")
    if method == 255:
        raise ValueError(NO_METHOD)
    if method == 0 or proxy.user is None:
        return
    if method != 2:
        raise ValueError(f"unsupported authentication method {method}")
    user, password = proxy.user.encode(), proxy.password.encode()
    if not 0 < len(user) < 256 or len(password) > 255:
        raise ValueError("invalid username/password")
    connected.sendall(b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password)
    version, refused = _read(connected, 2)
    if version != 1:
        raise ValueError("invalid username/password version")
    if refused:
        raise ValueError("username/password authentication failed")


def _send_on(connected: socket.socket, host: str, port: int) -> None:
    """Ask for a connection to the host's port."""
    try:
        address = ipaddress.ip_address(host)
        place = bytes([1 if address.version == 4 else 4]) + address.packed
    except ValueError:
        name = host.encode()
        if len(name) > 255:
            raise ValueError("FQDN too long") from None
        place = b"\x03" + bytes([len(name)]) + name
    connected.sendall(b"\x05\x01\x00" + place + struct.pack("!H", port))
    version, reply, reserved, kind = _read(connected, 4)
    if version != 5:
        raise ValueError(f"unexpected protocol version {version}")
    if reply:
        said = REPLIES[reply - 1] if reply <= len(REPLIES) else f"unknown code: {reply}"
        raise ValueError(f"unknown error {said}")
    if reserved:
        raise ValueError("non-zero reserved field")
    sizes = {1: 4, 4: 16}
    if kind not in (*sizes, 3):
        raise ValueError(f"unknown address type {kind}")
    _read(connected, (sizes.get(kind) or _read(connected, 1)[0]) + 2)


def _read(connected: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = connected.recv(size - len(found))
        if not more:
            raise ValueError("unexpected EOF" if found else "EOF")
        found += more
    return found
