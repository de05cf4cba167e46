"""A request on its way through nginx's configuration, and the page that it comes to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Request
from podlab.embedded.runtime.servers.nginx.sites import Server

BUILT_IN = "/usr/share/nginx/html"
VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
Complain = Callable[[str, Request], None]


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered before the usual headers are put before it."""

    status: int
    body: bytes = b""
    media_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()
    plain: bool = False
    file: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way through the configuration; `path` changes when it is redirected inside."""

    process: Process
    server: Server
    upstreams: dict[str, list[str]]
    request: Request
    path: str
    complain: Complain
    port: int = 80
    depth: int = 0

    def variable(self, name: str) -> str:
        """The value of `$name`."""
        table = self._built_in()
        if name in table:
            return table[name]
        if name.startswith("http_"):
            return self.request.headers.get(name[5:].replace("_", "-"), "")
        if name.startswith("arg_"):
            pairs = [pair.partition("=") for pair in table["args"].split("&")]
            return next((value for key, _, value in pairs if key == name[4:]), "")
        return self._set(name)

    def _built_in(self) -> dict[str, str]:
        """The variables that nginx has of its own. Upstream: src/http/ngx_http_variables.c"""
        request, headers = self.request, self.request.headers
        split = request.path.partition("?")
        return {
            "uri": self.path,
            "document_uri": self.path,
            "request_uri": request.path,
            "args": split[2],
            "query_string": split[2],
            "is_args": "?" if split[2] else "",
            "host": headers.get("host", "").partition(":")[0] or "localhost",
            "http_host": headers.get("host", ""),
            "hostname": self.process.machine.hostname,
            "server_addr": self.process.machine.ip,
            "server_port": str(self.port),
            "server_name": next(iter(self.server.names), ""),
            "server_protocol": "HTTP/1.1",
            "remote_addr": request.client,
            "remote_port": "40000",
            "remote_user": headers.get("x-remote-user", ""),
            "request_method": request.method,
            "request": f"{request.method} {request.path} HTTP/1.1",
            "scheme": "http",
            "nginx_version": self.process.machine.image.version,
            "pid": "7",
            "proxy_add_x_forwarded_for": ", ".join(filter(None, [headers.get("x-forwarded-for", ""), request.client])),
            "time_local": datetime.fromtimestamp(self.process.time, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "time_iso8601": datetime.fromtimestamp(self.process.time, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "msec": f"{self.process.time:.3f}",
            "content_type": headers.get("content-type", ""),
            "content_length": headers.get("content-length", ""),
            "request_body": request.body.decode(errors="replace"),
            "connection": "1",
            "request_id": f"{int(self.process.time * 1000):032x}",
            "document_root": BUILT_IN,
        }

    def _set(self, name: str) -> str:
        location = self.server.location(self.path)
        for block in (location.block, *location.around):
            for directive in block.all("set"):
                if directive.words[0] == f"${name}" and f"${name}" not in directive.words[1]:
                    return self.filled(directive.words[1])
        return ""

    def filled(self, text: str) -> str:
        """A text with its variables' values."""
        return VARIABLE.sub(lambda found: self.variable(found[1] or found[2]), text)
