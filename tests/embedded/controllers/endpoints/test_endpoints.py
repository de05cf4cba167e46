"""Services find their Pods: slices and Endpoints follow readiness, deletion and what is written by hand."""

from __future__ import annotations

from typing import Any

from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
READY = {"exec": {"command": ["cat", "/ready"]}, "periodSeconds": 1}


def pod(name: str, grace: int = 1, **container: Any) -> Obj:
    command = ["sh", "-c", "trap '' TERM; while true; do sleep 1; done"]
    made = {"name": "c", "image": "busybox", "command": command, **container}
    spec = {"containers": [made], "terminationGracePeriodSeconds": grace}
    return {"kind": "Pod", "metadata": {"name": name, "labels": {"app": "web"}}, "spec": spec}


def service(**spec: Any) -> Obj:
    return {"kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, **spec}}


def slices(sim: Simulation) -> list[Obj]:
    found = sim.registry.list(sim.registry.resource("endpointslices.discovery.k8s.io"), sim.namespace)
    return [one for one in found if one["metadata"]["name"] != "kubernetes"]


def conditions(sim: Simulation) -> dict[str, tuple[bool, ...]]:
    """ready, serving, terminating by the Pod's name."""
    return {
        each["targetRef"]["name"]: tuple(each["conditions"][key] for key in ("ready", "serving", "terminating"))
        for one in slices(sim)
        for each in one.get("endpoints") or []
    }


def endpoints(sim: Simulation) -> Obj:
    return sim.registry.get(sim.registry.resource("endpoints"), "web", sim.namespace)


async def test_an_endpoint_is_ready_then_terminating_then_gone(sim: Simulation) -> None:
    sim.create(service(ports=[{"port": 80}]))
    sim.create(pod("a", grace=4))
    await sim.until(lambda: conditions(sim) == {"a": (True, True, False)})
    assert endpoints(sim)["subsets"][0]["addresses"][0]["ip"] == sim.pod("a")["status"]["podIP"]
    sim.delete("a")
    await sim.until(lambda: conditions(sim) == {"a": (False, True, True)})
    assert not endpoints(sim).get("subsets")
    await sim.until(lambda: sim.gone("a") and not conditions(sim))
    assert [(one.get("endpoints"), one.get("ports")) for one in slices(sim)] == [(None, None)]


async def test_unready_pods_are_told_of_and_published_only_where_that_is_asked_for(sim: Simulation) -> None:
    sim.create(service(ports=[{"port": 80}]))
    sim.create({**service(ports=[{"port": 80}], publishNotReadyAddresses=True), "metadata": {"name": "eager"}})
    sim.create(pod("a", readinessProbe=READY))
    await sim.until(lambda: len([each for one in slices(sim) for each in one.get("endpoints") or []]) == 2)
    told = {one["metadata"]["generateName"]: one["endpoints"][0]["conditions"]["ready"] for one in slices(sim)}
    assert told == {"web-": False, "eager-": True}
    assert "addresses" not in endpoints(sim)["subsets"][0]


async def test_a_headless_service_without_ports_names_its_pods(sim: Simulation) -> None:
    sim.create(service(clusterIP="None"))
    made = pod("a")
    made["spec"] |= {"hostname": "first", "subdomain": "web"}
    sim.create(made)
    await sim.until(lambda: bool(conditions(sim)))
    (one,) = slices(sim)
    assert one["endpoints"][0]["hostname"] == "first" and one["ports"] is None
    assert one["metadata"]["labels"]["service.kubernetes.io/headless"] == ""


async def test_endpoints_written_by_hand_are_mirrored(sim: Simulation) -> None:
    sim.create({"kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
    resource = sim.registry.resource("endpoints")
    subset = {"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 8080}]}
    sim.registry.create(resource, {"metadata": {"name": "web"}, "subsets": [subset]}, namespace=sim.namespace)
    await sim.until(lambda: bool(slices(sim)))
    (one,) = slices(sim)
    assert one["endpoints"] == [{"addresses": ["10.1.2.3"], "conditions": {"ready": True}}]
    assert one["metadata"]["labels"]["endpointslice.kubernetes.io/managed-by"].startswith("endpointslicemirroring")
    sim.registry.delete(resource, "web", sim.namespace)
    await sim.until(lambda: not slices(sim))


async def test_what_somebody_deletes_comes_back(sim: Simulation) -> None:
    sim.create(service(ports=[{"port": 80}]))
    await sim.until(lambda: bool(slices(sim)))
    (one,) = slices(sim)
    sim.registry.delete(
        sim.registry.resource("endpointslices.discovery.k8s.io"), one["metadata"]["name"], sim.namespace
    )
    sim.registry.delete(sim.registry.resource("endpoints"), "web", sim.namespace)
    await sim.until(lambda: bool(slices(sim)))
    assert endpoints(sim)["metadata"]["labels"]["endpoints.kubernetes.io/managed-by"] == "endpoint-controller"
