"""The API server as an ASGI application: authentication, authorization, routing, and errors as Status objects.

Upstream: staging/src/k8s.io/apiserver/pkg/server/config.go (the chain of filters)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from email.utils import formatdate
from typing import Any

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.answering import negotiation
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.auth import Authenticator
from podlab.embedded.apiserver.authorization import rbac
from podlab.embedded.apiserver.authorization.attributes import Attributes, of_request
from podlab.embedded.apiserver.node import Machines, Node
from podlab.embedded.apiserver.paths import connect, health, routes
from podlab.embedded.apiserver.paths.streams import WatchStream
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.request import Request, parse, parse_query
from podlab.embedded.apiserver.resource import User
from podlab.embedded.apiserver.status import KubeletError, StatusError
from podlab.embedded.apiserver.verbs import BODY_LIMIT, Call
from podlab.embedded.store import Unwritable

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger("podlab.embedded")


class ClientGone(Exception):
    """The client hung up before its request was complete."""


class App:
    """All that answers requests. `node` is the kubelet's side of log, exec, attach, proxy and portforward.

    Args:
        documents: answers `/openapi/…`.
        machines: what `/podlab/nodes` turns off and on.
    """

    def __init__(
        self,
        registry: Registry,
        authenticator: Authenticator,
        node: Node | None = None,
        documents: routes.Documents | None = None,
        machines: Machines | None = None,
    ) -> None:
        self.registry, self.authenticator, self.node = registry, authenticator, node
        self.served = routes.Served(registry, authenticator, documents, machines)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it; a stepping clock stands still meanwhile, but for watches and streams."""
        if scope["type"] == "lifespan":
            return
        with self.registry.clock.at_work() if not _long(scope) else contextlib.nullcontext():
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope["headers"])
        warnings: list[str] = []
        try:
            request = self._admitted(scope, headers)
            if scope["type"] == "websocket":
                await self._converse(self._call(request, warnings), scope, receive, send)
                return
            if request.method not in ("GET", "HEAD"):
                request.body = await _body(receive, headers)
            await self._respond(request, warnings, receive, send)
        except KubeletError as error:
            await self._send(scope, send, Answer(error.code, error.message.encode(), health.TEXT), warnings, headers)
        except StatusError as error:
            pretty = negotiation.wants_pretty(parse_query(_text(scope["query_string"])), headers.get("user-agent", ""))
            asked = negotiation.negotiate_error(headers.get("accept", ""))
            form = asked or negotiation.Form()
            body = negotiation.encode(error.status(), form, pretty=pretty or asked is None)
            told = Answer(error.code, body, form.media_type, error.headers)
            await self._send(scope, send, told, warnings, headers)
        except routes.NoSuchPath:
            await self._send(scope, send, health.not_found(), warnings, headers)
        except ClientGone:
            return
        except RecursionError:
            refused = status.bad_request("the request is nested too deeply")
            await self._send(
                scope, send, Answer(400, negotiation.encode(refused.status(), negotiation.Form())), warnings, headers
            )
        except Exception:
            log.exception("%s %s", scope.get("method", "WS"), scope["path"])
            body = negotiation.encode(status.internal("the embedded API server failed").status(), negotiation.Form())
            await self._send(scope, send, Answer(500, body), warnings, headers)

    async def _converse(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a WebSocket; once it is accepted, failures can only close it."""
        accepted = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal accepted
            accepted = accepted or message["type"] == "websocket.accept"
            await send(message)

        try:
            await connect.websocket(call, self.node, scope, receive, sending)
        except OSError:
            return  # the client hung up in the middle
        except Exception:
            if not accepted:
                raise
            log.exception("WS %s", scope["path"])
            await send({"type": "websocket.close", "code": 1011})

    def _admitted(self, scope: Scope, headers: dict[str, str]) -> Request:
        """The request, once its sender is known and may make it. Raises StatusError 401, 403."""
        query = parse_query(_text(scope["query_string"]))
        method = scope.get("method", "GET")
        info = parse(method, scope["path"], query)

        def asked(user: User) -> Attributes:
            return of_request(user, info, query, upgrade=scope["type"] == "websocket")

        user = self.authenticator.user(headers, asked, scope.get("state", {}).get("certificate"))
        rbac.authorize(self.registry, asked(user))
        return Request(method, info, query, headers, user=user)

    async def _respond(self, request: Request, warnings: list[str], receive: Receive, send: Send) -> None:
        info, before = request.info, self.registry.store.revision
        if not info.resource:
            if self.served.documents and info.path.startswith("/openapi/"):
                await self.served.documents.described(request)
            await self._send({}, send, routes.of_path(request, self.served), warnings, request.headers)
            return
        call = self._call(request, warnings)
        if info.subresource in connect.STREAMED:
            await connect.http(call, self.node, receive, send, self._sender(send, warnings, request.headers))
            return
        if info.verb == "watch" and not info.subresource:
            await self._watch(call, receive, send)
            return
        answer = routes.of_object(call, self.served)
        if request.method == "GET":
            await self._kept()
        else:
            await self._written(before)
            await self.registry.clock.settle()
        await self._send({}, send, answer, warnings, request.headers)

    async def _kept(self) -> None:
        """Wait until what was read is on disk: a server that is killed must not take back what it has told."""
        with contextlib.suppress(Unwritable):  # what is on disk can still be read
            await self.registry.store.flushed()

    async def _written(self, before: int) -> None:
        """Wait until a write is on disk. Raises StatusError 500, and the write is undone."""
        try:
            await self.registry.store.flushed(since=before)
        except Unwritable as error:
            raise status.internal(f"{error}; nothing was changed: {MAKE_ROOM}") from None

    def _call(self, request: Request, warnings: list[str]) -> Call:
        """Find the resource of a path. Raises StatusError 404, NoSuchPath."""
        resource = routes.resource_of(self.registry, request.info)
        if resource.deprecated:
            warnings.append(resource.deprecated)
        return Call(self.registry, resource, request, warnings)

    async def _watch(self, call: Call, receive: Receive, send: Send) -> None:
        if call.request.method != "GET" or "watch" not in call.resource.verbs:
            listed = call.request.method == "GET" and "list" in call.resource.verbs
            raise status.no_watch(call.resource.qualified) if listed else status.method_not_allowed()
        await self._kept()
        clock, onlooker = self.registry.clock, "panel" in call.request.headers.get("user-agent", "")
        stream = WatchStream(call, onlooker=onlooker)
        gone = asyncio.ensure_future(_gone(receive, stream.close))
        waiter = None if onlooker else clock.waiter(call.request.headers.get("podlab-waiter", ""))
        try:
            with contextlib.nullcontext() if onlooker else clock.hold(waiter):
                await send({"type": "http.response.start", "status": 200, "headers": self._head(stream.media_type)})
                await send({"type": "http.response.body", "body": b"", "more_body": True})
                with contextlib.suppress(StatusError):  # what has not the shape that was asked for ends the stream
                    async for chunk in stream.chunks():
                        if waiter:
                            waiter.sent += len(chunk)
                        await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
        finally:
            stream.close()
            gone.cancel()

    def _sender(self, send: Send, warnings: list[str], headers: Any) -> Callable[[Answer], Awaitable[None]]:
        async def answer(made: Answer) -> None:
            await self._send({}, send, made, warnings, headers)

        return answer

    def _head(self, media_type: str, more: Iterable[tuple[str, str]] = ()) -> list[tuple[bytes, bytes]]:
        now = self.registry.clock.now()
        head = {"audit-id": self.registry.randomness.audit_id(), "cache-control": "no-cache, private"}
        head |= {"content-type": media_type, "date": formatdate(now, usegmt=True)}
        head |= {"x-kubernetes-pf-flowschema-uid": FLOW_SCHEMA, "x-kubernetes-pf-prioritylevel-uid": PRIORITY_LEVEL}
        head |= {"podlab-clock": "stepping"} if self.registry.clock.stepping else {}
        pairs = [(key, value) for key, value in head.items() if value]
        names = {name.lower() for name, _ in more if name.lower() != "warning"}
        pairs = [pair for pair in pairs if pair[0] not in names] + [(name.lower(), value) for name, value in more]
        return [(name.encode("latin-1"), value.encode("utf-8")) for name, value in pairs]

    async def _send(self, scope: Scope, send: Send, answer: Answer, warnings: list[str], headers: Any) -> None:
        more = [("Warning", _warning(text)) for text in dict.fromkeys(warnings)] + list(answer.headers.items())
        body = answer.body
        done = "Content-Encoding" in answer.headers
        packed = None if done else negotiation.compressed(body, headers.get("accept-encoding", ""))
        if packed is not None:
            more += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
            body = packed
        more.append(("Content-Length", str(len(body))))
        head = self._head(answer.media_type, more)
        kind = "websocket.http.response" if scope.get("type") == "websocket" else "http.response"
        await send({"type": f"{kind}.start", "status": answer.code, "headers": head})
        await send({"type": f"{kind}.body", "body": body})


MAKE_ROOM = "make room on that disk (df -h shows how full it is), then try again"

FLOW_SCHEMA = "e9c8ca5a-2ea0-4e0f-8a2f-0a3f7e0f4f11"
PRIORITY_LEVEL = "5b7c1c3c-7a5e-4d0e-9a59-6f2f0c7f5d02"


def _long(scope: Scope) -> bool:
    """Whether a request may stay open: time must not stand still for it."""
    query = _text(scope["query_string"])
    path = scope["path"]
    tail = path.rsplit("/", 1)[-1]
    return scope["type"] == "websocket" or "watch=" in query or "/watch/" in path or tail in connect.STREAMED


def _warning(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{quoted}"'


def _text(data: bytes) -> str:
    return data.decode("latin-1")


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are joined, groups to impersonate by lines."""
    headers: dict[str, str] = {}
    for key, value in raw:
        name = key.decode("latin-1").lower()
        text = value.decode("latin-1")
        glue = "\n" if name.startswith("impersonate-") else ","
        headers[name] = headers[name] + glue + text if name in headers else text
    return headers


async def _body(receive: Receive, headers: dict[str, str]) -> bytes:
    """Read the body. Raises StatusError 413, ClientGone."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT:
            raise status.too_large(f"limit is {BODY_LIMIT}")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _gone(receive: Receive, close: Callable[[], None]) -> None:
    """Close a stream when its client hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass
    close()
