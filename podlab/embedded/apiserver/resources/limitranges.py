"""LimitRanges. Upstream: pkg/apis/core/validation/validation.go (ValidateLimitRange), pkg/apis/core/v1/defaults.go"""

from __future__ import annotations

from podlab.apimachinery.quantity import NANO, Quantity
from podlab.embedded.apiserver.podspec.totals import amounts
from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names
from podlab.embedded.apiserver.validation.resourcenames import container_resource, resource_name

TYPES = ("Pod", "Container", "PersistentVolumeClaim")
OVERCOMMITTED = ("cpu", "memory", "ephemeral-storage", "storage")


def default(obj: Obj) -> None:
    """Let a container's limits default to its maximum, its requests to its limits or its minimum."""
    if (obj.get("spec") or {}).get("limits") == []:
        del obj["spec"]["limits"]
    for item in (obj.get("spec") or {}).get("limits") or []:
        if item.get("type") != "Container":
            continue
        limits = {**(item.get("max") or {}), **(item.get("default") or {})}
        requests = {**(item.get("min") or {}), **limits, **(item.get("defaultRequest") or {})}
        for key, made in (("default", limits), ("defaultRequest", requests)):
            if made:
                item[key] = made


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a LimitRange."""
    found, seen = metadata.validate(obj, old), set()
    for index, item in enumerate((obj.get("spec") or {}).get("limits") or []):
        path, kind = f"spec.limits[{index}]", item.get("type", "")
        found += _kind(kind, f"{path}.type")
        if kind in seen:
            found.append(causes.duplicate(f"{path}.type", kind))
        seen.add(kind)
        found += _item(item, kind, path)
    return found


def _kind(kind: str, path: str) -> list[Cause]:
    wrong = names.causes_of(path, kind, names.qualified(kind))
    if wrong or "/" in kind or kind in TYPES:
        return wrong
    return [causes.invalid(path, kind, "must be a standard limit type or fully qualified")]


def _item(item: Obj, kind: str, path: str) -> list[Cause]:
    found, given = [], {key: amounts(item.get(key)) for key in ("max", "min", "default", "defaultRequest")}
    given["maxLimitRequestRatio"] = amounts(item.get("maxLimitRequestRatio"))
    check = container_resource if kind in ("Pod", "Container") else resource_name
    for key in ("max", "min"):
        found += [cause for name in given[key] for cause in check(name, f"{path}.{key}[{name}]")]
    for key in ("default", "defaultRequest"):
        if kind == "Pod" and given[key]:
            found.append(causes.forbidden(f"{path}.{key}", "may not be specified when `type` is 'Pod'"))
        elif kind != "Pod":
            found += [cause for name in given[key] for cause in check(name, f"{path}.{key}[{name}]")]
    if kind == "PersistentVolumeClaim" and not {"storage"} & (set(given["min"]) | set(given["max"])):
        text = "either minimum or maximum storage value is required, but neither was provided"
        found.append(causes.required(f"{path}.limits", text))
    ratios = given["maxLimitRequestRatio"]
    found += [cause for name in ratios for cause in check(name, f"{path}.maxLimitRequestRatio[{name}]")]
    for name in sorted({name for values in given.values() for name in values}):
        found += _order(name, {key: values[name] for key, values in given.items() if name in values}, path)
    return found


ORDER = (
    ("min", "max", "min", "min", "min value {} is greater than max value {}"),
    (
        "min",
        "defaultRequest",
        "defaultRequest",
        "defaultRequest",
        "min value {} is greater than default request value {}",
    ),
    (
        "defaultRequest",
        "max",
        "defaultRequest",
        "defaultRequest",
        "default request value {} is greater than max value {}",
    ),
    (
        "defaultRequest",
        "default",
        "defaultRequest",
        "defaultRequest",
        "default request value {} is greater than default limit value {}",
    ),
    ("min", "default", "default", "min", "min value {} is greater than default value {}"),
    ("default", "max", "default", "max", "default value {} is greater than max value {}"),
)
"""What may not be above what, the field and the value that are blamed, and the words."""


def _order(name: str, given: dict[str, Quantity], path: str) -> list[Cause]:
    found = []
    for low, high, field, shown, text in ORDER:
        if low in given and high in given and given[low].nano > given[high].nano:
            blamed = f"{path}.{field}[{name}]"
            found.append(causes.invalid(blamed, str(given[shown]), text.format(given[low], given[high])))
    return found + _ratio(name, given, path) + _fixed(name, given, path)


def _ratio(name: str, given: dict[str, Quantity], path: str) -> list[Cause]:
    ratio, here = given.get("maxLimitRequestRatio"), f"{path}.maxLimitRequestRatio[{name}]"
    if ratio is None:
        return []
    found = [causes.invalid(here, str(ratio), f"ratio {ratio} is less than 1")] if ratio.nano < NANO else []
    if "min" in given and "max" in given and given["min"].nano:
        most = given["max"].nano / given["min"].nano
        if ratio.nano / NANO > most:
            found.append(causes.invalid(here, str(ratio), f"ratio {ratio} is greater than max/min = {most:f}"))
    return found


def _fixed(name: str, given: dict[str, Quantity], path: str) -> list[Cause]:
    """What cannot be overcommitted, such as huge pages, is requested as it is limited."""
    limit, request = given.get("default"), given.get("defaultRequest")
    if limit is None or request is None or name in OVERCOMMITTED or limit.nano == request.nano:
        return []
    text = f"default value {limit} must equal to defaultRequest value {request} in {name}"
    return [causes.invalid(f"{path}.defaultRequest[{name}]", str(request), text)]


LIMIT_RANGES = Resource(
    create_on_update=True,
    group="",
    version="v1",
    kind="LimitRange",
    plural="limitranges",
    singular="limitrange",
    short_names=("limits",),
    default=default,
    validate=validate,
)
