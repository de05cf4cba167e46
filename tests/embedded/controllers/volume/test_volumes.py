"""Claims are bound, data outlives Pods, and what is in use is protected."""

from __future__ import annotations

import json
from typing import Any

from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.fit import matching
from tests.embedded.simulation import GOLDEN, Simulation

Obj = dict[str, Any]


def claim(name: str, size: str = "1Gi", **spec: Any) -> Obj:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **spec}
    return {"kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": wanted}


def volume(name: str, size: str, **spec: Any) -> Obj:
    given = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}, "hostPath": {"path": f"/tmp/{name}"}}
    return {"kind": "PersistentVolume", "metadata": {"name": name}, "spec": {**given, **spec}}


def pod(name: str, claimed: str, script: str = "sleep 1000") -> Obj:
    container = {
        "name": "c",
        "image": "busybox",
        "command": ["sh", "-c", script],
        "volumeMounts": [{"name": "d", "mountPath": "/data"}],
    }
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": claimed}}]
    spec = {"containers": [container], "volumes": volumes, "terminationGracePeriodSeconds": 1}
    return {"kind": "Pod", "metadata": {"name": name}, "spec": spec}


def get(sim: Simulation, plural: str, name: str) -> Obj | None:
    resource = sim.registry.resource(plural)
    return sim.registry.find(resource, name, sim.namespace if resource.namespaced else "")


def phase(sim: Simulation, plural: str, name: str) -> str:
    found = get(sim, plural, name)
    return str(found["status"].get("phase")) if found else "gone"


def log(sim: Simulation, name: str) -> bytes:
    runtime = sim.core.nodes.kubelets["lab-control-plane"].parts.runtime
    return b"".join(line.data for line in runtime.containers[sim.pod(name)["metadata"]["uid"]][0].log.lines)


async def test_a_claim_is_bound_when_a_pod_first_needs_it_and_keeps_its_data(sim: Simulation) -> None:
    sim.create(claim("data"))
    await sim.run(20.0)
    assert phase(sim, "persistentvolumeclaims", "data") == "Pending"
    sim.create(pod("one", "data", "echo hello > /data/x; sleep 1000"))
    await sim.until(lambda: sim.ready("one"))
    bound = get(sim, "persistentvolumeclaims", "data") or {}
    made = get(sim, "persistentvolumes", bound["spec"]["volumeName"]) or {}
    assert bound["spec"]["storageClassName"] == "standard" and made["status"]["phase"] == "Bound"
    assert made["spec"]["claimRef"]["uid"] == bound["metadata"]["uid"]
    sim.delete("one")
    await sim.until(lambda: sim.gone("one"))
    sim.create(pod("two", "data", "cat /data/x; sleep 1000"))
    await sim.until(lambda: sim.ready("two"))
    assert log(sim, "two") == b"hello\n"


async def test_a_claim_in_use_goes_with_its_last_pod_and_its_volume_after_it(sim: Simulation) -> None:
    sim.create(claim("data"))
    sim.create(pod("one", "data"))
    await sim.until(lambda: sim.ready("one"))
    (made,) = sim.registry.list(sim.registry.resource("persistentvolumes"))
    sim.registry.delete(sim.registry.resource("persistentvolumeclaims"), "data", sim.namespace)
    await sim.run(5.0)
    assert phase(sim, "persistentvolumeclaims", "data") == "Bound"
    sim.delete("one")
    await sim.until(lambda: phase(sim, "persistentvolumeclaims", "data") == "gone")
    await sim.until(lambda: phase(sim, "persistentvolumes", made["metadata"]["name"]) == "gone", 20.0)


async def test_a_claim_without_class_takes_a_volume_that_an_administrator_made_and_it_is_kept(sim: Simulation) -> None:
    sim.create(claim("static", storageClassName=""))
    sim.create(pod("one", "static"))
    await sim.run(5.0)
    told = [e["object"]["message"] for e in sim.seen["events"] if e["object"]["reason"] == "FailedScheduling"]
    assert told[0] == "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"
    sim.create(volume("mine", "5Gi"))
    await sim.until(lambda: sim.ready("one"), 30.0)
    assert phase(sim, "persistentvolumes", "mine") == "Bound"
    sim.delete("one")
    sim.registry.delete(sim.registry.resource("persistentvolumeclaims"), "static", sim.namespace)
    await sim.until(lambda: phase(sim, "persistentvolumes", "mine") == "Released")


def test_the_smallest_volume_that_fits_is_taken() -> None:
    wanted = {**claim("c", "2Gi"), "metadata": {"name": "c", "namespace": "n", "uid": "u"}}
    made = [
        {**volume(name, size), "status": {"phase": "Available"}}
        for name, size in (("a", "5Gi"), ("b", "3Gi"), ("c", "1Gi"))
    ]
    found = matching.best(made, wanted)
    assert found and found["metadata"]["name"] == "b"
    assert matching.best([{**made[0], "status": {"phase": "Released"}}], wanted) is None


def told(sim: Simulation, reason: str) -> list[str]:
    return [each["object"]["message"] for each in sim.seen["events"] if each["object"].get("reason") == reason]


async def test_a_claim_names_the_pods_for_whose_place_it_waits(sim: Simulation) -> None:
    sim.create(claim("data"))
    lost = pod("lost", "data")
    lost["spec"]["nodeSelector"] = {"no": "where"}
    sim.create(lost)
    await sim.run(20.0)
    assert set(told(sim, "WaitForPodScheduled")) == {"waiting for pod lost to be scheduled"}


async def test_the_node_is_expected_while_the_volume_is_made(sim: Simulation) -> None:
    sim.create(claim("data"))
    sim.create(pod("one", "data"))
    await sim.run(1.0)
    assert sim.pod("one")["status"]["nominatedNodeName"] == "lab-control-plane"
    await sim.until(lambda: sim.ready("one"))
    assert "nominatedNodeName" not in sim.pod("one")["status"]


async def test_volumes_that_nobody_provisioned_are_deleted_below_tmp_only(sim: Simulation) -> None:
    policy = {"persistentVolumeReclaimPolicy": "Delete", "storageClassName": "manual"}
    sim.create(volume("below", "1Gi", **policy))
    sim.create(volume("beside", "2Gi", **{**policy, "hostPath": {"path": "/data"}}))
    for name, size in (("a", "1Gi"), ("b", "2Gi")):
        sim.create(claim(name, size, storageClassName="manual"))
    await sim.run(1.0)
    claims = sim.registry.resource("persistentvolumeclaims")
    for name in ("a", "b"):
        sim.registry.delete(claims, name, sim.namespace)
    await sim.run(2.0)
    assert phase(sim, "persistentvolumes", "below") == "gone"
    assert phase(sim, "persistentvolumes", "beside") == "Failed"
    assert told(sim, "VolumeFailedDelete") == ["host_path deleter only supports /tmp/.+ but received provided /data"]


async def test_a_claim_grows_only_where_its_class_allows_it(sim: Simulation) -> None:
    sim.create(volume("v", "1Gi", storageClassName="manual"))
    sim.create(claim("data", "500Mi", storageClassName="manual"))
    await sim.run(1.0)
    claims = sim.registry.resource("persistentvolumeclaims")

    def ask(size: str) -> str:
        body = {"spec": {"resources": {"requests": {"storage": size}}}}
        try:
            sim.registry.patch(claims, "data", sim.namespace, body, "application/merge-patch+json")
        except StatusError as error:
            return error.message
        return ""

    assert "only dynamically provisioned pvc can be resized" in ask("900Mi")
    assert "field can not be less than status.capacity" in ask("400Mi")
    classes = sim.registry.resource("storageclasses.storage.k8s.io")
    grows = {"metadata": {"name": "manual"}, "provisioner": "x", "allowVolumeExpansion": True}
    sim.registry.create(classes, grows)
    assert ask("900Mi") == ""


async def test_a_claim_made_with_its_pod_is_looked_at_before_and_after(sim: Simulation) -> None:
    sim.create(claim("data"))
    sim.create(pod("one", "data"))
    await sim.until(lambda: sim.ready("one"))
    reasons = [e["object"]["reason"] for e in sim.seen["events"] if e["object"]["involvedObject"]["name"] == "data"]
    said = (GOLDEN / "sts-identity" / "watch-events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line)["object"] for line in said]
    recorded = [each["reason"] for each in events if each["involvedObject"]["name"] == "data-db-0"]
    assert reasons == list(dict.fromkeys(recorded))


def ephemeral(name: str, **metadata: Any) -> Obj:
    made = pod(name, "")
    template = {"metadata": metadata, "spec": claim("x", "2Mi")["spec"]}
    made["spec"]["volumes"] = [{"name": "d", "ephemeral": {"volumeClaimTemplate": template}}]
    return made


def told_of(sim: Simulation, name: str, reason: str) -> list[str]:
    events = [event["object"] for event in sim.seen["events"] if event["type"] == "ADDED"]
    return [e["message"] for e in events if (e["involvedObject"]["name"], e["reason"]) == (name, reason)]


async def test_an_ephemeral_volume_has_a_claim_of_its_own_that_goes_with_its_pod(sim: Simulation) -> None:
    sim.create(ephemeral("p", labels={"l": "m"}))
    await sim.until(lambda: sim.ready("p"))
    found = get(sim, "persistentvolumeclaims", "p-d") or {}
    (owner,) = found["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["controller"], found["metadata"]["labels"]) == ("Pod", True, {"l": "m"})
    assert told_of(sim, "p", "FailedScheduling") == [
        '0/1 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "p-d". '
        "not found"
    ]
    assert told_of(sim, "p-d", "WaitForPodScheduled") == ["waiting for pod p to be scheduled"]
    assert not told_of(sim, "p-d", "WaitForFirstConsumer")
    sim.delete("p")
    await sim.until(lambda: get(sim, "persistentvolumeclaims", "p-d") is None)


async def test_a_claim_of_that_name_that_is_somebody_elses_is_told_of(sim: Simulation) -> None:
    sim.create(claim("p-d"))
    sim.create(ephemeral("p"))
    await sim.run(3)
    wrong = "PVC default/p-d was not created for pod default/p (pod is not owner)"
    assert told_of(sim, "p", "FailedBinding")[0] == f"ephemeral volume d: {wrong}"
    assert told_of(sim, "p", "FailedScheduling")[0] == f"0/1 nodes are available: {wrong}. not found"


async def test_a_claim_for_one_pod_is_had_by_one_after_the_other_or_by_the_more_important(sim: Simulation) -> None:
    sim.create(claim("one", accessModes=["ReadWriteOncePod"]))
    sim.create(pod("first", "one"))
    await sim.until(lambda: sim.ready("first"))
    sim.create(pod("second", "one"))
    await sim.run(2)
    in_use = (
        "0/1 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode "
        "already in-use by another pod."
    )
    no_help = "0/1 nodes are available: 1 No preemption victims found for incoming pod."
    assert told_of(sim, "second", "FailedScheduling") == [
        f"{in_use} no new claims to deallocate, preemption: {no_help}"
    ]
    sim.delete("first")
    await sim.until(lambda: sim.ready("second"))
    boss = pod("boss", "one")
    boss["spec"]["priorityClassName"] = "system-node-critical"
    sim.create(boss)
    await sim.until(lambda: sim.ready("boss"))
    assert told_of(sim, "boss", "FailedScheduling") == [in_use] and sim.gone("second")


LOCAL = {"provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}
HOST = [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["lab-control-plane"]}]


async def test_a_local_volume_is_taken_for_the_first_pod_where_it_can_be_reached(sim: Simulation) -> None:
    classes = sim.registry.resource("storageclasses.storage.k8s.io")
    sim.registry.create(classes, {"metadata": {"name": "local"}, **LOCAL})
    sim.create(claim("data", storageClassName="local"))
    sim.create(pod("one", "data"))
    await sim.run(2.0)
    fit = "1 node(s) didn't find available persistent volumes to bind"
    nothing = "1 Preemption is not helpful for scheduling"
    (message,) = set(told(sim, "FailedScheduling"))
    assert message.startswith(f"0/1 nodes are available: {fit}. ") and nothing in message
    place = {"required": {"nodeSelectorTerms": [{"matchExpressions": HOST}]}}
    sim.create(volume("disk", "3Gi", storageClassName="local", nodeAffinity=place))
    await sim.until(lambda: sim.ready("one"), 10.0)
    bound, disk = get(sim, "persistentvolumeclaims", "data") or {}, get(sim, "persistentvolumes", "disk") or {}
    assert disk["spec"]["claimRef"]["uid"] == bound["metadata"]["uid"]
    assert "volume.kubernetes.io/selected-node" not in bound["metadata"]["annotations"]
    assert bound["status"]["capacity"] == {"storage": "3Gi"}


async def test_a_claim_does_not_take_a_volume_by_name_that_cannot_serve_it(sim: Simulation) -> None:
    sim.create(volume("small", "1Gi", storageClassName="manual"))
    sim.create(claim("large", "2Gi", storageClassName="manual", volumeName="small"))
    sim.create(claim("other", "1Gi", storageClassName="manual", volumeName="small", accessModes=["ReadWriteMany"]))
    await sim.run(1.0)
    why = 'Cannot bind to requested volume "small": '
    assert set(told(sim, "VolumeMismatch")) == {f"{why}requested PV is too small", f"{why}incompatible accessMode"}
    sim.create(claim("fits", "1Gi", storageClassName="manual", volumeName="small"))
    await sim.until(lambda: phase(sim, "persistentvolumeclaims", "fits") == "Bound")
    await sim.run(20.0)
    assert set(told(sim, "FailedBinding")) == {'volume "small" already bound to a different claim.'}
    assert phase(sim, "persistentvolumeclaims", "large") == "Pending"


def test_of_volumes_that_fit_those_with_fewer_access_modes_come_first() -> None:
    wanted = {**claim("c", "1Gi"), "metadata": {"name": "c", "namespace": "n", "uid": "u"}}
    both = {**volume("a", "1Gi"), "status": {"phase": "Available"}}
    both["spec"]["accessModes"] = ["ReadWriteOnce", "ReadOnlyMany"]
    only = {**volume("b", "5Gi"), "status": {"phase": "Available"}}
    found = matching.best([both, only], wanted)
    assert found and found["metadata"]["name"] == "b"
    assert matching.best([both, only], wanted, delayed=True) is None


async def test_a_claim_whose_volume_is_gone_is_lost(sim: Simulation) -> None:
    sim.create(volume("gone", "1Gi", storageClassName="manual"))
    sim.create(claim("data", "1Gi", storageClassName="manual"))
    await sim.until(lambda: phase(sim, "persistentvolumeclaims", "data") == "Bound")
    volumes = sim.registry.resource("persistentvolumes")
    sim.registry.change(volumes, "gone", "", lambda obj: obj["metadata"].pop("finalizers"), subresource="")
    sim.registry.delete(volumes, "gone")
    await sim.until(lambda: phase(sim, "persistentvolumeclaims", "data") == "Lost", 1.0)
    assert "capacity" not in (get(sim, "persistentvolumeclaims", "data") or {})["status"]
    sim.create(pod("one", "data"))
    await sim.run(1.0)
    why = 'persistentvolumeclaim "data" bound to non-existent persistentvolume "gone". not found'
    assert set(told(sim, "FailedScheduling")) == {f"0/1 nodes are available: {why}"}
