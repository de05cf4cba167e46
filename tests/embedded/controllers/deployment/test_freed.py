"""A Deployment whose ReplicaSet is freed, and one that finds it: their statuses in kind's order."""

from __future__ import annotations

from typing import Any

from tests.embedded.simulation import Simulation

Obj = dict[str, Any]


def web(replicas: int) -> Obj:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": "web"}, "spec": spec}


async def test_a_freed_replicaset_is_missed_at_once_and_found_before_it_is_scaled(sim: Simulation) -> None:
    """As recorded on kind: what is adopted cannot be written yet, so that the first status counts it as it was."""
    deployments, seen = sim.registry.resource("deployments.apps"), []
    sim.registry.create(deployments, web(1), namespace="default")
    await sim.run(5)

    def note(obj: Obj) -> None:
        status = obj.get("status") or {}
        reasons = {one["type"]: one["reason"] for one in status.get("conditions") or []}
        found = (reasons.get("Progressing"), status.get("replicas"), status.get("unavailableReplicas"))
        if not seen or seen[-1] != found:
            seen.append(found)

    sim.registry.on(deployments, lambda event: note(event.object))
    seen.clear()
    sim.registry.delete(deployments, "web", "default", options={"propagationPolicy": "Orphan"})
    await sim.run(1)
    assert seen == [("NewReplicaSetAvailable", 1, None), ("NewReplicaSetAvailable", None, None)]
    seen.clear()
    sim.registry.create(deployments, web(2), namespace="default")
    await sim.run(5)
    assert seen[:4] == [
        (None, None, None),
        ("FoundNewReplicaSet", None, None),
        ("FoundNewReplicaSet", 1, None),
        ("FoundNewReplicaSet", 1, 1),
    ]
