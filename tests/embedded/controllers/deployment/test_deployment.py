"""Deployments roll their template out, step by step."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.controllers.deployment import family
from tests.embedded.controllers.workloads import Workloads, template, workload
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
BAD = "nginx:no-such-tag"


class Rollouts(Workloads):
    """The Deployment web."""

    def set_image(self, image: str) -> None:
        self.change("Deployment", lambda obj: obj["spec"]["template"]["spec"]["containers"][0].update(image=image))

    def reason(self) -> str:
        conditions = self.status("Deployment").get("conditions") or []
        return next((str(c["reason"]) for c in conditions if c["type"] == "Progressing"), "")

    def sizes(self) -> list[int]:
        """The replicas of all ReplicaSets, in order of revisions."""
        return [one["spec"]["replicas"] for one in sorted(self.all("ReplicaSet"), key=_revision)]

    def complete(self) -> bool:
        deployment = self.get("Deployment")
        status, count = deployment["status"], deployment["spec"]["replicas"]
        observed = status.get("observedGeneration") == deployment["metadata"]["generation"]
        counts = {status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")}
        return observed and counts == {count} and self.reason() == "NewReplicaSetAvailable"


def _revision(one: Obj) -> int:
    return family.annotation(one, family.REVISION) or 0


async def rolled_out(sim: Simulation, replicas: int = 4, **spec: Any) -> Rollouts:
    there = Rollouts(sim)
    there.create(workload("Deployment", replicas, **spec))
    await sim.until(there.complete)
    return there


async def test_a_rollout_keeps_to_its_bounds_and_is_told(sim: Simulation) -> None:
    rolling = {"maxSurge": 1, "maxUnavailable": 1}
    there = await rolled_out(sim, strategy={"type": "RollingUpdate", "rollingUpdate": rolling})
    seen: list[tuple[int, int]] = []

    def counts() -> bool:
        status = there.status("Deployment")
        seen.append((sum(there.sizes()), status.get("availableReplicas", 0)))
        return there.complete() and there.sizes() == [0, 4]

    there.set_image("nginx:1.27")
    await sim.until(counts)
    assert max(total for total, _ in seen) <= 5 and min(available for _, available in seen) >= 3
    old, new = (one["metadata"]["name"] for one in sorted(there.all("ReplicaSet"), key=_revision))
    told = there.told("ScalingReplicaSet")
    assert told[:2] == [f"Scaled up replica set {old} from 0 to 4", f"Scaled up replica set {new} from 0 to 1"]
    assert f"Scaled down replica set {old} from 1 to 0" in told


async def test_recreate_waits_until_the_old_pods_are_gone(sim: Simulation) -> None:
    there = await rolled_out(sim, 2, strategy={"type": "Recreate"})
    first = {pod["metadata"]["name"] for pod in there.pods()}
    there.set_image("nginx:1.27")
    await sim.until(lambda: len(there.all("ReplicaSet")) == 2)
    assert not first & {pod["metadata"]["name"] for pod in there.pods() if pod["status"]["phase"] == "Running"}
    await sim.until(there.complete)


async def test_a_rollover_leaves_the_half_done_rollout_behind(sim: Simulation) -> None:
    there = await rolled_out(sim)
    there.set_image(BAD)
    await sim.until(lambda: there.sizes() == [3, 2])
    there.set_image("nginx:1.27")
    await sim.until(there.complete)
    assert there.sizes() == [0, 0, 4]


async def test_going_back_takes_the_old_replicaset_and_remembers_its_revision(sim: Simulation) -> None:
    there = await rolled_out(sim, 1)
    there.set_image("nginx:1.27")
    await sim.until(there.complete)
    there.set_image("nginx")
    await sim.until(there.complete)
    last = max(there.all("ReplicaSet"), key=_revision)["metadata"]["annotations"]
    assert (last[family.REVISION], last[family.HISTORY]) == ("3", "1")
    assert there.get("Deployment")["metadata"]["annotations"][family.REVISION] == "3"


async def test_only_so_many_old_replicasets_are_kept(sim: Simulation) -> None:
    there = await rolled_out(sim, 1, revisionHistoryLimit=1)
    for image in ("nginx:1.27", "busybox", "nginx:1.27-alpine"):
        there.set_image(image)
        await sim.run(1)
    there.set_image("nginx:1.26")
    await sim.until(lambda: max(map(_revision, there.all("ReplicaSet"))) == 5 and len(there.all("ReplicaSet")) == 2)
    assert sorted(map(_revision, there.all("ReplicaSet"))) == [4, 5]


async def test_a_paused_deployment_is_scaled_but_not_rolled_out(sim: Simulation) -> None:
    there = await rolled_out(sim, 1)
    there.change("Deployment", lambda obj: obj["spec"].update(paused=True))
    there.set_image("nginx:1.27")
    there.scale("Deployment", 2)
    await sim.until(lambda: there.status("Deployment").get("availableReplicas") == 2)
    assert there.sizes() == [2] and there.reason() == "DeploymentPaused"
    there.change("Deployment", lambda obj: obj["spec"].pop("paused"))
    await sim.until(there.complete)
    assert there.sizes() == [0, 2]


async def test_a_rollout_without_progress_has_failed_after_its_deadline(sim: Simulation) -> None:
    there = await rolled_out(sim, 1, progressDeadlineSeconds=5)
    there.set_image(BAD)
    start = sim.clock.now()
    await sim.until(lambda: there.reason() == "ProgressDeadlineExceeded", limit=20)
    assert 5 <= sim.clock.now() - start <= 9
    there.set_image("nginx")
    await sim.until(there.complete)


async def test_scaling_during_a_rollout_keeps_the_proportions(sim: Simulation) -> None:
    there = await rolled_out(sim, 10, strategy={"rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}})
    there.set_image(BAD)
    await sim.until(lambda: there.sizes() == [8, 5])
    there.scale("Deployment", 20)
    await sim.until(lambda: sum(there.sizes()) == 23)
    assert there.sizes() == [14, 9]


async def test_a_name_that_is_taken_gives_another_hash(sim: Simulation) -> None:
    there = await rolled_out(sim, 1)
    (mine,) = there.all("ReplicaSet")
    taken = workload("ReplicaSet", 0)
    taken["metadata"]["name"] = mine["metadata"]["name"]
    sim.registry.delete(sim.registry.resource("deployments.apps"), "web", "default")
    await sim.until(lambda: not there.all("ReplicaSet") and not there.pods())
    taken["spec"]["template"] = template(other="yes")
    taken["spec"]["selector"]["matchLabels"] = {"other": "yes"}
    there.create(taken)
    there.create(workload("Deployment", 1))
    await sim.until(there.complete)
    assert there.status("Deployment")["collisionCount"] == 1 and len(there.all("ReplicaSet")) == 2


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "wanted"),
    [(4, "25%", "25%", (1, 1)), (1, "25%", "25%", (1, 0)), (3, 0, "30%", (0, 1)), (3, 0, 9, (0, 3)), (0, 1, 1, (1, 0))],
)
def test_bounds(replicas: int, surge: int | str, unavailable: int | str, wanted: tuple[int, int]) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
    deployment = {"spec": {"replicas": replicas, "strategy": strategy}}
    assert (family.max_surge(deployment), family.max_unavailable(deployment)) == wanted


async def test_a_deployment_that_is_scaled_first_shows_what_it_had(sim: Simulation) -> None:
    """As recorded in `ssa-status`: none of those that were asked for before is missing."""
    there, seen = await rolled_out(sim, 1), []
    resource = sim.registry.resource("deployments.apps")
    stop = sim.registry.on(resource, lambda event: seen.append(event.object["status"]))
    there.scale("Deployment", 2)
    await sim.until(there.complete)
    stop()
    told = [(status.get("unavailableReplicas"), status["replicas"]) for status in seen[2:5]]
    assert told == [(None, 1), (1, 1), (1, 2)]
