"""Practice clusters: beside the learner's own, whose plug may be pulled, and gone without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from podlab import text
from podlab.clusters import state
from podlab.clusters.cluster import Cluster
from podlab.errors import ApiError, ClusterError
from podlab.kubectl import Kubectl
from podlab.lessons import practice

READY = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    monkeypatch.delenv("PODLAB_CLUSTER", raising=False)


@pytest.fixture
def farm() -> Iterator[Kubectl]:
    yield practice.start("farm", workers=2)
    practice.end("farm")


@pytest.mark.cluster
def test_a_node_falls_silent_and_speaks_again(farm: Kubectl, capsys: pytest.CaptureFixture[str]) -> None:
    practice.unplug(farm, "farm-worker")
    farm.wait("node/farm-worker", for_="condition=Ready=Unknown", timeout="60s")
    assert str(farm.get("node", "farm-worker2", output=READY)) == "True"
    practice.plug_in(farm, "farm-worker")
    farm.wait("node/farm-worker", for_="condition=Ready", timeout="60s")
    assert capsys.readouterr().out.splitlines() == [
        "farm-worker is unplugged.",
        "farm-worker is plugged in again.",
    ]
    with pytest.raises(ApiError):
        practice.unplug(farm, "no-such-node")


@pytest.mark.cluster
def test_it_is_not_chosen_begins_anew_and_leaves_nothing(farm: Kubectl) -> None:
    assert state.chosen() != "farm"
    farm.create("deployment", "web", image="nginx:1.27")
    again = practice.start("farm", workers=2)
    assert again.get("deployments").objects == ()
    practice.end("farm")
    assert state.cluster_named("farm") is None and not state.folder("farm").exists()


def test_a_cluster_that_was_not_made_for_practice_is_left_alone() -> None:
    state.remember(Cluster("mine", "embedded", state.kubeconfig_path("mine")))
    practice.end("mine")
    with pytest.raises(ClusterError, match="there is a cluster mine already"):
        practice.start("mine")
    assert state.cluster_named("mine") is not None
