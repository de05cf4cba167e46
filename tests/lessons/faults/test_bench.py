"""What a fault has done to the nodes is taken back; the way to its repair is in tests/lessons/test_learner.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from podlab.client import Client
from podlab.clusters import Cluster
from podlab.kubectl import Kubectl
from podlab.lessons import check, find_the_fault
from podlab.lessons.faults import bench
from podlab.lessons.faults.panel import FindFault
from podlab.lessons.faults.table import FAULTS

pytestmark = pytest.mark.cluster


@pytest.fixture
def kubectl(stage: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kubectl]:
    """kubectl in a folder of its own; every fault is gone afterwards."""
    monkeypatch.chdir(tmp_path)
    found = Kubectl(Client(stage.kubeconfig, context=stage.context, namespace=stage.namespace))
    yield found
    bench.clear_faults(found)


def test_the_taint_is_taken_off_the_nodes_again(kubectl: Kubectl) -> None:
    (each,) = (one for one in FAULTS if one.taint)
    bench.bring(kubectl, each)
    assert each.taint.partition(":")[0] in str(kubectl.describe("nodes"))
    bench.untaint(kubectl)
    assert each.taint.partition(":")[0] not in str(kubectl.describe("nodes"))


def test_the_solution_clears_away_where_there_never_was_a_fault(kubectl: Kubectl) -> None:
    kubectl.client.request("DELETE", f"/api/v1/namespaces/{kubectl.namespace}/events")
    assert not check.look(kubectl, "09-tidy")
    found: list[check.Result] = []
    here = {"kubectl": kubectl, "FindFault": FindFault, "clear_faults": bench.clear_faults}
    here["check"] = lambda *asked: found.append(check.look(*asked))
    exec(check.find("09-tidy").solution, here)
    assert found == [check.Result(True, find_the_fault.GONE)]
