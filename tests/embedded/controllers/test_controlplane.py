"""What the API server's own controllers keep: addresses, ranges, APIServices, FlowSchemas."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
FLOW = "flowcontrol.apiserver.k8s.io"


@pytest.fixture
async def sim() -> AsyncIterator[Simulation]:
    made = Simulation()
    await made.start()
    yield made
    made.core.stop()


def _names(sim: Simulation, kind: str) -> list[str]:
    return [obj["metadata"]["name"] for obj in sim.registry.list(sim.registry.resource(kind))]


async def test_a_services_address_is_an_object_as_long_as_it_is_there(sim: Simulation) -> None:
    services = sim.registry.resource("services")
    made = sim.registry.create(services, {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
    headless = {"metadata": {"name": "db"}, "spec": {"clusterIP": "None", "ports": [{"port": 80}]}}
    sim.registry.create(services, headless)
    await sim.run(0.1)
    assert _names(sim, "ipaddresses.networking.k8s.io") == sorted(["10.96.0.1", made["spec"]["clusterIP"]])
    address = sim.registry.get(sim.registry.resource("ipaddresses.networking.k8s.io"), made["spec"]["clusterIP"])
    assert address["spec"]["parentRef"] == {"resource": "services", "namespace": "default", "name": "web"}
    sim.registry.delete(services, "web", "default")
    await sim.run(0.1)
    assert _names(sim, "ipaddresses.networking.k8s.io") == ["10.96.0.1"]


async def test_a_range_is_ready_and_can_go(sim: Simulation) -> None:
    ranges = sim.registry.resource("servicecidrs.networking.k8s.io")
    sim.registry.create(ranges, {"metadata": {"name": "more"}, "spec": {"cidrs": ["10.97.0.0/24"]}})
    await sim.run(0.1)
    found = sim.registry.get(ranges, "more")
    assert [(c["type"], c["status"]) for c in found["status"]["conditions"]] == [("Ready", "True")]
    sim.registry.delete(ranges, "more")
    await sim.run(0.1)
    assert _names(sim, "servicecidrs.networking.k8s.io") == []


async def test_custom_groups_have_apiservices(sim: Simulation) -> None:
    definitions = sim.registry.resource("customresourcedefinitions.apiextensions.k8s.io")
    names = {"plural": "dogs", "kind": "Dog"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    sim.registry.create(definitions, {"metadata": {"name": "dogs.example.com"}, "spec": spec})
    await sim.run(0.1)
    services = sim.registry.list(sim.registry.resource("apiservices.apiregistration.k8s.io"))
    assert [(one["metadata"]["name"], one["status"]["conditions"][0]["reason"]) for one in services] == [
        ("v1.example.com", "Local")
    ]
    sim.registry.delete(definitions, "dogs.example.com")
    await sim.run(2)
    assert _names(sim, "apiservices.apiregistration.k8s.io") == []


async def test_a_flow_schema_tells_whether_its_level_is_there(sim: Simulation) -> None:
    schemas, levels = (
        sim.registry.resource(f"{plural}.{FLOW}") for plural in ("flowschemas", "prioritylevelconfigurations")
    )
    sim.registry.create(
        schemas, {"metadata": {"name": "mine"}, "spec": {"priorityLevelConfiguration": {"name": "low"}}}
    )
    await sim.run(0.1)

    def dangling() -> str:
        return str(sim.registry.get(schemas, "mine")["status"]["conditions"][0]["status"])

    assert dangling() == "True"
    limited = {"limitResponse": {"type": "Reject"}}
    sim.registry.create(levels, {"metadata": {"name": "low"}, "spec": {"type": "Limited", "limited": limited}})
    await sim.run(0.1)
    assert dangling() == "False"
