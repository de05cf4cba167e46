"""`kubectl create namespace`, `quota`, `priorityclass`, `poddisruptionbudget`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_namespace.go, create_quota.go, create_pdb.go
"""

from __future__ import annotations

import re
from typing import Any

from podlab.apimachinery import labels
from podlab.apimachinery.quantity import canonical
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.verbs.creating import create_one, the_name

Object = dict[str, Any]


def namespace(command: Command, *arguments: str) -> None:
    """Create a namespace."""
    metadata = {"name": the_name(arguments, "namespace")}
    create_one(
        command, "namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "spec": {}, "status": {}}
    )


def quota(command: Command, *arguments: str, hard: str = "", scopes: str = "") -> None:
    """Create a ResourceQuota."""
    name = the_name(arguments, "quota")
    spec: Object = {"hard": _amounts(hard)} if hard else {}
    spec |= {"scopes": scopes.split(",")} if scopes else {}
    obj = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": spec, "status": {}}
    create_one(command, "resourcequotas", obj, "quota:")


def _amounts(text: str) -> dict[str, str]:
    found = {}
    for each in text.split(","):
        resource, equals, amount = each.partition("=")
        if not equals or not amount or "=" in amount:
            raise PodlabError(f"error: Invalid argument syntax {each}, expected <resource>=<value>")
        found[resource] = quantity_of(amount)
    return found


def quantity_of(text: str) -> str:
    """A quantity as the server writes it.

    Raises:
        PodlabError: it is none.
    """
    try:
        return canonical(text)
    except ValueError as error:
        raise PodlabError(f"error: {error}") from None


def priorityclass(
    command: Command,
    *arguments: str,
    value: int = 0,
    global_default: bool = False,
    description: str = "",
    preemption_policy: str = "PreemptLowerPriority",
) -> None:
    """Create a PriorityClass."""
    obj: Object = {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": the_name(arguments, "priorityclass")},
        "preemptionPolicy": preemption_policy,
        "value": value,
    }
    obj |= {"description": description} if description else {}
    obj |= {"globalDefault": True} if global_default else {}
    create_one(command, "priorityclasses.scheduling.k8s.io", obj, "priorityclass:")


def poddisruptionbudget(
    command: Command, *arguments: str, selector: str = "", min_available: str = "", max_unavailable: str = ""
) -> None:
    """Create a PodDisruptionBudget."""
    name = the_name(arguments, "poddisruptionbudget")
    if not selector:
        raise PodlabError("error: a selector must be specified")
    if not min_available and not max_unavailable:
        raise PodlabError("error: one of min-available or max-unavailable must be specified")
    if min_available and max_unavailable:
        raise PodlabError("error: min-available and max-unavailable cannot be both specified")
    for flag, amount in (("min-available", min_available), ("max-unavailable", max_unavailable)):
        if amount and not re.fullmatch("[0-9]+%?", amount, re.ASCII):
            raise PodlabError(f"error: invalid format specified for {flag}")
    amount = min_available or max_unavailable
    number: object = amount if amount.endswith("%") else int(amount)
    spec: Object = {"minAvailable" if min_available else "maxUnavailable": number, "selector": selector_of(selector)}
    counts = ("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods")
    obj = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec}
    create_one(
        command, "poddisruptionbudgets.policy", {**obj, "status": dict.fromkeys(counts, 0)}, "poddisruptionbudgets:"
    )


def selector_of(text: str) -> Object:
    """A selector's text as the API has it. Upstream: apimachinery/pkg/apis/meta/v1/helpers.go (ParseToLabelSelector)"""
    same: dict[str, str] = {}
    terms: list[Object] = []
    try:
        parsed = labels.parse(text)
    except ValueError as error:
        raise PodlabError(f'error: couldn\'t parse the selector string "{text}": {error}') from None
    for each in parsed:
        terms += _term(text, each, same)
    return {**({"matchExpressions": terms} if terms else {}), **({"matchLabels": same} if same else {})}


def _term(text: str, one: labels.Requirement, same: dict[str, str]) -> list[Object]:
    """One requirement of a selector: what must be equal goes into `same`, the rest is a term."""
    if one.operator in ("gt", "lt"):
        raise PodlabError(f'error: "{one.operator}" isn\'t supported in label selectors')
    listed = re.search(rf"(?<![\w./-]){re.escape(one.key)}\s+(not)?in\b", text)
    if one.operator == "in" and not listed:
        same[one.key] = one.values[0]
        return []
    if one.operator == "notin" and not listed:
        raise PodlabError('error: "!=" is not a valid label selector operator')
    operator = {"in": "In", "notin": "NotIn", "exists": "Exists", "!": "DoesNotExist"}[one.operator]
    return [{"key": one.key, "operator": operator, **({"values": list(one.values)} if one.values else {})}]
