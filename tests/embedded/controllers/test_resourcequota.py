"""Quotas on a whole cluster: what is charged, refused and given back."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
TERMINATING = {"scopeName": "Terminating", "operator": "Exists"}


def _quota(hard: Obj, name: str = "q", **spec: Any) -> Obj:
    return {"kind": "ResourceQuota", "apiVersion": "v1", "metadata": {"name": name}, "spec": {"hard": hard, **spec}}


def _pod(name: str, **resources: Any) -> Obj:
    container = {"name": "c", "image": "nginx:latest", "resources": resources}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name}, "spec": {"containers": [container]}}


def _status(sim: Simulation, name: str = "q") -> Obj:
    quotas = sim.registry.resource("resourcequotas")
    found: Obj = sim.registry.get(quotas, name, sim.namespace)["status"]
    return found


async def test_a_quota_knows_what_was_there_before(sim: Simulation) -> None:
    sim.create(_pod("old"))
    sim.create(_quota({"pods": "2", "count/pods": "3", "configmaps": "9", "count/services": "4"}))
    await sim.run(0.1)
    assert _status(sim)["used"] == {"configmaps": "1", "count/pods": "1", "count/services": "1", "pods": "1"}


async def test_what_is_too_much_is_refused_and_comes_back_when_pods_go(sim: Simulation) -> None:
    sim.create(_quota({"requests.cpu": "1", "pods": "2"}))
    await sim.run(0.1)
    sim.create(_pod("one", requests={"cpu": "600m"}))
    assert _status(sim)["used"] == {"pods": "1", "requests.cpu": "600m"}
    with pytest.raises(StatusError) as refused:
        sim.create(_pod("two", requests={"cpu": "500m"}))
    assert refused.value.message == (
        'pods "two" is forbidden: exceeded quota: q, requested: requests.cpu=500m,'
        " used: requests.cpu=600m, limited: requests.cpu=1"
    )
    with pytest.raises(StatusError, match=r"failed quota: q: must specify requests\.cpu for: c"):
        sim.create(_pod("three"))
    sim.delete("one", grace=0)
    await sim.run(0.1)
    assert _status(sim)["used"] == {"pods": "0", "requests.cpu": "0"}


async def test_other_scopes_are_noticed_with_the_next_change_of_what_is_hard(sim: Simulation) -> None:
    sim.create(_quota({"pods": "2"}, scopeSelector={"matchExpressions": [TERMINATING]}))
    sim.create(_pod("endless"))
    await sim.run(0.1)
    quotas = sim.registry.resource("resourcequotas")
    sim.registry.change(quotas, "q", sim.namespace, lambda quota: quota["spec"].pop("scopeSelector"), subresource="")
    await sim.run(2)
    assert _status(sim)["used"] == {"pods": "0"}
    sim.registry.change(
        quotas, "q", sim.namespace, lambda quota: quota["spec"].update(hard={"pods": "3"}), subresource=""
    )
    await sim.run(0.1)
    assert _status(sim) == {"hard": {"pods": "3"}, "used": {"pods": "1"}}


async def test_only_pods_in_scope_are_counted(sim: Simulation) -> None:
    sim.create(_quota({"pods": "1"}, scopes=["BestEffort"]))
    sim.create(_quota({"pods": "1"}, "other", scopes=["NotBestEffort"]))
    await sim.run(0.1)
    sim.create(_pod("besteffort"))
    sim.create(_pod("burstable", requests={"memory": "1Mi"}))
    assert [_status(sim, name)["used"] for name in ("q", "other")] == [{"pods": "1"}, {"pods": "1"}]
    with pytest.raises(StatusError, match="exceeded quota: other"):
        sim.create(_pod("more", requests={"memory": "1Mi"}))


async def test_a_dry_run_is_free(sim: Simulation) -> None:
    sim.create(_quota({"pods": "1"}))
    await sim.run(0.1)
    pods = sim.registry.resource("pods")
    sim.registry.create(pods, _pod("dry"), namespace=sim.namespace, by=Writer(dry_run=True))
    assert _status(sim)["used"] == {"pods": "0"}
