"""Whether a definition can be served: what is wrong with one, in the words and the order of an API server."""

from __future__ import annotations

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
