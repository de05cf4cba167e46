"""The API server as containers reach it: HTTP over the simulated network, to the same application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from podlab.embedded.runtime.network.messages import Handler, Request, Response

Application = Callable[..., Awaitable[None]]
SECURE_PORT = 6443
"""Where the API server listens on its node."""
NOT_SECURE = b"Client sent an HTTP request to an HTTPS server.\n"
"""Upstream: Go's net/http/server.go (ErrNotSupported of a plain request on a TLS listener)"""
PATIENCE = 5.0
"""Real seconds after which a watch is answered with what has come until then."""


def handler(application: Application) -> Handler:
    """Answers requests with an ASGI application."""

    async def handle(request: Request) -> Response:
        if not request.secure:
            return Response(400, {"Connection": "close"}, NOT_SECURE, fields=(("Connection", "close"),))
        path, _, query = request.path.partition("?")
        headers = [(key.lower().encode(), value.encode()) for key, value in request.headers.items()]
        scope = {"type": "http", "method": request.method, "path": path, "raw_path": path.encode(), "headers": headers}
        scope |= {"query_string": query.encode(), "http_version": "1.1", "scheme": "https"}
        return await _answer(application, scope, request.body)

    return handle


async def _answer(application: Application, scope: MutableMapping[str, Any], body: bytes) -> Response:
    first: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if first:
            return first.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    task = asyncio.ensure_future(application(scope, receive, send))
    await asyncio.wait((task,), timeout=PATIENCE)
    gone.set()
    if not task.done():
        task.cancel()
    nothing: dict[str, Any] = {"status": 500, "headers": []}
    start = next((one for one in sent if one["type"] == "http.response.start"), nothing)
    headers = {key.decode().title(): value.decode() for key, value in start["headers"]}
    data = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    return Response(start["status"], headers, data)
