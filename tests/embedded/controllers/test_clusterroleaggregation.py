"""The rules of roles that others are added to."""

from __future__ import annotations

from typing import Any

from podlab.embedded.controllers.clusterroleaggregation import ROLES, aggregated
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]


def _role(name: str, *verbs: str, **labels: str) -> Obj:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": [verb]} for verb in verbs]
    return {"metadata": {"name": name, "labels": labels}, "rules": rules}


def test_rules_are_collected_once_and_never_from_itself() -> None:
    selector = {"matchLabels": {"to": "x"}}
    role = {**_role("sum", to="x"), "aggregationRule": {"clusterRoleSelectors": [selector, selector]}}
    others = [_role("a", "get", "list", to="x"), _role("b", "watch"), _role("c", "list", "delete", to="x"), role]
    assert [rule["verbs"] for rule in aggregated(role, others)] == [["get"], ["list"], ["delete"]]


async def test_admin_has_what_is_in_edit_and_view(sim: Simulation) -> None:
    await sim.run(1.0)
    roles = sim.registry.resource(ROLES)
    view, edit, admin = (sim.registry.get(roles, name)["rules"] for name in ("view", "edit", "admin"))
    assert view
    assert all(rule in edit for rule in view)
    assert all(rule in admin for rule in edit)
