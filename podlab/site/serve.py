"""`podlab site serve`: the folder over HTTP, as any static server gives it."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(SimpleHTTPRequestHandler):
    """Files with the types that browsers insist on; requests are not logged."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".json": "application/json",
        ".ipynb": "application/json",
    }

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing; errors are still told."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the folder for this machine alone, bound and not yet answering."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(folder)))
