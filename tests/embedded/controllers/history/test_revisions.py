"""The hashes that a real cluster gave its ControllerRevisions."""

from __future__ import annotations

import json

import pytest

from podlab.embedded.controllers.history.revisions import data_hash, patch_of, template_of
from podlab.embedded.controllers.history.templatehash import template_hash
from tests.embedded.simulation import GOLDEN

RECORDED = json.loads((GOLDEN / "api" / "controller-revisions.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("revision", RECORDED, ids=lambda revision: str(revision["metadata"]["name"]))
def test_the_hash_is_the_real_clusters(revision: dict[str, object]) -> None:
    meta = revision["metadata"]
    assert isinstance(meta, dict)
    (owner,) = meta["ownerReferences"]
    of_set = owner["kind"] == "StatefulSet"
    found = data_hash(revision["data"], 0) if of_set else template_hash(template_of(revision), None)  # type: ignore[arg-type]
    assert meta["name"] == f"{owner['name']}-{found}"


@pytest.mark.parametrize("revision", RECORDED, ids=lambda revision: str(revision["metadata"]["name"]))
def test_the_data_is_written_as_by_a_real_cluster(revision: dict[str, object]) -> None:
    shuffled = dict(reversed(template_of(revision).items()))  # type: ignore[arg-type]
    assert json.dumps(patch_of(shuffled)) == json.dumps(revision["data"])
