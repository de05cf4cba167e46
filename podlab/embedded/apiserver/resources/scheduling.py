"""PriorityClasses and RuntimeClasses. Upstream: pkg/apis/scheduling/v1/defaults.go, pkg/apis/node/v1"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.columns import AGE, NAME, Column, age
from podlab.embedded.apiserver.podspec.scheduling import spreading
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names
from podlab.embedded.apiserver.validation.resourcenames import container_resource

HIGHEST_PRIORITY = 1_000_000_000
SYSTEM = {"system-cluster-critical": 2 * HIGHEST_PRIORITY, "system-node-critical": 2 * HIGHEST_PRIORITY + 1000}
GO_TOLERATION = {"key": "Key", "operator": "Operator", "value": "Value", "effect": "Effect"}
COLUMNS = (
    NAME,
    Column(
        "Value",
        "value represents the integer value of this priority class. This is the actual priority that pods receive "
        "when they have the name of this class in their pod spec.",
        type="integer",
    ),
    Column(
        "Global-Default",
        "globalDefault specifies whether this PriorityClass should be considered as the default priority for pods "
        "that do not have any priority class. Only one PriorityClass can be marked as `globalDefault`. However, if "
        "more than one PriorityClasses exists with their `globalDefault` field set to true, the smallest value of "
        "such global default PriorityClasses will be used as the default priority.",
        type="boolean",
    ),
    AGE,
    Column(
        "PreemptionPolicy",
        "preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority. "
        "Defaults to PreemptLowerPriority if unset.",
    ),
)

RUNTIME_COLUMNS = (
    NAME,
    Column("Handler", ""),
    AGE,
)


def row(obj: Obj, now: float) -> list[Any]:
    """VALUE is a number of any sign; the larger goes first.

    Upstream: pkg/printers/internalversion/printers.go (printPriorityClass)
    """
    name = obj["metadata"].get("name", "")
    return [name, obj.get("value", 0), bool(obj.get("globalDefault")), age(obj, now), obj.get("preemptionPolicy", "")]


def runtime_row(obj: Obj, now: float) -> list[Any]:
    """Its handler. Upstream: pkg/printers/internalversion/printers.go (printRuntimeClass)"""
    return [obj["metadata"].get("name", ""), obj.get("handler", ""), age(obj, now)]


def default(obj: Obj) -> None:
    """It may preempt and is worth 0. Upstream: pkg/apis/scheduling/v1/defaults.go (SetDefaults_PriorityClass)"""
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")
    obj.setdefault("value", 0)


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """A class's value and preemption never change. Upstream: pkg/apis/scheduling/validation/validation.go"""
    found = metadata.validate(obj, old)
    if old is None:
        policies = ("PreemptLowerPriority", "Never")
        return found + _allowed(obj) + names.one_of("preemptionPolicy", obj.get("preemptionPolicy"), policies)
    if obj.get("value", 0) != old.get("value", 0):
        found.append(causes.forbidden("value", "may not be changed in an update."))
    return found + metadata.immutable("preemptionPolicy", obj.get("preemptionPolicy"), old.get("preemptionPolicy"))


def _allowed(obj: Obj) -> list[Cause]:
    """What a user may not ask for. Upstream: pkg/apis/scheduling/validation/validation.go"""
    name, value = (obj.get("metadata") or {}).get("name", ""), obj.get("value", 0)
    if name.startswith("system-"):
        reserved = "priority class names with 'system-' prefix are reserved for system use only. error: "
        odd = _odd(name, value, bool(obj.get("globalDefault")))
        return [causes.forbidden("metadata.name", reserved + odd)] if odd else []
    if value > HIGHEST_PRIORITY:
        text = f"maximum allowed value of a user defined priority is {HIGHEST_PRIORITY}"
        return [causes.forbidden("value", text)]
    return []


def _odd(name: str, value: int, first: bool) -> str:
    """Why a class is none of the system's. Upstream: pkg/apis/scheduling/helpers.go IsKnownSystemPriorityClass"""
    if name not in SYSTEM:
        return f"{name} is not a known system priority class"
    if value != SYSTEM[name]:
        return f"value of {name} PriorityClass must be {SYSTEM[name]}"
    return f"globalDefault of {name} PriorityClass must be false" if first else ""


def validate_runtime(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a RuntimeClass. Upstream: pkg/apis/node/validation/validation.go"""
    found, handler, chosen = metadata.validate(obj, old), obj.get("handler") or "", obj.get("scheduling") or {}
    if old is not None:
        return found + metadata.immutable("handler", handler, old.get("handler"))
    found += names.causes_of("handler", handler, names.label(handler)) if handler else [causes.required("handler")]
    for name, amount in ((obj.get("overhead") or {}).get("podFixed") or {}).items():
        found += container_resource(name, f"overhead.limits[{name}]")
        if quantity.nano(amount) < 0:
            text = "must be greater than or equal to 0"
            found.append(causes.invalid(f"overhead.limits[{name}]", str(amount), text))
    found += metadata.labels(chosen.get("nodeSelector"), "scheduling.nodeSelector")
    return found + _tolerations(chosen.get("tolerations") or [], "scheduling.tolerations")


def _tolerations(given: list[Obj], path: str) -> list[Cause]:
    """Each is good, and none is there twice."""
    found = spreading.tolerations(given, path)
    for index, toleration in enumerate(given):
        if toleration in given[:index]:
            shown = {go: toleration.get(key, "") for key, go in GO_TOLERATION.items()}
            seconds = {"TolerationSeconds": toleration.get("tolerationSeconds")}
            found.append(causes.duplicate(f"{path}[{index}]", {**shown, **seconds}))
    return found


PRIORITY_CLASSES = stored(
    "scheduling.k8s.io",
    "PriorityClass",
    "pc",
    plural="priorityclasses",
    namespaced=False,
    default=default,
    validate=validate,
    generation=True,
    columns=COLUMNS,
    row=row,
)
RUNTIME_CLASSES = stored(
    "node.k8s.io",
    "RuntimeClass",
    create_on_update=True,
    plural="runtimeclasses",
    namespaced=False,
    validate=validate_runtime,
    columns=RUNTIME_COLUMNS,
    row=runtime_row,
)
