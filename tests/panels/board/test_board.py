"""The board's twin and labels: what a document shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from podlab import text
from podlab.panels.board.board import CAPTION, LABELS, twin
from podlab.panels.board.detail import LABELS as DETAIL_LABELS
from podlab.panels.panel import CONNECTION, module
from podlab.panels.row import Row, row

GOLDEN = Path(__file__).parents[2] / "golden"
NOW = datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


def running(name: str) -> list[Row]:
    lines = (GOLDEN / name / "watch-pods.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row(json.loads(line)["object"]) for line in lines]
    return [next(each for each in rows if each.status == "Running")]


def test_the_twin_is_a_table_of_what_kubectl_prints() -> None:
    html = twin("Pods in namespace default", running("seed"), NOW)
    assert "<caption>Pods in namespace default</caption>" in html
    assert '<th scope="col">NAME</th><th scope="col">READY</th>' in html
    assert html.count("<tr>") == 2
    assert '<th scope="row">nginx-pod-example</th><td>1/1</td><td>Running</td><td>0</td>' in html


def test_the_twin_says_that_there_is_nothing() -> None:
    assert (
        twin("Pods in namespace default", [], NOW) == "<p>Pods in namespace default: There are no Pods right now.</p>"
    )


def test_the_twin_escapes_what_comes_from_a_cluster() -> None:
    nasty = row({"metadata": {"name": "<b>", "uid": "1"}, "spec": {}, "status": {"phase": "<script>"}})
    html = twin("a < b", [nasty], NOW)
    assert "<script>" not in html and "<b>" not in html and "a &lt; b" in html


def test_the_twin_speaks_korean() -> None:
    text.use("ko")
    assert "지금은 파드가 없습니다." in twin(str(CAPTION.format(namespace="default")), [], NOW)


def test_every_label_that_the_drawing_uses_comes_from_python() -> None:
    used = set(re.findall(r"\blabels\.(\w+)", module("board/detail", "board/board")))
    assert used - {"age_head"} <= set(LABELS | DETAIL_LABELS | CONNECTION) | {"caption", "note"}
    assert used
