"""The nginx process: it reads its configuration, binds, answers, logs, and listens to signals and to `nginx -s`."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine import kernel
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network.messages import Request, Response
from podlab.embedded.runtime.network.namespace import ANY, AddressInUse, Listener
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.servers.nginx import config, lives, preparation, sites
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.config import ConfigProblem, Directive
from podlab.embedded.runtime.servers.nginx.responses import error_page, response
from podlab.embedded.runtime.servers.nginx.serving import answer
from podlab.embedded.runtime.servers.nginx.sites import Server

CONFIG = "/etc/nginx/nginx.conf"
ENTRYPOINT_LOG = """\
/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf
10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf
/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up
"""
"""What the official image says before nginx starts: on standard output."""
NOTICES = (
    'using the "epoll" event method',
    "nginx/{version}",
    f"OS: Linux {kernel.VERSION}",
    "getrlimit(RLIMIT_NOFILE): 20000:20000",
    "start worker processes",
    "start worker process {first}",
    "start worker process {second}",
)
TRIES = 5
OPTIONS = tuple("?hvVtTqspegc")
SIGNALS = {"reload": "HUP", "quit": "QUIT", "stop": "TERM", "reopen": "USR1"}


@dataclass(slots=True)
class Nginx:
    """One running server."""

    process: Process
    io: Io
    path: str = CONFIG
    config: Directive | None = None
    servers: tuple[Server, ...] = ()
    listeners: list[Listener] = field(default_factory=list)
    requests: int = 0
    workers: list[Process] = field(default_factory=list)

    # Logs

    def log(self, level: str, *texts: str, worker: bool = False, of: Process | None = None) -> None:
        """Write to the error log, a line each; of notices only what the configuration asks for."""
        asked = self.config.first("error_log") if self.config else None
        if level == "notice" and self.config and not (asked and {"notice", "info", "debug"} & set(asked.words[1:])):
            return
        stamp = datetime.fromtimestamp(self.process.time, UTC).strftime("%Y/%m/%d %H:%M:%S")
        one = (self.workers[-1] if worker else of or self.process).pid
        who = f"{one}#{one}:{f' *{self.requests}' if worker else ''}"
        lines = "".join(f"{stamp} [{level}] {who} {text}\n" for text in texts)
        self._write(self._place("error_log", "/var/log/nginx/error.log"), lines, error=True)

    def _place(self, name: str, usual: str) -> str:
        blocks = [] if self.config is None else [self.config, *self.config.all("http")]
        found = next((directive for block in blocks if (directive := block.first(name))), None)
        return found.words[0] if found else usual

    def _write(self, path: str, text: str, *, error: bool) -> None:
        if path in ("off", "/dev/null"):
            return
        stream = self.process.err if error else self.process.out
        if path in ("stderr", "/dev/stderr", "/dev/stdout", "stdout"):
            (self.process.out if path.endswith("stdout") else self.process.err)(text.encode(errors="surrogateescape"))
            return
        try:
            self.io.writer(path, append=True)(text.encode(errors="surrogateescape"))
        except FileError:
            stream(text.encode(errors="surrogateescape"))

    def complain(self, text: str, request: Request) -> None:
        """An error of one request."""
        text, _, upstream = text.partition("|")
        first = f"{text}, client: {request.client}, server: {self._name(request)}, "
        first += f'request: "{request.method} {request.path} HTTP/1.1"'
        first += f", {upstream}" if upstream else ""
        host = request.headers.get("host", "")
        self.log("error", first + (f', host: "{host}"' if host else ""), worker=True)

    def _name(self, request: Request) -> str:
        server = self._server(request, 0)
        return next(iter(server.names), "") if server else ""

    # Life

    def load(self) -> None:
        """Read the configuration. Raises ConfigProblem."""
        found = config.read(self.process.machine.files, self.path)
        servers = sites.servers(found)
        self._resolve(found)
        self.config, self.servers = found, servers

    def _resolve(self, found: Directive) -> None:
        """Names of upstreams must be known at the start."""
        ups = self._upstreams(found)
        for http in found.all("http"):
            for directive in _below(http):
                if directive.name == "proxy_pass" and "$" not in directive.words[0]:
                    where = f"in {directive.file}:{directive.line}"
                    scheme, _, rest = directive.words[0].partition("://")
                    if scheme not in ("http", "https"):
                        raise ConfigProblem(f"invalid URL prefix {where}")
                    authority = rest.partition("/")[0]
                    if authority not in ups:
                        self._known(authority, where)
                if directive.name == "upstream":
                    for server in directive.all("server"):
                        self._known(server.words[0], f"in {server.file}:{server.line}")

    def _known(self, authority: str, where: str) -> None:
        host = authority.rpartition(":")[0] if ":" in authority else authority
        try:
            self.process.machine.sockets.address(host)
        except Refused:
            raise ConfigProblem(f'host not found in upstream "{authority}" {where}') from None

    def _upstreams(self, found: Directive) -> dict[str, list[str]]:
        blocks = [block for http in found.all("http") for block in http.all("upstream")]
        return {block.words[0]: [server.words[0] for server in block.all("server")] for block in blocks}

    def prepare(self) -> str:
        """Make what the server needs; the emergency that ends it, "" if all is well."""
        if self.process.machine.user.uid:
            self.alarm("warn", preparation.NOT_ROOT)
        return preparation.complaint(self.process.machine.files, self.process.machine.user, self.process.pid)

    def alarm(self, level: str, text: str) -> None:
        """What is said before the log is open goes there and to standard error."""
        both = f"{self._stamped(level, text)}nginx: [{level}] {text}\n"
        self.process.err(both.encode(errors="surrogateescape"))

    def _stamped(self, level: str, text: str) -> str:
        stamp = datetime.fromtimestamp(self.process.time, UTC).strftime("%Y/%m/%d %H:%M:%S")
        return f"{stamp} [{level}] {self.process.pid}#{self.process.pid}: {text}\n"

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
                self.listeners.append(sockets.bind(port, handler, address=host, program="nginx"))
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

    def _server(self, request: Request, port: int) -> Server | None:
        host = request.headers.get("host", "").partition(":")[0]
        here = [server for server in self.servers if any(one.port == port for one in server.addresses) or not port]
        named = next((server for server in here if server.fits(host)), None)
        marked = next((s for s in here if any(one.port == port and one.default for one in s.addresses)), None)
        return named or marked or (here[0] if here else None)

    async def serve(self, request: Request, port: int) -> Response:
        """Answer one request and log it."""
        self.process.catch_up()
        self.requests += 1
        server = self._server(request, port)
        if server is None or self.config is None:
            return Response(502, {}, b"")
        path = request.path.partition("?")[0] or "/"
        asked = Asked(self.process, server, self._upstreams(self.config), request, path, self.complain, port)
        if any(address.tls and address.port == port for address in server.addresses):
            body = error_page(400, self.process.machine.image.version)
            found = response(asked, Page(400, body.replace(b"400 Bad Request", TLS_TITLE)))
        else:
            found = response(asked, await answer(asked))
        self._access(asked, found, server)
        return found

    def _access(self, asked: Asked, found: Response, server: Server) -> None:
        location = server.location(asked.path)
        directive = location.find("access_log")
        place = directive.words[0] if directive else "/var/log/nginx/access.log"
        if place == "off":
            return
        request, headers = asked.request, asked.request.headers
        form = self._format(directive)
        if form is None:
            via = headers.get("x-forwarded-for", "-")
            when, agent = asked.variable("time_local"), headers.get("user-agent", "-")
            line = f'{request.client} - - [{when}] "{request.method} {request.path} HTTP/1.1" {found.status} '
            line += f'{len(found.body)} "{headers.get("referer", "-")}" "{agent}" "{via}"\n'
        else:
            extra = {"status": str(found.status), "body_bytes_sent": str(len(found.body)), "request_time": "0.000"}
            extra |= {"bytes_sent": str(len(found.body) + 238), "upstream_response_time": "0.000"}
            line = re.sub(r"\$\{?(\w+)\}?", lambda m: extra.get(m[1]) or asked.variable(m[1]) or "-", form) + "\n"
        self._write(place, line, error=False)

    def _format(self, directive: Directive | None) -> str | None:
        """The format that an `access_log` names, if it is not the usual one."""
        name = directive.words[1] if directive and len(directive.words) > 1 else ""
        http = self.config.all("http") if self.config else []
        formats = {one.words[0]: "".join(one.words[1:]) for block in http for one in block.all("log_format")}
        return None if name in ("", "main", "combined") else formats.get(name)


TLS_TITLE = b"400 The plain HTTP request was sent to HTTPS port"


def _below(block: Directive) -> list[Directive]:
    return [one for directive in block.inner for one in (directive, *_below(directive))]


def entrypoint(process: Process) -> Coroutine[Any, Any, int]:
    """The official image's entry point, and the server, which is to be awaited."""
    process.out(preparation.configured(ENTRYPOINT_LOG, process.machine.files).encode())
    process.argv = process.argv[1:] or ["nginx"]
    return serve(process, process.argv)


async def serve(process: Process, words: list[str]) -> int:
    """Run the server until a signal ends it; returns its exit code."""
    io = Io(process, process.stdin, process.out, process.err)
    server = Nginx(process, io, _path(words))
    process.handles = lambda name: name in ("TERM", "QUIT", "INT", "HUP", "USR1", "WINCH")
    try:
        server.load()
    except ConfigProblem as problem:
        return _refuse(server, str(problem))
    if wrong := server.prepare():
        return _refuse(server, wrong)
    if not await server.bind():
        return 1
    process.title = f"nginx: master process {' '.join(process.argv)}"
    server.workers = lives.workers(process)
    server.log("notice", *lives.beginning(NOTICES, process.machine.image.version, server.workers))
    try:
        name = await _signals(server)
        lives.end(server, server.workers, graceful=name == "QUIT")
    finally:
        for worker in server.workers:
            process.machine.processes.leave(worker)
    server.log("notice", "exit")
    return 0


async def _signals(server: Nginx) -> str:
    """Reload on HUP; the name of the signal that ends the server."""
    while True:
        name = await server.process.next_signal()
        server.log("notice", lives.received(name, server.process.sender))
        server.process.sender = 0
        if name in lives.LAST:
            return name
        if name == "USR1":
            server.log("notice", "reopening logs")
            for worker in server.workers:
                server.log("notice", "reopening logs", of=worker)
        if name != "HUP":
            continue
        try:
            server.load()
        except ConfigProblem as problem:
            server.log("emerg", str(problem))
            continue
        server.log("notice", "reconfiguring")
        if await server.bind():
            old, server.workers = server.workers, lives.workers(server.process)
            texts = (*NOTICES[:1], *NOTICES[4:])
            server.log("notice", *lives.beginning(texts, "", server.workers))
            lives.end(server, old, graceful=True, alone=False)


def _refuse(server: Nginx, problem: str) -> int:
    server.alarm("emerg", problem)
    return 1


def _path(words: list[str]) -> str:
    return words[words.index("-c") + 1] if "-c" in words[:-1] else CONFIG


async def command(io: Io, words: list[str]) -> int:
    """`nginx [-v|-V|-t|-T|-s SIGNAL] [-c FILE]`; without any of these, the server."""
    version = io.process.machine.image.version
    wrong = next((word for word in words if word.startswith("-") and word[1:2] not in OPTIONS), "")
    if wrong:
        return io.fail(f'nginx: invalid option: "{wrong[1:]}"')
    if "-v" in words or "-V" in words:
        return io.fail(f"nginx version: nginx/{version}", 0)
    if "-t" in words or "-T" in words:
        return _tested(io, words)
    if "-s" in words:
        return _signalled(io, words[words.index("-s") + 1] if "-s" in words[:-1] else "")
    return await serve(io.process, words)


def _tested(io: Io, words: list[str]) -> int:
    server = Nginx(io.process, io, _path(words))
    try:
        server.load()
    except ConfigProblem as problem:
        io.err(server._stamped("emerg", str(problem)).encode(errors="surrogateescape"))
        return io.fail(f"nginx: configuration file {server.path} test failed")
    io.fail(f"nginx: the configuration file {server.path} syntax is ok")
    io.fail(f"nginx: configuration file {server.path} test is successful")
    if "-T" in words:
        for path in dict.fromkeys([server.path, *config.files_of(server.config)]):
            io.say(f"# configuration file {path}:")
            io.out(io.read(path))
            io.say("")
    return 0


def _signalled(io: Io, wanted: str) -> int:
    name = SIGNALS.get(wanted)
    if not name:
        return io.fail(f'nginx: invalid option: "-s {wanted}"')
    server = Nginx(io.process, io)
    try:
        server.load()
    except ConfigProblem as problem:
        io.err(server._stamped("emerg", str(problem)).encode(errors="surrogateescape"))
        return 1
    server.log("notice", "signal process started")
    running = io.process.machine.processes.running.values()
    main = next((one for one in running if one.title.startswith("nginx: master")), None)
    if main is None:
        return io.fail('nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)')
    main.sender = io.process.pid
    main.signal(name)
    return 0
