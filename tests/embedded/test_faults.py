"""Clients and starts that go wrong and that a server must outlive: each is over soon and leaves nothing behind."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.embedded.process import Connection, ask, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MAPS = "/api/v1/namespaces/default/configmaps"
MIB = 2**20


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    where = tmp_path_factory.mktemp("faults") / "home"
    with running(where):
        yield where


def server(home: Path) -> psutil.Process:
    """The process that listens on the cluster's port."""
    port = int((home / "port").read_text(encoding="utf-8"))
    found = (each for each in psutil.Process().children() if any(c.laddr.port == port for c in each.net_connections()))
    return next(found)


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something comes true within some seconds."""
    deadline, waiting = time.monotonic() + 40, threading.Event()
    while not holds() and time.monotonic() < deadline:
        waiting.wait(0.1)
    return holds()


def test_watches_that_nobody_reads_cost_little_and_end(home: Path) -> None:
    for number in range(40):
        body = {"metadata": {"name": f"m{number}"}, "data": {"k": "x" * 50_000}}
        assert ask(home, MAPS, "POST", body)[0] == 201
    process, writer, unread = server(home), Connection(home), [Connection(home) for _ in range(60)]
    resident, files = process.memory_info().rss, process.num_fds()
    for connection in unread:
        connection.start(f"{MAPS}?watch=1&resourceVersion=0")
    for number in range(40):
        merge = {"data": {"k": str(number) * 20_000}}
        assert writer.ask(f"{MAPS}/m{number}", "PATCH", merge, "application/merge-patch+json")[0] == 200
    assert process.memory_info().rss - resident < 60 * MIB  # all of it for each would be 180
    for connection in (writer, *unread):
        connection.close()
    assert soon(lambda: process.num_fds() <= files)


def test_a_thousand_connections_that_say_nothing_leave_room_for_others(home: Path) -> None:
    process, port = server(home), int((home / "port").read_text(encoding="utf-8"))
    resident, files = process.memory_info().rss, process.num_fds()
    silent = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(min(1000, _room() // 2))]
    assert ask(home, "/version")[0] == 200
    for each in silent:
        each.close()
    assert soon(lambda: process.num_fds() <= files and process.memory_info().rss - resident < 25 * MIB)


def said(home: Path, request: bytes) -> bytes:
    """How the answer to these bytes begins."""
    port = int((home / "port").read_text(encoding="utf-8"))
    context = ssl.create_default_context(cafile=str(home / "ca.crt"))
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname="127.0.0.1") as there:
        there.sendall(request)
        return there.recv(1024)


def _spoil(file: str, what: bytes) -> Callable[[Path], object]:
    return lambda home: (home / file).write_bytes(what)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_spoil("state.db", b"garbage" * 1000), "state.db cannot be used (file is not a database)"),
        (_spoil("port", b"abc"), "port cannot be used (there should be a number in it)"),
        (_spoil("lock", b"garbage" * 1000), "lock cannot be used (file is not a database)"),
        (_spoil("server.key", b"abc"), "cannot be used ([SSL] PEM lib ("),
    ],
)
def test_a_start_that_cannot_be_says_why_in_one_sentence(
    tmp_path: Path, spoil: Callable[[Path], object], complaint: str
) -> None:
    with running(tmp_path / "home"):
        pass
    for left in tmp_path.glob("home/state.db-*"):
        left.unlink()
    spoil(tmp_path / "home")
    command = [sys.executable, "-m", "podlab.embedded", "--home", str(tmp_path / "home"), "--name", "t"]
    started = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (started.returncode, started.stderr.count("\n")) == (1, 1)
    assert complaint in started.stderr


def test_headers_without_an_end_are_refused(home: Path) -> None:
    answer = said(home, b"GET /version HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 2 * MIB)
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert said(home, b"GET /version HTTP/1.1\r\nX: " + b"a" * MIB + b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST"])
def test_what_no_websocket_can_begin_with_is_answered(home: Path, method: str) -> None:
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
    path = "/api/v1/namespaces/default/pods/x/exec"
    answer = said(home, f"{method} {path} HTTP/1.1\r\nHost: x\r\n{upgrade}Content-Length: 0\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 4")


def _room() -> int:
    """How many files a process may have open."""
    if sys.platform == "win32":
        return 500
    import resource

    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_of_many_that_create_one_name_one_succeeds(home: Path) -> None:
    codes: list[int] = []
    body = {"metadata": {"name": "same"}}
    creators = [threading.Thread(target=lambda: codes.append(ask(home, MAPS, "POST", body)[0])) for _ in range(50)]
    for creator in creators:
        creator.start()
    for creator in creators:
        creator.join(60)
    assert sorted(codes) == [201] + [409] * 49


def test_a_second_server_leaves_the_first_alone(home: Path) -> None:
    command = [sys.executable, "-m", "podlab.embedded", "--home", str(home), "--name", "t"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (second.returncode, second.stderr) == (1, f"{home} is in use: the cluster there runs already\n")
    assert ask(home, MAPS, "POST", {"metadata": {"name": "still-here"}})[0] == 201
