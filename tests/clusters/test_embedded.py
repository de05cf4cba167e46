"""An embedded cluster is a process that nobody's end takes along, and whose own end loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import podlab
from podlab.client import Client
from podlab.clusters import Cluster, embedded, state
from podlab.clusters.embedded import Embedded
from podlab.errors import ClusterError

pytestmark = [pytest.mark.cluster, pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")]

NAME = "podlab-test-embedded"
UP = "from podlab.clusters import up; up('embedded', 'podlab-test-embedded')"


@pytest.fixture
def made(own_home: Path) -> Iterator[Cluster]:
    yield Embedded().up(NAME)
    for cluster in Embedded().find():
        Embedded().down(cluster)


def pid() -> int:
    return int((state.folder(NAME) / "pid").read_text(encoding="utf-8"))


def child(code: str) -> subprocess.Popen[bytes]:
    environ = os.environ | {"PYTHONPATH": str(Path(podlab.__file__).parent.parent)}
    return subprocess.Popen([sys.executable, "-c", code], env=environ, start_new_session=True)


def test_it_answers_and_says_that_it_is_simulated(made: Cluster) -> None:
    status = made.status()
    assert status.simulated
    assert status.kubernetes_version.startswith("v1.")
    assert status.nodes == (f"{NAME}-control-plane",)


def test_a_second_start_finds_the_first(made: Cluster) -> None:
    before = pid()
    assert Embedded().up(NAME) == made
    assert pid() == before


def test_it_survives_whoever_started_it() -> None:
    starter = child(f"{UP}; import os, signal; os.killpg(0, signal.SIGKILL)")
    assert starter.wait() == -signal.SIGKILL
    cluster = state.cluster_named(NAME)
    assert cluster
    try:
        assert cluster.answers()
        assert os.getsid(pid()) not in (os.getsid(0), starter.pid)
    finally:
        Embedded().down(cluster)


def test_two_at_once_start_one_server() -> None:
    starters = [child(UP), child(UP), child(UP)]
    assert [starter.wait() for starter in starters] == [0, 0, 0]
    cluster = state.cluster_named(NAME)
    assert cluster
    log = (state.folder(NAME) / "server.log").read_text(encoding="utf-8")
    Embedded().down(cluster)
    assert log.count("https://") == 1


def test_killed_it_comes_back_with_what_it_held_at_the_same_address(made: Cluster) -> None:
    client = Client(made.kubeconfig)
    path = "/api/v1/namespaces/default/configmaps"
    client.request("POST", path, body={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept"}})
    os.kill(pid(), signal.SIGKILL)
    os.waitpid(pid(), 0)
    assert not made.answers()
    assert Embedded().up(NAME) == made
    again = Client(made.kubeconfig)
    assert again.server == client.server
    assert again.get(f"{path}/kept")["metadata"]["name"] == "kept"


def test_down_leaves_no_process_and_no_folder(made: Cluster) -> None:
    number = pid()
    Embedded().down(made)
    assert not made.answers()
    assert not state.folder(NAME).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_stop_spares_a_process_that_only_has_the_number(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    state.write(tmp_path / "pid", f"{other.pid}\n")
    embedded.stop(tmp_path)
    assert other.poll() is None
    other.communicate(b"\n")


@pytest.mark.parametrize("other_folder", [True, False])
def test_stop_spares_another_folders_server_and_a_python_that_is_none(tmp_path: Path, other_folder: bool) -> None:
    words = ["podlab.embedded", str(tmp_path / "other")] if other_folder else ["podlab.other", str(tmp_path)]
    other = subprocess.Popen([sys.executable, "-c", "input()", *words], stdin=subprocess.PIPE)
    state.write(tmp_path / "pid", f"{other.pid}\n")
    embedded.stop(tmp_path)
    assert other.poll() is None
    other.communicate(b"\n")


def test_a_server_that_cannot_start_says_why(own_home: Path) -> None:
    with pytest.raises(ClusterError, match="unrecognized arguments") as caught:
        Embedded(("--nonsense",)).up(NAME)
    assert "server.log" in str(caught.value.hint)
