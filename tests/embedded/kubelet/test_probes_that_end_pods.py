"""What a failed probe does to a Pod that is never restarted, and what a subdomain alone gives."""

from __future__ import annotations

from typing import Any

from tests.embedded.kubelet.test_kubelet import pod
from tests.embedded.simulation import Simulation, execute


async def test_a_failed_liveness_probe_ends_for_good_what_is_never_restarted(sim: Simulation) -> None:
    """As recorded on kind: the Killing event of the last container says no more than that, and nothing starts again."""
    loop = "trap 'exit 0' TERM; while true; do sleep 0.1; done"
    probe = {"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 1}
    obj = pod(command=["sh", "-c", loop], livenessProbe=probe)
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
    sim.create(pod(command=["sh", "-c", loop], readinessProbe=probe))
    await sim.until(lambda: sim.ready("p"))
    sim.delete("p", 10)
    await sim.run(5)
    assert not sim.ready("p")


async def test_a_subdomain_alone_gives_a_pod_a_full_name(sim: Simulation) -> None:
    obj = pod()
    obj["spec"]["subdomain"] = "nosvc"
    sim.create(obj)
    await sim.until(lambda: sim.ready("p"))
    assert await execute(sim, "p", "hostname", "-f") == (0, "p.nosvc.default.svc.cluster.local\n", "")


def _terminated(pod: dict[str, Any]) -> bool:
    return any("terminated" in state["state"] for state in pod["status"].get("containerStatuses") or [])
