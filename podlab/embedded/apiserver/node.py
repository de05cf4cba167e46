"""What the API server asks of a node: the port that a kubelet answers on.

Upstream: pkg/registry/core/pod/rest, pkg/kubelet/server/server.go
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from podlab.embedded.apiserver.resource import Obj


class Session(Protocol):
    """A command that runs in a container, or the first process of one that is attached to."""

    command: list[str]
    exit_code: int | None
    error: str

    def __aiter__(self) -> AsyncIterator[tuple[int, bytes]]:
        """Output as it comes: channel 1 or 2, and bytes."""

    async def close(self) -> None:
        """The client has gone."""


class Writer(Protocol):
    """The sending end of a connection."""

    def write(self, data: bytes) -> None:
        """Send."""

    async def drain(self) -> None:
        """Wait until there is room."""

    def write_eof(self) -> None:
        """Send no more."""

    def close(self) -> None:
        """Hang up."""


class Machines(Protocol):
    """The machines below the nodes, which go off and come back."""

    def states(self) -> Obj:
        """`on` or `off`, by name."""

    def turn_off(self, name: str) -> None:
        """Pull the plug. Raises StatusError 404."""

    def turn_on(self, name: str) -> None:
        """Start it, or its kubelet again. Raises StatusError 404."""


class Node(Protocol):
    """A kubelet, as the API server reaches it. All methods raise StatusError."""

    def log(
        self,
        pod: Obj,
        *,
        container: str = "",
        follow: bool = False,
        previous: bool = False,
        tail_lines: int | None = None,
        since_seconds: int | None = None,
        timestamps: bool = False,
        limit_bytes: int | None = None,
    ) -> AsyncIterator[bytes]:
        """A container's log, in pieces."""

    async def exec(
        self,
        pod: Obj,
        *,
        container: str = "",
        command: list[str],
        stdin: AsyncIterator[bytes] | None = None,
        tty: bool = False,
    ) -> Session:
        """Run a command in a container."""

    async def attach(
        self, pod: Obj, *, container: str = "", stdin: AsyncIterator[bytes] | None = None, tty: bool = False
    ) -> Session:
        """Follow what the first process of a container writes."""

    async def http(
        self,
        pod: Obj,
        port: int,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        *,
        secure: bool = False,
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask a container's port, `secure` with TLS."""

    async def connect(self, pod: Obj, port: int) -> tuple[asyncio.StreamReader, Writer]:
        """A connection to a container's port."""
