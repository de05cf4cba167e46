"""`kubectl auth reconcile`: roles and bindings that allow at least what a manifest says.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/auth/reconcile.go,
staging/src/k8s.io/component-helpers/auth/rbac/reconciliation
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.policyrules import uncovered
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.create import NO_FILES

Object = dict[str, Any]
GROUP = "rbac.authorization.k8s.io"
PROTECTED = "rbac.authorization.kubernetes.io/autoupdate"
CAVEAT = f", but object opted out ({PROTECTED}: false)"
RULE = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
SUBJECT = ("kind", "apiGroup", "name", "namespace")


@dataclass(slots=True)
class Change:
    """What has to be done to an object, `create`, `update`, `recreate` or "", and which of its rules or subjects."""

    obj: Object
    operation: str = ""
    missing: Sequence[Object] = ()
    extra: Sequence[Object] = ()
    protected: bool = False


def reconcile(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    remove_extra_permissions: bool = False,
    remove_extra_subjects: bool = False,
) -> None:
    """Make each role and binding of the manifests, or add to it what it lacks.

    Raises:
        PodlabError: what could not be read or written; the others are written all the same.
    """
    if not filename:
        raise PodlabError(NO_FILES)
    if arguments:
        raise PodlabError("error: no arguments are allowed")
    writing = Writing(command, "", typed=True)
    if writing.dry_run == "server":
        raise PodlabError("error: --dry-run=server for command reconcile is not supported yet")
    for manifest, mapping in manifests(command, filename, validate="ignore"):
        if mapping.group != GROUP:
            continue
        with command.going_on():
            field = "rules" if mapping.kind.endswith("Role") else "subjects"
            remove = remove_extra_permissions if field == "rules" else remove_extra_subjects
            in_namespace(command, manifest, mapping)
            change = _carried_out(writing, mapping, manifest.obj, field, remove)
            writing.tell(mapping, {"kind": mapping.kind, "apiVersion": mapping.api_version, **change.obj}, "reconciled")
            command.err(_told(change, field, remove))


def _carried_out(writing: Writing, mapping: Mapping, expected: Object, field: str, remove: bool) -> Change:
    client, metadata = writing.command.client, expected["metadata"]
    namespace, name = metadata.get("namespace", ""), metadata.get("name", "")
    everything, path = mapping.path(namespace), mapping.path(namespace, name)
    try:
        change = compared(read_one(client, mapping, namespace, name), expected, field, remove)
    except ApiError as error:
        if error.code != 404:
            raise
        change = Change(expected, "create", expected.get(field) or [])
    if change.protected or writing.on_client or not change.operation:
        return change
    if change.operation == "update":
        change.obj = client.request("PUT", path, body=change.obj).json()
        return change
    if change.operation == "recreate":
        client.request("DELETE", path)
    elif mapping.namespaced:
        _ensure_namespace(writing.command, namespace)
    change.obj = client.request("POST", everything, body=expected).json()
    return change


def _ensure_namespace(command: Command, name: str) -> None:
    """Make the namespace if it is not there; who may not do that may still write roles."""
    if not name:
        raise PodlabError("error: resource name may not be empty")
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    try:
        command.client.get(f"/api/v1/namespaces/{name}")
    except ApiError as error:
        if error.code not in (403, 404):
            raise
        try:
            command.client.request("POST", "/api/v1/namespaces", body=body)
        except ApiError as refused:
            if refused.code not in (403, 409):
                raise


def compared(existing: Object, expected: Object, field: str, remove: bool) -> Change:
    """What makes the object that is there allow what is expected, and with `remove` nothing else."""
    protected = (existing["metadata"].get("annotations") or {}).get(PROTECTED) == "false"
    if field == "subjects" and existing.get("roleRef") != expected.get("roleRef"):
        return Change(expected, "recreate", protected=protected)
    metadata = dict(existing["metadata"])
    for each in ("annotations", "labels"):
        if merged := (expected["metadata"].get(each) or {}) | (metadata.get(each) or {}):
            metadata[each] = merged
    obj = {**existing, "metadata": metadata}
    there, wanted = existing.get(field) or [], expected.get(field) or []
    lacking = uncovered if field == "rules" else _only_in_second
    missing = lacking(there, wanted)
    extra = [] if expected.get("aggregationRule") and existing.get("aggregationRule") else lacking(wanted, there)
    if remove and (missing or extra):
        obj[field] = wanted
    elif missing:
        obj[field] = [*there, *missing]
    if field == "rules":
        _aggregate(obj, expected.get("aggregationRule"), remove)
    return Change(obj, "" if obj == existing else "update", missing, extra, protected)


def _aggregate(obj: Object, expected: Object | None, remove: bool) -> None:
    """Give a role the selectors that are expected of it; one that is expected to have no such rule loses its own."""
    if expected is None:
        obj.pop("aggregationRule", None)
        return
    there = (obj.get("aggregationRule") or {}).get("clusterRoleSelectors") or []
    wanted = expected.get("clusterRoleSelectors") or []
    missing = [each for each in wanted if each not in there]
    if remove and (missing or any(each not in wanted for each in there)):
        obj["aggregationRule"] = expected
    elif missing:
        obj["aggregationRule"] = {"clusterRoleSelectors": [*there, *missing]}


def _only_in_second(first: Sequence[Object], second: Sequence[Object]) -> list[Object]:
    """Subjects that only the second has, each once."""
    found: list[Object] = []
    for each in second:
        found += [] if each in first or each in found else [each]
    return found


def _told(change: Change, field: str, remove: bool) -> str:
    """What kubectl says of a change below the object's line."""
    if not change.operation:
        return ""
    lines = [f"\treconciliation required {change.operation}{CAVEAT if change.protected else ''}"]
    shown = [("missing", "added", change.missing)] + ([("extra", "removed", change.extra)] if remove else [])
    for which, done, each in shown:
        lines += [f"\t{which} {field} {done}:", *(f"\t\t{_go(one, field)}" for one in each)] if each else []
    return "".join(f"{line}\n" for line in lines)


def _go(value: Object, field: str) -> str:
    """A rule or a subject as Go prints it."""
    if field == "subjects":
        words = [f"{name[0].upper()}{name[1:]}:{value.get(name, '')}" for name in SUBJECT]
    else:
        words = [f"{name[0].upper()}{name[1:]}:[{' '.join(value.get(name) or [])}]" for name in RULE]
    return "{" + " ".join(words).replace("ApiGroup", "APIGroup") + "}"
