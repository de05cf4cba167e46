"""Nobody gives away more than they have, unless a role says so. Upstream: pkg/registry/rbac/*/policybased/storage.go"""

from __future__ import annotations

from collections.abc import Sequence

from podlab.apimachinery import policyrules
from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.authorization import rbac, rules
from podlab.embedded.apiserver.authorization.attributes import Attributes
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.status import StatusError


def check_role(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A role holds nothing that its writer does not. Raises StatusError 403."""
    if _exempt(ctx) or _only_released(obj, old):
        return
    name = ctx.name if ctx.operation != "CREATE" else ""
    if _may(ctx, "escalate", ctx.resource.plural, name):
        return
    _confirm(ctx, obj.get("rules") or ())
    if (obj.get("aggregationRule") or {}).get("clusterRoleSelectors"):
        _confirm(ctx, rules.FULL_AUTHORITY)


def check_binding(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A binding gives nothing that its writer does not have. Raises StatusError 403, 404."""
    if _exempt(ctx) or _only_released(obj, old):
        return
    reference = obj.get("roleRef") or {}
    plural = {"Role": "roles", "ClusterRole": "clusterroles"}.get(reference.get("kind", ""), "")
    if plural and _may(ctx, "bind", plural, reference.get("name", "")):
        return
    try:
        wanted = rbac.role_rules(ctx.registry, reference, ctx.namespace)
    except StatusError as error:
        raise status.not_found(ctx.resource.qualified, reference["name"]) if error.code == 404 else error from None
    _confirm(ctx, wanted)


def _exempt(ctx: Context) -> bool:
    return rbac.MASTERS in ctx.by.user.groups


def _only_released(obj: Obj, old: Obj | None) -> bool:
    """Whether an update only lets the garbage collector do its work."""

    def rest(value: Obj) -> Obj:
        ignored = ("ownerReferences", "finalizers", "managedFields", "resourceVersion")
        meta = {key: item for key, item in value["metadata"].items() if key not in ignored}
        return {**value, "metadata": meta}

    return old is not None and rest(obj) == rest(old)


def _may(ctx: Context, verb: str, plural: str, name: str) -> bool:
    asked = Attributes(ctx.by.user, verb, rbac.GROUP, plural, name=name, namespace=ctx.namespace)
    return rbac.decide(ctx.registry, asked).allowed


def _confirm(ctx: Context, wanted: Sequence[Obj]) -> None:
    owned, problems = rbac.rules_for(ctx.registry, ctx.by.user, ctx.namespace)
    missing = policyrules.uncovered(owned, wanted)
    if not missing:
        return
    user = f"user {quote(ctx.by.user.name)} (groups={rules.quoted(ctx.by.user.groups)})"
    texts = sorted({rules.text(rule) for rule in policyrules.compact(missing)})
    why = f"{user} is attempting to grant RBAC permissions not currently held:\n" + "\n".join(texts)
    if problems:
        why += f"; resolution errors: [{' '.join(problems)}]"
    raise status.forbidden(ctx.resource.qualified, ctx.name, why)
