"""The server as a process of its own: start it, kill it, ask it over TLS."""

from __future__ import annotations

import http.client
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

Obj = dict[str, Any]
PATIENCE = 60
"""Seconds for an answer: a server that shares its cores with much else is slow, not gone."""


@contextmanager
def running(home: Path, *options: str, stderr: IO[str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A server that has said that it answers; stopped at the end, unless it was killed."""
    command = [sys.executable, "-m", "podlab.embedded", "--home", str(home), "--name", "t", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
    try:
        assert process.stdout
        assert "https://127.0.0.1:" in process.stdout.readline()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        process.stdout.close()


@cache
def _trust(home: Path) -> ssl.SSLContext:
    """Read once: who tries to connect again and again leaves the machine to the server."""
    return ssl.create_default_context(cafile=str(home / "ca.crt"))


class Connection:
    """One keep-alive connection with the admin's token."""

    def __init__(self, home: Path) -> None:
        config = json.loads((home / "kubeconfig").read_text(encoding="utf-8"))
        port = int(config["clusters"][0]["cluster"]["server"].rsplit(":", 1)[1])
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=_trust(home), timeout=PATIENCE)
        self._token = (home / "token").read_text(encoding="utf-8")

    def open(
        self, path: str, method: str = "GET", body: Obj | None = None, kind: str = "application/json"
    ) -> http.client.HTTPResponse:
        """Send a request; the answer is still to be read."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        return self._connection.getresponse()

    def start(self, path: str) -> None:
        """Ask, and read nothing."""
        self._connection.request("GET", path, headers={"Authorization": f"Bearer {self._token}"})

    def ask(
        self, path: str, method: str = "GET", body: Obj | None = None, kind: str = "application/json"
    ) -> tuple[int, Any]:
        """The status and the answer, JSON or text."""
        answer = self.open(path, method, body, kind)
        data = answer.read()
        return answer.status, json.loads(data) if data[:1] == b"{" else data.decode()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def ask(home: Path, path: str, method: str = "GET", body: Obj | None = None) -> tuple[int, Any]:
    """One request over a connection of its own."""
    connection = Connection(home)
    try:
        return connection.ask(path, method, body)
    finally:
        connection.close()
