"""Resources that change while a Pod runs: in place, with a new container, or not yet."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]


def pod(name: str = "p", **more: Any) -> Obj:
    resources = {"requests": {"cpu": "100m", "memory": "32Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}}
    command = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"]
    container = {"name": "c", "image": "busybox", "command": command, "resources": resources, **more}
    return {"kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}}


def resize(sim: Simulation, kind: str, name: str = "p", **amounts: str) -> None:
    """What `kubectl patch --subresource resize` does."""

    def change(obj: Obj) -> None:
        obj["spec"]["containers"][0]["resources"][kind].update(amounts)

    pods = sim.registry.resource("pods")
    sim.registry.change(pods, name, sim.namespace, change, subresource="resize", by=Writer("test"))


def status(sim: Simulation) -> Obj:
    return dict(sim.pod("p")["status"]["containerStatuses"][0])


def told(sim: Simulation) -> list[tuple[str, str]]:
    found = [(event["object"]["reason"], event["object"]["message"]) for event in sim.seen["events"]]
    return [(reason, message) for reason, message in found if "resize" in message]


def conditions(sim: Simulation) -> list[tuple[str, str | None]]:
    """The conditions of a resize in the order in which watchers saw them."""
    found: list[tuple[str, str | None]] = []
    for event in sim.seen["pods"]:
        first = (event["object"]["status"].get("conditions") or [{"type": ""}])[0]
        if first["type"].startswith("PodResize") and found[-1:] != [(first["type"], first.get("reason"))]:
            found.append((first["type"], first.get("reason")))
    return found


async def test_more_cpu_is_given_in_place(sim: Simulation) -> None:
    sim.create(pod())
    await sim.until(lambda: sim.ready("p"), limit=10)
    resize(sim, "requests", cpu="150m")
    await sim.run(3)
    assert status(sim)["resources"]["requests"] == {"cpu": "150m", "memory": "32Mi"}
    assert status(sim)["allocatedResources"] == {"cpu": "150m", "memory": "32Mi"}
    assert status(sim)["restartCount"] == 0
    assert conditions(sim) == [("PodResizeInProgress", None)]
    assert sim.pod("p")["status"]["conditions"][0]["type"] == "PodReadyToStartContainers"
    described = (
        '{"containers":[{"name":"c","resources":{"limits":{"cpu":"200m","memory":"64Mi"},'
        '"requests":{"cpu":"150m","memory":"32Mi"}}}],"generation":2}'
    )
    assert told(sim) == [
        ("ResizeStarted", f"Pod resize started: {described}"),
        ("ResizeCompleted", f"Pod resize completed: {described}"),
    ]


async def test_a_strict_policy_restarts_the_container(sim: Simulation) -> None:
    sim.create(pod(resizePolicy=[{"resourceName": "memory", "restartPolicy": "RestartContainer"}]))
    await sim.until(lambda: sim.ready("p"), limit=10)
    resize(sim, "limits", memory="96Mi")
    await sim.run(5)
    assert status(sim)["restartCount"] == 1 and "running" in status(sim)["state"]
    assert status(sim)["resources"]["limits"]["memory"] == "96Mi"
    assert ("Killing", "Container c resize requires restart") in told(sim)


async def test_what_the_node_has_not_is_waited_for(sim: Simulation) -> None:
    sim.create(pod("other"))
    sim.create(pod())
    await sim.until(lambda: sim.ready("p") and sim.ready("other"), limit=10)
    resize(sim, "limits", cpu="1950m")
    resize(sim, "requests", cpu="1950m")
    await sim.run(3)
    pending = sim.pod("p")["status"]["conditions"][0]
    assert (pending["type"], pending["reason"]) == ("PodResizePending", "Deferred")
    assert pending["message"].startswith("Node didn't have enough resource: cpu, requested: 1950, used: ")
    assert status(sim)["resources"]["requests"]["cpu"] == "100m"
    assert [each for each, _ in told(sim)] == ["ResizeDeferred"]
    resize(sim, "requests", "other", cpu="110m")  # what is only asked for takes nobody's room
    await sim.run(3)
    assert sim.pod("other")["status"]["containerStatuses"][0]["allocatedResources"]["cpu"] == "110m"
    sim.delete("other", 0)
    await sim.run(25)
    assert status(sim)["resources"]["requests"]["cpu"] == "1950m"


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ({"cpu": "9"}, "cpu, requested: 9000, allocatable: 2000"),
        ({"memory": "1000Gi"}, "memory, requested: 1073741824000, allocatable: 25276502016"),
        (
            {"cpu": "9", "memory": "1000Gi"},
            "cpu, requested: 9000, allocatable: 2000; memory, requested: 1073741824000, allocatable: 25276502016",
        ),
    ],
)
async def test_what_no_pod_of_the_node_can_have_is_refused(
    sim: Simulation, amounts: dict[str, str], words: str
) -> None:
    sim.create(pod())
    await sim.until(lambda: sim.ready("p"), limit=10)
    resize(sim, "limits", cpu="200", memory="2000Gi")
    with pytest.raises(StatusError, match='pods "p" is forbidden: node didn\'t have enough allocatable resources') as e:
        resize(sim, "requests", **amounts)
    assert e.value.message.endswith(f": {words}")


async def test_what_waits_for_good_is_told_where_the_node_has_less_than_it_said(sim: Simulation) -> None:
    sim.create(pod())
    await sim.until(lambda: sim.ready("p"), limit=10)
    nodes = sim.registry.resource("nodes")
    resize(sim, "limits", cpu="1900m")
    resize(sim, "requests", cpu="1900m")
    sim.registry.change(nodes, "lab-control-plane", "", lambda node: node["status"]["allocatable"].update(cpu="1"))
    await sim.run(3)
    pending = sim.pod("p")["status"]["conditions"][0]
    assert (pending["reason"], pending["message"]) == (
        "Infeasible",
        "Node didn't have enough capacity: cpu, requested: 1900, capacity: 1000",
    )


async def test_an_ephemeral_container_is_no_resize(sim: Simulation) -> None:
    sim.create(pod())
    await sim.until(lambda: sim.ready("p"))
    guest = {"name": "guest", "image": "busybox", "command": ["sleep", "60"]}

    def add(obj: Obj) -> None:
        obj["spec"]["ephemeralContainers"] = [guest]

    sim.registry.change(sim.registry.resource("pods"), "p", sim.namespace, add, subresource="ephemeralcontainers")
    await sim.until(lambda: "running" in (status_of_guest(sim).get("state") or {}))
    assert not [reason for reason, _ in told(sim) if reason.startswith("Resize")]


def status_of_guest(sim: Simulation) -> Obj:
    found = (sim.pod("p")["status"].get("ephemeralContainerStatuses") or [{}])[0]
    return dict(found)


async def test_a_pods_own_resources_are_resized(sim: Simulation) -> None:
    own = {"limits": {"cpu": "400m", "memory": "128Mi"}, "requests": {"cpu": "200m", "memory": "64Mi"}}
    sim.create({**pod(), "spec": {**pod()["spec"], "resources": own}})
    await sim.until(lambda: sim.ready("p"), limit=10)
    assert sim.pod("p")["status"]["resources"] == own

    def change(obj: Obj) -> None:
        obj["spec"]["resources"]["limits"]["cpu"] = "500m"

    by = Writer("test")
    sim.registry.change(sim.registry.resource("pods"), "p", sim.namespace, change, subresource="resize", by=by)
    await sim.run(3)
    found = sim.pod("p")["status"]
    assert found["resources"]["limits"] == {"cpu": "500m", "memory": "128Mi"}
    assert (found["allocatedResources"], found["observedGeneration"]) == (own["requests"], 2)
    assert conditions(sim) == [("PodResizeInProgress", None)]


async def test_what_a_new_size_means_is_settled_with_the_pod(sim: Simulation) -> None:
    sim.create(pod())
    await sim.until(lambda: sim.ready("p"), limit=10)

    def change(obj: Obj) -> None:
        obj["spec"]["containers"][0]["resizePolicy"] = [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]

    pods = sim.registry.resource("pods")
    with pytest.raises(StatusError, match="spec: Forbidden: only cpu and memory resources are mutable"):
        sim.registry.change(pods, "p", sim.namespace, change, subresource="resize", by=Writer("test"))
