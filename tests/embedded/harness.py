"""The API server in-process: a core without a socket, and requests to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from podlab.embedded.apiserver.admission import chain
from podlab.embedded.apiserver.app import App
from podlab.embedded.apiserver.auth import Authenticator
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resources import RESOURCES
from podlab.embedded.clock import Randomness
from podlab.embedded.stepping import SteppingClock
from podlab.embedded.store import Store

Obj = dict[str, Any]

TOKEN = "admin-token"


class NoKey:
    """Signs nothing: for tests that need no ServiceAccount token."""

    def sign(self, data: bytes) -> bytes:
        return b"0" * 64

    def verify(self, data: bytes, signature: bytes) -> bool:
        return signature == b"0" * 64

    def jwk(self) -> dict[str, str]:
        return {"kid": "none", "alg": "none"}


@dataclass
class Answered:
    """What came back."""

    code: int
    headers: dict[str, str]
    body: bytes
    warnings: list[str] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Api:
    """A registry with its app, `await api.get(path)`."""

    state: Path | str = ":memory:"
    registry: Registry = field(init=False)
    app: App = field(init=False)

    def __post_init__(self) -> None:
        self.registry = Registry(
            Store(self.state), SteppingClock(), RESOURCES, Randomness(1), admit=chain.admit, check=chain.check
        )
        self.app = App(self.registry, Authenticator(self.registry, NoKey(), TOKEN))
        create = self.registry.create
        create(self.registry.resource("namespaces"), {"metadata": {"name": "default"}})
        create(self.registry.resource("serviceaccounts"), {"metadata": {"name": "default"}}, namespace="default")

    def scope(self, method: str, path: str, headers: Obj) -> Obj:
        """The admin's request, as ASGI has it."""
        path, _, query = path.partition("?")
        sent = {"authorization": f"Bearer {TOKEN}", **headers}
        raw = [(key.encode(), value.encode()) for key, value in sent.items() if value]
        return {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": raw}

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """One request; `content_type="…"` and the like become headers."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        messages = [{"type": "http.request", "body": data}]
        sent: list[Obj] = []

        async def receive() -> Obj:
            if messages:
                return messages.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Any) -> None:
            sent.append(message)

        given = {key.replace("_", "-"): value for key, value in headers.items()}
        await asyncio.wait_for(self.app(self.scope(method, path, given), receive, send), 10)
        head = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
        warnings = [value.decode() for key, value in sent[0]["headers"] if key == b"warning"]
        return Answered(sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:]), warnings)

    @asynccontextmanager
    async def watch(self, path: str, **headers: str) -> AsyncIterator[asyncio.Queue[Obj]]:
        """An open watch: its events, as they come."""
        events: asyncio.Queue[Obj] = asyncio.Queue()
        gone = asyncio.Event()

        async def receive() -> Obj:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            for line in message.get("body", b"").splitlines():
                events.put_nowait(json.loads(line))

        given = {key.replace("_", "-"): value for key, value in headers.items()}
        task = asyncio.ensure_future(self.app(self.scope("GET", path, given), receive, send))
        await asyncio.sleep(0)
        try:
            yield events
        finally:
            gone.set()
            await asyncio.wait_for(task, 10)


def pod(name: str, **more: Any) -> Obj:
    """A small Pod."""
    meta = {"name": name, **more.pop("metadata", {})}
    return {"metadata": meta, "spec": {"containers": [{"name": "c", "image": "nginx"}], **more}}
