"""ReplicaSets and ReplicationControllers keep their number of Pods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.controllers.workloads import Workloads, template, workload
from tests.embedded.simulation import Simulation

KINDS = pytest.mark.parametrize("kind", ["ReplicaSet", "ReplicationController"])


def until_available(sim: Simulation, kind: str, count: int) -> Any:
    there = Workloads(sim)
    return sim.until(lambda: there.status(kind).get("availableReplicas", 0) == count and len(there.pods()) == count)


@KINDS
async def test_pods_come_come_back_and_go(sim: Simulation, kind: str) -> None:
    there = Workloads(sim)
    there.create(workload(kind, 3))
    await until_available(sim, kind, 3)
    first = {pod["metadata"]["name"] for pod in there.pods()}
    sim.delete(min(first))
    await sim.until(lambda: sim.gone(min(first)))
    await until_available(sim, kind, 3)
    assert len(first & {pod["metadata"]["name"] for pod in there.pods()}) == 2
    there.scale(kind, 1)
    await until_available(sim, kind, 1)
    assert len(there.told("SuccessfulCreate")) == 4 and len(there.told("SuccessfulDelete")) == 2


@KINDS
async def test_orphans_are_adopted_and_what_no_longer_fits_is_released(sim: Simulation, kind: str) -> None:
    there = Workloads(sim)
    there.create({"kind": "Pod", "metadata": {"name": "orphan", "labels": {"app": "web"}}, **_spec()})
    there.create(workload(kind, 2))
    await until_available(sim, kind, 2)
    (owner,) = sim.pod("orphan")["metadata"]["ownerReferences"]
    assert owner["kind"] == kind and owner["controller"] and owner["blockOwnerDeletion"]
    there.change("Pod", lambda pod: pod["metadata"]["labels"].update(app="free"), "orphan")
    await sim.until(lambda: len(there.pods()) == 3)
    assert "ownerReferences" not in sim.pod("orphan")["metadata"]


def _spec() -> dict[str, Any]:
    return {"spec": template()["spec"]}


@KINDS
async def test_pods_are_available_when_they_have_been_ready_for_long_enough(sim: Simulation, kind: str) -> None:
    there = Workloads(sim)
    there.create(workload(kind, 1, minReadySeconds=10))
    await sim.until(lambda: there.status(kind).get("readyReplicas") == 1)
    start = sim.clock.now()
    await sim.until(lambda: there.status(kind).get("availableReplicas") == 1)
    assert 9 <= sim.clock.now() - start <= 10.1


@KINDS
async def test_what_cannot_be_created_is_a_condition_until_it_can(sim: Simulation, kind: str) -> None:
    there = Workloads(sim)
    bad = template()
    bad["spec"]["serviceAccountName"] = "later"
    there.create(workload(kind, 2, template=bad))
    await sim.run(2)
    (condition,) = there.status(kind)["conditions"]
    assert (condition["type"], condition["status"], condition["reason"]) == (
        "ReplicaFailure",
        "True",
        "FailedCreate",
    )
    (message,) = there.told("FailedCreate")
    assert message == f"Error creating: {condition['message']}"
    why = 'error looking up service account default/later: serviceaccount "later" not found'
    assert message == f'Error creating: pods "web-" is forbidden: {why}'
    there.create({"kind": "ServiceAccount", "metadata": {"name": "later"}})
    await sim.until(lambda: len(there.pods()) == 2)
    await sim.until(lambda: "conditions" not in there.status(kind))
