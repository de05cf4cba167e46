"""StatefulSets: order, identity, updates."""

from __future__ import annotations

from typing import Any

from podlab.embedded.controllers.statefulset import identity
from tests.embedded.controllers.workloads import Workloads, workload
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
KIND = "StatefulSet"


class Sets(Workloads):
    """The StatefulSet web."""

    def names(self) -> list[str]:
        return [pod["metadata"]["name"] for pod in self.pods()]

    def set_image(self, image: str) -> None:
        self.change(KIND, lambda obj: obj["spec"]["template"]["spec"]["containers"][0].update(image=image))

    def images(self) -> list[str]:
        return [pod["spec"]["containers"][0]["image"] for pod in self.pods()]

    def all_ready(self) -> bool:
        obj = self.get(KIND)
        status, count = obj["status"], obj["spec"]["replicas"]
        observed = status.get("observedGeneration") == obj["metadata"]["generation"]
        return observed and len(self.pods()) == status.get("availableReplicas") == count

    def updated(self) -> bool:
        status = self.status(KIND)
        return self.all_ready() and status["currentRevision"] == status["updateRevision"]


async def ready(sim: Simulation, replicas: int = 3, **spec: Any) -> Sets:
    there = Sets(sim)
    there.create(workload(KIND, replicas, serviceName="web", **spec))
    await sim.until(there.all_ready)
    return there


async def test_pods_come_one_after_the_other_and_go_the_other_way(sim: Simulation) -> None:
    there = Sets(sim)
    there.create(workload(KIND, 3, serviceName="web"))
    for count in (1, 2, 3):
        await sim.until(lambda count=count: len(there.pods()) == count)
        assert all(sim.ready(f"web-{number}") for number in range(count - 1))
    await sim.until(there.all_ready)
    there.scale(KIND, 1)
    await sim.until(lambda: there.names() == ["web-0", "web-1"])
    assert sim.ready("web-1")
    await sim.until(lambda: there.names() == ["web-0"])
    assert there.told("SuccessfulDelete") == [
        f"Delete Pod web-{number} in StatefulSet web successful" for number in (2, 1)
    ]


async def test_a_pod_knows_who_it_is_and_comes_back_as_the_same(sim: Simulation) -> None:
    there = await ready(sim, 1)
    meta, spec = sim.pod("web-0")["metadata"], sim.pod("web-0")["spec"]
    assert meta["labels"] == {
        "app": "web",
        identity.INDEX: "0",
        identity.POD_NAME: "web-0",
        identity.REVISION: there.status(KIND)["updateRevision"],
    }
    assert (spec["hostname"], spec["subdomain"]) == ("web-0", "web")
    sim.delete("web-0")
    await sim.until(lambda: there.all_ready() and sim.pod("web-0")["metadata"]["uid"] != meta["uid"])


async def test_in_parallel_all_come_at_once_from_the_first_ordinal_on(sim: Simulation) -> None:
    there = Sets(sim)
    there.create(workload(KIND, 3, podManagementPolicy="Parallel", ordinals={"start": 5}))
    await sim.run(0.1)
    assert there.names() == ["web-5", "web-6", "web-7"]


async def test_a_partition_holds_an_update_back(sim: Simulation) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    there = await ready(sim, updateStrategy=strategy)
    there.set_image("nginx:1.27")
    await sim.until(lambda: there.all_ready() and there.status(KIND).get("updatedReplicas") == 1)
    assert there.images() == ["nginx", "nginx", "nginx:1.27"]
    sim.delete("web-0")
    await sim.until(lambda: sim.gone("web-0"))
    await sim.until(there.all_ready)
    assert there.images() == ["nginx", "nginx", "nginx:1.27"]
    there.change(KIND, lambda obj: obj["spec"]["updateStrategy"]["rollingUpdate"].update(partition=0))
    await sim.until(there.updated)
    assert there.images() == ["nginx:1.27"] * 3


async def test_on_delete_nothing_is_updated_until_somebody_deletes_it(sim: Simulation) -> None:
    there = await ready(sim, 2, updateStrategy={"type": "OnDelete"})
    there.set_image("nginx:1.27")
    await sim.run(10)
    assert there.images() == ["nginx", "nginx"]
    sim.delete("web-1")
    await sim.until(lambda: sim.gone("web-1"))
    await sim.until(there.all_ready)
    assert there.images() == ["nginx", "nginx:1.27"]


async def test_an_update_takes_one_at_a_time_even_in_parallel(sim: Simulation) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}
    there = await ready(sim, 3, podManagementPolicy="Parallel", updateStrategy=strategy)
    assert there.get(KIND)["spec"]["updateStrategy"]["rollingUpdate"] == {"partition": 0}
    there.set_image("nginx:1.27")
    fewest: list[int] = []

    def through() -> bool:
        fewest.append(there.status(KIND).get("availableReplicas", 0))
        return there.updated()

    await sim.until(through)
    assert min(fewest) == 2 and there.images() == ["nginx:1.27"] * 3


async def test_going_back_renumbers_a_revision_and_old_ones_are_forgotten(sim: Simulation) -> None:
    there = await ready(sim, 1, revisionHistoryLimit=1)
    for image in ("nginx:1.27", "nginx", "nginx:1.26", "nginx:1.27"):
        there.set_image(image)
        await sim.run(8)
    revisions = sim.registry.list(sim.registry.resource("controllerrevisions.apps"), "default")
    assert sorted(one["revision"] for one in revisions) == [4, 5]


async def test_a_pod_that_ended_is_replaced(sim: Simulation) -> None:
    there = await ready(sim, 1)
    uid = sim.pod("web-0")["metadata"]["uid"]
    pods = sim.registry.resource("pods")
    sim.registry.change(pods, "web-0", "default", lambda pod: pod["status"].update(phase="Failed"))
    await sim.until(lambda: there.names() == ["web-0"] and sim.pod("web-0")["metadata"]["uid"] != uid)


def owner(replicas: int, **policy: str) -> Obj:
    template = {"metadata": {"name": "data", "labels": {"of": "me"}}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    made = workload(KIND, replicas, volumeClaimTemplates=[template], persistentVolumeClaimRetentionPolicy=policy)
    made["metadata"] |= {"uid": "1", "namespace": "default"}
    return made


def test_claims_have_the_ordinals_name_and_the_selectors_labels() -> None:
    (claim,) = identity.claims(owner(1), 4)
    assert claim["metadata"] == {"name": "data-web-4", "labels": {"of": "me", "app": "web"}}


CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
TEMPLATES = [{"metadata": {"name": "data"}, "spec": CLAIM}]
DELETED = {"whenDeleted": "Delete", "whenScaled": "Retain"}


async def test_a_claim_that_gets_an_owner_is_not_what_the_scheduler_saw(sim: Simulation) -> None:
    await ready(sim, 1, volumeClaimTemplates=TEMPLATES, persistentVolumeClaimRetentionPolicy=DELETED)
    seen = [e["object"]["status"] for e in sim.seen["pods"] if "PodScheduled" in str(e["object"].get("status"))]
    (first,) = seen[0]["conditions"]
    conflict = 'Operation cannot be fulfilled on persistentvolumeclaims "data-web-0": the object has been modified'
    assert first["reason"] == "SchedulerError" and "nominatedNodeName" not in seen[0]
    assert first["message"].startswith(f'running PreBind plugin "VolumeBinding": {conflict}')
    assert seen[1]["nominatedNodeName"] == "lab-control-plane"


async def test_a_claim_on_its_way_is_not_the_next_pods(sim: Simulation) -> None:
    there = await ready(sim, 1, volumeClaimTemplates=TEMPLATES)
    claims = sim.registry.resource("persistentvolumeclaims")
    before = sim.registry.get(claims, "data-web-0", "default")["metadata"]["uid"]
    sim.registry.delete(claims, "data-web-0", "default")
    sim.delete("web-0", grace=0)
    await sim.until(there.all_ready)
    assert there.told("FailedCreate") == [
        "Create Pod web-0 in StatefulSet web failed error: pvc data-web-0 is being deleted"
    ]
    assert sim.registry.get(claims, "data-web-0", "default")["metadata"]["uid"] != before


async def test_a_claim_that_is_refused_is_told_of_twice(sim: Simulation) -> None:
    limit = {"type": "PersistentVolumeClaim", "max": {"storage": "1Ki"}}
    sim.create({"kind": "LimitRange", "metadata": {"name": "small"}, "spec": {"limits": [limit]}})
    there = Sets(sim)
    there.create(workload(KIND, 1, serviceName="web", volumeClaimTemplates=TEMPLATES))
    await sim.run(1)
    why = 'persistentvolumeclaims "data-web-0" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Ki'
    assert {text.partition(", but")[0] for text in there.told("FailedCreate")} == {
        f"Create Claim data-web-0 for Pod web-0 in StatefulSet web failed error: {why}",
        f"Create Pod web-0 in StatefulSet web failed error: failed to create PVC data-web-0: {why}",
    }


async def test_a_changed_retention_policy_gives_claims_owners_and_that_is_told(sim: Simulation) -> None:
    there = await ready(sim, 2, volumeClaimTemplates=TEMPLATES)
    there.change(KIND, lambda obj: obj["spec"].update(persistentVolumeClaimRetentionPolicy=DELETED))
    await sim.run(1)
    found = sim.registry.list(sim.registry.resource("persistentvolumeclaims"), "default")
    assert [each["metadata"]["ownerReferences"][0]["kind"] for each in found] == [KIND, KIND]
    assert there.told("SuccessfulUpdate") == [f"Update Pod web-{n} in StatefulSet web successful" for n in (0, 1)]


def test_who_owns_a_claim_follows_from_the_retention_policy() -> None:
    claim: Obj = {"metadata": {}}

    def kinds(policy: dict[str, str], ordinal: int) -> list[str]:
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"web-{ordinal}", "uid": "2"}}
        return [one["kind"] for one in identity.claim_owners(owner(2, **policy), pod, claim)]

    keep, scaled = {"whenDeleted": "Retain", "whenScaled": "Retain"}, {"whenDeleted": "Retain", "whenScaled": "Delete"}
    both = {"whenDeleted": "Delete", "whenScaled": "Delete"}
    assert [kinds(keep, 0), kinds(scaled, 0), kinds(scaled, 5)] == [[], [], ["Pod"]]
    assert [kinds(both, 0), kinds(both, 5)] == [["StatefulSet"], ["Pod"]]
