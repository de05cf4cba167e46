"""Which of a DaemonSet's Pods are created and deleted next: to be on every node, and to be of the present template.

Upstream: pkg/controller/daemon/daemon_controller.go (podsShouldBeOnNode), update.go (rollingUpdate)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from podlab.embedded.controllers.controller import Obj
from podlab.embedded.controllers.daemon import nodes
from podlab.embedded.controllers.history.rollouts import scaled
from podlab.embedded.controllers.pods import podstates


@dataclass(slots=True)
class Plan:
    """Nodes that get a Pod, and Pods that go; `ended` are those of them that ended by themselves."""

    create: list[str] = field(default_factory=list)
    delete: list[Obj] = field(default_factory=list)
    ended: list[tuple[Obj, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.create or self.delete)


def place(owner: Obj, eligible: nodes.Eligibility, pods: dict[str, list[Obj]], hash_: str, now: float) -> Plan:
    """A Pod on every node that should have one, and none elsewhere."""
    plan = Plan()
    for name, (wanted, may_stay) in eligible.items():
        there = pods.get(name, [])
        if wanted and not there:
            plan.create.append(name)
        elif may_stay:
            _tend(owner, name, there, hash_, now, plan)
        else:
            plan.delete += [pod for pod in there if not podstates.deleting(pod)]
    lost = (pod for name, there in pods.items() if name not in eligible for pod in there)
    plan.delete += [pod for pod in lost if not pod["spec"].get("nodeName") and not podstates.deleting(pod)]
    return plan


def _tend(owner: Obj, node: str, pods: list[Obj], hash_: str, now: float, plan: Plan) -> None:
    """Remove what has ended, and what is too much."""
    running = []
    for pod in pods:
        if podstates.deleting(pod):
            continue
        if podstates.finished(pod):
            plan.ended.append((pod, node))
        else:
            running.append(pod)
    if len(running) < 2:
        return
    if not _surge(owner, 1):
        plan.delete += running[1:]
        return
    fitting = [pod for pod in running if nodes.is_updated(owner, pod, hash_)]
    other = [pod for pod in running if pod not in fitting]
    plan.delete += fitting[1:] + other[1:]
    if fitting and other and (nodes.is_available(owner, fitting[0], now) or not podstates.ready(other[0])):
        plan.delete.append(other[0])


def _surge(owner: Obj, desired: int) -> int:
    rolling = (owner["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    return scaled(rolling.get("maxSurge"), desired, up=True)


def _unavailable(owner: Obj, desired: int) -> int:
    rolling = (owner["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    allowed = scaled(rolling.get("maxUnavailable"), desired, up=True)
    return allowed or int(not _surge(owner, desired))


def roll(owner: Obj, eligible: nodes.Eligibility, pods: dict[str, list[Obj]], hash_: str, now: float) -> Plan:
    """The next step of a rolling update."""
    desired = sum(wanted for wanted, _ in eligible.values())
    surge = _surge(owner, desired)
    if surge:
        return _roll_with_surge(owner, pods, hash_, now, surge)
    return _roll_by_deleting(owner, pods, hash_, now, _unavailable(owner, desired))


def _roll_by_deleting(owner: Obj, pods: dict[str, list[Obj]], hash_: str, now: float, allowed: int) -> Plan:
    away, broken, candidates = 0, [], []
    for there in pods.values():
        found = nodes.updated(owner, there, hash_)
        new, old = found or (None, None)
        if old is not None and new is None:
            if nodes.is_available(owner, old, now):
                candidates.append(old)
            else:
                broken.append(old)
                away += 1
        elif new is None or old is not None or not nodes.is_available(owner, new, now):
            away += 1
    return Plan(delete=[*broken, *candidates[: max(allowed - away, 0)]])


def _roll_with_surge(owner: Obj, pods: dict[str, list[Obj]], hash_: str, now: float, surge: int) -> Plan:
    plan, extra = Plan(), 0
    candidates: list[str] = []
    for node, there in pods.items():
        found = nodes.updated(owner, there, hash_)
        if found is None:
            extra += 1
            continue
        new, old = found
        if old is None:
            continue
        if new is None:
            (candidates if nodes.is_available(owner, old, now) else plan.create).append(node)
        elif nodes.is_available(owner, new, now):
            plan.delete.append(old)
        else:
            extra += 1
    plan.create += candidates[: max(surge - extra, 0)]
    return plan
