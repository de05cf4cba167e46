"""ResourceQuota: what would be too much is refused, the rest is written down before it exists.

Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from podlab.apimachinery.quantity import Quantity
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.podspec.totals import Amounts, amounts, plus
from podlab.embedded.apiserver.quota import scopes, usage
from podlab.embedded.apiserver.resource import Context, Obj, Writer

WRITER = Writer("kube-apiserver")


def check(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Charge the namespace's quotas with what an object takes. Raises StatusError 403."""
    if not _concerns(ctx):
        return
    quotas = ctx.registry.list(ctx.registry.resource("resourcequotas"), ctx.namespace)
    interested = [quota for quota in quotas if _applies(quota, obj, ctx)]
    if not interested:
        return
    for quota in interested:
        _check_known(quota, obj, ctx)
    delta = _delta(obj, old, ctx)
    if not delta:
        return
    charged = [(quota, _charge(quota, delta, ctx)) for quota in interested]
    if ctx.by.dry_run:
        return
    for quota, used in charged:
        _write(quota, used, ctx)


def _concerns(ctx: Context) -> bool:
    if not ctx.namespace:
        return False
    if ctx.operation == "CREATE":
        return not ctx.subresource
    if ctx.resource.group:
        return False
    if ctx.resource.plural == "pods":
        return ctx.subresource == "resize"
    return ctx.resource.plural in usage.CHANGING and not ctx.subresource


def _hard(quota: Obj) -> Amounts:
    return amounts((quota.get("status") or {}).get("hard"))


def _applies(quota: Obj, obj: Obj, ctx: Context) -> bool:
    hard = (quota.get("spec") or {}).get("hard") or {}
    return bool(usage.concerns(ctx.resource, hard)) and scopes.matches(scopes.selectors(quota), obj)


def _check_known(quota: Obj, obj: Obj, ctx: Context) -> None:
    """A quota counts only what it knows: its own state, and what each container asks for."""
    name = quota["metadata"]["name"]
    spec, state = (quota.get("spec") or {}).get("hard") or {}, quota.get("status") or {}
    unknown = [key for key in usage.concerns(ctx.resource, spec) if key not in (state.get("used") or {})]
    if unknown and not state.get("hard"):
        raise _refusal(ctx, f"status unknown for quota: {name}, resources: {','.join(sorted(unknown))}")
    if ctx.resource.plural == "pods" and not ctx.resource.group:
        lacking = usage.missing(obj, usage.concerns(ctx.resource, _hard(quota)))
        if lacking:
            raise _refusal(ctx, f"failed quota: {name}: must specify {lacking}")


def _refusal(ctx: Context, why: str) -> status.StatusError:
    return status.forbidden(ctx.resource.qualified, ctx.name, why)


def _delta(obj: Obj, old: Obj | None, ctx: Context) -> Amounts:
    """What the write takes more, or less, than what was there."""
    now = ctx.now()
    taken = usage.usage(ctx.resource, obj, now)
    if old is not None:
        taken = plus(taken, usage.usage(ctx.resource, old, now), -1)
    return {name: amount for name, amount in taken.items() if amount.nano}


def _charge(quota: Obj, delta: Mapping[str, Quantity], ctx: Context) -> Amounts:
    """The quota's usage with the write. Raises StatusError 403."""
    hard, used = _hard(quota), amounts((quota.get("status") or {}).get("used"))
    asked = {name: amount for name, amount in delta.items() if name in hard}
    after = plus(used, asked)
    exceeded = sorted(name for name, amount in asked.items() if amount.nano > 0 and after[name].nano > hard[name].nano)
    if exceeded:
        parts = [_told(values, exceeded) for values in (asked, used, hard)]
        name = quota["metadata"]["name"]
        raise _refusal(ctx, f"exceeded quota: {name}, requested: {parts[0]}, used: {parts[1]}, limited: {parts[2]}")
    return after


def _told(values: Mapping[str, Quantity], names: Iterable[str]) -> str:
    zero = usage.count(0)
    return ",".join(f"{name}={values.get(name, zero)}" for name in names)


def _write(quota: Obj, used: Amounts, ctx: Context) -> None:
    meta = quota["metadata"]
    shown = {name: str(amount) for name, amount in sorted(used.items())}

    def charge(obj: Obj) -> None:
        obj["status"] = {**(obj.get("status") or {}), "used": shown}

    resource = ctx.registry.resource("resourcequotas")
    ctx.registry.change(resource, meta["name"], meta["namespace"], charge, subresource="status", by=WRITER)
