"""Subresources that reach into a container: log, exec, attach, proxy and portforward, over HTTP and WebSocket.

Upstream: pkg/registry/core/pod/rest, staging/src/k8s.io/apimachinery/pkg/util/{remotecommand,httpstream/wsstream}
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from podlab.apimachinery import times
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.node import Node, Session
from podlab.embedded.apiserver.paths import nodeproxy, serviceproxy
from podlab.embedded.apiserver.paths.portforward import PROTOCOL as TUNNEL
from podlab.embedded.apiserver.paths.portforward import forward_channels, forward_tunnel
from podlab.embedded.apiserver.request import Request
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.verbs import Call

STREAMED = frozenset(("log", "exec", "attach", "proxy", "portforward"))
INTERACTIVE = frozenset(("exec", "attach", "portforward"))
PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255

Message = MutableMapping[str, Any]
BROKEN = b"stream error: stream ID 1; INTERNAL_ERROR; received from peer\n"
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def http(
    call: Call, node: Node | None, receive: Receive, send: Send, answer: Callable[[Answer], Awaitable[None]]
) -> None:
    """Answer a plain HTTP request for one of these. Raises StatusError."""
    name = call.request.info.subresource
    if name not in call.resource.subresources or (node is None and call.resource.plural != "nodes"):
        raise status.no_such_resource()
    if name == "proxy" and call.request.method in ("GET", "HEAD") and call.request.info.path.endswith("/proxy"):
        _, name, _ = serviceproxy.split(call.name, call.resource.singular)
        call.registry.get(call.resource, name, call.namespace)
        await answer(Answer(301, media_type="", headers={"Location": f"{call.request.info.path}/{_asked(call)}"}))
    elif node is None or call.resource.plural == "nodes":
        await answer(await nodeproxy.answer(call, node))
    elif name == "proxy":
        await answer(await _proxy(call, node))
    elif name == "log":
        if call.request.method != "GET":
            raise status.method_not_allowed()
        options = log_options(call.request)
        pod = call.registry.get(call.resource, call.name, call.namespace)
        if pod["spec"].get("nodeName"):
            await _log(call, node.log(pod, **options), receive, send)
        else:
            _check_container(pod, options["container"])
            await answer(Answer(204, b"", "text/plain"))
    else:
        if call.request.method not in ("GET", "POST"):
            raise status.method_not_allowed()
        pod = call.registry.get(call.resource, call.name, call.namespace)
        if name != "portforward":
            _check_container(pod, call.request.first("container"))
        if call.request.method == "POST" and name != "portforward":
            await (await _session(call, node, pod, None)).close()
        raise status.bad_request("Upgrade request required")


def log_options(request: Request) -> Obj:
    """The query of a log request. Raises StatusError 400, 422. Upstream: validation.ValidatePodLogOptions"""
    numbers = {name: request.number(name) for name in ("tailLines", "sinceSeconds", "limitBytes")}
    causes = []
    both = numbers["sinceSeconds"] is not None and bool(request.first("sinceTime"))
    least = {"tailLines": 0, "sinceSeconds": 1, "limitBytes": 1}
    for name, value in numbers.items():
        if value is not None and value < least[name] and not (both and name == "sinceSeconds"):
            text = "must be greater than or equal to 0" if least[name] == 0 else "must be greater than 0"
            causes.append(Cause(name, "FieldValueInvalid", f"Invalid value: {value}: {text}"))
    since, given = numbers["sinceSeconds"], request.first("sinceTime")
    if both:
        text = "at most one of `sinceTime` or `sinceSeconds` may be specified"
        causes.append(Cause("[]", "FieldValueForbidden", f"Forbidden: {text}"))
    if request.first("stream"):  # its feature gate is off unless somebody sets it
        causes.append(Cause("stream", "FieldValueForbidden", "Forbidden: may not be specified"))
    if causes:
        raise status.invalid("PodLogOptions", request.info.name, causes)
    return {
        "container": request.first("container"),
        "follow": request.flag("follow"),
        "previous": request.flag("previous"),
        "timestamps": request.flag("timestamps"),
        "tail_lines": numbers["tailLines"],
        "since_seconds": since,
        "since_time": _moment(given),
        "limit_bytes": numbers["limitBytes"],
    }


def _moment(text: str) -> float | None:
    """The time that `sinceTime` tells. Raises StatusError 400."""
    try:
        return times.seconds(text) if text else None
    except ValueError as error:
        raise status.bad_request(str(error)) from None


def _check_container(pod: Obj, name: str) -> None:
    """Raise StatusError 400 if a Pod has no such container."""
    spec = pod["spec"]
    known = (c["name"] for key in ("initContainers", "containers", "ephemeralContainers") for c in spec.get(key) or ())
    if name and name not in known:
        raise status.bad_request(f"container {name} is not valid for pod {pod['metadata']['name']}")


async def _log(call: Call, lines: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
    first = await anext(lines, None)
    waiter = call.registry.clock.waiter(call.request.headers.get("podlab-waiter", ""))
    head = [(b"content-type", b"text/plain"), (b"cache-control", b"no-cache, private")]
    head += [(b"podlab-clock", b"stepping")] if call.registry.clock.stepping else []
    await send({"type": "http.response.start", "status": 200, "headers": head})
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        with call.registry.clock.hold(waiter):
            chunk = first
            while chunk is not None:
                if waiter:
                    waiter.sent += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                coming = asyncio.ensure_future(anext(lines, None))
                await asyncio.wait((coming, gone), return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    return
                chunk = coming.result()
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _proxy(call: Call, node: Node) -> Answer:
    """Pass a request to a container's port. Upstream: pkg/registry/core/pod/strategy.go ResourceLocation"""
    scheme, name, port = serviceproxy.split(call.name, call.resource.singular)
    obj = call.registry.get(call.resource, name, call.namespace)
    if call.resource.plural == "services":
        pod, number = serviceproxy.location(call.registry, obj, port, call.name)
        return await _passed(call, node, pod, str(number), scheme)
    first = (str(p["containerPort"]) for c in obj["spec"]["containers"] for p in c.get("ports", ()))
    return await _passed(call, node, obj, port or next(first, "443" if scheme == "https" else "80"), scheme)


async def _passed(call: Call, node: Node, pod: Obj, port: str, scheme: str) -> Answer:
    """What a port answers; a port's name is none here, and breaks the stream. Raises StatusError 400, 503."""
    if not pod.get("status", {}).get("podIP"):
        raise status.bad_request("address not allowed")
    if not port.isdecimal():
        return Answer(500, BROKEN, "text/plain; charset=utf-8")
    if int(port) > 65535:
        text = f"error trying to reach service: dial tcp: address {port}: invalid port"
        raise status.StatusError(503, "ServiceUnavailable", text)
    request, path = call.request, "/" + call.request.info.rest + _asked(call)
    sent, secure = dict(request.headers), scheme == "https"
    code, headers, body = await node.http(pod, int(port), request.method, path, sent, request.body, secure=secure)
    kept = {key: value for key, value in headers.items() if key.lower() not in ("content-length", "content-type")}
    media_type = next((value for key, value in headers.items() if key.lower() == "content-type"), "text/plain")
    return Answer(code, body, media_type, kept)


def _asked(call: Call) -> str:
    query = "&".join(f"{key}={value}" for key, values in call.request.query.items() for value in values)
    return f"?{query}" if query else ""


async def websocket(call: Call, node: Node | None, scope: Message, receive: Receive, send: Send) -> None:
    """Serve a WebSocket. Raises StatusError before it is accepted."""
    name = call.request.info.subresource
    if name not in INTERACTIVE or name not in call.resource.subresources or node is None:
        raise status.bad_request("WebSockets are served for exec, attach and portforward only")
    await receive()
    pod = call.registry.get(call.resource, call.name, call.namespace)
    offered = list(scope.get("subprotocols") or ())
    chosen = next((protocol for protocol in PROTOCOLS if protocol in offered), None)
    if name == "portforward":
        forward = forward_tunnel if TUNNEL in offered else forward_channels
        await forward(call, node, pod, TUNNEL if TUNNEL in offered else chosen, receive, send)
        return
    stdin: asyncio.Queue[bytes | None] = asyncio.Queue()
    session = await _session(call, node, pod, stdin)
    await send({"type": "websocket.accept", "subprotocol": chosen})
    pump = asyncio.ensure_future(_pump(receive, stdin, session))
    try:
        with call.registry.clock.hold():
            await _speak(session, send)
    finally:
        pump.cancel()
        await session.close()


async def _session(call: Call, node: Node, pod: Obj, stdin: asyncio.Queue[bytes | None] | None) -> Session:
    request = call.request
    container, tty = request.first("container"), request.flag("tty")
    typed = _drain(stdin) if stdin is not None and request.flag("stdin") else None
    if request.info.subresource == "attach":
        return await node.attach(pod, container=container, stdin=typed, tty=tty)
    command = request.query.get("command", [])
    if not any(command):
        causes = [Cause("command", "FieldValueRequired", "Required value")]
        raise status.invalid("PodExecOptions", call.name, causes)
    return await node.exec(pod, container=container, command=command, stdin=typed, tty=tty)


async def _drain(stdin: asyncio.Queue[bytes | None]) -> AsyncIterator[bytes]:
    while (data := await stdin.get()) is not None:
        yield data


async def _pump(receive: Receive, stdin: asyncio.Queue[bytes | None], session: Session) -> None:
    """Carry what the client says to the session until it hangs up."""
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            stdin.put_nowait(None)
            await session.close()
            return
        data = message.get("bytes") or (message.get("text") or "").encode()
        if not data:
            continue
        channel, payload = data[0], data[1:]
        if channel == STDIN and payload:
            stdin.put_nowait(payload)
        elif channel == CLOSE and payload[:1] == bytes([STDIN]):
            stdin.put_nowait(None)


async def _speak(session: Session, send: Send) -> None:
    async for channel, data in session:
        await send({"type": "websocket.send", "bytes": bytes([channel]) + data})
    outcome = _outcome(session)
    await send(
        {"type": "websocket.send", "bytes": bytes([ERROR]) + json.dumps(outcome, separators=(",", ":")).encode()}
    )
    await send({"type": "websocket.close", "code": 1000})


def _outcome(session: Session) -> Obj:
    """The Status that ends a session. Upstream: cri-streaming/pkg/streaming/remotecommand/exec.go"""
    if session.error:
        return {"metadata": {}, "status": "Failure", "message": session.error, "reason": "InternalError", "code": 500}
    if not session.exit_code:
        return {"metadata": {}, "status": "Success"}
    code = session.exit_code
    words = f"error executing command [{' '.join(session.command)}], exit code {code}"
    message = f"command terminated with non-zero exit code: {words}"
    causes = [{"reason": "ExitCode", "message": str(code)}]
    failure: Obj = {"metadata": {}, "status": "Failure", "message": message, "reason": "NonZeroExitCode"}
    return {**failure, "details": {"causes": causes}}
