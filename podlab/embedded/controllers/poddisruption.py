"""PodDisruptionBudgets: how many of the selected Pods may go at this moment.

Upstream: pkg/controller/disruption/disruption.go
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.labels import selects
from podlab.apimachinery.times import rfc3339, seconds
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.controllers.controller import CONTROLLER, MANAGER, Controller, Key, namespaced
from podlab.embedded.controllers.history.rollouts import scaled
from podlab.embedded.controllers.owned import controller_of
from podlab.embedded.controllers.pods import podstates
from podlab.embedded.events import Recorder

Obj = dict[str, Any]

TRUST = 120.0
"""Seconds in which an eviction has to bring a Pod's deletion about."""
SCALES = {
    "ReplicaSet": "replicasets.apps",
    "StatefulSet": "statefulsets.apps",
    "ReplicationController": "replicationcontrollers",
    "Deployment": "deployments.apps",
}
UNMANAGED = (
    "Pods selected by this PodDisruptionBudget (selector: {}) were found to be unmanaged. As a result, the status of "
    "the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please "
    'set ".spec.minAvailable" field of the PDB to an integer value.'
)


SOON = 0.0005
"""Seconds until a change is looked at: a budget is, before the Pods that come with it are."""


class Uncountable(Exception):
    """How many Pods there should be cannot be said."""


class PodDisruptionBudgets:
    """One controller for all budgets."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._budgets, self._pods = registry.resource("poddisruptionbudgets.policy"), registry.resource("pods")
        self._recorder = Recorder(registry, "controllermanager", manager=MANAGER)
        self._controller = Controller(registry, self._reconcile, delay=SOON)
        self._controller.on("poddisruptionbudgets.policy", self._on_budget)
        self._controller.on("pods", self._on_pod)
        self.stop = self._controller.stop

    def _on_budget(self, event: Event) -> None:
        if event.type == "DELETED":
            self._recorder.forget(event.object)
        elif event.previous is None or event.object != event.previous:
            self._controller.add(namespaced(event.object))

    def _on_pod(self, event: Event) -> None:
        """One budget is told, though several may select a Pod; one that has lost it is not. Upstream: getPdbForPod"""
        pod = event.object
        found = [one for one in self._registry.list(self._budgets, pod["metadata"]["namespace"]) if _selected(one, pod)]
        if len(found) > 1:
            meta, chosen = pod["metadata"], found[0]["metadata"]["name"]
            which = f'Pod "{meta["namespace"]}"/"{meta["name"]}" matches multiple PodDisruptionBudgets.'
            text = f'{which}  Chose "{chosen}" arbitrarily.'
            self._recorder.warning(pod, "MultiplePodDisruptionBudgets", text)
        if found:
            self._controller.add(namespaced(found[0]))

    def _reconcile(self, key: Key) -> None:
        budget = self._registry.find(self._budgets, key[1], key[0])
        if budget is None or podstates.deleting(budget):
            return
        pods = [pod for pod in self._registry.list(self._pods, key[0]) if _selected(budget, pod)]
        if not pods:
            self._recorder.normal(budget, "NoPods", "No matching pods found")
        now = self._clock.now()
        try:
            expected, desired, unmanaged = self._expected(budget, pods)
        except Uncountable as error:
            text = f"Failed to calculate the number of expected pods: {error}"
            self._recorder.warning(budget, "CalculateExpectedPodCountFailed", text)
            self._write(key, budget, failed(budget, str(error), now))
            return
        if unmanaged:
            self._recorder.warning(budget, "UnmanagedPods", UNMANAGED.format(_printed(budget["spec"].get("selector"))))
        disrupted, wait = awaited(budget, pods, now)
        healthy = sum(_healthy(pod, disrupted) for pod in pods)
        self._write(key, budget, status(budget, (healthy, desired, expected), disrupted, now))
        if wait is not None:
            self._controller.add(key, wait)

    def _write(self, key: Key, budget: Obj, new: Obj) -> None:
        if new != budget.get("status"):
            self._registry.change(self._budgets, key[1], key[0], lambda obj: obj.update(status=new), by=CONTROLLER)

    def _expected(self, budget: Obj, pods: list[Obj]) -> tuple[int, int, bool]:
        """How many Pods there should be, how many healthy ones, and whether some have no controller."""
        spec = budget["spec"]
        least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
        if most is not None:
            expected, unmanaged = self._scale(pods)
            return expected, max(0, expected - scaled(most, expected, up=True)), unmanaged
        if isinstance(least, int) or least is None:
            return len(pods), least or 0, False
        expected, unmanaged = self._scale(pods)
        return expected, scaled(least, expected, up=True), unmanaged

    def _scale(self, pods: list[Obj]) -> tuple[int, bool]:
        """The sum of what the Pods' controllers want, and whether some Pods have none. Raises Uncountable."""
        scales: dict[str, int] = {}
        unmanaged = False
        for pod in pods:
            if controller_of(pod) is None:
                unmanaged = True
                continue
            owner = self._owner(pod)
            if owner is None:
                raise Uncountable(f'found no controllers for pod "{pod["metadata"]["name"]}"')
            scales[owner["metadata"]["uid"]] = owner["spec"].get("replicas", 1)
        return sum(scales.values()), unmanaged

    def _owner(self, obj: Obj) -> Obj | None:
        """What scales a Pod: its controller, or the Deployment above that."""
        reference = controller_of(obj)
        if reference is None:
            return None
        if reference["kind"] not in SCALES:
            plural = f"{reference['kind'].lower()}s"
            group = reference["apiVersion"].partition("/")[0] if "/" in reference["apiVersion"] else ""
            raise Uncountable(f"{plural}{'.' + group if group else ''} does not implement the scale subresource")
        resource = self._registry.resource(SCALES[reference["kind"]])
        found = self._registry.find(resource, reference["name"], obj["metadata"]["namespace"])
        if found is None or found["metadata"]["uid"] != reference["uid"]:
            return None
        return self._owner(found) if controller_of(found) else found


def _selected(budget: Obj, pod: Obj) -> bool:
    return selects(budget["spec"].get("selector"), pod["metadata"].get("labels"))


def _healthy(pod: Obj, disrupted: Obj) -> bool:
    return podstates.ready(pod) and not podstates.deleting(pod) and pod["metadata"]["name"] not in disrupted


def awaited(budget: Obj, pods: list[Obj], now: float) -> tuple[Obj, float | None]:
    """The evicted Pods whose deletion has not been seen, and the seconds until one of them counts again."""
    known, found = (budget.get("status") or {}).get("disruptedPods") or {}, {}
    for pod in pods:
        when = known.get(pod["metadata"]["name"])
        if when and not podstates.deleting(pod) and seconds(when) + TRUST > now:
            found[pod["metadata"]["name"]] = when
    return found, min((seconds(when) + TRUST - now for when in found.values()), default=None)


def status(budget: Obj, counts: tuple[int, int, int], disrupted: Obj, now: float) -> Obj:
    """The new status; `counts` are the healthy, the desired healthy and the expected Pods."""
    healthy, desired, expected = counts
    allowed = max(0, healthy - desired) if expected > 0 else 0
    new: Obj = {
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "disruptionsAllowed": allowed,
        "expectedPods": expected,
        "observedGeneration": budget["metadata"].get("generation", 1),
    }
    if disrupted:
        new["disruptedPods"] = disrupted
    reason = "SufficientPods" if allowed else "InsufficientPods"
    return _with_condition(budget, new, "True" if allowed else "False", reason, "", now)


def failed(budget: Obj, why: str, now: float) -> Obj:
    """The status of a budget that allows nothing since it could not be calculated."""
    old = budget.get("status") or {}
    new = {**old, "disruptionsAllowed": 0, "observedGeneration": budget["metadata"].get("generation", 1)}
    return _with_condition(budget, new, "False", "SyncFailed", why, now)


def _with_condition(budget: Obj, new: Obj, state: str, reason: str, message: str, now: float) -> Obj:
    old = next(iter((budget.get("status") or {}).get("conditions") or []), None)
    since = old["lastTransitionTime"] if old and old["status"] == state else rfc3339(now)
    told = {"type": "DisruptionAllowed", "status": state, "reason": reason, "message": message}
    told |= {"lastTransitionTime": since, "observedGeneration": new["observedGeneration"]}
    return {**new, "conditions": [told]}


def _printed(selector: Obj | None) -> str:
    """A LabelSelector as Go's generated String prints it."""
    given = selector or {}
    labels = "".join(f"{key}: {value}," for key, value in sorted((given.get("matchLabels") or {}).items()))
    terms = "".join(
        f"LabelSelectorRequirement{{Key:{term['key']},Operator:{term['operator']},"
        f"Values:[{' '.join(term.get('values') or [])}],}},"
        for term in given.get("matchExpressions") or []
    )
    expressions = f"MatchExpressions:[]LabelSelectorRequirement{{{terms}}}"
    return f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},{expressions},}}"
