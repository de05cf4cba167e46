"""urllib3's connections to an address that answers in this process: so the official client and `requests` reach it.

urllib3 names the class of a pool's connections on the pool's class, and its own support for browsers sets it there
when all of urllib3 is imported; this comes after.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import io
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from http.client import responses
from types import ModuleType
from typing import Any

from podlab.kubeconfig.transport import Answer, Pairs, Transport, mounted

PLACE = "urllib3"


def plug() -> None:
    """Have urllib3 ask what is mounted, now or as soon as somebody imports it."""
    if PLACE in sys.modules:
        _plug(sys.modules[PLACE])
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the module as everybody else does, and plugs it in when it is loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != PLACE:
            return None
        sys.meta_path.remove(self)
        found = importlib.util.find_spec(fullname)
        if found and found.loader:
            self._loader, found.loader = found.loader, self
        return found

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _plug(module)


def _plug(module: ModuleType) -> None:
    for scheme, pool in (("http", module.HTTPConnectionPool), ("https", module.HTTPSConnectionPool)):
        if not hasattr(pool.ConnectionCls, "in_this_process"):
            pool.ConnectionCls = _made(scheme, pool.ConnectionCls)


def _made(scheme: str, usual: type[Any]) -> type[Any]:
    """The usual class of connections, but for addresses that are mounted."""

    class Connection(usual):  # type: ignore[misc]
        """A connection of urllib3."""

        _asked: Any = None

        @property
        def in_this_process(self) -> Transport | None:
            """What answers here for the address."""
            return mounted(f"{scheme}://{self.host}:{self.port}")

        @property
        def is_verified(self) -> bool:
            return self.in_this_process is not None or bool(self.__dict__.get("is_verified"))

        @is_verified.setter
        def is_verified(self, verified: bool) -> None:
            self.__dict__["is_verified"] = verified

        def connect(self) -> None:
            if not self.in_this_process:
                super().connect()

        def request(
            self, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None, **more: Any
        ) -> None:
            there = self.in_this_process
            if not there:
                super().request(method, url, body, headers, **more)
                return
            self._asked = _asked(there, self.timeout, method, url, list((headers or {}).items()), _bytes(body))

        def getresponse(self) -> Any:
            asked, self._asked = self._asked, None
            return asked or super().getresponse()

    return Connection


def _asked(there: Transport, timeout: Any, method: str, url: str, headers: Pairs, body: bytes | None) -> Any:
    seconds = timeout if isinstance(timeout, int | float) and timeout > 0 else None
    return _response(there.request(method, url, headers, body, seconds, ("", "")), method, url)


def _bytes(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return body.read() if hasattr(body, "read") else b"".join(body)


def _response(answer: Answer, method: str, url: str) -> Any:
    from urllib3 import HTTPHeaderDict, HTTPResponse

    class Response(HTTPResponse):
        """Gives what has come as it comes, as one that is sent in chunks does."""

        def stream(self, *_: object, **__: object) -> Generator[bytes]:
            yield from answer.chunks()

    return Response(
        body=_Body(answer),
        headers=HTTPHeaderDict(answer.headers),
        status=answer.status,
        reason=responses.get(answer.status),
        preload_content=False,
        request_method=method,
        request_url=url,
    )


class _Body(io.RawIOBase):
    """The body as a file."""

    def __init__(self, answer: Answer) -> None:
        self._answer, self._chunks, self._left = answer, iter(_some(answer.chunks())), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._left = self._left or next(self._chunks, b"")
        taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        if not self.closed:
            self._answer.close()
        super().close()


def _some(chunks: Iterable[bytes]) -> Iterator[bytes]:
    return (chunk for chunk in chunks if chunk)
