"""kube-system is as kind's: the recorded Pods with their owners, all Ready, and a static Pod always returns."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from podlab.embedded.addons import Addons
from podlab.embedded.apiserver.status import StatusError
from tests.embedded.simulation import GOLDEN, Simulation

Obj = dict[str, Any]
NODE = "lab-control-plane"
FACTS = {"cluster": "lab", "node": NODE, "address": "172.18.0.3"}
SUFFIX = r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b"


@asynccontextmanager
async def running() -> AsyncIterator[Simulation]:
    made = Simulation()
    await made.start()
    addons = Addons(made.registry, FACTS, "-----BEGIN CERTIFICATE-----\nX\n-----END CERTIFICATE-----\n")
    addons.start()
    await made.run(6)
    yield made
    addons.stop()
    made.core.stop()


@pytest.fixture
async def sim() -> AsyncIterator[Simulation]:
    async with running() as made:
        yield made


@pytest.fixture(scope="module")
async def seen() -> AsyncIterator[Simulation]:
    """One that is only looked at."""
    async with running() as made:
        yield made


def pods(sim: Simulation) -> list[Obj]:
    return list(sim.registry.list(sim.registry.resource("pods")))


def is_ready(pod: Obj) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions") or [])


async def test_the_recorded_pods_are_there_and_ready(seen: Simulation) -> None:
    text = (GOLDEN / "look-around" / "transcript.txt").read_text(encoding="utf-8")
    rows = re.findall(r"^(kube-system|local-path-storage) +(\S+) +1/1 +Running", text, re.M)
    assert len(rows) == 9
    found = sorted((pod["metadata"]["namespace"], re.sub(SUFFIX, "", pod["metadata"]["name"])) for pod in pods(seen))
    assert found == sorted((namespace, re.sub(SUFFIX, "", name)) for namespace, name in rows)
    assert all(is_ready(pod) for pod in pods(seen))


async def test_each_has_its_owner(seen: Simulation) -> None:
    owners = {
        pod["metadata"]["name"].partition("-lab")[0]: pod["metadata"]["ownerReferences"][0]["kind"]
        for pod in pods(seen)
    }
    assert owners["etcd"] == owners["kube-apiserver"] == owners["kube-scheduler"] == "Node"
    kinds = sorted(owner for owner in owners.values())
    assert kinds == ["DaemonSet"] * 2 + ["Node"] * 4 + ["ReplicaSet"] * 3


async def test_a_static_pod_returns(sim: Simulation) -> None:
    resource, name = sim.registry.resource("pods"), f"kube-scheduler-{NODE}"
    first = sim.registry.get(resource, name, "kube-system")["metadata"]["uid"]
    sim.registry.delete(resource, name, "kube-system")
    await sim.run(40)
    again = sim.registry.get(resource, name, "kube-system")
    assert again["metadata"]["uid"] != first
    assert is_ready(again)


async def test_what_was_deleted_stays_away_after_a_restart(sim: Simulation) -> None:
    maps = sim.registry.resource("configmaps")
    sim.registry.delete(maps, "kubeadm-config", "kube-system")
    second = Addons(sim.registry, FACTS, "X")
    second.start()
    second.stop()
    with pytest.raises(StatusError):
        sim.registry.get(maps, "kubeadm-config", "kube-system")


async def test_what_the_api_server_makes_is_there(seen: Simulation) -> None:
    rows = (GOLDEN / "look-around" / "transcript.txt").read_text(encoding="utf-8")
    leases = sorted(re.findall(r"^kube-system +lease.coordination.k8s.io/(\S+)", rows, re.M))
    registry = seen.registry
    found = registry.list(registry.resource("leases.coordination.k8s.io"), "kube-system")
    assert [lease["metadata"]["name"] for lease in found] == leases
    served = {f"{resource.version}.{resource.group}" for resource in registry.resources.values()}
    services = registry.list(registry.resource("apiservices.apiregistration.k8s.io"))
    assert {service["metadata"]["name"] for service in services} == served - {"v1.apiregistration.k8s.io"}
    schemas = registry.list(registry.resource("flowschemas.flowcontrol.apiserver.k8s.io"))
    assert {schema["status"]["conditions"][0]["reason"] for schema in schemas} == {"Found"}


async def test_leases_are_renewed_in_time(sim: Simulation) -> None:
    leases = sim.registry.resource("leases.coordination.k8s.io")

    def renewed() -> str:
        return str(sim.registry.get(leases, "kube-scheduler", "kube-system")["spec"]["renewTime"])

    before = renewed()
    await sim.run(15)
    assert renewed() > before
