"""The TLS and the connections behind a `Connection`: certificates, server names, proxies."""

from __future__ import annotations

import os
import ssl
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from podlab.errors import ClusterError
from podlab.kubeconfig.connection import Connection

LOOPBACK = ("localhost", "127.0.0.1", "::1")
POOL = 16


def tls_context(connection: Connection, certificate: tuple[str, str]) -> ssl.SSLContext:
    """How to speak TLS with the server.

    Raises:
        ClusterError: a certificate or a key is none.
    """
    try:
        context = ssl.create_default_context(cadata=connection.ca or None)
    except (ssl.SSLError, ValueError) as error:
        line = "error: unable to load root certificates: unable to parse bytes as PEM block"
        raise ClusterError(line) from error
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
    return connect(
        address.replace("http", "ws", 1),
        subprotocols=protocols,  # type: ignore[arg-type]
        additional_headers=headers,
        proxy=proxy_for(connection),
        open_timeout=timeout,
        max_size=None,
        **more,
    )


def _load(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """A certificate and its key; Python reads them from a file only, which is gone at once."""
    descriptor, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{certificate}\n{key}\n")
        context.load_cert_chain(path)
    except (ssl.SSLError, ValueError) as error:
        raise ClusterError("error: tls: failed to find any PEM data in certificate input") from error
    finally:
        Path(path).unlink()


def proxy_for(connection: Connection) -> str | None:
    """The proxy on the way to the server; none to this machine itself unless the kubeconfig says so."""
    if connection.proxy:
        return connection.proxy
    parts = urlsplit(connection.server)
    host = parts.hostname or ""
    if host in LOOPBACK or proxy_bypass(parts.netloc):
        return None
    return getproxies().get(parts.scheme)


def pool(connection: Connection, certificate: tuple[str, str]) -> Any:
    """The pool of connections to the server.

    Raises:
        ClusterError: its certificates cannot be used.
    """
    import urllib3

    more: dict[str, Any] = {"maxsize": POOL, "num_pools": 4}
    if connection.server.startswith("https"):
        more["ssl_context"] = tls_context(connection, certificate)
        if connection.server_name:
            more |= {"server_hostname": connection.server_name, "assert_hostname": connection.server_name}
        if connection.insecure:
            more["cert_reqs"] = "CERT_NONE"
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    proxy = proxy_for(connection)
    if proxy and proxy.startswith("socks"):
        try:
            from urllib3.contrib.socks import SOCKSProxyManager
        except ImportError as error:
            raise ClusterError(f"Unable to connect to the server: proxy {proxy}: PySocks is not installed") from error
        return SOCKSProxyManager(proxy, **more)
    return urllib3.ProxyManager(proxy, **more) if proxy else urllib3.PoolManager(**more)


def names_of(server: str) -> str:
    """Whom the server's certificate is for, as Go lists it; "" if it cannot be had."""
    from cryptography import x509

    parts = urlsplit(server)
    try:
        pem = ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=5)
        found = x509.load_pem_x509_certificate(pem.encode())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return ""
    return ", ".join(names.get_values_for_type(x509.DNSName))
