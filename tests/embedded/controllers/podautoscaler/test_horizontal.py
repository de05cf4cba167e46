"""HorizontalPodAutoscalers without metrics; all words are those of a kind cluster without a metrics server."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.controllers.podautoscaler import metrics
from tests.embedded.controllers.workloads import Workloads, workload
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
ABSENT = (
    "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: "
    "the server could not find the requested resource (get pods.metrics.k8s.io)"
)
NO_CUSTOM = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"


def autoscaler(least: int = 1, most: int = 4, kind: str = "Deployment", name: str = "web") -> Obj:
    target = {"apiVersion": "apps/v1", "kind": kind, "name": name}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    spec = {
        "minReplicas": least,
        "maxReplicas": most,
        "scaleTargetRef": target,
        "metrics": [{"type": "Resource", "resource": cpu}],
    }
    return {"apiVersion": "autoscaling/v2", "metadata": {"name": "web"}, "spec": spec}


class Lab(Workloads):
    """A simulation's autoscaler `web`."""

    def autoscale(self, obj: Obj) -> None:
        resource = self.registry.resource("horizontalpodautoscalers.autoscaling")
        self.registry.create(resource, obj, namespace=self.sim.namespace, by=Writer("kubectl-autoscale"))

    def scaler(self) -> Obj:
        resource = self.registry.resource("horizontalpodautoscalers.autoscaling")
        found: Obj = self.registry.get(resource, "web", self.sim.namespace)["status"]
        return found

    def condition(self, type_: str) -> tuple[str, str, str]:
        (found,) = [c for c in self.scaler()["conditions"] if c["type"] == type_]
        return found["status"], found["reason"], found["message"]


@pytest.fixture
def lab(sim: Simulation) -> Lab:
    return Lab(sim)


async def test_it_scales_up_to_the_least_and_then_misses_the_metrics(lab: Lab) -> None:
    lab.create(workload("Deployment", 1))
    await lab.sim.run(5)
    lab.autoscale(autoscaler(least=2))
    assert lab.scaler() == {"currentMetrics": None, "desiredReplicas": 0}
    await lab.sim.run(16)
    scaled = "the HPA controller was able to update the target scale to 2"
    assert lab.condition("AbleToScale") == ("True", "SucceededRescale", scaled)
    assert (lab.scaler()["currentReplicas"], lab.scaler()["desiredReplicas"]) == (1, 2)
    assert lab.told("SuccessfulRescale") == ["New size: 2; reason: Current number of replicas below Spec.MinReplicas"]
    assert lab.get("Deployment")["spec"]["replicas"] == 2
    since = lab.scaler()["lastScaleTime"]
    await lab.sim.run(30)
    error = f"failed to get cpu utilization: {ABSENT}"
    got = "the HPA controller was able to get the target's current scale"
    assert lab.condition("AbleToScale") == ("True", "SucceededGetScale", got)
    unable = f"the HPA was unable to compute the replica count: {error}"
    assert lab.condition("ScalingActive") == ("False", "FailedGetResourceMetric", unable)
    assert lab.told("FailedGetResourceMetric") == [error]
    first = f"invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: {error}"
    assert lab.told("FailedComputeMetricsReplicas") == [first]
    counts = [
        e["object"]["count"] for e in lab.sim.seen["events"] if e["object"]["reason"] == "FailedGetResourceMetric"
    ]
    assert counts == [1, 2], "every 15 seconds"
    assert lab.scaler()["currentMetrics"] == [{"type": ""}] and lab.scaler()["lastScaleTime"] == since


async def test_the_replicas_are_owned_by_the_scale(lab: Lab) -> None:
    deployments = lab.registry.resource("deployments.apps")
    lab.registry.create(deployments, workload("Deployment", 1), namespace="default", by=Writer("kubectl-create"))
    lab.autoscale(autoscaler(least=2))
    await lab.sim.run(20)
    entries = {e.get("subresource"): e for e in lab.get("Deployment")["metadata"]["managedFields"]}
    scale = entries["scale"]
    assert (scale["manager"], scale["operation"], scale.get("time")) == ("kube-controller-manager", "Update", None)
    assert scale["fieldsV1"] == {"f:spec": {"f:replicas": {}}}
    assert "f:replicas" not in entries[None]["fieldsV1"]["f:spec"]


async def test_it_scales_down_to_the_most(lab: Lab) -> None:
    lab.create(workload("Deployment", 5))
    lab.autoscale(autoscaler(most=3))
    await lab.sim.run(20)
    assert lab.told("SuccessfulRescale") == ["New size: 3; reason: Current number of replicas above Spec.MaxReplicas"]
    assert len([pod for pod in lab.pods() if "deletionTimestamp" not in pod["metadata"]]) == 3


async def test_a_target_without_replicas_is_left_alone(lab: Lab) -> None:
    lab.create(workload("Deployment", 0))
    lab.autoscale(autoscaler())
    await lab.sim.run(20)
    disabled = "scaling is disabled since the replica count of the target is zero"
    assert lab.condition("ScalingActive") == ("False", "ScalingDisabled", disabled)
    assert lab.get("Deployment")["spec"]["replicas"] == 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Deployment", 'deployments.apps "web" not found'),
        ("Foo", 'no matches for kind "Foo" in group "apps"'),
        ("DaemonSet", "the server could not find the requested resource"),
    ],
)
async def test_a_target_that_cannot_be_scaled(lab: Lab, kind: str, words: str) -> None:
    lab.autoscale(autoscaler(kind=kind))
    await lab.sim.run(20)
    unable = f"the HPA controller was unable to get the target's current scale: {words}"
    assert lab.condition("AbleToScale") == ("False", "FailedGetScale", unable)
    assert lab.told("FailedGetScale") == [words]
    assert {key: lab.scaler()[key] for key in lab.scaler() if key != "conditions"} == {
        "currentMetrics": None,
        "desiredReplicas": 0,
    }


def test_what_is_said_of_other_metrics() -> None:
    container = {"name": "cpu", "container": "c", "target": {"type": "AverageValue", "averageValue": "50m"}}
    service = {"apiVersion": "v1", "kind": "Service", "name": "s"}
    hits = {"describedObject": service, "metric": {"name": "hits"}, "target": {"type": "Value", "value": "10"}}
    queue = {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "10"}}
    given = [
        {"type": "ContainerResource", "containerResource": container},
        {"type": "Object", "object": hits},
        {"type": "External", "external": queue},
        {"type": "Pods", "pods": {"metric": {"name": "hits"}, "target": {"type": "AverageValue"}}},
    ]
    found = metrics.failures(given, "nodes")
    assert [(failure.reason, failure.message) for failure in found] == [
        ("FailedGetContainerResourceMetric", f"failed to get cpu usage: {ABSENT}"),
        ("FailedGetObjectMetric", f"unable to get metric hits: Service on nodes s/{NO_CUSTOM}"),
        (
            "FailedGetExternalMetric",
            "unable to get external metric nodes/queue/nil: unable to fetch metrics from external metrics API: "
            "the server could not find the requested resource (get queue.external.metrics.k8s.io)",
        ),
        ("FailedGetPodsMetric", f"unable to get metric hits: {NO_CUSTOM}"),
    ]
    assert metrics.total(found) == (
        "invalid metrics (4 invalid out of 4), first error is: "
        f"failed to get c container metric value: failed to get cpu usage: {ABSENT}"
    )
