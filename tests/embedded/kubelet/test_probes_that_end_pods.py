"""What a failed probe does to a Pod that is never restarted, and what a subdomain alone gives."""

from __future__ import annotations

from typing import Any

from tests.embedded.kubelet.test_kubelet import pod
from tests.embedded.simulation import Simulation, execute


async def test_a_failed_liveness_probe_ends_for_good_what_is_never_restarted(sim: Simulation) -> None:
    """As recorded on kind: the Killing event of the last container says no more than that, and nothing starts again."""
    loop = "trap 'exit 0' TERM; while true; do sleep 0.1; done"
    probe = {"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 1}
    obj = pod(image="busybox", command=["sh", "-c", loop], livenessProbe=probe)
    obj["spec"]["restartPolicy"] = "Never"
    sim.create(obj)
    await sim.until(lambda: sim.pod("p")["status"]["phase"] == "Succeeded", limit=20)
    assert sim.pod("p")["status"]["containerStatuses"][0]["restartCount"] == 0
    killing = [event["object"]["message"] for event in sim.seen["events"] if event["object"]["reason"] == "Killing"]
    assert killing == ["Stopping container c"]
    ended = [pod["status"] for pod in (event["object"] for event in sim.seen["pods"]) if _terminated(pod)]
    assert ended[0]["phase"] == "Running" and ended[0]["conditions"][0]["type"] == "PodReadyToStartContainers"
    assert ended[0]["conditions"][0]["status"] == "False"  # the sandbox went with it


async def test_readiness_is_asked_for_to_the_end(sim: Simulation) -> None:
    """A Pod that is shutting down may say so. Upstream: pkg/kubelet/prober/worker.go (doProbe)"""
    loop = "trap 'rm /tmp/ok' TERM; touch /tmp/ok; while true; do sleep 0.1; done"
    probe = {"exec": {"command": ["cat", "/tmp/ok"]}, "periodSeconds": 1, "failureThreshold": 1}
    sim.create(pod(image="busybox", command=["sh", "-c", loop], readinessProbe=probe))
    await sim.until(lambda: sim.ready("p"))
    sim.delete("p", 10)
    await sim.run(5)
    assert not sim.ready("p")


async def test_what_has_ended_is_asked_until_the_status_says_so(sim: Simulation) -> None:
    """As recorded on kind, where it is a matter of chance: a second at most. Upstream: pkg/kubelet/prober/worker.go"""
    for tenth in range(0, 10, 2):
        probe = {"exec": {"command": ["true"]}, "periodSeconds": 1}
        obj = pod(f"p{tenth}", image="busybox", command=["sleep", f"3.{tenth}"], readinessProbe=probe)
        obj["spec"]["restartPolicy"] = "Never"
        sim.create(obj)
    await sim.run(20)
    told = _unhealthy(sim)
    assert told and all(message.endswith("container is in CONTAINER_EXITED state") for message, _ in told)
    assert all(count == 1 for _, count in told) and len(told) < 5


async def test_a_server_that_has_ended_refuses_the_last_probe(sim: Simulation) -> None:
    probe = {"httpGet": {"port": 80}, "periodSeconds": 1}
    for tenth in range(0, 10, 2):
        sim.create(pod(f"p{tenth}", readinessProbe=probe))
    await sim.until(lambda: all(sim.ready(f"p{tenth}") for tenth in range(0, 10, 2)), limit=30)
    for tenth in range(0, 10, 2):
        sim.delete(f"p{tenth}", 30)
        await sim.run(0.2)
    await sim.run(5)
    told = [message for message, _ in _unhealthy(sim)]
    assert told and all(message.endswith("connect: connection refused") for message in told) and len(told) < 5


async def test_a_subdomain_alone_gives_a_pod_a_full_name(sim: Simulation) -> None:
    obj = pod()
    obj["spec"]["subdomain"] = "nosvc"
    sim.create(obj)
    await sim.until(lambda: sim.ready("p"))
    assert await execute(sim, "p", "hostname", "-f") == (0, "p.nosvc.default.svc.cluster.local\n", "")


def _terminated(pod: dict[str, Any]) -> bool:
    return any("terminated" in state["state"] for state in pod["status"].get("containerStatuses") or [])


def _unhealthy(sim: Simulation) -> list[tuple[str, int]]:
    found = [event["object"] for event in sim.seen["events"] if event["object"]["reason"] == "Unhealthy"]
    return [(event["message"], event["count"]) for event in found]
