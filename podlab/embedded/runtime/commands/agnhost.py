"""The subcommands of agnhost that upstream's own tests put behind probes.

Upstream: test/images/agnhost/{liveness,netexec,grpc-health-checking,serve-hostname,test-webserver}
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from podlab.embedded.runtime.machine.process import Process

Answer = tuple[int, dict[str, str], bytes]
HEALTHY_FOR = 10.0
"""Seconds for which `agnhost liveness` says that it is well."""


async def agnhost(process: Process) -> int:
    """Serve what the subcommand serves until a signal ends it; without one it only waits, as `pause` does."""
    words = process.argv[1:] or ["pause"]
    process.handles = lambda signal: signal == "TERM"
    began = process.time
    for port, page in _ports(words).items():
        process.machine.listen(port, lambda _method, path, *_, page=page: page(process, path, began))
    await process.next_signal()
    return 0


Page = Callable[[Process, str, float], Answer]


def _ports(words: list[str]) -> dict[int, Page]:
    options = dict(word.lstrip("-").partition("=")[::2] for word in words[1:])
    port = options.get("http-port") or options.get("port") or ""
    tables: dict[str, dict[int, Page]] = {
        "liveness": {8080: _liveness},
        "netexec": {int(port) if port.isdecimal() else 8080: _netexec},
        "test-webserver": {80: _well},
        "serve-hostname": {int(port) if port.isdecimal() else 9376: _hostname},
        "grpc-health-checking": {5000: _grpc, 8080: _well},
    }
    return tables.get(words[0], {})


def _text(status: int, text: str) -> Answer:
    return status, {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(text))}, text.encode()


def _well(process: Process, path: str, began: float) -> Answer:
    return _text(200, "ok")


def _hostname(process: Process, path: str, began: float) -> Answer:
    return _text(200, process.machine.hostname)


def _grpc(process: Process, path: str, began: float) -> Answer:
    return 200, {"Content-Type": "application/grpc"}, b""


def _liveness(process: Process, path: str, began: float) -> Answer:
    passed = process.machine.clock.now() - began
    return _text(200, "ok") if passed <= HEALTHY_FOR else _text(500, f"error: {passed}")


def _netexec(process: Process, path: str, began: float) -> Answer:
    asked = urlsplit(path)
    if asked.path.lower() == "/hostname":
        return _hostname(process, path, began)
    if asked.path == "/echo":
        return _text(200, parse_qs(asked.query).get("msg", [""])[0])
    return _text(200, "ok")
