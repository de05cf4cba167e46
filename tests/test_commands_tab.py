"""`!kubectl` and `!podlab` where there are no programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podlab.clusters.cluster import Cluster
from podlab.clusters.tab import Tab
from podlab.commands import tab
from podlab.embedded.stepping import SteppingClock
from tests.interactive import interactive
from tests.virtualtime import shared_loop


@pytest.fixture(autouse=True)
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    with shared_loop():
        made = Tab(SteppingClock).up("lab")
        monkeypatch.setenv("PODLAB_CLUSTER", str(made.kubeconfig))
        yield made
        Tab(SteppingClock).down(made)


@pytest.fixture
def shell() -> Iterator[Any]:
    with interactive() as made:
        tab.load_ipython_extension(made)
        yield made


def test_kubectl_answers_as_a_program_would(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell('kind = "nodes"\n!kubectl get {kind} -o name')
    assert capsys.readouterr().out == "node/lab-control-plane\n"
    assert shell.user_ns["_exit_code"] == 0
    shell.run_cell("!kubectl get pod nothing")
    assert 'pods "nothing" not found' in capsys.readouterr().err
    assert shell.user_ns["_exit_code"] == 1


def test_what_it_says_can_be_had_as_lines(shell: Any) -> None:
    shell.run_cell("found = !kubectl get nodes -o name")
    assert list(shell.user_ns["found"]) == ["node/lab-control-plane"]


def test_a_cell_of_a_shell_runs_until_a_command_fails(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["# two", "kubectl create namespace a", "kubectl get \\", "  pod nothing", "kubectl create namespace b"]
    shell.run_cell("\n".join(["%%sh", *lines]))
    assert capsys.readouterr().out == "namespace/a created\n"
    assert shell.user_ns["_exit_code"] == 1


@pytest.mark.parametrize("line", ["ls", "kubectl get pods | grep web", "kubectl get pods > file"])
def test_what_is_no_such_command_is_refused_in_a_sentence(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tab.run(line) == tab.NO_PROGRAM
    assert f"{line}. Only !kubectl and !podlab run" in capsys.readouterr().err


def test_an_unknown_command_of_podlab_names_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert tab.run("podlab up") == 2
    assert "doctor, down, kubectl" in capsys.readouterr().err


def test_reset_deletes_what_lessons_made(capsys: pytest.CaptureFixture[str]) -> None:
    tab.run("kubectl create configmap mine")
    assert tab.run("podlab reset") == 0
    assert "objects deleted in the namespace" in capsys.readouterr().err
    tab.run("kubectl get configmap mine")
    assert "not found" in capsys.readouterr().err


def test_down_deletes_the_cluster_and_what_was_kept(cluster: Cluster) -> None:
    assert tab.run("podlab down") == 0
    assert not cluster.kubeconfig.exists()
