"""`explain` of a small document, word by word as kubectl's template makes it."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.errors import PodlabError
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.explain import explanation, heading, wrap

POD = Mapping("", "v1", "Pod", "pods", "pod", True)
REF = "#/components/schemas/io.k8s.api.core.v1."
SCHEMAS: dict[str, Any] = {
    "io.k8s.api.core.v1.Pod": {
        "description": "Pod is a collection of containers.",
        "type": "object",
        "properties": {
            "spec": {"allOf": [{"$ref": REF + "PodSpec"}], "default": {}, "description": "What is wanted."},
            "kind": {"type": "string"},
        },
        "x-kubernetes-group-version-kind": [{"group": "", "kind": "Pod", "version": "v1"}],
    },
    "io.k8s.api.core.v1.PodSpec": {
        "description": "PodSpec describes a pod.",
        "type": "object",
        "required": ["containers"],
        "properties": {
            "containers": {"type": "array", "items": {"$ref": REF + "PodSpec"}, "description": "List."},
            "policy": {"type": "string", "enum": ["", "A", "B", "C", "D"], "description": "When."},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
}
DOCUMENT = {"components": {"schemas": SCHEMAS}}


def test_a_resource() -> None:
    assert heading(POD) + explanation(DOCUMENT, POD, []) == (
        "KIND:       Pod\nVERSION:    v1\n\nDESCRIPTION:\n    Pod is a collection of containers.\n    \nFIELDS:\n"
        "  kind\t<string>\n    <no description>\n\n  spec\t<PodSpec>\n    What is wanted.\n\n\n"
    )


def test_a_field_with_its_enum() -> None:
    assert explanation(DOCUMENT, POD, ["spec", "policy"]) == (
        'FIELD: policy <string>\nENUM:\n    ""\n    A\n    B\n    C\n    D\n\nDESCRIPTION:\n    When.\n    \n\n'
    )


def test_recursive_lists_fields_of_fields_and_stops_at_a_circle() -> None:
    text = explanation(DOCUMENT, POD, [], recursive=True)
    assert text.endswith(
        "FIELDS:\n  kind\t<string>\n  spec\t<PodSpec>\n    containers\t<[]PodSpec> -required-\n"
        '    labels\t<map[string]string>\n    policy\t<string>\n    enum: "", A, B, C, ....\n\n'
    )


@pytest.mark.parametrize("path", [["nothing"], ["spec", "nothing"], ["kind", "deeper"]])
def test_no_such_field(path: list[str]) -> None:
    with pytest.raises(PodlabError, match=f'^error: field "{path[-1]}" does not exist$'):
        explanation(DOCUMENT, POD, path)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, "one two\nthree"),
        ("one\n  two", 20, "one\n  two"),
        ("averyverylongword x", 5, "averyverylongword\nx"),
        ("", 5, ""),
    ],
)
def test_wrapping(text: str, width: int, lines: str) -> None:
    assert wrap(text, width) == lines
