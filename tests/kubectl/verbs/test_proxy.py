"""`kubectl proxy`: where it listens, and which paths it asks for."""

from __future__ import annotations

import http.client
import socket
import stat
import threading
from pathlib import Path

import pytest

from podlab.errors import PodlabError
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.verbs import proxy
from tests.kubectl.canned import Canned


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
def test_a_socket_that_was_left_is_taken_and_answers_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    rules = proxy.Rules([], [], [], [], prefix="", www=None, www_prefix="/static/")
    server = proxy._on_socket(str(path), proxy._handler(Canned(tmp_path), rules, True))
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(path))
        asking.sendall(b"GET /api/v1/pods/web HTTP/1.0\r\nHost: localhost\r\n\r\n")
        answer = http.client.HTTPResponse(asking)
        answer.begin()
        assert answer.status == 200 and b'"Pod"' in answer.read()
    thread.join()
    server.server_close()


def test_another_file_stays_in_the_way_of_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_text("kept")
    with pytest.raises(PodlabError) as said:
        Kubectl(Canned(tmp_path)).proxy(unix_socket=str(path))
    assert str(said.value) == f"error: listen unix {path}: bind: address already in use"
    assert path.read_text() == "kept"


def test_a_socket_and_a_port_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(PodlabError, match=r"^error: cannot set --unix-socket and --port at the same time$"):
        Kubectl(Canned(tmp_path)).proxy(unix_socket=str(tmp_path / "s"), port=1)


class Above(Canned):
    """A server below a path."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = "https://canned.invalid:1/above"


@pytest.mark.parametrize(("appends", "warned"), [(True, False), (False, True)])
def test_the_servers_own_path_is_asked_for_only_if_one_says_so(appends: bool, warned: bool, tmp_path: Path) -> None:
    with pytest.raises(PodlabError) as said:
        Kubectl(Above(tmp_path)).proxy(append_server_path=appends, address="192.0.2.1")
    told = said.value.output.stderr
    words = "server path /above, use --append-server-path to automatically append the path to each request"
    assert (words in told) == warned
    assert proxy._without_path(Above(tmp_path)).server == "https://canned.invalid:1"
