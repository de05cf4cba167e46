"""`podlab up` killed at ten different moments, on real kind: the next one makes or brings back a whole cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from podlab.client import Client
from podlab.clusters import state
from podlab.clusters.kind.kind import Kind
from podlab.errors import ClusterError

NAME = "podlab-test-kill"
MOMENTS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
"""How many lines `podlab up` has printed when it is killed; each but the first has the one before to clear up after."""


@pytest.fixture
def kind() -> Iterator[Kind]:
    provider = Kind(os.environ.get("PODLAB_NODE_IMAGE") or None)
    yield provider
    if NAME in provider.names():
        subprocess.run(["kind", "delete", "cluster", "--name", NAME], check=True, capture_output=True)


@pytest.mark.kind
def test_killed_at_ten_moments_it_leaves_nothing_that_the_next_cannot_handle(kind: Kind) -> None:
    for lines in MOMENTS:
        kill_after(lines)
    cluster = kind.up(NAME)
    assert cluster.answers()
    assert not state.is_half_made(NAME)
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    assert Client(cluster.kubeconfig).get(account)["metadata"]["name"] == "default"
    assert kind.up(NAME) == cluster
    kind.down(cluster)
    assert NAME not in kind.names()
    assert state.clusters() == []


@pytest.mark.kind
def test_a_node_that_stops_in_a_lesson_is_one_clear_line_and_comes_back(kind: Kind) -> None:
    cluster = kind.up(NAME)
    client = Client(cluster.kubeconfig)
    subprocess.run(["docker", "stop", "--time", "2", f"{NAME}-control-plane"], check=True, capture_output=True)
    with pytest.raises(ClusterError) as caught:
        client.get("/api/v1/pods")
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.hint
    assert kind.up(NAME) == cluster
    assert client.get("/api/v1/pods")["items"]
    kind.down(cluster)


def kill_after(lines: int) -> None:
    """Start `podlab up`, and `kill -9` it when it has printed that many lines; kind itself is left to its fate."""
    command = [sys.executable, "-m", "podlab", "up", "--cluster", "kind", "--name", NAME]
    environ = {**os.environ, "PYTHONPATH": str(Path(state.__file__).resolve().parents[2])}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, encoding="utf-8") as podlab:
        assert podlab.stderr
        for _ in range(lines):
            if not podlab.stderr.readline():
                break
        podlab.kill()
