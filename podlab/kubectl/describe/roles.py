"""Roles, ClusterRoles and their bindings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from podlab.apimachinery.policyrules import compact, parts
from podlab.kubectl.describe.sections import Object, annotation_lines, labels, page

RULE_COLUMNS = ("Resources", "Non-Resource URLs", "Resource Names", "Verbs")


def describe_role(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe role` and `clusterrole`: each resource with its verbs."""
    rows = [f"  {rule_row(rule)}" for rule in sorted_rules(obj.get("rules") or [])]
    lines = [*_head(obj), "PolicyRule:", "  " + "\t".join(RULE_COLUMNS)]
    return page([*lines, "  " + "\t".join("-" * len(title) for title in RULE_COLUMNS), *rows])


def sorted_rules(rules: Sequence[Object]) -> list[Object]:
    """The rules, one for each resource with all its verbs, in kubectl's order."""
    return sorted(compact([part for rule in rules for part in parts(rule)]), key=_go)


def describe_binding(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe rolebinding` and `clusterrolebinding`: the role, and who has it."""
    reference = obj["roleRef"]
    lines = [*_head(obj), "Role:", f"  Kind:\t{reference['kind']}", f"  Name:\t{reference['name']}", "Subjects:"]
    lines += ["  Kind\tName\tNamespace", "  ----\t----\t---------"]
    subjects = obj.get("subjects") or []
    return page([*lines, *(f"  {each['kind']}\t{each['name']}\t{each.get('namespace', '')}" for each in subjects)])


def _head(obj: Object) -> list[str]:
    meta = obj["metadata"]
    given = annotation_lines("Annotations", meta.get("annotations"))
    return [f"Name:\t{meta['name']}", *labels("Labels", meta.get("labels")), *given]


def _listed(given: list[str] | None) -> str:
    return f"[{' '.join(given or [])}]"


def _go(rule: Object) -> str:
    """The rule as Go prints it, by which kubectl sorts."""
    keys = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
    return ",".join(f"{key}:{_listed(rule.get(key))}" for key in keys)


def rule_row(rule: Object) -> str:
    """The cells of a rule."""
    cells = [_listed(rule.get(key)) for key in ("nonResourceURLs", "resourceNames", "verbs")]
    return "\t".join([_resource(rule), *cells])


def _resource(rule: Object) -> str:
    """`deployments.apps/scale`."""
    if not rule.get("resources"):
        return ""
    name, slash, part = rule["resources"][0].partition("/")
    group = rule["apiGroups"][0]
    return "".join((f"{name}.{group}" if group else name, slash, part))
