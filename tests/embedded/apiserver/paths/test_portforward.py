"""A forwarded port whose client hangs up in the middle: nobody is told of it, and nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from podlab.embedded.apiserver.paths import portforward
from podlab.embedded.apiserver.request import Request, RequestInfo

CALL: Any = SimpleNamespace(request=Request("GET", RequestInfo("get", "/"), {"ports": ["80"]}, {}))
POD = {"metadata": {"uid": "1", "name": "web"}}


class Node:
    """Its ports say something after a while, and are never heard."""

    async def connect(self, pod: Any, port: int) -> tuple[asyncio.StreamReader, Any]:
        reader = asyncio.StreamReader()
        asyncio.get_running_loop().call_soon(reader.feed_data, b"HTTP/1.1 200 OK\r\n")

        class Writer:
            write = write_eof = close = staticmethod(lambda *_: None)

        return reader, Writer()


async def _unheard(forward: Callable[[Any, Any], Any]) -> list[str]:
    """What the loop complains of where a client takes two messages and is gone at the third."""
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
    told: list[Any] = []
    gone = asyncio.Event()

    async def send(message: Any) -> None:
        if gone.is_set():
            raise ConnectionResetError
        told.append(message)

    async def receive() -> Any:
        gone.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return {"type": "websocket.disconnect", "code": 1006}

    await forward(receive, send)
    for _ in range(5):
        await asyncio.sleep(0)
    gc.collect()
    return complaints


async def test_a_client_of_channels_that_hangs_up_leaves_no_complaint() -> None:
    node: Any = Node()
    assert await _unheard(lambda r, s: portforward.forward_channels(CALL, node, POD, None, r, s)) == []


async def test_a_client_of_a_tunnel_that_hangs_up_leaves_no_complaint() -> None:
    async def pump(receive: Any, send: Any) -> None:
        node: Any = Node()
        tunnel = portforward._Tunnel(node, POD, send)
        tunnel.streams[1] = stream = portforward._Stream("data", 80)
        await tunnel._dial(1, stream)
        await receive()
        tunnel.close()

    assert await _unheard(pump) == []


async def test_what_goes_wrong_otherwise_is_told() -> None:

    class Broken(Node):
        async def connect(self, pod: Any, port: int) -> tuple[asyncio.StreamReader, Any]:
            reader, writer = await super().connect(pod, port)
            reader.set_exception(ValueError())
            return reader, writer

    async def waiting() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        pass

    node: Any = Broken()
    with pytest.raises(ValueError):
        await portforward.forward_channels(CALL, node, POD, None, waiting, send)
