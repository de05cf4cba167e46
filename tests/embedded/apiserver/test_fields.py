"""The generated table of fields, held against the installed client's models and against recorded objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.apiserver import fields
from tests.embedded.recordings import recorded

GOLDEN = Path(__file__).parents[2] / "golden"
KINDS = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
# The installed client is a release ahead of the server; these have been taken out, or made optional, since.
GONE = {
    ("core/v1.NodeAllocatableResourceClaimStatus", "resources"),
    ("resource/v1.Device", "nodeAllocatableResourceMappings"),
}
OPTIONAL = {"Device": "name", "DeviceClass": "spec", "ResourceClaim": "spec", "ResourceClaimTemplate": "spec"}
RELAXED = {
    ("apps/v1.ControllerRevision", "revision"),
    ("core/v1.NodeAllocatableResourceClaimStatus", "resources"),
    *((f"resource/v1.{kind}", key) for kind, key in (OPTIONAL | {"ResourceClaimTemplateSpec": "spec"}).items()),
    *((f"apps/v1.{kind}Condition", key) for kind in KINDS for key in ("status", "type")),
}


def _model(type_name: str) -> Any:
    from kubernetes.client import models

    package, word = type_name.rsplit(".", 1)
    group, version = package.split("/")
    short, full = f"{version.upper()}{word}", f"{group.capitalize()}{version.upper()}{word}"
    return getattr(models, short, None) or getattr(models, full, None)


TYPES = [name for name in fields.table()["types"] if not name.endswith("List")]


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPES)
def test_the_client_knows_every_field_and_what_is_required(name: str) -> None:
    model = _model(name)
    if model is None:
        pytest.skip("the client has no model of it")
    type_ = fields.type_named(name)
    known = {f.serialization_alias or f.alias or key: f for key, f in model.model_fields.items()}
    assert set(type_.fields) - set(known) <= {field for owner, field in GONE if owner == name}
    required = {field for field, f in known.items() if f.is_required()}
    ours = {f.name for f in type_.fields.values() if f.required}
    assert ours - required <= {field for owner, field in RELAXED if owner == name}


def _objects() -> list[dict[str, Any]]:
    found = []
    for stream in sorted(GOLDEN.glob("*/watch-*.jsonl")):
        for line in stream.read_text(encoding="utf-8").splitlines():
            obj = json.loads(line).get("object")
            if obj and fields.kind_of(obj):
                found.append(obj)
    return found


@pytest.mark.slow
def test_canonical_form_loses_nothing_of_recorded_objects() -> None:
    objects = _objects()
    assert len(objects) > 100
    for obj in objects:
        type_ = fields.kind_of(obj)
        assert type_ and fields.canonical(obj, type_) == obj


STORED = [entry for entry in recorded("defaults") if entry["response"]["status"] < 400]


@pytest.mark.parametrize("entry", STORED, ids=lambda entry: str(entry["name"]))
def test_canonical_form_is_written_in_upstreams_order(entry: dict[str, Any]) -> None:
    obj = entry["response"]["body"]
    type_ = fields.kind_of(obj)
    assert type_ and json.dumps(fields.canonical(obj, type_)) == json.dumps(obj)


def test_keys_of_lists() -> None:
    pod = fields.kind("", "v1", "Pod")
    assert pod
    ports = pod.at("spec", "containers", "ports")
    assert ports and ports.merge_key == "containerPort" and ports.list_map_keys == ("containerPort", "protocol")
    assert fields.merge_key(pod, "spec", "volumes") == "name"
    assert fields.merge_key(pod, "spec", "tolerations") == ""
    volumes, selector = pod.at("spec", "volumes"), pod.at("spec", "nodeSelector")
    assert volumes and volumes.strategies == ("merge", "retainKeys")
    assert selector and selector.atomic
    assert pod.at("spec", "nothing", "here") is None
