"""Runs HorizontalPodAutoscalers as on a cluster without metrics: within the limits, and no further.

Upstream: pkg/controller/podautoscaler/horizontal.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.paths.scale import scale_of, scale_to
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.controller import CONTROLLER, MANAGER, Controller, Key, namespaced
from podlab.embedded.controllers.podautoscaler import metrics
from podlab.embedded.events import Recorder
from podlab.embedded.serializer import fresh

Obj = dict[str, Any]

PERIOD = 15.0
"""Seconds from one look to the next, and until the first one."""
ABLE, ACTIVE = "AbleToScale", "ScalingActive"
GOT = "the HPA controller was able to get the target's current scale"
NOT_GOT = "the HPA controller was unable to get the target's current scale"
NOT_SET = "the HPA controller was unable to update the target scale"
DISABLED = "scaling is disabled since the replica count of the target is zero"
UNCOUNTED = "the HPA was unable to compute the replica count"


class HorizontalPodAutoscalers:
    """One controller for all HorizontalPodAutoscalers."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._autoscalers = registry.resource("horizontalpodautoscalers.autoscaling")
        self._recorder = Recorder(registry, "horizontal-pod-autoscaler", manager=MANAGER)
        self._controller = Controller(registry, self._reconcile)
        self._controller.on("horizontalpodautoscalers.autoscaling", self._on_autoscaler)
        self.stop = self._controller.stop

    def _on_autoscaler(self, event: Event) -> None:
        if event.type == "DELETED":
            self._recorder.forget(event.object)
        else:
            self._controller.add(namespaced(event.object), PERIOD)

    def _reconcile(self, key: Key) -> None:
        found = self._registry.find(self._autoscalers, key[1], key[0])
        if found is None:
            return
        status = fresh(found.get("status") or {})
        self._look(found, status)
        if status != (found.get("status") or {}):
            self._registry.change(
                self._autoscalers, key[1], key[0], lambda obj: obj.update(status=status), by=CONTROLLER
            )
        self._controller.add(key, PERIOD)

    def _look(self, autoscaler: Obj, status: Obj) -> None:
        """Scale into the limits, or tell that nothing is known of the metrics."""
        spec = autoscaler["spec"]
        try:
            resource, current = self._target(autoscaler)
        except StatusError as error:
            self._recorder.warning(autoscaler, "FailedGetScale", error.message)
            self._tell(status, ABLE, "False", "FailedGetScale", f"{NOT_GOT}: {error.message}")
            return
        self._tell(status, ABLE, "True", "SucceededGetScale", GOT)
        least, most = spec.get("minReplicas", 1), spec["maxReplicas"]
        if current == 0 and least:
            self._tell(status, ACTIVE, "False", "ScalingDisabled", DISABLED)
            status.update(_replicas(current, 0), currentMetrics=None)
        elif current > most:
            self._scale(autoscaler, status, resource, current, most, "above Spec.MaxReplicas")
        elif current < least:
            self._scale(autoscaler, status, resource, current, least, "below Spec.MinReplicas")
        else:
            self._fail(autoscaler, status, current)

    def _target(self, autoscaler: Obj) -> tuple[Resource, int]:
        """The kind that is scaled, and the replicas its object should have. Raises StatusError."""
        target, namespace = autoscaler["spec"]["scaleTargetRef"], autoscaler["metadata"]["namespace"]
        group, slash, _ = target.get("apiVersion", "").partition("/")
        group, kind = group if slash else "", target["kind"]
        resource = next((r for r in self._registry.resources.values() if (r.group, r.kind) == (group, kind)), None)
        if resource is None:
            raise StatusError(404, "NotFound", f'no matches for kind "{kind}" in group "{group}"')
        if "scale" not in resource.subresources:
            raise StatusError(404, "NotFound", metrics.ABSENT)
        obj = self._registry.get(resource, target["name"], namespace)
        return resource, scale_of(obj, resource)["spec"].get("replicas", 0)

    def _scale(self, autoscaler: Obj, status: Obj, resource: Resource, current: int, wanted: int, why: str) -> None:
        """Give the target a number of replicas."""
        told = f"New size: {wanted}; reason: Current number of replicas {why}"
        name, namespace = autoscaler["spec"]["scaleTargetRef"]["name"], autoscaler["metadata"]["namespace"]
        try:
            self._registry.change(
                resource,
                name,
                namespace,
                lambda obj: scale_to(obj, resource, wanted, MANAGER),
                subresource="scale",
                by=CONTROLLER,
                tracked=False,
            )
        except StatusError as error:
            self._recorder.warning(autoscaler, "FailedRescale", f"{told}; error: {error.message}")
            self._tell(status, ABLE, "False", "FailedUpdateScale", f"{NOT_SET}: {error.message}")
            status.update(_replicas(current, status.get("desiredReplicas", 0)))
            return
        scaled = f"the HPA controller was able to update the target scale to {wanted}"
        self._tell(status, ABLE, "True", "SucceededRescale", scaled)
        self._recorder.normal(autoscaler, "SuccessfulRescale", told)
        status.update(_replicas(current, wanted), currentMetrics=None, lastScaleTime=rfc3339(self._clock.now()))

    def _fail(self, autoscaler: Obj, status: Obj, current: int) -> None:
        """Tell that no metric can be had."""
        found = metrics.failures(autoscaler["spec"]["metrics"], autoscaler["metadata"]["namespace"])
        for failure in found:
            self._recorder.warning(autoscaler, failure.reason, failure.message)
        self._tell(status, ACTIVE, "False", found[0].reason, f"{UNCOUNTED}: {found[0].message}")
        unknown = [{"type": ""} for _ in found]
        status.update(_replicas(current, status.get("desiredReplicas", 0)), currentMetrics=unknown)
        self._recorder.warning(autoscaler, "FailedComputeMetricsReplicas", metrics.total(found))

    def _tell(self, status: Obj, type_: str, value: str, reason: str, message: str) -> None:
        """Set a condition; its time is the one at which its status changed."""
        old: list[Obj] = status.get("conditions") or []
        before = next((c for c in old if c["type"] == type_), None)
        same = before is not None and before["status"] == value
        moment = before["lastTransitionTime"] if before and same else rfc3339(self._clock.now())
        new = {"lastTransitionTime": moment, "message": message, "reason": reason, "status": value, "type": type_}
        status["conditions"] = [new if c is before else c for c in old] if before else [*old, new]


def _replicas(current: int, desired: int) -> Obj:
    return {"currentReplicas": current, "desiredReplicas": desired}
