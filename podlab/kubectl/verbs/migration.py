"""What was applied by the client before becomes the server-side apply's: its managed fields change their manager.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/apply/apply.go (migrateToSSAIfNecessary),
staging/src/k8s.io/client-go/util/csaupgrade/upgrade.go
"""

from __future__ import annotations

from typing import Any

from podlab.client import Client
from podlab.kubectl.manifests.writing import LAST_APPLIED

Object = dict[str, Any]
APPLY = "application/apply-patch+yaml"
DEFAULT = "kubectl"
"""The manager of a server-side apply that names none."""
KEEPER = "kubectl-last-applied"
"""Who owns the annotation of the last apply, so that no server-side apply drops it."""


def migrate(client: Client, path: str, found: Object, manager: str, dry_run: object) -> bool:
    """Give a client-side apply's fields to the manager of a server-side one; whether there were any."""
    names = sorted({each["manager"] for each in _owners(found, "Update")})
    if manager == DEFAULT:
        found = _annotation_kept(client, path, found, dry_run)
    entries = found["metadata"].get("managedFields") or []
    upgraded = entries
    for name in names:
        upgraded = taken_over(upgraded, name, manager)
    if upgraded == entries:
        return False
    patch = [
        {"op": "replace", "path": "/metadata/managedFields", "value": upgraded},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": found["metadata"]["resourceVersion"]},
    ]
    client.request("PATCH", path, query={"dryRun": dry_run}, body=patch, content_type="application/json-patch+json")
    return True


def taken_over(entries: list[Object], old: str, manager: str) -> list[Object]:
    """The managed fields, those of `old`'s updates being the manager's applies."""
    theirs = [each for each in entries if _is(each, old, "Update")]
    mine = next((each for each in entries if _is(each, manager, "Apply")), None)
    if not theirs:
        return entries
    base = mine or theirs[0]
    same = next((each for each in theirs if each.get("apiVersion") == base.get("apiVersion")), None)
    fields = _union(base.get("fieldsV1") or {}, (same or {}).get("fieldsV1") or {})
    whole = {**base, "manager": manager, "operation": "Apply", "fieldsV1": fields}
    return [whole if each is base else each for each in entries if each is base or each not in theirs]


def _is(entry: Object, manager: str, operation: str) -> bool:
    return (entry.get("manager"), entry.get("operation"), entry.get("subresource", "")) == (manager, operation, "")


def _owners(obj: Object, operation: str) -> list[Object]:
    """Who owns the annotation of the last apply by such operations."""
    return [
        each
        for each in obj["metadata"].get("managedFields") or []
        if each.get("operation") == operation and _owns(each.get("fieldsV1") or {})
    ]


def _owns(fields: Object) -> bool:
    annotations = (fields.get("f:metadata") or {}).get("f:annotations") or {}
    return f"f:{LAST_APPLIED}" in annotations


def _annotation_kept(client: Client, path: str, found: Object, dry_run: object) -> Object:
    """The object after the annotation of the last apply has an owner of its own."""
    metadata = found["metadata"]
    text = (metadata.get("annotations") or {}).get(LAST_APPLIED)
    if text is None or _owners(found, "Apply"):
        return found
    named = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
    body = {"apiVersion": found["apiVersion"], "kind": found["kind"]}
    body["metadata"] = {**named, "annotations": {LAST_APPLIED: text}}
    kept: Object = client.request(
        "PATCH", path, query={"fieldManager": KEEPER, "dryRun": dry_run}, body=body, content_type=APPLY
    ).json()
    return kept


def _union(one: Object, other: Object) -> Object:
    """Both sets of fields as one."""
    return {
        key: _union(one.get(key) or {}, other.get(key) or {}) for key in [*one, *(k for k in other if k not in one)]
    }
