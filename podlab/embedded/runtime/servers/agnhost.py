"""The subcommands of agnhost, the image of many servers that upstream's own tests start.

Upstream: test/images/agnhost/{liveness,netexec,grpc-health-checking,serve-hostname,test-webserver,entrypoint-tester}
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

from podlab.embedded.runtime.machine.children import finish, start
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Request, Response
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.servers.waiting import moment

HEALTHY_FOR = 10.0
"""Seconds for which `agnhost liveness` says that it is well."""

Page = Callable[[Process, Request, float], Awaitable[Response]]


async def agnhost(process: Process) -> int:
    """Serve what the subcommand serves until a signal ends it; without one it only waits, as `pause` does."""
    words = process.argv[1:] or ["pause"]
    if words[0] == "entrypoint-tester":
        process.out(f"[{' '.join(_quoted(word) for word in process.argv)}]\n".encode())
        return 0
    process.handles = lambda signal: signal == "TERM"
    began = process.time
    if words[0] == "pause":
        process.out(b"Paused\n")
    for port, page in _ports(words).items():
        try:
            process.machine.sockets.bind(port, _handler(process, page, began), program="agnhost")
        except AddressInUse:
            process.err(f"panic: listen tcp :{port}: bind: address already in use\n".encode())
            return 2
    for line in _said(words):
        stamp = moment(process).strftime("%m%d %H:%M:%S.%f")
        process.err(f"I{stamp} {process.pid:7} log.go:195] {line}\n".encode())
    await process.next_signal()
    return 0


def _quoted(word: str) -> str:
    return word


def _handler(process: Process, page: Page, began: float) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        process.catch_up()
        return await page(process, request, began)

    return handle


def _flag(words: list[str], name: str, default: int) -> int:
    """The number that a flag has: behind an equals sign, or as the next word."""
    value = ""
    for word, after in zip(words, [*words[1:], ""], strict=True):
        flag, equals, behind = word.partition("=")
        if flag == f"--{name}":
            value = behind if equals else after
    return int(value) if value.removeprefix("-").isdecimal() else default


def _said(words: list[str]) -> list[str]:
    """What a server logs as it starts."""
    if words[0] == "serve-hostname":
        return [f"Serving on port {_flag(words, 'port', 9376)}."]
    if words[0] != "netexec":
        return []
    udp = _flag(words, "udp-port", 8081)
    started = [f"Started HTTP server on port {_flag(words, 'http-port', 8080)}"]
    return started + [f"Started UDP server on port  {udp}"] * (udp != -1)


def _ports(words: list[str]) -> dict[int, Page]:
    def flag(name: str, default: int) -> int:
        return _flag(words, name, default)

    tables: dict[str, Callable[[], dict[int, Page]]] = {
        "liveness": lambda: {8080: _liveness},
        "netexec": lambda: {flag("http-port", 8080): _netexec},
        "test-webserver": lambda: {flag("port", 80): _well},
        "serve-hostname": lambda: {flag("port", 9376): _hostname},
        "grpc-health-checking": lambda: {flag("port", 5000): _grpc, flag("http-port", 8080): _well},
    }
    return tables[words[0]]() if words[0] in tables else {}


def _text(status: int, text: str) -> Response:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(text.encode()))}
    return Response(status, headers, text.encode())


async def _well(process: Process, request: Request, began: float) -> Response:
    return _text(200, "ok")


async def _hostname(process: Process, request: Request, began: float) -> Response:
    return _text(200, process.machine.hostname)


async def _grpc(process: Process, request: Request, began: float) -> Response:
    return Response(200, {"Content-Type": "application/grpc"})


async def _liveness(process: Process, request: Request, began: float) -> Response:
    passed = process.machine.clock.now() - began
    return _text(200, "ok") if passed <= HEALTHY_FOR else _text(500, f"error: {passed}")


async def _netexec(process: Process, request: Request, began: float) -> Response:
    asked = urlsplit(request.path)
    query = parse_qs(asked.query)
    path = asked.path.lower()
    if path == "/hostname":
        return await _hostname(process, request, began)
    if path == "/echo":
        return _text(int(query.get("code", ["200"])[0][:3] or 200), query.get("msg", [""])[0])
    if path == "/clientip":
        return _text(200, f"{request.client}:40000")
    if path == "/header":
        return _text(200, request.headers.get(query.get("key", [""])[0].lower(), ""))
    if path in ("/healthz", "/readyz"):
        return _text(200, "")
    if path == "/shell":
        return await _shell(process, query.get("cmd", query.get("shellCommand", [""]))[0])
    if path in ("/", ""):
        return _text(200, f"NOW: {moment(process):%Y-%m-%d %H:%M:%S.%f}000 +0000 UTC m=+{process.time - began:.9f}")
    if path == "/exit":
        process.signal("TERM")
        return _text(200, "")
    return _text(404, "404 page not found\n")


async def _shell(process: Process, command: str) -> Response:
    out, err = bytearray(), bytearray()
    child = process.child(["sh", "-c", command])
    child.out, child.err = out.extend, err.extend
    code = await finish(process, [start(child, lambda: process.machine.run(child))])
    answer = {"output": out.decode(errors="replace")}
    if code:
        answer |= {"error": f"exit status {code}"}
    return _text(200, json.dumps(answer, separators=(",", ":")))
