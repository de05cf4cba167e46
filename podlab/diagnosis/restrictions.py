"""The signs of what a node refuses: functions from a Pod and its Events to what was seen, or None."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from podlab.diagnosis.symptoms import Object, Values, condition, containers, ending, status


def rejected(reason: str, message: str = "") -> Callable[[Object, Sequence[Object]], Values | None]:
    """The Pod is over for a reason that the kubelet gave, with a message that matches."""

    def matches(pod: Object, events: Sequence[Object]) -> Values | None:
        told = status(pod)
        found = re.search(message, told.get("message", ""), re.S)
        if told.get("phase") != "Failed" or not re.fullmatch(reason, told.get("reason", "")) or not found:
            return None
        evidence = ["phase: Failed", f"reason: {told['reason']}", told.get("message", "").strip()]
        return {"evidence": [line for line in evidence if line], **found.groupdict()}

    return matches


def probe_errs(message: str) -> Callable[[Object, Sequence[Object]], Values | None]:
    """A probe of a container that is not ready or not started fails for this reason."""

    def matches(pod: Object, events: Sequence[Object]) -> Values | None:
        if condition(pod, "Ready").get("status") == "True":
            return None
        for event in events:
            found = re.search(message, event.get("message", ""), re.S)
            if event.get("reason") == "Unhealthy" and found:
                name = re.search(r"{(.+)}", (event.get("involvedObject") or {}).get("fieldPath", ""))
                seen = {"container": name[1] if name else "", "evidence": [event["message"].strip()]}
                return {**seen, **found.groupdict()}
        return None

    return matches


def restricted_end(pod: Object, *, reason: str = "Error", message: str = "") -> Values | None:
    """A container that ended badly by itself, and what its security context takes from it."""
    spec = pod["spec"]
    named = {c["name"]: c for key in ("initContainers", "containers") for c in spec.get(key) or []}
    for container in containers(pod):
        for when, key in (("", "state"), ("last ", "lastState")):
            end = (container.get(key) or {}).get("terminated") or {}
            if end.get("reason") != reason or end.get("exitCode", 0) > 128 or not end.get("exitCode"):
                continue
            found = re.search(message, end.get("message", ""), re.S)
            limits = restrictions(spec.get("securityContext") or {}, named.get(container["name"], {}))
            if found and (limits or message):
                return {**ending(container, end, when), "limits": ", ".join(limits), **found.groupdict()}
    return None


def restrictions(of_pod: Object, container: Object) -> list[str]:
    """What a container may not do that others may, in the manifest's words."""
    context = of_pod | (container.get("securityContext") or {})
    found = [f"runAsUser: {context['runAsUser']}"] if context.get("runAsUser") else []
    if drop := (context.get("capabilities") or {}).get("drop"):
        found.append(f"capabilities.drop: {', '.join(drop)}")
    return found + (["readOnlyRootFilesystem: true"] if context.get("readOnlyRootFilesystem") else [])


def resize_pending(pod: Object, events: Sequence[Object]) -> Values | None:
    """A resize that the node cannot carry out now, or ever."""
    pending = condition(pod, "PodResizePending")
    if pending.get("status") != "True" or condition(pod, "Ready").get("status") != "True":
        return None
    evidence = [f"PodResizePending: True, reason {pending.get('reason', '')}", pending.get("message", "")]
    return {"reason": pending.get("reason", ""), "evidence": evidence}
