"""The signs by which a state of a Pod is told: functions from a Pod and its Events to what was seen, or None."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Object = dict[str, Any]
Values = dict[str, object]
"""What a sign gives: `evidence` (a list of lines) and the values for a finding's sentences."""


def status(pod: Object) -> Object:
    """A Pod's status; empty before its first."""
    return pod.get("status") or {}


def condition(pod: Object, kind: str) -> Object:
    """The condition of this type; empty where the Pod has none."""
    return next((c for c in status(pod).get("conditions") or [] if c.get("type") == kind), {})


def containers(pod: Object, init: bool | None = None) -> Iterator[Object]:
    """The statuses of containers, init containers first; `init` True or False gives one kind alone."""
    for key, is_init in (("initContainerStatuses", True), ("containerStatuses", False)):
        if init is None or init is is_init:
            yield from status(pod).get(key) or []


def waiting(pod: Object, reasons: Sequence[str], message: str = "") -> Values | None:
    """The first container that waits for one of these reasons, with a message that matches."""
    for container in containers(pod):
        state = (container.get("state") or {}).get("waiting") or {}
        found = re.search(message, state.get("message", ""), re.S | re.I)
        if state.get("reason") in reasons and found:
            return about(container, state, f"waiting, reason {state['reason']}", found.groupdict())
    return None


def about(container: Object, state: Object, seen: str, more: Values | None = None) -> Values:
    """The values that a finding says of a container: its name, its image, and what was seen of it."""
    evidence = [f"{container['name']}: {seen}"]
    evidence += [str(state["message"]).strip()] if state.get("message") else []
    image = container.get("image", "")
    return {"container": container["name"], "image": image, "evidence": evidence, **(more or {})}


def ended(pod: Object, reason: str = "", init: bool | None = None) -> Values | None:
    """The first container whose present or last run ended badly (for this reason)."""
    return next((end for container in containers(pod, init) if (end := failed(container, reason))), None)


def failed(container: Object, reason: str = "") -> Values | None:
    """How the present or last run of a container ended badly (for this reason)."""
    for key in ("state", "lastState"):
        end = (container.get(key) or {}).get("terminated") or {}
        bad = end.get("exitCode", 0) != 0 or end.get("signal")
        if end and bad and (not reason or end.get("reason") == reason):
            return ending(container, end, "" if key == "state" else "last ")
    return None


def ending(container: Object, end: Object, when: str = "") -> Values:
    """The values of a run that ended; `when` is `last ` for the one before the present state."""
    seen = f"{when}terminated, reason {end.get('reason', '')}, exit code {end['exitCode']}"
    return {**about(container, end, seen), "code": end["exitCode"], "restarts": container.get("restartCount", 0)}


def starts_again(pod: Object, container: Object) -> bool:
    """Whether the container has ended and is started again, by its own restartPolicy or its Pod's."""
    end = (container.get("state") or {}).get("terminated")
    if not end:
        return False
    inits = {each["name"]: each for each in pod["spec"].get("initContainers") or []}
    named = inits | {each["name"]: each for each in pod["spec"].get("containers") or []}
    mine = named.get(container["name"], {})
    if any(_meant(rule.get("exitCodes") or {}, end.get("exitCode")) for rule in mine.get("restartPolicyRules") or []):
        return True
    own = mine.get("restartPolicy")
    if container["name"] in inits and not own and end.get("exitCode") == 0:
        return False
    policy = own or pod["spec"].get("restartPolicy", "Always")
    return bool(policy == "Always" or (policy == "OnFailure" and end.get("exitCode") != 0))


def _meant(codes: Object, code: int | None) -> bool:
    """Whether a restart rule speaks of an exit code."""
    return (code in (codes.get("values") or [])) == (codes.get("operator") == "In")


def event(events: Sequence[Object], reason: str, message: str = "") -> re.Match[str] | None:
    """The newest Event of this reason whose message matches."""
    newest = sorted(events, key=lambda e: e.get("lastTimestamp") or e.get("eventTime") or "", reverse=True)
    for one in newest:
        if one.get("reason") == reason:
            found = re.search(message or ".*", one.get("message", ""), re.S | re.I)
            if found:
                return found
    return None


def terminating(pod: Object, events: Sequence[Object]) -> Values | None:
    """It is being deleted, and in how many seconds at most."""
    since = pod["metadata"].get("deletionTimestamp")
    if not since:
        return None
    return {"grace": pod["metadata"].get("deletionGracePeriodSeconds", 0), "evidence": [f"deletionTimestamp: {since}"]}


def held(pod: Object, events: Sequence[Object]) -> Values | None:
    """It is being deleted, and finalizers keep it."""
    found = terminating(pod, events)
    finalizers = pod["metadata"].get("finalizers")
    return {**found, "finalizers": ", ".join(finalizers)} if found and finalizers else None


def phase(phase: str, reason: str = "") -> Callable[[Object, Sequence[Object]], Values | None]:
    """A sign: the Pod's phase, and status.reason where that is given."""

    def matches(pod: Object, events: Sequence[Object]) -> Values | None:
        told = status(pod)
        if told.get("phase") != phase or (reason and told.get("reason") != reason):
            return None
        evidence = [f"phase: {phase}", *([f"reason: {told['reason']}"] if told.get("reason") else [])]
        return {
            "evidence": evidence + ([told["message"]] if told.get("message") else []),
            "message": told.get("message", ""),
        }

    return matches


def unscheduled(message: str, reason: str = "Unschedulable") -> Callable[[Object, Sequence[Object]], Values | None]:
    """A sign: no node, with a message that matches; its groups are values of the finding."""

    def matches(pod: Object, events: Sequence[Object]) -> Values | None:
        scheduled = condition(pod, "PodScheduled")
        text = scheduled.get("message", "")
        found = re.search(message, text, re.S)
        if scheduled.get("status") != "False" or scheduled.get("reason") != reason or not found:
            return None
        return {"evidence": [f"PodScheduled: False, reason {reason}", text], **found.groupdict()}

    return matches


def waits(*reasons: str, message: str = "") -> Callable[[Object, Sequence[Object]], Values | None]:
    """A sign: a container waits for one of these reasons, with a message that matches."""
    return lambda pod, events: waiting(pod, reasons, message)


def pull_failed(message: str) -> Callable[[Object, Sequence[Object]], Values | None]:
    """The image cannot be pulled, and why: the state's message says only `Back-off` half of the time, the Event all."""

    def matches(pod: Object, events: Sequence[Object]) -> Values | None:
        found = waiting(pod, ("ErrImagePull", "ImagePullBackOff"))
        if found is None:
            return None
        here = re.search(message, " ".join(map(str, evidence(found))), re.S | re.I)
        failed = here or event(events, "Failed", message)
        if failed is None:
            return None
        more = [] if here else [failed.string]
        return {**found, "evidence": [*evidence(found), *more]}

    return matches


def unsimulated(pod: Object, events: Sequence[Object]) -> Values | None:
    """The image may exist, but the embedded cluster has none of it, as an Event says."""
    found = waiting(pod, ("ErrImagePull", "ImagePullBackOff"))
    said = found and event(events, "ImageNotSimulated", re.escape(f'"{found["image"]}"'))
    return {**found, "evidence": [*evidence(found), said.string]} if found and said else None


def outside(pod: Object, events: Sequence[Object]) -> Values | None:
    """It has asked for something outside of the embedded cluster, as an Event says."""
    said = event(events, "OutsideNotSimulated", r'"(?P<target>[^"]+)"')
    return {"target": said["target"], "evidence": [said.string]} if said else None


def evidence(values: Values) -> list[object]:
    """The lines of evidence among a sign's values."""
    lines = values.get("evidence")
    return list(lines) if isinstance(lines, list) else []


def failed_mount(message: str) -> Callable[[Object, Sequence[Object]], Values | None]:
    """A volume cannot be set up, with an Event that matches."""

    def matches(pod: Object, events: Sequence[Object]) -> Values | None:
        found = event(events, "FailedMount", message) if status(pod).get("phase") == "Pending" else None
        return {"evidence": [found.string], **found.groupdict()} if found else None

    return matches


mount_failed = failed_mount(r'(?P<kind>configmap|secret) "(?P<missing>[^"]+)" not found')


def killed_by_liveness(pod: Object, events: Sequence[Object]) -> Values | None:
    """The kubelet has killed a container for its liveness probe, and started it again."""
    found = event(events, "Killing", r"Container (?P<container>\S+) failed liveness probe")
    restarts = max((c.get("restartCount", 0) for c in containers(pod)), default=0)
    if not found or not restarts:
        return None
    probe = event(events, "Unhealthy", r"Liveness probe failed.*")
    return {**found.groupdict(), "restarts": restarts, "evidence": [found.string, *([probe.string] if probe else [])]}


def killed_by_startup(pod: Object, events: Sequence[Object]) -> Values | None:
    """The kubelet has killed a container for its startup probe."""
    found = event(events, "Killing", r"Container (?P<container>\S+) failed startup probe")
    return {**found.groupdict(), "evidence": [found.string]} if found else None


def oom(pod: Object, events: Sequence[Object]) -> Values | None:
    """A container went over its memory limit, and which that is."""
    found = ended(pod, "OOMKilled")
    if found is None:
        return None
    named = [c for key in ("initContainers", "containers") for c in pod["spec"].get(key) or []]
    mine: Object = next((c for c in named if c["name"] == found["container"]), {})
    limit = ((mine.get("resources") or {}).get("limits") or {}).get("memory", "?")
    return {**found, "limit": limit}


def init_failed(pod: Object, events: Sequence[Object]) -> Values | None:
    """An init container ended badly, so the others have not begun."""
    if condition(pod, "Initialized").get("status") != "False":
        return None
    return ended(pod, init=True)


def init_running(pod: Object, events: Sequence[Object]) -> Values | None:
    """An init container still runs, so the others have not begun."""
    if condition(pod, "Initialized").get("status") != "False":
        return None
    for container in containers(pod, init=True):
        state = container.get("state") or {}
        if "running" in state:
            return about(container, {}, "init container, running")
    return None


def backing_off(pod: Object, events: Sequence[Object]) -> tuple[Object, Values] | None:
    """The first container whose restart has to wait, where that is seen, and how its last log is asked for.

    For most of that time the state is still the end of the last run, whose log is the present one; it says
    CrashLoopBackOff only from the next sync on.
    """
    for container in containers(pod):
        state = (container.get("state") or {}).get("waiting") or {}
        if state.get("reason") == "CrashLoopBackOff":
            return container, about(container, state, "waiting, reason CrashLoopBackOff", {"previous": " --previous"})
        told = event(events, "BackOff", rf"restarting failed container {re.escape(container['name'])} .*")
        if told and starts_again(pod, container):
            return container, {**about(container, {}, ""), "evidence": [told.string], "previous": ""}
    return None


def crashing(pod: Object, events: Sequence[Object]) -> Values | None:
    """A container that ended badly waits for its next start."""
    found = backing_off(pod, events)
    end = failed(found[0]) if found else None
    return {**found[1], **end, "evidence": [*evidence(found[1]), *evidence(end)]} if found and end else None


def exits_with_zero(pod: Object, events: Sequence[Object]) -> Values | None:
    """A container that ended well is started again all the same, and has to wait."""
    found = backing_off(pod, events)
    return found[1] if found and failed(found[0]) is None else None


def _lasting(pod: Object) -> Iterator[Object]:
    """The containers that are to stay: once the Pod is initialized its sidecars, which may start again, are of them."""
    return containers(pod, init=None if condition(pod, "Initialized").get("status") == "True" else False)


def gate_closed(pod: Object, events: Sequence[Object]) -> Values | None:
    """All containers are ready, and the kubelet has not seen the Pod's readiness gates be True."""
    if condition(pod, "Ready").get("reason") != "ReadinessGatesNotReady":
        return None
    gates = [each["conditionType"] for each in pod["spec"].get("readinessGates") or []]
    closed = min(gates, key=lambda each: condition(pod, each).get("status") == "True")
    return {"gate": closed, "evidence": ["Ready: False, reason ReadinessGatesNotReady"]}


def not_ready(pod: Object, events: Sequence[Object]) -> Values | None:
    """A container runs, and its readiness probe has not said yes."""
    for container in _lasting(pod):
        if "running" in (container.get("state") or {}) and not container.get("ready"):
            probe = event(events, "Unhealthy", r"Readiness probe (failed|errored).*")
            seen = [f"{container['name']}: running, ready false", *([probe.string] if probe else [])]
            return {"container": container["name"], "evidence": seen}
    return None


def starting(pod: Object, events: Sequence[Object]) -> Values | None:
    """A container runs, and its startup probe has not said yes."""
    for container in _lasting(pod):
        if "running" in (container.get("state") or {}) and container.get("started") is False:
            return {"container": container["name"], "evidence": [f"{container['name']}: running, started false"]}
    return None


def restarted(pod: Object, events: Sequence[Object]) -> Values | None:
    """All is well now, and a container was started more than once."""
    restarts = sum(c.get("restartCount", 0) for c in containers(pod, init=False))
    if not restarts or condition(pod, "Ready").get("status") != "True":
        return None
    end = ended(pod) or {}
    return {"restarts": restarts, "evidence": ["Ready: True", *evidence(end)]}


def ready(pod: Object, events: Sequence[Object]) -> Values | None:
    """Every container is ready."""
    return {"evidence": ["Ready: True"]} if condition(pod, "Ready").get("status") == "True" else None


def fresh(pod: Object, events: Sequence[Object]) -> Values | None:
    """The scheduler has not looked at it yet."""
    scheduled = condition(pod, "PodScheduled")
    return None if scheduled or pod["spec"].get("nodeName") else {"evidence": ["no condition PodScheduled yet"]}


def restarting(pod: Object) -> Values | None:
    """A container that is about to be started again."""
    for container in containers(pod):
        state, last = container.get("state") or {}, container.get("lastState") or {}
        end = (state if starts_again(pod, container) else last if "waiting" in state else {}).get("terminated")
        if end:
            return ending(container, end)
    return None


def given_up(pod: Object) -> Values | None:
    """A container that ended badly and is not started again."""
    over = (c for c in containers(pod) if "terminated" in (c.get("state") or {}) and not starts_again(pod, c))
    ends = ((container, container["state"]["terminated"]) for container in over)
    return next((ending(container, end) for container, end in ends if end.get("exitCode") != 0), None)


def ended_well(pod: Object) -> Values | None:
    """A container that ended as it should and is not started again."""
    for container in containers(pod, init=False):
        end = (container.get("state") or {}).get("terminated")
        if end and not starts_again(pod, container):
            return ending(container, end)
    return None


def assigned(pod: Object) -> Values | None:
    """On a node, which has not told anything of its containers yet."""
    if condition(pod, "PodScheduled").get("status") != "True" or list(containers(pod)):
        return None
    return {"evidence": ["PodScheduled: True, no container status yet"]}


def placed(pod: Object, events: Sequence[Object]) -> Values | None:
    """On a node that its manifest names, whose kubelet has not told anything yet."""
    node = pod["spec"].get("nodeName")
    if not node or status(pod).get("conditions") or list(containers(pod)):
        return None
    return {"node": node, "evidence": [f"spec.nodeName: {node}, no condition yet"]}


def all_ended(pod: Object) -> Values | None:
    """Every container has ended, none of them badly."""
    states = [container.get("state") or {} for container in containers(pod, init=False)]
    done = states and all("terminated" in state and state["terminated"].get("exitCode") == 0 for state in states)
    return {"evidence": ["every container: terminated, exit code 0"]} if done else None


def being_stopped(pod: Object, events: Sequence[Object]) -> Values | None:
    """The kubelet calls the Pod failed while its containers are still ending.

    Upstream: pkg/kubelet/status/generate.go (GeneratePodReadyCondition)
    """
    stopped = condition(pod, "Ready").get("reason") == "PodFailed" and status(pod).get("phase") == "Running"
    return {"evidence": ["condition Ready: False, reason PodFailed"]} if stopped else None


def anything(pod: Object, events: Sequence[Object]) -> Values | None:
    """Whatever it is: the phase alone, where no other sign is seen."""
    phase = status(pod).get("phase", "Unknown")
    return {"phase": phase, "evidence": [f"phase: {phase}"]}
