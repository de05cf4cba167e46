"""What the libraries of a real server add to rules; most examples are those of their own descriptions."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.custom import rules
from podlab.embedded.apiserver.custom.budget import of_costs
from podlab.embedded.apiserver.custom.cel.errors import Failed
from podlab.embedded.apiserver.custom.cel.evaluation import evaluate, known
from podlab.embedded.apiserver.custom.cel.syntax import parse

SELF: dict[str, Any] = {"a": 1, "t": "text", "l": ["a", "b"], "m": {"k": 1}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": {"type": "integer"},
        "t": {"type": "string"},
        "l": {"type": "array", "items": {"type": "string"}},
        "o": {"type": "object", "properties": {"n": {"type": "integer"}}},
        "when": {"type": "string", "format": "date-time"},
        "every": {"type": "string", "format": "duration"},
    },
}


@pytest.mark.parametrize(
    "text",
    [
        "isQuantity('1.3Gi') && !isQuantity('200K') && !isQuantity('Three')",
        "quantity('50000000G').isInteger() && !quantity('9999999999999999999999999999999999999G').isInteger()",
        "quantity('50k').sub(20000).asApproximateFloat() == 30000.0",
        "quantity('50k').add(20).sub(quantity('100k')).sub(-50000) == quantity('20')",
        "quantity('200M').compareTo(quantity('0.2G')) == 0 && quantity('50M').compareTo(quantity('50Mi')) == -1",
        "quantity('150Mi').isGreaterThan(quantity('100Mi')) && sign(quantity('-1')) == -1",
        "isIP('127.0.0.1') && isIP('::1') && !isIP('127.0.0.256') && !isIP(':::1')",
        "ip('127.0.0.1').isLoopback() && ip('::').isUnspecified() && ip('192.168.0.1').isGlobalUnicast()",
        "ip('127.0.0.1').family() == 4 && ip('::1').family() == 6 && string(ip('127.0.0.1')) == '127.0.0.1'",
        "ip.isCanonical('127.0.0.1') && !ip.isCanonical('2001:DB8::abcd')",
        "cidr('192.168.0.0/24').containsIP(ip('192.168.0.1')) && !cidr('192.168.0.0/24').containsIP('192.168.1.1')",
        "cidr('192.168.0.0/16').containsCIDR(cidr('192.168.10.0/24')) && cidr('192.168.1.0/24').prefixLength() == 24",
        "cidr('192.168.0.1/24').ip() == ip('192.168.0.1') && cidr('192.168.0.1/24').masked() == cidr('192.168.0.0/24')",
        "isCIDR('192.168.0.0/16') && !isCIDR('192.168.0.0')",
        "isURL('https://user:pass@example.com:80/path?query=val#fragment') && isURL('/absolute-path')",
        "!isURL('https://a:b:c/') && !isURL('../relative-path')",
        "url('https://a.io:80/').getHost() == 'a.io:80' && url('https://[::1]:80/').getHostname() == '::1'",
        "url('https://example.com/').getPort() == '' && url('https://example.com/p').getEscapedPath() == '/p'",
        "url('https://example.com/path?k1=a&k2=b&k2=c').getQuery() == {'k1': ['a'], 'k2': ['b', 'c']}",
        "'abc 123'.find('[0-9]*') == '' && 'abc 123'.find('[0-9]+') == '123'",
        "'123 abc 456'.findAll('[0-9]+') == ['123', '456'] && '123 abc 456'.findAll('[0-9]+', 1) == ['123']",
        "duration('1h30m') > duration('89m') && duration('90s') + duration('1.5s') == duration('91500ms')",
        "timestamp('2026-01-02T03:04:05Z') + duration('1h') == timestamp('2026-01-02T05:04:05+01:00')",
        "timestamp('2026-01-02T03:04:05Z') - timestamp('2026-01-01T03:04:05Z') == duration('24h')",
        "timestamp('2026-01-02T03:04:05Z').getFullYear() == 2026 && timestamp('2026-01-02T03:04:05Z').getMonth() == 0",
        "timestamp('2026-01-02T23:04:05Z').getHours('+02:00') == 1 && duration('3730s').getMinutes() == 62",
        "string(duration('1h1.5s')) == '3601.5s' && string(timestamp('2026-01-02T03:04:05Z')).startsWith('2026-01')",
        "'%s has %d of %.2f, %x'.format([dyn('it'), dyn(3), dyn(1.5), dyn(255)]) == 'it has 3 of 1.50, ff'",
        "'%s of %s'.format(self.l) == 'a of b' && '%d'.format([size(self.l)]) == '2'",
        "'%s %s'.format([dyn(['a', dyn(1.5)]), dyn({'k': true})]) == '[\"a\", 1.500000] {\"k\":true}'",
        "'%.1f %e %s'.format([dyn(1234.5), dyn(2.5), dyn(1234567.0)]) == '1,234.5 2.500000 × 10⁰⁰ 1.234567e+06'",
        "'hello'.charAt(4) == 'o' && 'hello hello'.lastIndexOf('hello') == 6 && 'a,b,c'.split(',', 2) == ['a', 'b,c']",
        "'hello hello'.replace('he', 'we', 1) == 'wello hello' && strings.quote('a\"b') == '\"a\\\\\"b\"'",
        "sets.contains([1, 2, 3], [3, 1]) && !sets.contains([1], [1, 2]) && sets.contains([], [])",
        "sets.equivalent([1, 1, 2], [2, 1]) && sets.intersects([1], [1, 2]) && !sets.intersects([1], [])",
        "[3, 1, 2].sort() == [1, 2, 3] && [1, 2, 2].distinct() == [1, 2] && [1, 2, 3].slice(1, 2) == [2]",
        "[1, 2].reverse() == [2, 1] && lists.range(3) == [0, 1, 2] && [[1], [2]].flatten() == [1, 2]",
        "self.?a.hasValue() && self.?none.orValue('x') == 'x' && self.?m.k.orValue(0) == 1",
        "self.?m.z.orValue(7) == 7 && self.m[?'k'].value() == 1 && !self.l[?5].hasValue()",
        "self.?a.optMap(v, v + 1).orValue(0) == 2 && optional.none().or(optional.of(3)).value() == 3",
        "self.?l.optFlatMap(v, v[?0]).orValue('') == 'a' && !has(self.?m.z)",
        "type(self.a) == int && type(self.t) == string && type(self.l) == list && type(int) == type",
        "['hello', 'world'].all(i, v, v.size() > i) && {'a': 1}.exists(k, v, k == 'a' && v == 1)",
        "[1, 1, 2].existsOne(i, v, i == 2 && v == 2) && !self.m.exists_one(k, v, v > 1)",
        "[1, 2, 3].transformList(i, v, i * v + v) == [1, 4, 9] && [1, 2].transformList(i, v, i > 0, v) == [2]",
        "{'greeting': 'hello'}.transformMap(k, v, v + '!') == {'greeting': 'hello!'}",
        "['10.0.0.1'].all(ip, ip.contains('10'))",
    ],
)
def test_a_library_does_what_its_description_says(text: str) -> None:
    node = parse(text)
    known(node)
    assert evaluate(node, {"self": SELF}) is True
    schema = {**SCHEMA, "properties": {**SCHEMA["properties"], "m": {"type": "object", "additionalProperties": {}}}}
    found = rules.compiled({**schema, "x-kubernetes-validations": [{"rule": text}]}, "spec")
    told = [cause.message for cause in found if not of_costs(cause)]
    assert not [message for message in told if "undefined field 'none'" not in message and "'z'" not in message]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("self.when > self.every", "found no matching overload for '_>_' applied to '(timestamp, duration)'"),
        ("duration('abc') > self.every", "1:10: invalid duration argument"),
        ("self.when == '2026'", "found no matching overload for '_==_' applied to '(timestamp, string)'"),
        ("quantity(self.a).isInteger()", "found no matching overload for 'quantity' applied to '(int)'"),
        ("quantity(self.t) > quantity('1')", "applied to '(kubernetes.Quantity, kubernetes.Quantity)'"),
        (
            "self.?t.orValue(1) == 'x'",
            "found no matching overload for 'orValue' applied to 'optional_type(string).(int)'",
        ),
        ("self.a in [1, 'b']", "1:15: expected type 'int' but found 'string'"),
    ],
)
def test_wrong_types_are_told(text: str, told: str) -> None:
    (cause,) = rules.compiled({**SCHEMA, "x-kubernetes-validations": [{"rule": text}]}, "spec")
    assert told in cause.message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("quantity('x').isInteger()", "quantities must match the regular expression"),
        ("optional.none().value()", "dereference"),
        ("ip('10.0.0')", r'ParseAddr\("10.0.0"\): IPv4 address too short'),
        ("ip('10.0.0.256')", "IPv4 field has value >255"),
        ("cidr('10.0.0.0')", r"(network address parse error during conversion from string: ){2}netip.ParsePrefix\("),
        ("cidr('10.0.0.0/33')", "prefix length out of range"),
        ("[1].slice(0, 2)", r"cannot slice\(0, 2\), list is length 1"),
    ],
)
def test_what_cannot_be_evaluated_says_why(text: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        evaluate(parse(text), {"self": SELF})


def test_texts_with_a_format_are_what_they_say() -> None:
    rule = {"rule": "self.when > timestamp('2026-01-01T00:00:00Z') && self.every <= duration('1h')"}
    schema = {**SCHEMA, "x-kubernetes-validations": [rule]}
    assert not rules.compiled(schema, "spec")
    assert not list(rules.check({"when": "2026-01-02T00:00:00Z", "every": "30m"}, None, schema))
    (cause,) = rules.check({"when": "2026-01-02T00:00:00Z", "every": "2h"}, None, schema)
    assert cause.message.startswith("Invalid value: failed rule: self.when")


def test_an_optional_old_self_is_asked_for_when_there_is_none_too() -> None:
    rule = {"rule": "oldSelf.hasValue() || self.a == 1", "optionalOldSelf": True, "message": "begins with 1"}
    schema = {**SCHEMA, "x-kubernetes-validations": [rule]}
    assert not rules.compiled(schema, "spec")
    assert [cause.message for cause in rules.check({"a": 2}, None, schema)] == ["Invalid value: begins with 1"]
    assert not list(rules.check({"a": 2}, {"a": 1}, schema))
    unused = {**SCHEMA, "x-kubernetes-validations": [{"rule": "self.a == 1", "optionalOldSelf": True}]}
    (cause,) = rules.compiled(unused, "spec")
    assert cause.message == "Invalid value: true: may not be set if oldSelf is not used in rule"
