"""What servers of one process have in common: they handle a few signals, wait for one, and end."""

from __future__ import annotations

from datetime import UTC, datetime

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Request, Response


async def until(process: Process, *signals: str) -> str:
    """Wait for one of these signals; its name."""
    process.handles = lambda name: name in signals
    return await process.next_signal()


def moment(process: Process) -> datetime:
    """A process's own time."""
    return datetime.fromtimestamp(process.time, UTC)


def text(status: int, body: str, media_type: str = "text/plain; charset=utf-8") -> Response:
    """A page."""
    data = body.encode(errors="surrogateescape")
    return Response(status, {"Content-Type": media_type, "Content-Length": str(len(data))}, data)


def common_log(process: Process, request: Request, response: Response) -> str:
    """A line of the common log format."""
    stamp = moment(process).strftime("%d/%b/%Y:%H:%M:%S +0000")
    size = len(response.body) or "-"
    return f'{request.client} - - [{stamp}] "{request.method} {request.path} HTTP/1.1" {response.status} {size}\n'
