"""150 more mistakes, and how a real cluster answered each: `mistakes.json` was recorded with dryRun=All and Strict."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

from tests.embedded.harness import Api
from tests.embedded.recordings import recorded

Obj = dict[str, Any]
RANDOM = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"kube-api-access-\w{5}"), "VOLUME"),
    (re.compile(r"10\.96\.\d+\.\d+"), "ADDRESS"),
    (re.compile(r'"nodePort": 3\d{4}'), "NODEPORT"),
    (re.compile(r"(A_|a\.b-)[a-z0-9]{5}\b"), "GENERATED"),
)


def _settled(value: Any) -> str:
    text = json.dumps(value)
    for pattern, word in RANDOM:
        text = pattern.sub(word, text)
    return text


@pytest.mark.slow
@pytest.mark.parametrize("entry", recorded("mistakes"), ids=lambda entry: str(entry["name"]))
def test_answers_are_a_real_clusters(entry: Obj) -> None:
    request, answer = entry["request"], entry["response"]
    headers = {"content-type": "application/json", "accept": "application/json", "user-agent": "unknown"}
    given = asyncio.run(Api().call("POST", request["path"], json.dumps(request["body"]).encode(), **headers))
    assert given.code == answer["status"]
    assert _settled(given.json) == _settled(answer["body"])
    assert given.headers.get("warning", "") == "".join(answer["warnings"][-1:])
