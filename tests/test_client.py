"""The wire, against a small HTTP server of the test's own."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from podlab.client import Client
from podlab.errors import ApiError, ClusterError

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers each path by a function; keeps the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:  # type: ignore[override]
                pass

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                outer.asked.append((self.command, self.path, dict(self.headers)))
                waiting = outer.answers[self.path.partition("?")[0]]
                (waiting.pop(0) if len(waiting) > 1 else waiting[0])(self)

            do_GET = do_POST = do_DELETE = _answer  # noqa: N815

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"


def says(status: int, body: Any, *headers: tuple[str, str]) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(data)))):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def kubeconfig(folder: Path, url: str, **user: str) -> Path:
    path = folder / "kubeconfig"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": url}}],
        "users": [{"name": "me", "user": user or {"token": "secret"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "me", "namespace": "team"}}],
    }
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.http.shutdown()
    found.http.server_close()


@pytest.fixture
def client(server: Server, tmp_path: Path) -> Client:
    return Client(kubeconfig(tmp_path, server.url))


def test_a_request_carries_the_token_and_what_came_with_the_answer_is_kept(client: Client, server: Server) -> None:
    server.answers["/api"] = [says(200, {"kind": "APIVersions"}, ("Warning", '299 - "careful \\"here\\""'))]
    assert client.get("/api", limit=5) == {"kind": "APIVersions"}
    method, path, headers = server.asked[0]
    assert (method, path, headers["Authorization"]) == ("GET", "/api?limit=5", "Bearer secret")
    sent = client.take_sent()
    assert (list(map(str, sent.requests)), sent.warnings) == (["GET /api?limit=5"], ['careful "here"'])
    assert client.take_sent().requests == []
    assert client.namespace == "team"


def test_what_has_moved_is_read_where_it_is_and_a_circle_ends(client: Client, server: Server) -> None:
    server.answers["/openapi/v3/api/v1"] = [
        says(301, b"", ("Location", "/openapi/v3/api/v1?hash=NEW")),
        says(200, {"components": {}}),
    ]
    assert client.get("/openapi/v3/api/v1", hash="OLD") == {"components": {}}
    assert [path for _, path, _ in server.asked] == [f"/openapi/v3/api/v1?hash={edition}" for edition in ("OLD", "NEW")]
    server.answers["/circle"] = [says(301, b"", ("Location", "/circle"))]
    with pytest.raises(ClusterError, match="stopped after 10 redirects"):
        client.get("/circle")


def test_loopback_never_goes_through_a_proxy(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.answers["/api"] = [says(200, {})]
    assert Client(kubeconfig(tmp_path, server.url)).get("/api") == {}


@pytest.mark.parametrize(
    ("status", "body", "reason", "message"),
    [
        (404, b"404 page not found", "NotFound", "the server could not find the requested resource"),
        (401, b"", "Unauthorized", "the server has asked for the client to provide credentials"),
        (409, {"kind": "Status", "code": 409, "reason": "AlreadyExists", "message": "there"}, "AlreadyExists", "there"),
        (502, b"bad gateway", "InternalError",
         'an error on the server ("bad gateway") has prevented the request from succeeding'),
    ],
)  # fmt: skip
def test_a_refusal_is_a_status(
    client: Client, server: Server, status: int, body: Any, reason: str, message: str
) -> None:
    server.answers["/x"] = [says(status, body)]
    with pytest.raises(ApiError) as caught:
        client.get("/x")
    assert (caught.value.code, caught.value.reason, str(caught.value)) == (status, reason, message)


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = Client(kubeconfig(tmp_path, f"http://127.0.0.1:{port}"))
    with pytest.raises(ClusterError) as caught:
        client.get("/api")
    line = f"The connection to the server 127.0.0.1:{port} was refused - did you specify the right host or port?"
    assert str(caught.value) == line
    assert caught.value.hint is not None


def test_a_server_that_never_answers(tmp_path: Path) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        client = Client(kubeconfig(tmp_path, f"http://127.0.0.1:{deaf.getsockname()[1]}"))
        with pytest.raises(ClusterError, match="timeout"):
            client.request("GET", "/api", timeout=0.2)


def test_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as caught:
        Client(tmp_path / "nothing")
    assert caught.value.hint is not None


def event(kind: str, name: str, version: str) -> bytes:
    metadata = {"name": name, "resourceVersion": version}
    return json.dumps({"type": kind, "object": {"kind": "Pod", "metadata": metadata}}).encode() + b"\n"


def test_observing_lists_watches_resumes_and_lists_again_when_too_old(client: Client, server: Server) -> None:
    gone = json.dumps({"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}).encode()
    lists = [{"metadata": {"resourceVersion": version}, "items": []} for version in ("10", "20")]
    server.answers["/pods"] = [
        says(200, lists[0]),
        says(200, event("ADDED", "a", "11") + event("BOOKMARK", "", "15")),
        says(200, gone),
        says(200, lists[1]),
        says(200, event("DELETED", "a", "21")),
    ]
    stop = threading.Event()
    seen = []
    for one in client.observe("/pods", label_selector="app=web", stop=stop):
        seen.append(one["type"])
        if one["type"] == "DELETED":
            stop.set()
    assert seen == ["LISTED", "ADDED", "LISTED", "DELETED"]
    versions = [path.partition("resourceVersion=")[2].partition("&")[0] for _, path, _ in server.asked]
    assert versions == ["", "10", "15", "", "20"]
    assert all("labelSelector=app%3Dweb" in path for _, path, _ in server.asked)


def test_a_watch_tells_of_bookmarks_only_whom_they_are_for(client: Client, server: Server) -> None:
    came = says(200, event("ADDED", "a", "11") + event("BOOKMARK", "", "15"))
    server.answers["/pods"] = [came, came]
    assert [one["type"] for one in client.watch("/pods")] == ["ADDED"]
    assert [one["type"] for one in client.watch("/pods", bookmarks=True)] == ["ADDED", "BOOKMARK"]


@pytest.mark.slow
def test_observing_goes_on_when_the_server_was_away(client: Client, server: Server) -> None:
    def hangs_up(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)

    listed = says(200, {"metadata": {"resourceVersion": "1"}, "items": []})
    server.answers["/pods"] = [hangs_up, hangs_up, listed]
    types = []
    for one in client.observe("/pods"):
        types.append(one["type"])
        if one["type"] == "LISTED":
            break
    assert set(types[:-1]) == {"LOST"}
    assert types[-1] == "LISTED"
