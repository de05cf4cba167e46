"""Asking an API server by kubeconfig alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from podlab.clusters import Cluster
from podlab.clusters.machine import reach


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kubeconfig"


def test_a_server_that_answers(file: Path, answering: str) -> None:
    file.write_text(answering, encoding="utf-8")
    status = Cluster("a", "kind", file).status()
    assert (status.ready, status.kubernetes_version, status.nodes) == (True, "v1.36.2", ("n1",))
    assert status.as_dict()["kubeconfig"] == str(file)


def test_a_kubeconfig_may_say_that_its_cluster_is_simulated(file: Path, answering: str) -> None:
    assert not reach.says_simulated(file)
    file.write_text(answering, encoding="utf-8")
    assert not Cluster("a", "context", file).status().simulated
    config = reach.load(file)
    config["clusters"][0]["cluster"]["extensions"] = [reach.SIMULATED]
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    assert Cluster("a", "context", file).status().simulated


def test_a_server_that_does_not(file: Path, silent: str) -> None:
    file.write_text(silent, encoding="utf-8")
    status = Cluster("a", "embedded", file).status()
    assert (status.ready, status.kubernetes_version, status.nodes, status.simulated) == (False, "", (), True)


def test_nobody_waits_for_nodes_that_are_ready_or_cannot_be_seen(file: Path, answering: str, silent: str) -> None:
    told: list[str] = []
    for text in (answering, silent):
        file.write_text(text, encoding="utf-8")
        Cluster("a", "kind", file).settle(told.append)
    assert told == []


def test_nodes_that_are_not_ready_are_waited_for_so_long(file: Path, answering: str, tired: None) -> None:
    told: list[str] = []
    file.write_text(answering, encoding="utf-8")
    assert not Cluster("a", "kind", file).settle(told.append, seconds=0).ready
    assert told == ["Waiting for the nodes to be Ready"]


@pytest.mark.parametrize("text", [None, "", "{", "[]", "clusters: 3", "current-context: c", "\0\x01"])
def test_what_is_no_kubeconfig_does_not_answer(file: Path, text: str | None) -> None:
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert not reach.answers(file)


def test_a_server_error_is_no_readiness(file: Path, answering: str) -> None:
    file.write_text(answering, encoding="utf-8")
    assert reach.ask(file, "/nothing")[0] == 404
