"""Priority: a class's name becomes a number. Upstream: plugin/pkg/admission/priority/admission.go"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context, Obj

PRIORITIES = {"system-cluster-critical": 2000000000, "system-node-critical": 2000001000}
PREEMPT = "PreemptLowerPriority"


def admit(pod: Obj, old: Obj | None, ctx: Context) -> None:
    """A class's name becomes a number. Raises StatusError."""
    spec = pod["spec"]
    if old is not None:
        for key in ("priority", "preemptionPolicy"):
            if spec.get(key) is None and old["spec"].get(key) is not None:
                spec[key] = old["spec"][key]
        return
    name = spec.get("priorityClassName", "")
    name, priority, policy = _priority_class(name, ctx)
    if name:
        spec["priorityClassName"] = name
    if spec.get("priority") not in (None, priority):
        why = f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
        raise status.forbidden(
            "pods",
            ctx.name,
            f"{why}priority admission controller computed {priority} from the given PriorityClass name",
        )
    spec["priority"] = priority
    if spec.get("preemptionPolicy") not in (None, policy):
        why = f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) must not be provided in pod spec; "
        computed = f"priority admission controller computed {policy} from the given PriorityClass name"
        raise status.forbidden("pods", ctx.name, why + computed)
    spec["preemptionPolicy"] = policy


def check(ctx: Context) -> None:
    """The system's classes stay. Raises StatusError.

    Upstream: pkg/registry/scheduling/priorityclass/storage/storage.go
    """
    if ctx.resource.plural == "priorityclasses" and ctx.name in PRIORITIES:
        why = "this is a system priority class and cannot be deleted"
        raise status.forbidden(ctx.resource.qualified, ctx.name, why)


def _priority_class(name: str, ctx: Context) -> tuple[str, int, str]:
    """Name, number and preemption policy of a class; without a name, of the cluster's default. Raises StatusError."""
    if name in PRIORITIES:
        return name, PRIORITIES[name], PREEMPT
    classes = ctx.registry.resource("priorityclasses.scheduling.k8s.io")
    if not name:
        defaults = [one for one in ctx.registry.list(classes) if one.get("globalDefault")]
        if not defaults:
            return "", 0, PREEMPT
        chosen = min(defaults, key=lambda one: int(one.get("value", 0)))
    elif found := ctx.registry.find(classes, name):
        chosen = found
    else:
        raise status.forbidden("pods", ctx.name, f"no PriorityClass with name {name} was found")
    return chosen["metadata"]["name"], chosen.get("value", 0), chosen.get("preemptionPolicy") or PREEMPT
