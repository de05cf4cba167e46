"""The scheduler: gives every Pod that has no node a node, one at a time.

Upstream: pkg/scheduler/schedule_one.go
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.registry import Event, Registry
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer
from podlab.embedded.disruption import disrupt, set_condition
from podlab.embedded.events import Recorder
from podlab.embedded.fit import neighbours, nodefit
from podlab.embedded.fit.nodefit import Load
from podlab.embedded.scheduler import preemption, scoring, volumebinding
from podlab.embedded.scheduler.queue import Queue
from podlab.embedded.scheduler.snapshot import Snapshot

Obj = dict[str, Any]
Key = tuple[str, str]

NAME = "default-scheduler"
MANAGER = "kube-scheduler"
ONE = 0.004
"""Seconds that placing one Pod takes."""
LAST = 0.03
"""Seconds until the last of several victims goes: all others go before it."""
AT_ONCE = 32
"""Pods placed in one turn of the loop, where it is late, before others get theirs."""
NO_HELP = [nodefit.NOT_HELPFUL]
CLAIMS = frozenset(("claims",))
"""Why a Pod waits for its volumes."""
VOLUME_REASONS = CLAIMS | volumebinding.REASONS
RESERVED = frozenset(("volumes",))
"""Why it waits when it has got volumes that were there."""
POLL = 1.0
"""Seconds between two looks whether its volumes are bound."""
BACKOFF = 1.0
"""Seconds until a Pod is tried again whose binding failed."""
FLUSH = 300.0
"""Seconds after which a Pod that fitted nowhere is tried again without a reason."""


@dataclass(slots=True)
class _Waiting:
    """A Pod that fitted nowhere and why, and the timer of its next try if nothing changes.

    It is `curable` if room may be made for it by Pods that go.
    """

    pod: Obj
    timer: Timer | None = None
    curable: bool = False
    reasons: frozenset[str] = frozenset()


class Scheduler:
    """Watches Pods and nodes through the registry, and binds."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._clock = registry, registry.clock
        self._pods, self._nodes = registry.resource("pods"), registry.resource("nodes")
        self._budgets = registry.resource("poddisruptionbudgets.policy")
        self._recorder = Recorder(registry, NAME, manager=MANAGER)
        self._queue = Queue()
        self._waiting: dict[Key, _Waiting] = {}
        self._snapshot = Snapshot()
        self._nominated: dict[Key, tuple[str, Obj]] = {}
        self._timer: Timer | None = None
        self._due = 0.0
        self._stops = [registry.on(self._nodes, self._on_node), registry.on(self._pods, self._on_pod)]
        for plural in volumebinding.WATCHED:
            self._stops.append(registry.on(registry.resource(plural), self._on_volume))

    def stop(self) -> None:
        """Stop watching."""
        for stop in self._stops:
            stop()

    def _on_pod(self, event: Event) -> None:
        pod = event.object
        key = (pod["metadata"]["namespace"], pod["metadata"]["name"])
        if event.type == "DELETED" or _finished(pod):
            self._drop(key, pod)
            if event.type == "DELETED":
                self._clock.call_later(2 * ONE, lambda: self._recorder.forget(pod))  # after what is still to be told
        elif pod["spec"].get("nodeName"):
            self._snapshot.put(key, pod)
            self._forget(key)
            before = event.previous
            if before is None or _neighbour_facts(pod) != _neighbour_facts(before):
                self._retry_all(
                    lambda waiting: any(neighbours.may_cure(r, waiting.pod, before, pod) for r in waiting.reasons)
                )
            elif before and (less := nodefit.shrunk(before, pod)):
                self._retry_all(
                    lambda waiting: (
                        nodefit.is_short(waiting.reasons) and not less.isdisjoint(nodefit.requests(waiting.pod))
                    )
                )
        elif not _schedulable(pod):
            self._forget(key)
        elif event.type == "ADDED" or _may_fit_now(pod, event.previous):
            self._enqueue(key, pod)

    def _drop(self, key: Key, pod: Obj) -> None:
        self._forget(key)
        if self._snapshot.drop(key):
            self._retry_all(lambda waiting: waiting.curable or nodefit.is_short(waiting.reasons))

    def _on_node(self, event: Event) -> None:
        before, node = event.previous, event.object
        if event.type == "DELETED" or (before and _fit_facts(node) == _fit_facts(before)):
            return
        labelled = before is not None and before["metadata"].get("labels") != node["metadata"].get("labels")
        self._retry_all(
            lambda waiting: (
                not waiting.reasons
                or any(nodefit.may_cure(r, waiting.pod, before, node) for r in waiting.reasons)
                or (labelled and not waiting.reasons.isdisjoint(volumebinding.REASONS))
            )
        )

    def _on_volume(self, event: Event) -> None:
        """A claim, a volume or a class changed: Pods that use claims may have what they wait for.

        Upstream: volumebinding/volume_binding.go (EventsToRegister)
        """
        if event.type != "DELETED":
            self._retry_all(
                lambda waiting: bool(
                    waiting.reasons & VOLUME_REASONS and volumebinding.concerned(waiting.pod, event.object)
                )
            )

    def _retry_all(self, concerned: Callable[[_Waiting], bool]) -> None:
        """Something changed: try those that fitted nowhere; a scheduler with nothing else to do waits for no back-off.

        Upstream: pkg/scheduler/backend/queue (SchedulerPopFromBackoffQ)
        """
        for key, waiting in self._waiting.items():
            if concerned(waiting):
                self._enqueue(key, waiting.pod)

    def _forget(self, key: Key) -> None:
        self._queue.drop(key)
        self._nominated.pop(key, None)
        waiting = self._waiting.pop(key, None)
        if waiting and waiting.timer:
            waiting.timer.cancel()

    def _enqueue(self, key: Key, pod: Obj) -> None:
        self._queue.add(key, preemption.priority(pod))
        if self._timer is None:
            self._due = self._clock.now() + ONE
            self._timer = self._clock.call_at(self._due, self._schedule)

    def _schedule(self) -> None:
        """Place the next Pod, and with it those that were due while the loop was busy: they share one commit."""
        now = self._clock.now()
        try:
            for number in range(AT_ONCE):
                if not self._queue or (number and self._due > now):
                    break
                self._schedule_one()
                self._due += ONE
        finally:
            self._timer = self._clock.call_at(self._due, self._schedule) if self._queue else None

    def _schedule_one(self) -> None:
        key = self._queue.pop()
        pod = self._registry.find(self._pods, key[1], key[0])
        if pod and _schedulable(pod) and not pod["spec"].get("nodeName"):
            self._place(key, pod)

    def _place(self, key: Key, pod: Obj) -> None:
        nodes = self._registry.list(self._nodes)
        claims = volumebinding.look(self._registry, pod)
        if claims.reason:
            self._fail(key, pod, nodefit.unplaceable(claims.reason, len(nodes)), why=CLAIMS)
            return
        around = nodefit.around(pod, nodes, self._snapshot.placed(pod, nodes))
        misfits = nodefit.misfits(pod, around)
        holders = self._snapshot.users(key[0], claims.exclusive)
        reasons, fitting = [], []
        for node in nodes:
            there = self._beside(key, pod, node["metadata"]["name"])
            found = misfits(node, there)
            if not found and holders:
                found = [nodefit.IN_USE]
            if not found and (claims.volumes or claims.waiting):
                found = volumebinding.plan(self._registry, claims, node).reasons
            if not found:
                fitting.append((node, there))
            reasons.append(found)
        if fitting:
            best = scoring.best(pod, fitting)
            if claims.waiting:
                self._reserve(key, pod, claims, best)
            else:
                self._bind(key, pod, best["metadata"]["name"])
            return
        curable = [nodefit.preemptable(pod, node, found) for node, found in zip(nodes, reasons, strict=True)]
        candidates = [node for node, possible in zip(nodes, curable, strict=True) if possible]
        refused = self._ineligible(key, pod, candidates) if nodes else ""
        nominated, gone, tried = self._room(key, pod, candidates, nodes, holders) if not refused else ("", [], {})
        message = nodefit.fit_error(reasons, [tried.get(each["metadata"]["name"], NO_HELP) for each in nodes])
        message = nodefit.with_preemption(message, refused) if gone or refused else message
        why = frozenset(reason for found in reasons for reason in found)
        self._fail(key, pod, message, why=why, curable=any(curable), nominated=nominated)
        for victim in gone[:-1]:
            self._preempt(victim, pod, nominated)
        if gone:
            self._clock.call_later(LAST * (len(gone) > 1), lambda: self._preempt(gone[-1], pod, nominated))

    def _ineligible(self, key: Key, pod: Obj, nodes: list[Obj]) -> str:
        """Why a Pod may not push others out, "" if it may."""
        nominated = self._nominated.get(key, ("",))[0]
        here = [node for node in nodes if node["metadata"]["name"] == nominated]
        return preemption.ineligible(pod, self._beside(key, pod, nominated).pods if here else ())

    def _reserve(self, key: Key, pod: Obj, claims: volumebinding.Found, node: Obj) -> None:
        """Have volumes made where the Pod will be: later, if the claims are no longer what they were when it came.

        Volumes that are there are looked at after a second only.
        Upstream: pkg/scheduler/schedule_one.go (bindingCycle), pkg/scheduler/backend/queue (podErrorBackoffQ)
        """
        name = node["metadata"]["name"]
        self._expect(key, name)
        if changed := volumebinding.changed(claims, pod):
            self._fail(key, pod, changed, reason="SchedulerError", after=BACKOFF)
            return
        waiting, planned = (
            self._waiting.setdefault(key, _Waiting(pod)),
            volumebinding.plan(self._registry, claims, node),
        )
        waiting.reasons = CLAIMS if planned.provisions else RESERVED
        if waiting.timer:
            waiting.timer.cancel()
        waiting.timer = self._clock.call_later(POLL, lambda: self._enqueue(key, pod))
        volumebinding.choose(self._registry, planned, name, Writer(MANAGER))

    def _expect(self, key: Key, node: str) -> None:
        """Tell where the Pod will be while its volumes are made. Upstream: NominatedNodeNameForExpectation"""

        def expect(obj: Obj) -> None:
            obj.setdefault("status", {})["nominatedNodeName"] = node

        self._registry.change(self._pods, key[1], key[0], expect, by=Writer(MANAGER))

    def _room(
        self, key: Key, pod: Obj, candidates: list[Obj], nodes: list[Obj], holders: set[str]
    ) -> tuple[str, list[Obj], dict[str, list[str]]]:
        """The node where preemption costs least, and its victims; why it does not help, by node."""
        found, tried = [], {}
        placed = self._snapshot.placed(pod, nodes)
        budgets = self._registry.list(self._budgets) if candidates else []
        for node in candidates:
            name = node["metadata"]["name"]
            there = self._beside(key, pod, name).pods

            def misfits(others: list[Obj], node: Obj = node, there: Sequence[Obj] = there) -> list[str]:
                gone = {each["metadata"]["uid"] for each in there} - {each["metadata"]["uid"] for each in others}
                if holders - gone:
                    return [nodefit.IN_USE]
                rest = [pair for pair in placed if pair[0]["metadata"]["uid"] not in gone]
                return nodefit.misfits(pod, nodefit.around(pod, nodes, rest))(node, nodefit.load(others))

            lower = [other for other in there if preemption.priority(other) < preemption.priority(pod)]
            guarded = preemption.guarded(lower, budgets) if budgets else frozenset()
            chosen, tried[name] = preemption.victims(pod, there, misfits, guarded)
            if chosen:
                found.append((preemption.cost(chosen, guarded), name, chosen))
        _, name, chosen = min(found, key=lambda each: each[0], default=((), "", []))
        return name, chosen, tried

    def _preempt(self, victim: Obj, pod: Obj, node: str) -> None:
        if disrupt(self._registry, victim, preemption.REASON, preemption.MESSAGE, MANAGER):
            message = f"Preempted by pod {pod['metadata']['uid']} on node {node}"
            self._recorder.normal(victim, "Preempted", message)

    def _beside(self, key: Key, pod: Obj, node: str) -> Load:
        """What runs on a node, with those for which room is being made there that are at least as important."""
        there = self._snapshot.on(node)
        if not self._nominated:
            return there
        others = [
            other
            for name, (where, other) in self._nominated.items()
            if name != key and where == node and preemption.priority(other) >= preemption.priority(pod)
        ]
        return nodefit.load([*there.pods, *others]) if others else there

    def _bind(self, key: Key, pod: Obj, node: str) -> None:
        now = rfc3339(self._clock.now())

        def bound(obj: Obj) -> None:
            obj["spec"]["nodeName"] = node
            obj.get("status", {}).pop("nominatedNodeName", None)
            set_condition(obj, {"type": "PodScheduled", "status": "True"}, now)

        try:
            changed = self._registry.change(
                self._pods, key[1], key[0], bound, subresource="binding", by=Writer(MANAGER)
            )
        except StatusError:
            return
        self._snapshot.put(key, changed)
        message = f"Successfully assigned {key[0]}/{key[1]} to {node}"
        self._clock.call_later(ONE, lambda: self._recorder.normal(pod, "Scheduled", message))

    def _fail(
        self,
        key: Key,
        pod: Obj,
        message: str,
        *,
        why: frozenset[str] = frozenset(),
        curable: bool = False,
        nominated: str = "",
        reason: str = "Unschedulable",
        after: float = FLUSH,
    ) -> None:
        now = self._clock.now()
        waiting = self._waiting.setdefault(key, _Waiting(pod))
        waiting.pod, waiting.reasons, waiting.curable = pod, why, curable
        if waiting.timer:
            waiting.timer.cancel()
        waiting.timer = self._clock.call_at(now + after, lambda: self._enqueue(key, pod))
        self._recorder.warning(pod, "FailedScheduling", message)
        condition = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
        condition["observedGeneration"] = pod["metadata"].get("generation", 1)

        def unscheduled(obj: Obj) -> None:
            set_condition(obj, condition, rfc3339(now))
            if nominated:
                obj["status"]["nominatedNodeName"] = nominated
            elif after == BACKOFF:
                obj["status"].pop("nominatedNodeName", None)

        if nominated:
            self._nominated[key] = nominated, pod
        try:
            self._registry.change(self._pods, key[1], key[0], unscheduled, by=Writer(MANAGER))
        except StatusError:
            self._forget(key)


def _finished(pod: Obj) -> bool:
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def _schedulable(pod: Obj) -> bool:
    spec, meta = pod["spec"], pod["metadata"]
    ours = spec.get("schedulerName", NAME) == NAME
    return ours and not spec.get("schedulingGates") and not meta.get("deletionTimestamp")


def _may_fit_now(pod: Obj, before: Obj | None) -> bool:
    keys = ("schedulingGates", "tolerations", "nodeSelector", "affinity", "nodeName")
    return before is None or any(pod["spec"].get(key) != before["spec"].get(key) for key in keys)


def _neighbour_facts(pod: Obj) -> tuple[object, object]:
    return pod["spec"].get("nodeName"), pod["metadata"].get("labels")


def _fit_facts(node: Obj) -> Obj:
    return {
        "labels": node["metadata"].get("labels"),
        "taints": node["spec"].get("taints"),
        "unschedulable": node["spec"].get("unschedulable"),
        "allocatable": (node.get("status") or {}).get("allocatable"),
    }
