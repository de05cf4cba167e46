"""RuntimeClass. Upstream: plugin/pkg/admission/runtimeclass/admission.go"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context, Obj


def admit(pod: Obj, ctx: Context) -> None:
    """There is none. Raises StatusError."""
    name = pod["spec"].get("runtimeClassName")
    if name == "":
        raise status.StatusError(500, "", "resource name may not be empty")
    if name:
        raise status.forbidden("pods", ctx.name, f'pod rejected: RuntimeClass "{name}" not found')


def check(pod: Obj, ctx: Context) -> None:
    """Only a class makes overhead. Raises StatusError."""
    if pod["spec"].get("overhead") is not None:
        why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
        raise status.forbidden("pods", ctx.name, why)
    """Let a class add what its Pods cost and where they run. Raises StatusError 403."""
    spec, name = pod["spec"], pod["spec"].get("runtimeClassName")
    if not name:
        if spec.get("overhead"):
            raise _rejected(ctx, "Pod Overhead set without corresponding RuntimeClass defined Overhead")
        return
    found = ctx.registry.find(ctx.registry.resource("runtimeclasses.node.k8s.io"), name)
    if found is None:
        raise _rejected(ctx, f'RuntimeClass "{name}" not found')
    _overhead(spec, (found.get("overhead") or {}).get("podFixed") or {}, ctx)
    _schedule(spec, found.get("scheduling") or {}, ctx)


def _rejected(ctx: Context, why: str) -> status.StatusError:
    return status.forbidden("pods", ctx.name, f"pod rejected: {why}")


def _overhead(spec: Obj, fixed: Obj, ctx: Context) -> None:
    given = spec.get("overhead") or {}
    if given and not fixed:
        raise _rejected(ctx, "Pod Overhead set without corresponding RuntimeClass defined Overhead")
    if given and given != fixed:
        raise _rejected(ctx, "Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    if fixed:
        spec["overhead"] = dict(fixed)


def _schedule(spec: Obj, scheduling: Obj, ctx: Context) -> None:
    wanted, selector = scheduling.get("nodeSelector") or {}, spec.get("nodeSelector") or {}
    for key, value in wanted.items():
        if selector.get(key, value) != value:
            shown = f"pod.spec.nodeSelector[{key}] = {selector[key]}"
            raise _rejected(ctx, f"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; {shown}")
    if wanted:
        spec["nodeSelector"] = {**selector, **wanted}
    tolerations = spec.get("tolerations") or []
    added = [each for each in scheduling.get("tolerations") or [] if each not in tolerations]
    if added:
        spec["tolerations"] = [*tolerations, *added]
