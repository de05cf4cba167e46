"""RuntimeClass. Upstream: plugin/pkg/admission/runtimeclass/admission.go"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context, Obj


def admit(pod: Obj, ctx: Context) -> None:
    """Let a class add what its Pods cost and where they run. Raises StatusError."""
    spec, name = pod["spec"], pod["spec"].get("runtimeClassName")
    if name == "":
        raise status.StatusError(500, "", "resource name may not be empty")
    if name is None:
        return
    found = _class(name, ctx)
    if found is None:
        raise _rejected(ctx, f'RuntimeClass "{name}" not found')
    _add_overhead(spec, _fixed(found), ctx)
    _schedule(spec, found.get("scheduling") or {}, ctx)


def check(pod: Obj, ctx: Context) -> None:
    """Only a class makes overhead. Raises StatusError."""
    if pod["spec"].get("overhead") is None:
        return
    found = _class(pod["spec"].get("runtimeClassName") or "", ctx)
    if found is None or not _fixed(found):
        raise _rejected(ctx, "Pod Overhead set without corresponding RuntimeClass defined Overhead")


def _class(name: str, ctx: Context) -> Obj | None:
    return ctx.registry.find(ctx.registry.resource("runtimeclasses.node.k8s.io"), name) if name else None


def _fixed(runtime_class: Obj) -> Obj:
    return (runtime_class.get("overhead") or {}).get("podFixed") or {}


def _rejected(ctx: Context, why: str) -> status.StatusError:
    return status.forbidden("pods", ctx.name, f"pod rejected: {why}")


def _add_overhead(spec: Obj, fixed: Obj, ctx: Context) -> None:
    given = spec.get("overhead") or {}
    if given and fixed and given != fixed:
        raise _rejected(ctx, "Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    if fixed:
        spec["overhead"] = dict(fixed)


def _schedule(spec: Obj, scheduling: Obj, ctx: Context) -> None:
    wanted, selector = scheduling.get("nodeSelector") or {}, spec.get("nodeSelector") or {}
    for key, value in wanted.items():
        if selector.get(key, value) != value:
            shown = f"pod.spec.nodeSelector[{key}] = {selector[key]}"
            why = f"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; {shown}"
            raise status.forbidden("pods", ctx.name, why)
    if wanted:
        spec["nodeSelector"] = {**selector, **wanted}
    tolerations = spec.get("tolerations") or []
    added = [each for each in scheduling.get("tolerations") or [] if each not in tolerations]
    if added:
        spec["tolerations"] = [*tolerations, *added]
