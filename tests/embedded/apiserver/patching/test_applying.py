"""Server-side apply: what a real API server answered is answered again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.patching import applying, fieldsets, managedfields
from tests.embedded.apiserver import replay

Obj = dict[str, Any]

ENTRIES = replay.entries("apply")


@pytest.fixture(scope="module")
def answered() -> list[replay.Answered]:
    """What is answered to the recorded requests, in their order."""
    return asyncio.run(replay.answers("apply"))


@pytest.mark.slow
@pytest.mark.parametrize("index", range(len(ENTRIES)), ids=lambda index: replay.name_of(ENTRIES[index]))
def test_a_recorded_request_is_answered_as_it_was(index: int, answered: list[replay.Answered]) -> None:
    recorded, (code, body) = ENTRIES[index]["response"], answered[index]
    assert replay.settled(body) == replay.settled(recorded["body"])
    assert code == recorded["status"]


keys = st.sampled_from("abcdef")
configurations = st.dictionaries(keys, st.sampled_from("xyz"), max_size=4)


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(["alice", "bob"]), configurations), min_size=1, max_size=6))
def test_what_nobody_applies_any_more_is_gone_and_the_rest_is_there(steps: list[tuple[str, Obj]]) -> None:
    type_ = fields.kind("", "v1", "ConfigMap")
    assert type_ is not None
    live: Obj = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m"}}
    wanted: dict[str, Obj] = {}
    for manager, data in steps:
        patch = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m"}, "data": data}
        this = applying.Application(patch, type_, manager, "2026-01-01T00:00:00Z", force=True)
        live = applying.apply(live, this)
        kept = {
            name: {key: value for key, value in other.items() if data.get(key, value) == value}
            for name, other in wanted.items()
        }
        wanted = {**kept, manager: data}
        assert (live.get("data") or {}) == {key: value for other in wanted.values() for key, value in other.items()}
        owned = {owner.manager: has.paths for owner, has in managedfields.entries_of(live).items()}
        assert owned.get(manager, set()) == fieldsets.owned({"data": data}, type_)


def test_a_path_is_shown_as_in_conflicts() -> None:
    path = ("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name")
    assert fieldsets.shown(path) == '.spec.ports[port=80,protocol="TCP"].name'
    assert fieldsets.shown(("f:metadata", "f:finalizers", 'v:"a/b"')) == '.metadata.finalizers[="a/b"]'


def test_the_order_of_a_tree_is_by_value() -> None:
    tree = fieldsets.tree_of({("f:p", 'k:{"port":443}', "f:x"), ("f:p", 'k:{"port":80}', "f:x"), ("f:a",)})
    assert list(tree["f:p"]) == ['k:{"port":80}', 'k:{"port":443}']
