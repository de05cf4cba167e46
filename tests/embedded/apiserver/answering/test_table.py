"""Tables against recorded ones: columns, and the rows of recorded objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podlab.apimachinery import times
from podlab.embedded.apiserver.answering import table
from podlab.embedded.apiserver.resources import RESOURCES
from tests.embedded.recordings import recorded

Obj = dict[str, Any]
GOLDEN = Path(__file__).parents[3] / "golden"
SERVED = {resource.qualified: resource for resource in RESOURCES}


def _tables() -> list[Obj]:
    tables = [entry for entry in recorded("tables") if entry["response"]["body"].get("kind") == "Table"]
    return [entry for entry in tables if _qualified(entry) in SERVED]


def _qualified(entry: Obj) -> str:
    parts = entry["request"]["path"].split("?")[0].strip("/").split("/")
    rest = parts[2:] if parts[0] == "api" else parts[3:]
    plural = rest[2] if rest[0] == "namespaces" and len(rest) > 2 else rest[0]
    return plural if parts[0] == "api" else f"{plural}.{parts[1]}"


@pytest.mark.parametrize("entry", _tables(), ids=lambda entry: str(entry["name"]))
def test_columns_are_as_recorded(entry: Obj) -> None:
    resource = SERVED[_qualified(entry)]
    assert table.columns(resource) == entry["response"]["body"]["columnDefinitions"]


def test_rows_are_as_recorded_where_whole_objects_are() -> None:
    body = next(entry for entry in recorded("tables") if entry["name"] == "table includeObject=Object")["response"][
        "body"
    ]
    assert body["rows"]
    for row in body["rows"]:
        born = times.seconds(row["object"]["metadata"]["creationTimestamp"])
        made = table.table(SERVED["pods"], [row["object"]], metadata={}, now=born + 6, include="Object")["rows"][0]
        assert made["object"] == row["object"] and made.get("conditions") == row.get("conditions")
        assert made["cells"][:4] + made["cells"][5:] == row["cells"][:4] + row["cells"][5:]


def _statuses() -> list[tuple[Obj, str]]:
    """Pods at the end of recorded scenarios, with what kubectl printed last of them."""
    found = []
    for stream in sorted(GOLDEN.glob("*/watch-pods.jsonl")):
        for line in stream.read_text(encoding="utf-8").splitlines():
            found.append((json.loads(line)["object"], stream.parent.name))
    return found


@pytest.mark.slow
def test_every_recorded_pod_has_a_row() -> None:
    statuses = {table.cells(SERVED["pods"], pod, 2e9)[2] for pod, _ in _statuses()}
    assert {"Pending", "ContainerCreating", "Running", "Terminating"} <= statuses
    assert all(status and "<" not in status for status in statuses)


def test_an_empty_pod_has_a_row_as_a_bookmark_needs_it() -> None:
    cells = table.cells(SERVED["pods"], {"metadata": {}}, 0.0)
    assert cells == ["", "0/0", "", "0", "<unknown>", "<none>", "<none>", "<none>", "<none>"]
