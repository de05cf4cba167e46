"""Rules in CEL: values, types, and what is told of both."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.custom import rules
from podlab.embedded.apiserver.custom.budget import of_costs
from podlab.embedded.apiserver.custom.cel.errors import Failed, Malformed, Unsupported
from podlab.embedded.apiserver.custom.cel.evaluation import evaluate
from podlab.embedded.apiserver.custom.cel.syntax import parse

SELF = {"a": 1, "b": 2, "f": 0.5, "t": "text", "l": ["a", "ab"], "m": {"k": 1}, "x-y": 5, "namespace": "n"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": {"type": "integer"},
        "f": {"type": "number"},
        "t": {"type": "string"},
        "l": {"type": "array", "items": {"type": "string"}},
        "when": {"type": "string", "format": "date-time"},
        "either": {"x-kubernetes-int-or-string": True},
    },
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("self.a <= self.b && self.b < 10", True),
        ("has(self.none) || self.a == 1", True),
        ("self.none == 1 || self.a == 1", True),
        ("self.none == 1 && self.a == 2", False),
        ("self.l.all(x, x.startsWith('a'))", True),
        ("self.l.exists_one(x, x == \"a\") ? 'one' : 'more'", "one"),
        ("self.l.map(x, size(x) > 1, x + '!')", ["ab!"]),
        ("self.l.filter(x, !(x in ['a']))", ["ab"]),
        ("self.m.all(key, self.m[key] == 1)", True),
        ("-7 / 2 * 2 + -7 % 2", -7),
        ("self.f > 0 && self.f * 2.0 == 1.0", True),
        ("self.x__dash__y + int('1')", 6),
        ("self.__namespace__", "n"),
        ("self.t.matches(r'^t\\w+$') && 'T\\u0065xt'.lowerAscii() == self.t", True),
        ("self.t.substring(1, 3) + self.l.join('-')", "exa-ab"),
        ("true == (1 == 1)", True),
        ("{'a': {'b': null}}.a.b == null", True),
    ],
)
def test_an_expression_has_a_value(text: str, value: Any) -> None:
    assert evaluate(parse(text), {"self": SELF}) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("self.none == 1", "no such key: none"),
        ("self.l[2]", "index out of bounds: 2"),
        ("self.m['z']", "no such key: z"),
        ("1 / 0", "division by zero"),
        ("9223372036854775807 + 1", "integer overflow"),
        ("self.a < self.t", "no such overload"),
    ],
)
def test_what_cannot_be_evaluated_says_why(text: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        evaluate(parse(text), {"self": SELF})


@pytest.mark.parametrize("text", ["self.a ==", "self.a = 1", "self.a self.t", "(self.a"])
def test_what_is_no_expression_is_told_as_recorded(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "format.uri().validate(self.t).hasValue()",
        "!format.dns1123Label().validate(self.t).hasValue()",
        "self.l.sortBy(x, x)[0] == 'a'",
        "self.a > 1u",
        "size(1",
    ],
)
def test_a_rule_that_needs_more_is_refused_in_words_of_our_own(text: str) -> None:
    found = rules.compiled({**SCHEMA, "x-kubernetes-validations": [{"rule": text}]}, "spec")
    assert [rules.NO_CEL in cause.message for cause in found] == [True]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("self.a > 1 && self.l.all(x, x != '') && self.either == 1", ""),
        ("self.f > 1 || self.a in [1, 2]", ""),
        ("self.zz > 1", "1:5: undefined field 'zz'"),
        ("self.t > 1", "1:8: found no matching overload for '_>_' applied to '(string, int)'"),
        ("self.f + 1 > 2.0", "1:8: found no matching overload for '_+_' applied to '(double, int)'"),
        ("self.a == null", "1:8: found no matching overload for '_==_' applied to '(int, null)'"),
        ("other > 1", "1:1: undeclared reference to 'other' (in container '')"),
        ("self.t.startswith('a')", "1:18: undeclared reference to 'startswith' (in container '')"),
        ("self.l == null", "1:8: found no matching overload for '_==_' applied to '(list(string), null)'"),
        ("true && self.t", "1:13: expected type 'bool' but found 'string'"),
        ("self.t", rules.NO_BOOL),
    ],
)
def test_types_are_checked_before_anything_is_made(text: str, told: str) -> None:
    found = rules.compiled({**SCHEMA, "x-kubernetes-validations": [{"rule": text}]}, "spec")
    assert [told in cause.message for cause in found] == ([True] if told else [])


@pytest.mark.parametrize(("kind", "told"), [({}, 1), ({"x-kubernetes-list-type": "map"}, 0)])
def test_what_was_is_not_asked_of_what_cannot_be_told_from_it(kind: dict[str, str], told: int) -> None:
    items = {"type": "string", "x-kubernetes-validations": [{"rule": "self == oldSelf"}]}
    told_of = rules.compiled({"type": "object", "properties": {"l": {"type": "array", "items": items, **kind}}}, "root")
    found = [cause for cause in told_of if not of_costs(cause)]
    assert [cause.message.endswith(f"{rules.APART} root.properties[l]") for cause in found] == [True] * told


def test_deep_expressions_are_refused() -> None:
    with pytest.raises(Unsupported):
        parse("(" * 500 + "1" + ")" * 500)


def test_what_was_is_asked_only_where_it_is_known_and_what_stays_wrong_may_stay() -> None:
    ports = {
        "type": "array",
        "x-kubernetes-list-map-keys": ["name"],
        "items": {"type": "object", "x-kubernetes-validations": [{"rule": "self.port >= oldSelf.port"}]},
    }
    schema = {
        "type": "object",
        "properties": {"ports": ports, "n": {"x-kubernetes-validations": [{"rule": "self > 0"}]}},
    }
    old = {"ports": [{"name": "a", "port": 2}], "n": -1}
    new = {"ports": [{"name": "b", "port": 1}, {"name": "a", "port": 1}], "n": -1}
    assert [cause.field for cause in rules.check(new, old, schema)] == ["ports[1]"]
    assert [cause.field for cause in rules.check(new, None, schema)] == ["n"]


@pytest.mark.slow
def test_a_rule_that_never_seems_to_end_is_given_up() -> None:
    rule = "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))"
    items = {"type": "array", "items": {"type": "integer"}, rules.RULES: [{"rule": rule}, {"rule": "false"}]}
    (cause,) = rules.check({"n": list(range(200))}, None, {"type": "object", "properties": {"n": items}})
    assert (cause.field, cause.reason) == ("n", "FieldValueInvalid")
    assert "no further validation rules will be run due to call cost exceeds limit for rule: self.all(" in cause.message
