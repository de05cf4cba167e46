"""The hashes that a real cluster gave Pod templates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from podlab.embedded.controllers.history.templatehash import fnv1, fnv1a, safe, template_hash
from tests.embedded.simulation import GOLDEN

RECORDED = json.loads((GOLDEN / "api" / "template-hashes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: str(recorded["name"]))
def test_the_hash_is_the_real_clusters(recorded: dict[str, Any]) -> None:
    assert template_hash(recorded["template"], None) == recorded["hash"]


def test_a_collision_gives_another_hash() -> None:
    template = RECORDED[0]["template"]
    assert len({template_hash(template, collisions) for collisions in (None, 0, 1, 2)}) == 4


def test_fnv_as_published() -> None:
    assert (fnv1(b"foobar"), fnv1a(b"foobar")) == (0x31F0B262, 0xBF9CF968)
    assert safe("0123456789") == "456789bcdf"
