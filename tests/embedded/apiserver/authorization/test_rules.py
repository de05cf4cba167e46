"""What a rule allows and covers, without a cluster."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.apimachinery import policyrules
from podlab.embedded.apiserver.authorization import rules
from podlab.embedded.apiserver.authorization.attributes import Attributes
from podlab.embedded.apiserver.resource import User

JANE = User("jane")
Obj = dict[str, Any]


def _rule(resources: str, verbs: str = "get", names: str = "", group: str = "") -> Obj:
    made: Obj = {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()}
    return {**made, "resourceNames": names.split()} if names else made


@pytest.mark.parametrize(
    ("rule", "asked", "allowed"),
    [
        (_rule("pods"), Attributes(JANE, "get", resource="pods"), True),
        (_rule("pods"), Attributes(JANE, "list", resource="pods"), False),
        (_rule("pods"), Attributes(JANE, "get", "apps", "pods"), False),
        (_rule("pods"), Attributes(JANE, "get", resource="pods", subresource="log"), False),
        (_rule("*/log"), Attributes(JANE, "get", resource="pods", subresource="log"), True),
        (_rule("*"), Attributes(JANE, "get", resource="pods", subresource="log"), True),
        (_rule("pods", names="a"), Attributes(JANE, "get", resource="pods", name="a"), True),
        (_rule("pods", names="a"), Attributes(JANE, "get", resource="pods"), False),
        (_rule("pods", "*"), Attributes(JANE, "wave", resource="pods"), True),
        ({"nonResourceURLs": ["/logs/*"], "verbs": ["get"]}, Attributes(JANE, "get", path="/logs/x/y"), True),
        ({"nonResourceURLs": ["/logs"], "verbs": ["get"]}, Attributes(JANE, "get", path="/logs/x"), False),
        (_rule("*"), Attributes(JANE, "get", path="/logs"), False),
    ],
)
def test_a_rule_allows_what_it_says(rule: Obj, asked: Attributes, allowed: bool) -> None:
    assert rules.allows(rule, asked) is allowed


@pytest.mark.parametrize(
    ("owned", "wanted", "missing"),
    [
        (_rule("pods", "get list"), _rule("pods", "get"), []),
        (_rule("pods", "get"), _rule("pods", "*"), ['{APIGroups:[""], Resources:["pods"], Verbs:["*"]}']),
        (_rule("*/log"), _rule("pods/log"), []),
        (_rule("pods", names="a"), _rule("pods"), ['{APIGroups:[""], Resources:["pods"], Verbs:["get"]}']),
        (_rule("pods"), _rule("pods", names="a"), []),
        (
            _rule("pods", "get"),
            _rule("pods secrets", "get list", "a"),
            [
                '{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["list"]}',
                '{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get" "list"]}',
            ],
        ),
    ],
)
def test_what_is_not_covered_is_named(owned: Obj, wanted: Obj, missing: list[str]) -> None:
    assert [rules.text(rule) for rule in policyrules.compact(policyrules.uncovered([owned], [wanted]))] == missing


def test_a_verb_that_two_roles_give_is_told_once() -> None:
    apart = [part for verbs in ("get list", "list watch") for part in policyrules.parts(_rule("pods", verbs))]
    assert [each["verbs"] for each in policyrules.compact(apart)] == [["get", "list", "watch"]]


def test_nothing_covers_everything_but_everything() -> None:
    assert policyrules.uncovered(rules.FULL_AUTHORITY, rules.FULL_AUTHORITY) == []
    assert len(policyrules.uncovered([_rule("*", "*", group="*")], rules.FULL_AUTHORITY)) == 1
