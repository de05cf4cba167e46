"""What is remembered, and the lock around every start."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from podlab.clusters import Cluster, state
from podlab.clusters.machine.lock import held


def test_a_cluster_comes_back_as_it_was_remembered() -> None:
    cluster = Cluster("a", "context", state.kubeconfig_path("a"), "ctx", "podlab")
    state.remember(cluster)
    assert state.clusters() == [cluster]
    state.forget("a")
    assert state.clusters() == []


def test_a_broken_record_is_no_cluster(own_home: Path) -> None:
    state.remember(Cluster("a", "kind", state.kubeconfig_path("a")))
    (state.folder("a") / "cluster.json").write_text("{", encoding="utf-8")
    assert state.cluster_named("a") is None
    assert state.clusters() == []


def test_a_cluster_is_half_made_until_it_was_up() -> None:
    cluster = Cluster("a", "kind", state.kubeconfig_path("a"))
    state.remember(cluster, half_made=True)
    assert state.is_half_made("a")
    state.remember(cluster)
    assert not state.is_half_made("a")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_only_the_owner_reads_a_kubeconfig(own_home: Path) -> None:
    state.remember(Cluster("a", "kind", state.kubeconfig_path("a")))
    state.write(state.kubeconfig_path("a"), "x")
    assert state.kubeconfig_path("a").stat().st_mode & 0o077 == 0
    assert own_home.stat().st_mode & 0o077 == 0


def test_a_second_holder_waits_and_says_so(tmp_path: Path) -> None:
    waiting, entered = threading.Event(), threading.Event()

    def second() -> None:
        with held(tmp_path / "lock", waiting.set):
            entered.set()

    thread = threading.Thread(target=second)
    with held(tmp_path / "lock"):
        thread.start()
        assert waiting.wait(5)
        assert not entered.is_set()
    assert entered.wait(5)
    thread.join()


def test_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    code = "import os, sys; from pathlib import Path; from podlab.clusters.machine.lock import held\n"
    code += "with held(Path(sys.argv[1])): os._exit(9)"
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "lock")], env=environ).returncode == 9
    with held(tmp_path / "lock", lambda: pytest.fail("somebody still holds it")):
        pass
