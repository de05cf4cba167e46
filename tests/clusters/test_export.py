"""A cluster in the person's own kubeconfig: added, current, and gone without a trace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from podlab.clusters import Cluster, export, state
from podlab.clusters.machine import reach
from podlab.errors import ClusterError

THEIRS = {
    "apiVersion": "v1",
    "kind": "Config",
    "preferences": {"colors": True},
    "clusters": [{"name": "prod", "cluster": {"server": "https://prod"}}],
    "users": [{"name": "me", "user": {"token": "x"}}],
    "contexts": [{"name": "at-prod", "context": {"cluster": "prod", "user": "me"}}],
    "current-context": "at-prod",
}


@pytest.fixture
def ours(answering: str) -> Cluster:
    cluster = Cluster("a", "embedded", state.kubeconfig_path("a"))
    state.remember(cluster)
    state.write(cluster.kubeconfig, answering)
    return cluster


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "theirs" / "config"
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


def test_it_is_added_and_goes_with_the_cluster(ours: Cluster, theirs: Path) -> None:
    theirs.parent.mkdir()
    theirs.write_text(yaml.safe_dump(THEIRS), encoding="utf-8")
    assert export.export(ours) == export.export(ours) == (theirs, "podlab-a")
    assert reach.answers(theirs)
    exported = yaml.safe_load(theirs.read_text(encoding="utf-8"))
    assert [entry["name"] for entry in exported["contexts"]] == ["at-prod", "podlab-a"]
    export.withdraw(ours)
    assert yaml.safe_load(theirs.read_text(encoding="utf-8")) == THEIRS | {"current-context": ""}


def test_without_a_kubeconfig_one_is_made_that_only_its_owner_reads(ours: Cluster, theirs: Path) -> None:
    export.export(ours)
    assert reach.answers(theirs)
    assert sys.platform == "win32" or theirs.stat().st_mode & 0o077 == 0


def test_what_is_no_kubeconfig_is_left_alone(ours: Cluster, theirs: Path) -> None:
    theirs.parent.mkdir()
    theirs.write_text("- not\n- a kubeconfig\n", encoding="utf-8")
    with pytest.raises(ClusterError, match="cannot be read"):
        export.export(ours)
    assert theirs.read_text(encoding="utf-8") == "- not\n- a kubeconfig\n"


def test_a_kubeconfig_of_podlab_is_never_taken_for_theirs(
    ours: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(ours.kubeconfig))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert export.theirs() == tmp_path / ".kube" / "config"


def test_a_cluster_that_was_never_exported_is_nothing_to_withdraw(ours: Cluster, theirs: Path) -> None:
    export.withdraw(ours)
    assert not theirs.exists()
