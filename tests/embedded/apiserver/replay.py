"""Recorded requests, sent again: what is answered, without what differs between two runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.embedded.harness import Api

Obj = dict[str, Any]
Answered = tuple[int, Any]

GOLDEN = Path(__file__).parents[2] / "golden" / "api"
NAMESPACE = "api-ssa"
CONTROLLER = "kube-controller-manager"
COUNTED = ("observedGeneration", "terminatingReplicas")
VOLATILE = ("uid", "resourceVersion", "creationTimestamp", "deletionTimestamp")


def entries(name: str) -> list[Obj]:
    """The recorded requests of one file, with their answers."""
    found: list[Obj] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return found


async def answers(name: str, prepare: Callable[[Api], object] = lambda api: None) -> list[Answered]:
    """What is answered to the requests of a file, in their order."""
    api = Api()
    api.registry.create(api.registry.resource("namespaces"), {"metadata": {"name": NAMESPACE}})
    kept = prepare(api)
    found = []
    for entry in entries(name):
        request = entry["request"]
        head = {"content_type": request.get("ct", "application/json"), "user_agent": "podlab/1"}
        body = request.get("body")
        data = body.encode() if isinstance(body, str) else body
        answer = await api.call(request["method"], request["path"], data, **head, **request.get("headers", {}))
        for _ in range(4):
            await api.registry.clock.settle()
            api.registry.clock.step(0.01)
        found.append((answer.code, answer.json if answer.body[:1] == b"{" else answer.body.decode()))
    del kept
    return found


def settled(value: Any) -> Any:
    """Without what differs between two runs; of a time only whether there is one."""
    if isinstance(value, list):
        return [settled(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: settled(item) for key, item in value.items()}
    meta = result.get("metadata")
    if isinstance(meta, dict):
        result["metadata"] = _metadata(meta)
    if result.get("kind") == "Status" and "details" in result:
        result["details"] = _details(result["details"])
        if len(result["details"].get("causes", ())) > 1:
            result.pop("message")
    if isinstance(result.get("status"), dict):
        result["status"] = _status(result["status"])
    return result


def _metadata(given: Obj) -> Obj:
    meta = {key: item for key, item in given.items() if key not in VOLATILE}
    if "managedFields" in meta:
        owners = [entry for entry in meta["managedFields"] if entry["manager"] != CONTROLLER]
        meta["managedFields"] = sorted(({**entry, "time": "time" in entry} for entry in owners), key=_text)
    return meta


def _details(given: Obj) -> Obj:
    details = {key: item for key, item in given.items() if key != "uid"}
    if "causes" in details:
        details["causes"] = sorted(details["causes"], key=_text)
    return details


def _status(given: Obj) -> Obj:
    status = {key: item for key, item in given.items() if key not in COUNTED}
    for condition in status.get("conditions") or ():
        if condition.get("lastTransitionTime"):
            condition["lastTransitionTime"] = "then"
    return status


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def name_of(entry: Obj) -> str:
    """The name of a test."""
    return str(entry["name"]).replace("/", "-")
