"""In what order a definition is judged, as kind judges it."""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.custom.definitions import validate
from podlab.embedded.apiserver.custom.schemas import check_schema

Obj = dict[str, Any]
DEAR = {"rule": "self.all(x, self.all(y, self.all(z, x != y && y != z)))"}
LIST: Obj = {"type": "array", "items": {"type": "string"}, "x-kubernetes-validations": [DEAR]}
SPEC: Obj = {"type": "object", "properties": {"a": {"type": "integer"}, "l": LIST}}


def _fields(schema: Obj) -> list[str]:
    return [cause.field for cause in check_schema(schema, "s")]


def test_rules_are_read_where_nothing_else_is_wrong_here_or_deeper() -> None:
    own = [{"rule": ""}, {"rule": "self.nope == 1"}]
    schema = {"type": "object", "properties": {"spec": SPEC}, "x-kubernetes-validations": own}
    dear = "s.properties[spec].properties[l].x-kubernetes-validations[0].rule"
    assert _fields(schema) == ["s.x-kubernetes-validations[0].rule", dear, dear, "s"]
    fine = {**schema, "x-kubernetes-validations": own[1:]}
    assert _fields(fine) == [dear, "s.x-kubernetes-validations[0].rule", dear, "s"]


def test_no_rule_is_read_of_what_is_not_structural() -> None:
    schema = {"type": "object", "properties": {"spec": SPEC, "b": {"type": "array"}}}
    assert _fields(schema) == ["s.properties[b].items"]


def test_unknown_fields_are_not_kept_with_defaults_and_that_is_said_first_and_last() -> None:
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"a": {"type": "string", "default": "x"}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    kinds = {"plural": "as", "singular": "a", "kind": "A", "listKind": "AList"}
    spec = {"group": "x.io", "scope": "Namespaced", "names": kinds, "versions": [version]}
    spec |= {"preserveUnknownFields": True, "conversion": {"strategy": "None"}}
    found = validate({"metadata": {"name": "as.x.io"}, "spec": spec, "status": {}}, None)
    assert [cause.field for cause in found] == [
        "spec.preserveUnknownFields",
        "status.storedVersions",
        "spec.preserveUnknownFields",
    ]
