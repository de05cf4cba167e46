"""A small API server over HTTP that serves recorded Pods: enough to list, watch, drop a connection and answer 410."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

GOLDEN = Path(__file__).parents[1] / "golden"
PODS = "/api/v1/namespaces/default/pods"
EVENTS = "/api/v1/namespaces/default/events"
EXPIRED = {
    "kind": "Status",
    "apiVersion": "v1",
    "status": "Failure",
    "reason": "Expired",
    "code": 410,
    "message": "too old",
}


def recorded(name: str, resource: str = "pods") -> list[dict[str, Any]]:
    """The watch events of one recording, in order."""
    text = (GOLDEN / name / f"watch-{resource}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def url_path(target: str) -> str:
    """The path of a request's target."""
    return urlsplit(target).path


class Replay:
    """The server, and the hands of the test on it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: list[dict[str, Any]] = []
        self._oldest = 0
        self._generation = 0
        self._tidy = False
        self.events: list[dict[str, Any]] = []
        self.lists = 0
        self.watches = 0
        self.open = 0
        self._port = 0
        self.start()

    def start(self) -> None:
        """Listen, at the same port as before."""
        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler())
        self._http.daemon_threads = True
        self._port = self._http.server_port
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Cut every connection and refuse new ones."""
        self._http.shutdown()
        self._http.server_close()
        self.drop()

    def kubeconfig(self, folder: Path) -> Path:
        """A kubeconfig file for this server."""
        entry = {"cluster": {"server": f"http://127.0.0.1:{self._port}"}, "name": "replay"}
        context = {"context": {"cluster": "replay", "user": "replay", "namespace": "default"}, "name": "replay"}
        users = [{"name": "replay", "user": {}}]
        body = {"apiVersion": "v1", "kind": "Config", "current-context": "replay"}
        path = folder / "kubeconfig"
        path.write_text(
            json.dumps(body | {"clusters": [entry], "contexts": [context], "users": users}), encoding="utf-8"
        )
        return path

    def send(self, *events: Mapping[str, Any]) -> None:
        """Let these watch events happen, each at the next resourceVersion."""
        with self._changed:
            self._append(events)
            self._changed.notify_all()

    def drop(self) -> None:
        """Cut every open watch in the middle."""
        with self._changed:
            self._generation += 1
            self._tidy = False
            self._changed.notify_all()

    def compact(self, *events: Mapping[str, Any]) -> None:
        """End every open watch in good order, let these events happen unseen, and forget history: 410 for the past."""
        with self._changed:
            self._append(events)
            self._oldest = len(self._events)
            self._generation += 1
            self._tidy = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop listening."""
        self.stop()

    def _append(self, events: Iterable[Mapping[str, Any]]) -> None:
        for event in events:
            obj = json.loads(json.dumps(event["object"]))
            obj["metadata"]["resourceVersion"] = str(len(self._events) + 1)
            self._events.append({"type": event["type"], "object": obj})

    def present(self) -> list[dict[str, Any]]:
        """The objects that exist now."""
        objects: dict[str, dict[str, Any]] = {}
        for event in self._events:
            objects[event["object"]["metadata"]["uid"]] = event["object"]
            if event["type"] == "DELETED":
                del objects[event["object"]["metadata"]["uid"]]
        return list(objects.values())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                query = {key: values[0] for key, values in parse_qs(url.query).items()}
                if url.path == EVENTS:
                    self._answer(
                        200, {"kind": "EventList", "metadata": {"resourceVersion": "1"}, "items": replay.events}
                    )
                elif url.path.endswith("/log"):
                    self._log()
                elif url.path != PODS:
                    self._answer(
                        404, {"kind": "Status", "status": "Failure", "code": 404, "reason": "NotFound", "message": "no"}
                    )
                elif query.get("watch") in ("1", "true", "True"):
                    replay.watches += 1
                    self._watch(int(query.get("resourceVersion") or 0))
                else:
                    replay.lists += 1
                    with replay._changed:
                        version, items = str(len(replay._events)), replay.present()
                    self._answer(200, {"kind": "PodList", "metadata": {"resourceVersion": version}, "items": items})

            def do_DELETE(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                name = url_path(self.path).removeprefix(PODS + "/")
                gone = [obj for obj in replay.present() if obj["metadata"]["name"] == name]
                if not gone:
                    message = f'pods "{name}" not found'
                    return self._answer(404, {**EXPIRED, "reason": "NotFound", "code": 404, "message": message})
                replay.send({"type": "DELETED", "object": gone[0]})
                return self._answer(200, gone[0])

            def _log(self) -> None:
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"6\r\nhello\n\r\n5\r\nagain\r\n0\r\n\r\n")

            def _answer(self, code: int, body: Any) -> None:
                data = json.dumps(body).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def _watch(self, after: int) -> None:
                if after < replay._oldest:
                    return self._answer(410, EXPIRED)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.flush()
                self.close_connection = True
                with replay._changed:
                    replay.open += 1
                    generation = replay._generation
                try:
                    self._follow(after, generation)
                finally:
                    with replay._changed:
                        replay.open -= 1
                        replay._changed.notify_all()
                return None

            def _follow(self, at: int, generation: int) -> object:
                while not self._left():
                    with replay._changed:
                        if len(replay._events) == at and replay._generation == generation:
                            replay._changed.wait(0.2)
                        events, ended = replay._events[at:], replay._generation != generation
                    if ended:
                        return self.wfile.write(b"0\r\n\r\n" if replay._tidy else b"")
                    at += len(events)
                    for event in events:
                        line = json.dumps(event).encode() + b"\n"
                        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
                return None

            def _left(self) -> bool:
                readable, _, _ = select.select([self.connection], [], [], 0)
                return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

        return Handler
