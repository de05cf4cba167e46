"""Budgets say how many Pods may go, and evictions keep to it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from podlab.embedded.controllers import poddisruption
from tests.embedded.harness import Api
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
BUDGETS = "poddisruptionbudgets.policy"


def pod(name: str) -> Obj:
    spec = {"containers": [{"name": "c", "image": "nginx"}], "terminationGracePeriodSeconds": 1}
    return {"kind": "Pod", "metadata": {"name": name, "labels": {"app": "web"}}, "spec": spec}


def budget(**spec: Any) -> Obj:
    return {"metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": {"app": "web"}}, **spec}}


def status(sim: Simulation) -> Obj:
    found = sim.registry.get(sim.registry.resource(BUDGETS), "web", sim.namespace)
    return dict(found.get("status") or {})


async def test_a_budget_counts_the_healthy_pods(sim: Simulation) -> None:
    for name in ("a", "b"):
        sim.create(pod(name))
    sim.registry.create(sim.registry.resource(BUDGETS), budget(minAvailable=1), namespace=sim.namespace)
    await sim.until(lambda: status(sim).get("disruptionsAllowed") == 1)
    assert (status(sim)["currentHealthy"], status(sim)["expectedPods"]) == (2, 2)
    sim.delete("a")
    await sim.until(lambda: status(sim).get("disruptionsAllowed") == 0)
    (condition,) = status(sim)["conditions"]
    assert (condition["status"], condition["reason"]) == ("False", "InsufficientPods")


async def test_each_change_of_a_pod_that_nobody_controls_is_told_of(sim: Simulation) -> None:
    """As recorded on kind: made, scheduled, begun, sandboxed and running, and once for the budget's own status."""
    sim.registry.create(sim.registry.resource(BUDGETS), budget(maxUnavailable=0), namespace=sim.namespace)
    await sim.run(1)
    sim.create(pod("a"))
    await sim.until(lambda: sim.ready("a"))
    await sim.run(1)
    told = [event["object"] for event in sim.seen["events"] if event["object"]["reason"] == "UnmanagedPods"]
    assert told[-1]["count"] == 6


async def test_a_pod_of_two_budgets_tells_one_of_them_and_says_so(sim: Simulation) -> None:
    budgets = sim.registry.resource(BUDGETS)
    for name in ("a", "b"):
        sim.registry.create(budgets, {**budget(minAvailable=1), "metadata": {"name": name}}, namespace=sim.namespace)
    await sim.run(1)
    sim.create(pod("p"))
    await sim.until(lambda: sim.ready("p"))
    await sim.run(1)
    told = {event["object"]["message"] for event in sim.seen["events"] if event["object"]["reason"].startswith("Mult")}
    where = f'Pod "{sim.namespace}"/"p"'
    assert told == {f'{where} matches multiple PodDisruptionBudgets.  Chose "a" arbitrarily.'}
    healthy = [one["status"]["currentHealthy"] for one in sim.registry.list(budgets, sim.namespace)]
    assert healthy == [1, 0]


@pytest.mark.parametrize(
    ("counts", "expected"), [((3, 2, 3), 1), ((2, 2, 3), 0), ((1, 0, 0), 0)], ids=["spare", "none", "nobody expected"]
)
def test_what_is_allowed_is_what_is_healthy_beyond_what_is_desired(counts: tuple[int, int, int], expected: int) -> None:
    assert poddisruption.status(budget(), counts, {}, 0.0)["disruptionsAllowed"] == expected


EVICTION = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "a"}}


async def _with_budget(allowed: int) -> Api:
    api = Api()
    made = {**pod("a"), "apiVersion": "v1"}
    api.registry.create(api.registry.resource("pods"), made, namespace="default")
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    api.registry.change(api.registry.resource("pods"), "a", "default", lambda obj: obj.update(status=ready))
    api.registry.create(api.registry.resource(BUDGETS), budget(minAvailable=1), namespace="default")
    counts = {"disruptionsAllowed": allowed, "desiredHealthy": 1, "currentHealthy": 1 + allowed, "expectedPods": 1}
    told = {**counts, "observedGeneration": 1}
    api.registry.change(api.registry.resource(BUDGETS), "web", "default", lambda obj: obj.update(status=told))
    return api


async def test_an_eviction_that_a_budget_does_not_allow_is_refused_as_a_real_cluster_does() -> None:
    api = await _with_budget(0)
    answer = await api.call(
        "POST", "/api/v1/namespaces/default/pods/a/eviction", EVICTION, content_type="application/json"
    )
    cause = {
        "reason": "DisruptionBudget",
        "message": "The disruption budget web needs 1 healthy pods and has 1 currently",
    }
    assert answer.code == 429 and answer.json["details"] == {"causes": [cause]}
    assert answer.json["message"] == "Cannot evict pod as it would violate the pod's disruption budget."


@pytest.mark.parametrize("dry", [True, False])
async def test_an_eviction_deletes_the_pod_unless_it_is_a_dry_run(dry: bool) -> None:
    api = await _with_budget(1)
    body = EVICTION | {"deleteOptions": {"dryRun": ["All"]} if dry else {}}
    path = "/api/v1/namespaces/default/pods/a/eviction"
    answer = await api.call("POST", path, json.loads(json.dumps(body)), content_type="application/json")
    assert answer.code == 201 and answer.json["status"] == "Success"
    left = api.registry.find(api.registry.resource("pods"), "a", "default")
    assert (left is not None and "deletionTimestamp" not in left["metadata"]) is dry
    (after,) = api.registry.list(api.registry.resource(BUDGETS))
    assert (after["status"].get("disruptionsAllowed", 0) == 1) is dry


async def test_an_eviction_of_the_older_version_is_taken_as_well() -> None:
    api = await _with_budget(1)
    path, kind = "/api/v1/namespaces/default/pods/a/eviction", "application/json"
    older = await api.call("POST", path, EVICTION | {"apiVersion": "policy/v1beta1"}, content_type=kind)
    assert older.code == 201
    unknown = await api.call("POST", path, EVICTION | {"apiVersion": "policy/v1alpha1"}, content_type=kind)
    assert unknown.code == 400
