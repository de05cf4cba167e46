"""Which node is taken of those that fit."""

from __future__ import annotations

from typing import Any

from podlab.embedded.fit import nodefit
from podlab.embedded.scheduler import scoring

Obj = dict[str, Any]


def test_preferred_nodes_come_before_empty_ones() -> None:
    def made(name: str, **labels: str) -> Obj:
        return {"metadata": {"name": name, "labels": labels}, "spec": {}}

    wanted = {"key": "disk", "operator": "In", "values": ["ssd"]}
    term = {"weight": 1, "preference": {"matchExpressions": [wanted]}}
    affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}}
    one = {"metadata": {"namespace": "n"}, "spec": {"affinity": affinity}}
    other = {"metadata": {"namespace": "n"}, "spec": {}}
    nodes = [(made("empty"), nodefit.load([])), (made("fast", disk="ssd"), nodefit.load([other]))]
    assert scoring.best(one, nodes)["metadata"]["name"] == "fast"
    assert scoring.best(other, nodes)["metadata"]["name"] == "empty"


def test_a_node_without_a_sibling_comes_before_an_emptier_one() -> None:
    def owned(by: str) -> Obj:
        return {"metadata": {"namespace": "n", "ownerReferences": [{"uid": by}]}, "spec": {}}

    nodes = [
        ({"metadata": {"name": "one"}, "spec": {}}, nodefit.load([owned("a")])),
        ({"metadata": {"name": "two"}, "spec": {}}, nodefit.load([owned("b"), owned("b")])),
    ]
    assert scoring.best(owned("a"), nodes)["metadata"]["name"] == "two"
    assert scoring.best(owned("b"), nodes)["metadata"]["name"] == "one"
