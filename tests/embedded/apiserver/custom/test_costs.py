"""What rules may cost: each schema with what kind said of its definition."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.apiserver.custom import rules
from podlab.embedded.apiserver.custom.budget import CONTRIBUTED
from podlab.embedded.apiserver.custom.cel import versions
from podlab.embedded.apiserver.custom.definitions import validate

RECORDED = json.loads((Path(__file__).parent / "costs.json").read_text(encoding="utf-8"))
AT = "spec.validation.openAPIV3Schema"


def told(schema: Any) -> list[str]:
    """What is said of a definition whose `spec` is this."""
    found = rules.compiled({"type": "object", "properties": {"spec": schema}}, AT)
    return [f"{cause.field}: {cause.message}" for cause in found]


@pytest.mark.parametrize(("schema", "said"), RECORDED, ids=lambda each: json.dumps(each)[-60:])
def test_what_rules_may_cost_is_as_recorded(schema: Any, said: list[str]) -> None:
    found = told(schema)
    if len(said) > 10:  # kind walks properties in any order
        assert sorted(t for t in found if CONTRIBUTED not in t) == sorted(t for t in said if CONTRIBUTED not in t)
        assert sum(CONTRIBUTED in text for text in found) == sum(CONTRIBUTED in text for text in said)
        return
    assert found == said


def test_a_definition_that_is_there_may_be_changed_elsewhere() -> None:
    items = {"type": "array", "items": {"type": "string"}}
    rule = {"x-kubernetes-validations": [{"rule": "self.l.all(x, self.l.exists(y, x == y))"}]}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"l": items}, **rule}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names: dict[str, Any] = {"plural": "xs", "singular": "x", "kind": "X", "listKind": "XList"}
    spec: dict[str, Any] = {"group": "e.io", "scope": "Namespaced", "names": names, "versions": [version]}
    spec |= {"conversion": {"strategy": "None"}}
    made: dict[str, Any] = {"metadata": {"name": "xs.e.io"}, "spec": spec, "status": {"storedVersions": ["v1"]}}
    assert len([cause for cause in validate(made, None) if "cost" in cause.message]) == 3
    short = {**made, "spec": {**spec, "names": {**names, "shortNames": ["x"]}}}
    assert [cause for cause in validate(short, made) if "cost" in cause.message] == []


@pytest.mark.parametrize(
    ("text", "normalize", "said"),
    [
        ("1.2.3-alpha.1+b", False, "1.2.3-alpha.1+b"),
        ("v1.2", True, "1.2.0"),
        ("01.2.03", True, "1.2.3"),
        ("00.0", True, "0.0.0"),
        ("v1.2", False, "No Major.Minor.Patch elements found"),
        ("01.2.03", False, 'Major number must not contain leading zeroes "01"'),
        ("1.02.3", False, 'Minor number must not contain leading zeroes "02"'),
        ("abc", True, 'Invalid character(s) found in major number "0abc"'),
        ("1.0.0-", False, "Prerelease is empty"),
        ("1.0.0-01", True, 'Numeric PreRelease version must not contain leading zeroes "01"'),
        ("", True, 'strconv.ParseUint: parsing "": invalid syntax'),
        ("", False, "Version string empty"),
        ("1.2.3+", False, "Build meta data is empty"),
        ("1.2.3.4", True, 'Invalid character(s) found in patch number "3.4"'),
        ("v1.2-a", True, "short version cannot contain PreRelease/Build meta data"),
    ],
)
def test_versions_are_read_as_recorded(text: str, normalize: bool, said: str) -> None:
    try:
        found = str(versions.read(text, normalize))
    except ValueError as error:
        found = str(error)
    assert found == said


def test_versions_have_an_order() -> None:
    rising = ["1.0.0-1", "1.0.0-a", "1.0.0-a.1", "1.0.0", "1.2.3", "1.10.0", "2.0.0-rc.1", "2.0.0-rc.10", "2.0.0"]
    read = [versions.read(text) for text in rising]
    assert [versions.order(one, other) for one, other in pairwise(read)] == [-1] * 8
    assert versions.read("1.0.0+a") == versions.read("1.0.0+b") != versions.read("1.0.1")
