"""`kubectl proxy`: the API server on a local port, with this kubeconfig's identity.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/proxy, pkg/proxy/proxy_server.go
"""

from __future__ import annotations

import json
import os
import re
import socket
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from podlab.client import Client
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.klog import logged
from podlab.kubectl.verbs.table import refused

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
HOP = ("connection", "transfer-encoding", "content-length", "content-encoding", "keep-alive", "date", "server")


def proxy(
    command: Command,
    *arguments: str,
    port: int = 8001,
    address: str = "127.0.0.1",
    api_prefix: str = "/",
    accept_hosts: str = r"^localhost$,^127\.0\.0\.1$,^\[::1\]$",
    accept_paths: str = "^.*",
    reject_paths: str = r"^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach",
    reject_methods: str = "^$",
    www: str = "",
    www_prefix: str = "/static/",
    disable_filter: bool = False,
    unix_socket: str = "",
    append_server_path: bool = False,
    keepalive: str = "0s",
) -> None:
    """Answer on a local port, or a socket in the file system, until it is interrupted.

    Args:
        keepalive: is for connections that are upgraded, which podlab does not pass on.

    Raises:
        PodlabError: the port is taken.
    """
    path = urlsplit(command.client.server).path.rstrip("/")
    if path and not append_server_path:
        use = "use --append-server-path to automatically append the path to each request"
        command.err(logged("proxy.go:172", f"Your kube context contains a server path {path}, {use}", "W"))
    if disable_filter and not unix_socket:
        open_ = "Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious"
        command.err(logged("proxy.go:177", open_, "W"))
    if port != 8001 and unix_socket:
        raise PodlabError("error: cannot set --unix-socket and --port at the same time")
    rules = Rules(
        *(
            [] if disable_filter else _patterns(each)
            for each in (accept_hosts, accept_paths, reject_paths, reject_methods)
        ),
        prefix=api_prefix.rstrip("/"),
        www=(command.folder / www) if www else None,
        www_prefix=www_prefix,
    )
    client = command.client if append_server_path or not path else _without_path(command.client)
    handler = _handler(client, rules, bool(disable_filter))
    server = _on_socket(unix_socket, handler) if unix_socket else _on_port(address, port, handler)
    command.out(f"Starting to serve on {unix_socket or f'{address}:{server.server_address[1]}'}\n")
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        return
    finally:
        server.server_close()


def _without_path(client: Client) -> Client:
    """One that asks the same server from its root."""
    root = urlsplit(client.server)._replace(path="").geturl()
    return Client(client.kubeconfig, client.context, connection=replace(client.connection, server=root))


Handler = type[BaseHTTPRequestHandler]


def _on_port(address: str, port: int, handler: Handler) -> ThreadingHTTPServer:
    if not 0 <= port <= 65535:
        raise PodlabError(f"error: listen tcp: address {port}: invalid port")
    try:
        return ThreadingHTTPServer((address, port), handler)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PodlabError(f"error: listen tcp {address}:{port}: bind: {reason}") from error


class _SocketServer(ThreadingHTTPServer):
    """Answers on a socket that only its owner may use."""

    address_family = getattr(socket, "AF_UNIX", socket.AF_INET)

    def server_bind(self) -> None:
        before = os.umask(0o077)
        try:
            self.socket.bind(self.server_address)
        finally:
            os.umask(before)
        self.server_name, self.server_port = "localhost", 0

    def get_request(self) -> tuple[socket.socket, Any]:
        return self.socket.accept()[0], ("localhost", 0)


def _on_socket(name: str, handler: Handler) -> ThreadingHTTPServer:
    """One that is left there from before goes; another file stays in the way."""
    path = Path(name)
    if not hasattr(socket, "AF_UNIX"):
        raise PodlabError(refused("kubectl proxy --unix-socket"))
    try:
        if path.is_socket():
            path.unlink()
        return _SocketServer(name, handler)  # type: ignore[arg-type]
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise PodlabError(f"error: listen unix {name}: bind: {reason}") from error


class Rules:
    """What may be asked for."""

    def __init__(
        self,
        hosts: list[re.Pattern[str]],
        paths: list[re.Pattern[str]],
        rejected: list[re.Pattern[str]],
        methods: list[re.Pattern[str]],
        *,
        prefix: str,
        www: Path | None,
        www_prefix: str,
    ) -> None:
        self.hosts, self.paths, self.rejected, self.methods = hosts, paths, rejected, methods
        self.prefix, self.www, self.www_prefix = prefix, www, www_prefix

    def allows(self, method: str, path: str, host: str) -> bool:
        """Whether kubectl's filter lets this request pass."""
        name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
        if any(each.search(path) for each in self.rejected) or any(each.search(method) for each in self.methods):
            return False
        return any(each.search(name) for each in self.hosts) and any(each.search(path) for each in self.paths)


def _patterns(text: str) -> list[re.Pattern[str]]:
    try:
        return [re.compile(each) for each in text.split(",") if each]
    except re.error as error:
        raise PodlabError(f"error: error parsing regexp: {error}") from None


def _handler(client: Client, rules: Rules, open_to_all: bool) -> type[BaseHTTPRequestHandler]:
    passing = {f"do_{method}": _Handler.pass_on for method in METHODS}
    return type("Handler", (_Handler,), {"client": client, "rules": rules, "open_to_all": open_to_all, **passing})


class _Handler(BaseHTTPRequestHandler):
    """Passes a request on."""

    client: Client
    rules: Rules
    open_to_all: bool

    def pass_on(self) -> None:
        path = self.path.partition("?")[0]
        if not self.open_to_all and not self.rules.allows(self.command, path, self.headers.get("Host", "")):
            self.answer(403, {"Content-Type": "text/plain; charset=utf-8"}, b"Forbidden")
            return
        target = self.path.removeprefix(self.rules.prefix) if self.rules.prefix else self.path
        if self.rules.www and path.startswith(self.rules.www_prefix):
            self.static(self.rules.www, path.removeprefix(self.rules.www_prefix))
            return
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size) if size else None
        self.ask(target, body)

    def ask(self, target: str, body: bytes | None) -> None:
        kind = self.headers.get("Content-Type") if body is not None else None
        try:
            found = self.client.request(
                self.command, target, body=body, accept=self.headers.get("Accept", "*/*"), content_type=kind
            )
            self.answer(found.status, dict(found.headers), found.body)
        except ApiError as error:
            text = error.status.get("body") or ""
            data = str(text).encode() if text else json.dumps(error.status).encode()
            sent = "text/plain; charset=utf-8" if text else "application/json"
            self.answer(error.code or 500, {"Content-Type": sent}, data)
        except ClusterError as error:
            self.answer(502, {"Content-Type": "text/plain; charset=utf-8"}, str(error).encode())

    def static(self, folder: Path, name: str) -> None:
        path = (folder / name.lstrip("/")).resolve()
        path = path / "index.html" if path.is_dir() else path
        if folder.resolve() not in path.parents or not path.is_file():
            self.answer(404, {"Content-Type": "text/plain; charset=utf-8"}, b"404 page not found\n")
            return
        self.answer(200, {}, path.read_bytes())

    def answer(self, code: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(code)
        for name, value in headers.items():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return
