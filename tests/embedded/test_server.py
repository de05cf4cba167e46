"""The server as a process: answers over TLS, keeps port, token and state, and tells time over HTTP."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from podlab.client import Client
from tests.embedded.process import Connection, ask, running

pytestmark = pytest.mark.slow
STEPPING = ("--stepping", "--seed", "1")


def test_a_cluster_survives_being_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, *STEPPING) as process:
        assert ask(home, "/readyz") == (200, "ok")
        node = ask(home, "/api/v1/nodes/t-control-plane")[1]
        assert any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"])
        assert ask(home, "/api/v1/namespaces/default/configmaps", "POST", {"metadata": {"name": "kept"}})[0] == 201
        port = (home / "port").read_text(encoding="utf-8")
        process.kill()
    with running(home, *STEPPING):
        assert (home / "port").read_text(encoding="utf-8") == port
        assert ask(home, "/api/v1/namespaces/default/configmaps/kept")[0] == 200
        assert ask(home, "/podlab/clock")[1]["stepping"] is True


def test_a_cluster_with_watchers_stops_without_a_word(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with (tmp_path / "told").open("w+", encoding="utf-8") as told:
        with running(home, *STEPPING, stderr=told):
            watch = Connection(home).open("/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=0")
            assert watch.status == 200
        told.seek(0)
        assert told.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_only_the_owner_reads_the_state(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, *STEPPING):
        modes = {path.name: path.stat().st_mode & 0o077 for path in [home, *home.iterdir()]}
    assert "state.db" in modes
    assert not any(modes.values()), modes


def test_a_token_is_an_account(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, *STEPPING):
        path = "/api/v1/namespaces/default/serviceaccounts/default/token"
        token = ask(home, path, "POST", {"spec": {"expirationSeconds": 600}})[1]["status"]["token"]
        review = {"spec": {"token": token}}
        answered = ask(home, "/apis/authentication.k8s.io/v1/tokenreviews", "POST", review)[1]["status"]
        assert answered["authenticated"] is True
        assert answered["user"]["username"] == "system:serviceaccount:default:default"
        forged = {"spec": {"token": token[:-4] + "AAAA"}}
        assert (
            "authenticated" not in ask(home, "/apis/authentication.k8s.io/v1/tokenreviews", "POST", forged)[1]["status"]
        )


def test_a_stepping_cluster_waits_for_a_slow_reader(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, *STEPPING):
        client = Client(home / "kubeconfig")
        spec = {"containers": [{"name": "c", "image": "nginx"}]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "slow"}, "spec": spec}
        created = client.request("POST", "/api/v1/namespaces/default/pods", body=pod).json()
        query = {"resourceVersion": created["metadata"]["resourceVersion"]}
        events = client.watch("/api/v1/namespaces/default/pods", query=query)
        next(events)
        end, moments = time.monotonic() + 0.3, set()
        while time.monotonic() < end:
            moments.add(client.request("GET", "/podlab/clock").json()["now"])
        assert len(moments) == 1
        assert any(event["object"]["status"]["phase"] == "Running" for event in events)
        assert all(sent.path != "/podlab/clock" or sent.method == "GET" for sent in client.take_sent().requests)
