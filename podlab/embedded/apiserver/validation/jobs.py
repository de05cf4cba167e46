"""What is wrong with the spec of a Job. Upstream: pkg/apis/batch/validation/validation.go validateJobSpec"""

from __future__ import annotations

import re
from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]

MODES = ("NonIndexed", "Indexed")
REPLACEMENT = ("Failed", "TerminatingOrFailed")
ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
STATUSES = ("False", "True", "Unknown")
AMOUNTS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
)
BOTH = "specifying both OnExitCodes and OnPodConditions is not supported"
NEITHER = "specifying one of OnExitCodes and OnPodConditions is required"
INDEXED = "requires indexed completion mode"


def numbers(spec: Obj, path: str) -> list[Cause]:
    """Return what is wrong with a Job's numbers, mode and policies."""
    found: list[Cause] = []
    for key in AMOUNTS:
        found += metadata.non_negative(f"{path}.{key}", spec.get(key))
    per_index, most = spec.get("backoffLimitPerIndex"), spec.get("maxFailedIndexes")
    if most is not None and per_index is None:
        found.append(causes.required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    if (manager := spec.get("managedBy")) is not None:
        found += names.prefixed(f"{path}.managedBy", manager)
        found += [causes.too_long(f"{path}.managedBy", 63)] if len(manager) > 63 else []
    mode = spec.get("completionMode")
    found += names.among(f"{path}.completionMode", mode, MODES)
    if mode == "Indexed":
        found += _indexed(spec, path)
    for key in ("backoffLimitPerIndex", "maxFailedIndexes"):
        if mode in (None, "NonIndexed") and spec.get(key) is not None:
            found.append(causes.invalid(f"{path}.{key}", spec[key], INDEXED))
    if spec.get("podFailurePolicy") is not None:
        found += _failure(spec, f"{path}.podFailurePolicy")
    if (policy := spec.get("successPolicy")) is not None:
        if mode == "Indexed":
            found += _success(policy, spec, f"{path}.successPolicy")
        else:
            found.append(causes.invalid(f"{path}.successPolicy", _internal(policy), INDEXED))
    return found + _replacement(spec, path)


def _replacement(spec: Obj, path: str) -> list[Cause]:
    policy, here = spec.get("podReplacementPolicy"), f"{path}.podReplacementPolicy"
    if spec.get("podFailurePolicy") is not None and policy not in (None, "Failed"):
        return [causes.unsupported(here, policy, ("Failed",))]
    return names.among(here, policy, REPLACEMENT)


def restart_policy(spec: Obj, path: str) -> list[Cause]:
    """A Job's Pods don't restart for ever."""
    policy = ((spec.get("template") or {}).get("spec") or {}).get("restartPolicy") or ""
    here, found = f"{path}.template.spec.restartPolicy", []
    if policy in ("", "Always"):
        found.append(causes.required(here, 'valid values: "OnFailure", "Never"'))
    elif policy not in ("OnFailure", "Never"):
        found.append(causes.unsupported(here, policy, ("OnFailure", "Never")))
    elif spec.get("podFailurePolicy") is not None and policy != "Never":
        found.append(causes.invalid(here, policy, 'only "Never" is supported when podFailurePolicy is specified'))
    return found


def _indexed(spec: Obj, path: str) -> list[Cause]:
    count, parallel, most = spec.get("completions"), spec.get("parallelism"), spec.get("maxFailedIndexes")
    found: list[Cause] = []
    if count is None:
        found.append(causes.required(f"{path}.completions", "when completion mode is Indexed"))
    if parallel is not None and parallel > 100000:
        text = "must be less than or equal to 100000 when completion mode is Indexed"
        found.append(causes.invalid(f"{path}.parallelism", parallel, text))
    if count is not None and most is not None and most > count:
        found.append(causes.invalid(f"{path}.maxFailedIndexes", most, "must be less than or equal to completions"))
    return found


def hostname(name: str, spec: Obj) -> list[Cause]:
    """An Indexed Job's name and its last index have to be a hostname. Upstream: ValidateJob"""
    count = spec.get("completions") or 0
    last = f"{name}-{count - 1}"
    if spec.get("completionMode") != "Indexed" or count <= 0 or not names.label(last):
        return []
    return [causes.invalid("metadata.name", name, f"will not able to create pod with invalid DNS label: {last}")]


def _failure(spec: Obj, path: str) -> list[Cause]:
    inner = (spec.get("template") or {}).get("spec") or {}
    known = {c.get("name") for key in ("containers", "initContainers") for c in inner.get(key) or []}
    rules, found = spec["podFailurePolicy"].get("rules") or [], []
    if len(rules) > 20:
        found.append(causes.too_many(f"{path}.rules", len(rules), 20))
    for index, rule in enumerate(rules):
        here = f"{path}.rules[{index}]"
        found += _action(rule.get("action") or "", spec, f"{here}.action")
        codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions") or []
        if codes is not None:
            found += _codes(codes, known, f"{here}.onExitCodes")
        for place, pattern in enumerate(conditions):
            found += _condition(pattern, f"{here}.onPodConditions[{place}]")
        if codes is not None and conditions:
            found.append(Cause(here, "FieldValueInvalid", f"Invalid value: {BOTH}"))
        if codes is None and not conditions:
            found.append(Cause(here, "FieldValueInvalid", f"Invalid value: {NEITHER}"))
    return found


def _action(action: str, spec: Obj, path: str) -> list[Cause]:
    if not action:
        quoted = " ".join(f'"{name}"' for name in ACTIONS)
        return [causes.required(path, f"valid values: [{quoted}]")]
    if action == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
        return [causes.invalid(path, action, "requires the backoffLimitPerIndex to be set")]
    return names.among(path, action, ACTIONS)


def _codes(codes: Obj, known: set[Any], path: str) -> list[Cause]:
    operator, name, values = codes.get("operator") or "", codes.get("containerName"), codes.get("values") or []
    found: list[Cause] = []
    if operator:
        found += names.among(f"{path}.operator", operator, ("In", "NotIn"))
    else:
        found.append(causes.required(f"{path}.operator", 'valid values: ["In" "NotIn"]'))
    if name is not None and name not in known:
        text = "must be one of the container or initContainer names in the pod template"
        found.append(causes.invalid(f"{path}.containerName", name, text))
    if not values:
        found.append(causes.invalid(f"{path}.values", codes.get("values"), "at least one value is required"))
    if len(values) > 255:
        found.append(causes.too_many(f"{path}.values", len(values), 255))
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            found.append(causes.invalid(f"{path}.values[{index}]", value, "must not be 0 for the In operator"))
        if value in values[:index]:
            found.append(causes.duplicate(f"{path}.values[{index}]", value))
    if sorted(values) != values:
        found.append(causes.invalid(f"{path}.values", values, "must be ordered"))
    return found


def _condition(pattern: Obj, path: str) -> list[Cause]:
    kind, status = pattern.get("type") or "", pattern.get("status") or ""
    found = names.causes_of(f"{path}.type", kind, names.qualified(kind))
    if not status:
        return [*found, causes.required(f"{path}.status", 'valid values: ["False" "True" "Unknown"]')]
    return found + names.among(f"{path}.status", status, STATUSES)


def _internal(policy: Obj) -> Obj:
    keys = (("SucceededIndexes", "succeededIndexes"), ("SucceededCount", "succeededCount"))
    rules = [{shown: rule.get(key) for shown, key in keys} for rule in policy.get("rules") or []]
    return {"Rules": rules or None}


def in_go(key: str, value: Any) -> Any:
    """A field as a refusal shows it: policies as upstream's structs."""
    if value is None or key not in ("podFailurePolicy", "successPolicy"):
        return value
    return _internal(value) if key == "successPolicy" else {"Rules": [_rule(one) for one in value.get("rules") or []]}


def _rule(rule: Obj) -> Obj:
    codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions")
    return {
        "Action": rule.get("action") or "",
        "OnExitCodes": codes
        and {"ContainerName": codes.get("containerName"), "Operator": codes.get("operator"), "Values": codes["values"]},
        "OnPodConditions": conditions
        and [{"Type": one.get("type"), "Status": one.get("status")} for one in conditions],
    }


def _success(policy: Obj, spec: Obj, path: str) -> list[Cause]:
    rules, most = policy.get("rules") or [], spec.get("completions") or 0
    if not rules:
        text = "at least one rules must be specified when the successPolicy is specified"
        return [causes.required(f"{path}.rules", text)]
    found = [causes.too_many(f"{path}.rules", len(rules), 20)] if len(rules) > 20 else []
    for index, rule in enumerate(rules):
        found += _success_rule(rule, most, f"{path}.rules[{index}]")
    return found


def _success_rule(rule: Obj, most: int, path: str) -> list[Cause]:
    indexes, count, found = rule.get("succeededIndexes"), rule.get("succeededCount"), []
    if indexes is None and count is None:
        return [causes.required(path, "at least one of succeededCount or succeededIndexes must be specified")]
    total = 0
    if indexes is not None:
        try:
            total = count_indexes(indexes, most)
        except ValueError as wrong:
            text = f"error parsing succeededIndexes: {wrong}"
            found.append(causes.invalid(f"{path}.succeededIndexes", indexes, text))
    if count is None:
        return found
    found += metadata.non_negative(f"{path}.succeededCount", count)
    if count > most:
        text = f"must be less than or equal to {most} (the number of specified completions)"
        found.append(causes.invalid(f"{path}.succeededCount", count, text))
    if indexes is not None and count > total:
        text = f"must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
        found.append(causes.invalid(f"{path}.succeededCount", count, text))
    return found


def count_indexes(text: str, most: int) -> int:
    """Return how many indexes a text such as `1,3-5` names. Upstream: validateIndexesFormat"""
    if not text:
        return 0
    total, previous = 0, None
    for part in text.split(","):
        ends = part.split("-")
        if len(ends) > 2:
            raise ValueError(
                f'the fragment "{part}" violates the requirement that an index interval can have at most '
                "two parts separated by '-'"
            )
        low = _index(ends[0], most)
        if previous is not None and previous >= low:
            raise ValueError(f"non-increasing order, previous: {previous}, current: {low}")
        high = _index(ends[1], most) if len(ends) == 2 else low
        if len(ends) == 2 and low >= high:
            raise ValueError(f"non-increasing order, previous: {low}, current: {high}")
        total, previous = total + high - low + 1, high
    return total


def _index(text: str, most: int) -> int:
    if not re.fullmatch("[+-]?[0-9]+", text):
        raise ValueError(f'cannot convert string to integer for index: "{text}"')
    if int(text) >= most:
        raise ValueError(f'too large index: "{text}"')
    return int(text)
