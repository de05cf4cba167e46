"""Whether a definition can be served: what is wrong with one, in the words and the order of an API server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from podlab.embedded.apiserver.custom.schemas import check_schema
from tests.embedded.harness import Api

SET = {"type": "array", "x-kubernetes-list-type": "set"}
GOLDEN = Path(__file__).parents[3] / "golden/crd-versions"


def recorded(file: str) -> list[str]:
    """What `kubectl create -f FILE` of a bad definition was answered with, a line a cause."""
    text = (GOLDEN / "transcript.txt").read_text(encoding="utf-8")
    answer = text.split(f"$ kubectl create -f {file}\n", 1)[1].split("--- exit", 1)[0]
    several = re.findall(r"^\* (.*)$", answer, re.M)
    return several or re.findall(r"is invalid: (.*)$", answer, re.M)


@pytest.mark.parametrize("number", range(1, 7))
async def test_what_is_wrong_is_told_as_recorded(api: Api, number: int) -> None:
    body = (GOLDEN / f"input/bad{number}.yaml").read_bytes()
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    answer = await api.call("POST", path, body, content_type="application/yaml")
    causes = [f"{cause['field']}: {cause['message']}" for cause in answer.json["details"]["causes"]]
    assert causes == recorded(f"bad{number}.yaml")


@pytest.mark.parametrize(
    ("fields", "colours", "wrong"),
    [
        ((True, True), (True, True), {}),
        (
            (False, True),
            (True, True),
            {"spec.versions[1].selectableFields": "`version.schema.openAPIV3Schema` is not included"},
        ),
        ((True, True), (True, False), {"spec.selectableFields": "validations.schema is included"}),
        ((False, True), (False, True), {}),
    ],
)
async def test_fields_to_select_by_stand_where_the_schema_does(
    api: Api, fields: tuple[bool, bool], colours: tuple[bool, bool], wrong: dict[str, str]
) -> None:
    """Upstream takes what all versions share out of them, and looks for one beside the other; recorded on kind."""
    versions = []
    for number, (selectable, colour) in enumerate(zip(fields, colours, strict=True), 1):
        known = {"hull": {"type": "string"}} | ({"colour": {"type": "string"}} if colour else {})
        schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": known}}}
        version = {"name": f"v{number}", "served": True, "storage": number == 1, "schema": {"openAPIV3Schema": schema}}
        versions.append(version | ({"selectableFields": [{"jsonPath": ".spec.hull"}]} if selectable else {}))
    named = {"plural": "boats", "singular": "boat", "kind": "Boat"}
    spec = {"group": "example.org", "scope": "Namespaced", "names": named, "versions": versions}
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    answer = await api.call("POST", path, {"metadata": {"name": "boats.example.org"}, "spec": spec})
    told = answer.json.get("details", {}).get("causes", [])
    found = {cause["field"]: cause["message"].partition("may only be set when ")[2] for cause in told}
    assert found == wrong


async def test_versions_are_shown_with_what_only_they_have(api: Api) -> None:
    """As recorded on kind, but for the names."""
    hull = {"name": "Hull", "type": "string", "jsonPath": ".spec.hull"}
    shown = {"Name": "Hull", "Type": "string", "Format": "", "Description": "", "Priority": 0, "JSONPath": ".spec.hull"}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"hull": {"type": "string"}}}}}
    versions = [
        {"name": name, "served": True, "storage": False, "schema": {"openAPIV3Schema": schema}} for name in ("v1", "v2")
    ]
    versions[0] |= {"additionalPrinterColumns": [hull], "subresources": {"status": {}}}
    named = {"plural": "boats", "singular": "boat", "kind": "Boat"}
    spec = {"group": "example.org", "scope": "Namespaced", "names": named, "versions": versions}
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    answer = await api.call("POST", path, {"metadata": {"name": "boats.example.org"}, "spec": spec})
    told = answer.json["details"]["causes"][0]["message"]
    found = json.loads(told.removeprefix("Invalid value: ").rpartition(": must have exactly one version")[0])
    assert [version["AdditionalPrinterColumns"] for version in found] == [[shown], None]
    assert [version["Subresources"] for version in found] == [{"Status": {}, "Scale": None}, None]
    assert list(found[0])[-4:] == ["Schema", "Subresources", "AdditionalPrinterColumns", "SelectableFields"]


def test_an_item_of_a_set_has_no_parts_that_merge() -> None:
    items = {"type": "object", "properties": {}}
    wrong = check_schema({"type": "object", "properties": {"s": {**SET, "items": items}}}, "schema")
    assert [(cause.field, cause.message) for cause in wrong] == [
        (
            "schema.properties[s].items.x-kubernetes-map-type",
            "Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set",
        )
    ]
    whole = {**items, "x-kubernetes-map-type": "atomic"}
    assert not check_schema({"type": "object", "properties": {"s": {**SET, "items": whole}}}, "schema")
