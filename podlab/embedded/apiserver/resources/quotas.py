"""ResourceQuotas. Upstream: pkg/apis/core/validation/validation.go (ValidateResourceQuota)"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.quantity import NANO
from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, head
from podlab.embedded.apiserver.podspec.totals import amounts
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata
from podlab.embedded.apiserver.validation.resourcenames import is_whole, quota_resource

POD_SCOPES = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity")
SCOPES = (*POD_SCOPES, "PriorityClass", "VolumeAttributesClass")
PODS = ("pods",)
COMPUTE = ("cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory")
CONFLICTS = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})
STANDARD_FOR_SCOPES = (
    *PODS,
    *COMPUTE,
    "services",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
    "requests.storage",
    "ephemeral-storage",
    "requests.ephemeral-storage",
    "limits.ephemeral-storage",
)


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a ResourceQuota."""
    spec = obj.get("spec") or {}
    found = metadata.validate(obj, old) + _amounts(spec.get("hard"), "spec.hard")
    found += _scopes(spec) + _selector(spec)
    if old is not None:
        before = (old.get("spec") or {}).get("scopes") or []
        if set(spec.get("scopes") or []) != set(before):
            found.append(causes.invalid("spec.scopes", spec.get("scopes"), "field is immutable"))
    return found


def validate_status(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a ResourceQuota's status."""
    status = obj.get("status") or {}
    return _amounts(status.get("hard"), "status.hard") + _amounts(status.get("used"), "status.used")


def _amounts(given: Obj | None, path: str) -> list[Cause]:
    found = []
    for name, amount in sorted(amounts(given).items()):
        here = f"{path}[{name}]"
        found += quota_resource(name, here)
        if amount.nano < 0:
            found.append(causes.invalid(here, str(amount), "must be greater than or equal to 0"))
        if is_whole(name) and amount.nano % NANO:
            found.append(causes.invalid(here, str(amount), "must be an integer"))
    return found


def _fits(scope: str, resource: str) -> bool:
    """Whether a scope makes sense for a resource. Upstream: IsResourceQuotaScopeValidForResource"""
    if scope not in SCOPES or not (resource in STANDARD_FOR_SCOPES or resource.startswith(HUGE_PAGES)):
        return True
    if scope == "BestEffort":
        return resource in PODS
    if scope == "VolumeAttributesClass":
        return resource in ("persistentvolumeclaims", "requests.storage")
    return resource in (*PODS, *COMPUTE)


HUGE_PAGES = ("hugepages-", "requests.hugepages-")


def _scopes(spec: Obj) -> list[Cause]:
    scopes, path = spec.get("scopes") or [], "spec.scopes"
    found = []
    for scope in scopes:
        if scope not in SCOPES:
            found.append(causes.invalid(path, scopes, "unsupported scope"))
        if not all(_fits(scope, name) for name in spec.get("hard") or {}):
            found.append(causes.invalid(path, scopes, "unsupported scope applied to resource"))
    if any(pair <= set(scopes) for pair in CONFLICTS):
        found.append(causes.invalid(path, scopes, "conflicting scopes"))
    return found


def _selector(spec: Obj) -> list[Cause]:
    selector, path = spec.get("scopeSelector") or {}, "spec.scopeSelector.matchExpressions"
    found: list[Cause] = []
    for term in selector.get("matchExpressions") or []:
        scope = term.get("scopeName", "")
        if scope not in SCOPES:
            found.append(causes.invalid(f"{path}.scopeName", scope, "unsupported scope"))
        if not all(_fits(scope, name) for name in spec.get("hard") or {}):
            found.append(causes.invalid(path, _shown(selector), "unsupported scope applied to resource"))
        found += _operator(term, scope, path)
    return found


def _shown(selector: Obj) -> Obj:
    names = (("ScopeName", "scopeName"), ("Operator", "operator"), ("Values", "values"))
    return {"MatchExpressions": [{go: term.get(key) for go, key in names} for term in selector["matchExpressions"]]}


EXISTS_ONLY = (
    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
    "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)


def _operator(term: Obj, scope: str, path: str) -> list[Cause]:
    operator, values, found = term.get("operator", ""), term.get("values") or [], []
    if scope in POD_SCOPES and operator != "Exists":
        found.append(causes.invalid(f"{path}.operator", operator, EXISTS_ONLY))
    if operator in ("In", "NotIn"):
        if not values:
            text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
            found.append(causes.required(f"{path}.values", text))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            found.append(causes.invalid(f"{path}.values", values, text))
    else:
        found.append(causes.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    return found


COLUMNS = (
    NAME,
    Column("Request", "Request represents a minimum amount of cpu/memory that a container may consume."),
    Column(
        "Limit",
        "Limits control the maximum amount of cpu/memory that a container may use independent of contention on the "
        "node.",
    ),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """What is used of what is allowed: limits apart from the rest."""
    name, _, status = head(obj)
    hard, used = status.get("hard") or {}, status.get("used") or {}
    parts = {key: f"{key}: {used.get(key, '0')}/{hard[key]}" for key in sorted(hard)}
    limits = [text for key, text in parts.items() if key.startswith("limits.")]
    rest = [text for key, text in parts.items() if not key.startswith("limits.")]
    return [name, ", ".join(rest), ", ".join(limits), age(obj, now)]


RESOURCE_QUOTAS = stored(
    "",
    "ResourceQuota",
    "quota",
    status=True,
    validate=validate,
    validate_status=validate_status,
    columns=COLUMNS,
    row=row,
)
