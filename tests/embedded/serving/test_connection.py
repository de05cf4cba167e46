"""Connections that a client leaves open, over real sockets."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import struct
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from podlab.embedded.serving.connection import Connections

SOON = 0.05


class Impatient(Connections):
    """With limits that a test can wait for."""

    REQUEST_WITHIN = SOON
    READ_WITHIN = SOON


async def _short(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


Scenario = Callable[[socket.socket, uvicorn.Server], Awaitable[None]]


def serve(app: Any, scenario: Scenario) -> None:
    """Run a scenario with a client's socket that is connected to a server of that app."""

    async def main() -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, http=Impatient, lifespan="off", log_config=None, log_level="critical")
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0)
        client = socket.create_connection(listening.getsockname())
        client.setblocking(False)
        try:
            await asyncio.wait_for(scenario(client, server), 20)
        finally:
            client.close()
            server.should_exit = True
            await serving

    asyncio.run(main())


async def _ends(client: socket.socket) -> None:
    """Come back when the server has closed."""
    try:
        while await asyncio.get_running_loop().sock_recv(client, 65536):
            pass
    except ConnectionResetError:
        pass


def test_a_request_that_never_ends_is_cut_off() -> None:
    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        await asyncio.get_running_loop().sock_sendall(client, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        await _ends(client)

    serve(_short, scenario)


def test_what_has_been_open_for_long_counts_when_it_ends() -> None:
    seen = []

    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        await asyncio.get_running_loop().sock_sendall(client, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.get_running_loop().sock_recv(client, 65536)
        open_ = Connections.turnover
        client.close()
        while server.server_state.connections:
            await asyncio.sleep(0)
        seen.append(Connections.turnover - open_)

    serve(_short, scenario)
    assert seen == [1]


@pytest.mark.slow
def test_of_a_connection_that_was_reset_nothing_is_left() -> None:
    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        await asyncio.get_running_loop().sock_sendall(client, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.get_running_loop().sock_recv(client, 65536)
        left = weakref.ref(next(iter(server.server_state.connections)))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        while server.server_state.connections:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
        assert left() is None

    serve(_short, scenario)


def test_a_silent_connection_is_cut_off() -> None:
    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        await _ends(client)

    serve(_short, scenario)


def test_a_body_that_never_ends_is_cut_off() -> None:
    async def read(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"
        await asyncio.get_running_loop().sock_sendall(client, request)
        await _ends(client)

    serve(read, scenario)


def test_an_answered_connection_stays() -> None:
    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        loop = asyncio.get_running_loop()
        request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        await loop.sock_sendall(client, request)
        assert b"ok" in await loop.sock_recv(client, 65536)
        passed = loop.create_future()
        loop.call_later(3 * SOON, passed.set_result, None)
        await passed
        await loop.sock_sendall(client, request)
        assert b"ok" in await loop.sock_recv(client, 65536)

    serve(_short, scenario)


def test_a_watcher_that_does_not_read_is_cut_off() -> None:
    ended: list[asyncio.Future[None]] = []

    async def endless(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        gone = asyncio.ensure_future(receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not gone.done():
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            await asyncio.sleep(0)
        ended[0].set_result(None)

    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        ended.append(asyncio.get_running_loop().create_future())
        await asyncio.get_running_loop().sock_sendall(client, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await ended[0]
        assert not server.server_state.connections

    serve(endless, scenario)


def test_a_method_that_nobody_knows_is_refused_with_a_status() -> None:
    said = []

    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(client, b"BREW /api/v1/nodes HTTP/1.1\r\nHost: x\r\n\r\n")
        while part := await loop.sock_recv(client, 65536):
            said.append(part)

    serve(_short, scenario)
    head, _, body = b"".join(said).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 405 ")
    assert json.loads(body)["reason"] == "MethodNotAllowed"


FORWARD = b"POST /api/v1/namespaces/default/pods/x/portforward HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
TO_SPDY = b"Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n"


def test_a_request_for_spdy_becomes_a_tunnel() -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        assert scope["subprotocols"] == ["SPDY/3.1+portforward.k8s.io"]
        assert (scope["method"], scope["path"].rpartition("/")[2]) == ("POST", "portforward")
        await receive()
        await send({"type": "websocket.accept"})
        said = await receive()
        await send({"type": "websocket.send", "bytes": said["bytes"]})
        await send({"type": "websocket.close"})

    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(client, FORWARD + TO_SPDY)
        head = await loop.sock_recv(client, 65536)
        assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
        assert b"\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n" in head
        await loop.sock_sendall(client, b"frames")
        assert await loop.sock_recv(client, 65536) == b"frames"
        await _ends(client)

    serve(echo, scenario)


def test_a_tunnel_that_is_refused_says_why() -> None:
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"3")]
        await send({"type": "websocket.http.response.start", "status": 404, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"gon"})

    async def scenario(client: socket.socket, server: uvicorn.Server) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(client, FORWARD + TO_SPDY)
        said = b""
        while piece := await loop.sock_recv(client, 65536):
            said += piece
        assert said.startswith(b"HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n")
        assert said.endswith(b"\r\n\r\ngon")

    serve(refuse, scenario)
