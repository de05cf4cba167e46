"""The nginx server of a container: it reads its configuration, binds its ports, answers and logs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network.messages import Request, Response
from podlab.embedded.runtime.network.namespace import ANY, AddressInUse, Listener
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.servers.nginx import logs, preparation, variables
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.configuration import config, sites
from podlab.embedded.runtime.servers.nginx.configuration.grammar import Directive
from podlab.embedded.runtime.servers.nginx.configuration.sites import Location, Server
from podlab.embedded.runtime.servers.nginx.limits import Buckets
from podlab.embedded.runtime.servers.nginx.responses import error_page, response
from podlab.embedded.runtime.servers.nginx.serving import answer

CONFIG = "/etc/nginx/nginx.conf"
TRIES = 5


@dataclass(slots=True)
class Nginx:
    """One running server."""

    process: Process
    io: Io
    path: str = CONFIG
    more: str = ""
    config: Directive | None = None
    upstreams: dict[str, list[str]] = field(default_factory=dict)
    servers: tuple[Server, ...] = ()
    listeners: list[Listener] = field(default_factory=list)
    requests: int = 0
    turns: dict[str, float] = field(default_factory=dict)
    buckets: Buckets = field(default_factory=Buckets)
    workers: list[Process] = field(default_factory=list)

    # Life

    def load(self) -> list[str]:
        """Read the configuration; warnings. Raises ConfigProblem."""
        found = config.read(self.process.machine.files, self.path, self.more)
        preparation.check(found, self.process.machine)
        servers, self.upstreams = sites.servers(found), preparation.upstreams(found, self.process.machine)
        variables.check(found)
        warnings = sites.conflicts(servers)
        preparation.check_last(found, self.process.machine)
        self.config, self.servers = found, servers
        return warnings

    def log(self, level: str, *texts: str, of: Process | None = None) -> None:
        """Write to the error log, a line each; of notices only what the configuration asks for."""
        stamp = datetime.fromtimestamp(self.process.time, UTC).strftime("%Y/%m/%d %H:%M:%S")
        pid = (of or self.process).pid
        lines = "".join(f"{stamp} [{level}] {pid}#{pid}: {text}\n" for text in texts)
        for place in logs.error_places(self.config, None, level):
            logs.write(self.io, place, lines, error=True)

    def complain(self, text: str, asked: Asked, level: str) -> None:
        """An error of one request."""
        text, _, upstream = text.partition("|")
        request, server = asked.request, asked.server
        first = f'{text}, client: {request.client}, server: {server.name}, request: "{asked.told["request"]}"'
        first += f", {upstream}" if upstream else ""
        host = request.headers.get("host", "")
        stamp = datetime.fromtimestamp(self.process.time, UTC).strftime("%Y/%m/%d %H:%M:%S")
        one = (self.workers[-1] if self.workers else self.process).pid
        line = f"{stamp} [{level}] {one}#{one}: *{asked.count} {first}" + (f', host: "{host}"' if host else "") + "\n"
        for place in logs.error_places(self.config, asked, level):
            logs.write(self.io, place, line, error=True)

    def prepare(self) -> str:
        """Make what the server needs; the emergency that ends it, "" if all is well."""
        if self.process.machine.user.uid:
            self.alarm("warn", preparation.NOT_ROOT)
        return preparation.complaint(self.process.machine.files, self.process.machine.user, self.process.pid)

    def alarm(self, level: str, text: str) -> None:
        """What is said before the log is open goes there and to standard error."""
        both = f"{logs.stamped(self.process, level, text)}nginx: [{level}] {text}\n"
        self.process.err(both.encode(errors="surrogateescape"))

    async def bind(self) -> bool:
        """Bind all ports, in several tries; whether that could be done."""
        for _ in range(TRIES):
            if not (wrong := self._bind()):
                return True
            for host, port in wrong:
                text = f"bind() to {host}:{port} failed (98: Address already in use)"
                self.log("emerg", text)
                self.process.err(f"nginx: [emerg] {text}\n".encode())
            self.log("notice", "try again to bind() after 500ms")
            await self.process.machine.clock.sleep(0.5)
            self.process.catch_up()
        self.log("emerg", "still could not bind()")
        self.process.err(b"nginx: [emerg] still could not bind()\n")
        return False

    def _bind(self) -> list[tuple[str, int]]:
        """The addresses that are taken."""
        sockets, wrong, wanted = self.process.machine.sockets, [], self._addresses()
        kept = [one for one in self.listeners if one.port in {port for _, port in wanted}]
        for listener in [one for one in self.listeners if one not in kept]:
            sockets.namespace.unbind(listener)
        self.listeners = kept
        for host, port in wanted:
            if any(one.port == port for one in self.listeners):
                continue
            if host.startswith("["):
                wrong += [(host, port)] if (ANY, port) in wrong else []
                continue
            try:
                handler = self._handler(port)
                newer = any(one.port == port and one.host.startswith("[") for s in self.servers for one in s.addresses)
                tls = any(one.port == port and one.tls for s in self.servers for one in s.addresses)
                self.listeners.append(
                    sockets.bind(port, handler, address=host, program="nginx", newer=newer, secure=tls)
                )
            except AddressInUse:
                wrong.append((host, port))
        return wrong

    def _addresses(self) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        for server in self.servers:
            for address in server.addresses:
                host = "127.0.0.1" if address.host == "localhost" else address.host or ANY
                host = (
                    ANY
                    if host in ("[::]",) and (ANY, address.port) not in found and not self._v4(address.port)
                    else host
                )
                if (host, address.port) not in found:
                    found.append((host, address.port))
        return found

    def _v4(self, port: int) -> bool:
        pairs = [(one.host, one.port) for server in self.servers for one in server.addresses]
        return any(where == port and not host.startswith("[") for host, where in pairs)

    def _handler(self, port: int):  # type: ignore[no-untyped-def]
        async def handle(request: Request) -> Response:
            return await self.serve(request, port)

        return handle

    # Requests

    async def serve(self, request: Request, port: int) -> Response:
        """Answer one request and log it."""
        self.process.catch_up()
        self.requests += 1
        host = re.sub(r":\d*$", "", request.headers.get("host", "").lower()).rstrip(".")
        server, match = sites.chosen(self.servers, port, host)
        if server is None:
            return Response(502, {}, b"")
        asked = self._asked(server, request, port)
        if match:
            asked.matched(match)
        refused = self._refused(asked)
        found = response(asked, refused if refused is not None else await answer(asked))
        logs.requested(self.io, asked, found if found.status != HANGS_UP else Response(HANGS_UP, {}))
        if found.status == HANGS_UP:
            raise Refused("empty reply")
        return found

    def _asked(self, server: Server, request: Request, port: int) -> Asked:
        path, _, args = request.path.partition("?")
        outer = Location(server.block, (server.http,))
        told = {"request": f"{request.method} {request.path} {request.version}"}
        asked = Asked(
            self.process, server, self.upstreams, request, normal(path) or "/", args, _nobody, outer, port,
            self.requests, told=told, turns=self.turns, buckets=self.buckets, look=variables.value,
        )  # fmt: skip
        asked.complain = lambda text, level="error": self.complain(text, asked, level)
        return asked

    def _refused(self, asked: Asked) -> Page | None:
        """What is no request that can be answered."""
        request = asked.request
        path = request.path.partition("?")[0]
        if not request.secure and any(address.tls and address.port == asked.port for address in asked.server.addresses):
            body = error_page(400, self.process.machine.image.version)
            asked.closing = True
            body = body.replace(b"400 Bad Request", TLS_TITLE, 1).replace(b"<h1>400 Bad Request</h1>", TLS_BODY)
            return Page(400, body, "text/html", plain=True)
        if normal(path) is None or (request.version == "HTTP/1.1" and not request.headers.get("host")):
            asked.closing = True
            if normal(path) is None:
                asked.request = Request(request.method, request.path, {}, b"", request.client, request.version)
            return Page(400)
        return None


def _nobody(text: str, level: str = "error") -> None:
    """Takes complaints until the request has somewhere to write them."""


HANGS_UP = 444
"""A status after which nginx says nothing."""


def normal(path: str) -> str | None:
    """A path decoded, without doubled slashes and dots; None where it leads above the root.

    Upstream: ngx_http_parse_complex_uri
    """
    parts: list[str] = []
    if "%00" in path:
        return None
    pieces = unquote(path).split("/")
    for piece in pieces[1:]:
        if piece == "..":
            if not parts:
                return None
            parts.pop()
        elif piece not in ("", "."):
            parts.append(piece)
    folder = pieces[-1] in ("", ".", "..") and parts
    return "/" + "/".join(parts) + ("/" if folder else "")


TLS_TITLE = b"400 The plain HTTP request was sent to HTTPS port"
TLS_BODY = b"<h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port"
