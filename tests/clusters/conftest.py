"""An API server that answers the few questions of this package, and a state folder for each test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

NODES = {"items": [{"metadata": {"name": "n1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}]}
ANSWERS = {"/readyz": "ok", "/version": json.dumps({"gitVersion": "v1.36.2"}), "/api/v1/nodes": json.dumps(NODES)}


POSTED: list[tuple[str, object]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = ANSWERS.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write((body or "").encode())

    def do_POST(self) -> None:
        POSTED.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        pass


def kubeconfig(server: str) -> str:
    """A kubeconfig of one context, `c`."""
    return json.dumps(
        {
            "clusters": [{"name": "k", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
            "current-context": "c",
        }
    )


@pytest.fixture(scope="session")
def answering() -> Iterator[str]:
    """The kubeconfig of an API server that answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield kubeconfig(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def posted(answering: str) -> list[tuple[str, object]]:
    """What that API server is sent during this test, each with its path."""
    POSTED.clear()
    return POSTED


@pytest.fixture
def tired(answering: str) -> Iterator[None]:
    """The node of that API server is not Ready during this test."""
    ready = ANSWERS["/api/v1/nodes"]
    ANSWERS["/api/v1/nodes"] = ready.replace("True", "False")
    yield
    ANSWERS["/api/v1/nodes"] = ready


@pytest.fixture
def silent() -> str:
    """The kubeconfig of an API server that is not there."""
    return kubeconfig("http://127.0.0.1:9")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder for this test alone."""
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
