"""`kubectl diff`: what `apply` would change, as a unified diff.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/diff/diff.go
"""

from __future__ import annotations

import difflib
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from podlab.apimachinery.yamlprinter import to_yaml
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import unfolded
from podlab.kubectl.formats.formats import without_managed_fields
from podlab.kubectl.klog import logged
from podlab.kubectl.manifests.documents import Manifest
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.merge import three_way
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.apply import last_applied
from podlab.kubectl.verbs.create import named_files
from podlab.kubectl.verbs.prune import Pruning, gone, kinds

Object = dict[str, Any]
FAILED = 2
TRIES = 4
MANAGER = {"fieldManager": "kubectl-client-side-apply", "dryRun": "All"}


def diff(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    server_side: bool = False,
    selector: str = "",
    show_secrets: bool = False,
    concurrency: int = 1,
    force_conflicts: bool = False,
    prune: bool = False,
    prune_allowlist: Sequence[str] = (),
) -> None:
    """Print what would change; the exit code is 1 if anything would, and more for an error.

    Raises:
        PodlabError: a manifest cannot be read, or the server refuses it.
    """
    command.exit_code, found = FAILED, dict[str, str]()
    if force_conflicts and not server_side:
        raise PodlabError("error: --force-conflicts only works with --server-side")
    files = named_files(arguments, filename, "diff")
    folders = tuple(f"/tmp/{side}-{random.randrange(10**8, 10**10)}" for side in ("LIVE", "MERGED"))
    pruning = Pruning(kinds(prune_allowlist), selector)
    visited: list[tuple[Mapping, Object]] = []
    read = list(manifests(command, files, validate="ignore", selector=selector))
    command.failures = unfolded(command.failures)[:1]  # the first ends it
    for manifest, mapping in () if command.failures else read:
        with command.going_on():
            obj, namespace = in_namespace(command, manifest, mapping)
            asked = (command, manifest, mapping, obj, namespace)
            live, merged = _applied(*asked, force_conflicts) if server_side else _both(*asked)
            visited.append((mapping, live or {"metadata": {"namespace": namespace}}))
            name = _file_name(mapping, namespace, manifest.name)
            text = unified(live, merged, *(f"{folder}/{name}" for folder in folders), masked=not show_secrets)
            found |= {name: text} if text else {}
    for mapping, obj in gone(command, pruning, visited) if prune else ():
        metadata = obj["metadata"]
        name = _file_name(mapping, metadata.get("namespace", ""), metadata["name"])
        found[name] = unified(obj, None, *(f"{folder}/{name}" for folder in folders), masked=False)
    if command.failures:  # not even what was found
        return
    command.out("".join(text for _, text in sorted(found.items())))
    command.exit_code = int(bool(found))


def _file_name(mapping: Mapping, namespace: str, name: str) -> str:
    version = f"{mapping.group}.{mapping.version}" if mapping.group else mapping.version
    return f"{version}.{mapping.kind}.{namespace}.{name}"


def _applied(
    command: Command, manifest: Manifest, mapping: Mapping, obj: Object, namespace: str, force: bool
) -> tuple[Object | None, Object]:
    """The object as it is, and as a server-side apply would leave it."""
    path = mapping.path(namespace, manifest.name)
    try:
        live: Object | None = read_one(command.client, mapping, namespace, manifest.name)
    except ApiError as error:
        if error.code != 404:
            raise
        live = None
    query = {"fieldManager": "kubectl", "dryRun": "All", "force": str(force).lower()}
    content_type = "application/apply-patch+yaml"
    try:
        return live, command.client.request("PATCH", path, query=query, body=obj, content_type=content_type).json()
    except ApiError as error:
        if error.code == 409:  # kubectl takes it for a change in between, and asks again
            _keeps_changing(command, manifest, mapping)
        raise


def _keeps_changing(command: Command, manifest: Manifest, mapping: Mapping) -> None:
    what = f"{mapping.group}/{mapping.version}, Kind={mapping.kind}: {manifest.name}"
    command.err(logged("diff.go:723", f"Object ({what}) keeps changing, diffing without lock", "W"))


def _both(
    command: Command, manifest: Manifest, mapping: Mapping, obj: Object, namespace: str
) -> tuple[Object | None, Object]:
    """The object as it is, and as the server says it would be; one that changes in between is looked at again."""
    asked = (command, manifest, mapping, obj, namespace)
    for _ in range(TRIES - 1):
        try:
            return _would_be(*asked)
        except ApiError as error:
            if error.code != 409:
                raise
    _keeps_changing(command, manifest, mapping)
    return _would_be(*asked, locked=False)


def _would_be(
    command: Command, manifest: Manifest, mapping: Mapping, obj: Object, namespace: str, *, locked: bool = True
) -> tuple[Object | None, Object]:
    client, path = command.client, mapping.path(namespace, manifest.name)
    try:
        live = read_one(client, mapping, namespace, manifest.name)
    except ApiError as error:
        if error.code != 404:
            raise
        return None, client.request("POST", mapping.path(namespace), query=MANAGER, body=obj).json()
    wanted = {**obj, "metadata": {"annotations": {}, **obj["metadata"]}}
    patch = three_way(last_applied(live), wanted, live, command.schemas.of(mapping.api_version, mapping.kind))
    if not patch:
        return live, live
    if locked:
        patch.setdefault("metadata", {})["resourceVersion"] = live["metadata"]["resourceVersion"]
    kind = "strategic-merge-patch" if command.schemas.is_strategic(mapping) else "merge-patch"
    content_type = f"application/{kind}+json"
    return live, client.request("PATCH", path, query=MANAGER, body=patch, content_type=content_type).json()


def unified(live: Object | None, merged: Object | None, old: str, new: str, *, masked: bool = True) -> str:
    """The difference of two objects' YAML as `diff -u -N` writes it; "" if there is none."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f000 +0000")
    before: list[str] = []
    if masked and merged and merged.get("kind") == "Secret":
        live, merged = _masked(live, merged)
        before = [] if live else ["null\n"]
    shown = without_managed_fields(live) if live and merged else live
    before = to_yaml(shown).splitlines(keepends=True) if shown else before
    after = to_yaml(without_managed_fields(merged)).splitlines(keepends=True) if merged else []
    lines = "".join(difflib.unified_diff(before, after, old, new, now, now))
    return f"diff -u -N {old} {new}\n{lines}" if lines else ""


def _masked(live: Object | None, merged: Object) -> tuple[Object | None, Object]:
    """Both Secrets without their values, but with what is not the same marked."""
    old, new = (live or {}).get("data") or {}, merged.get("data") or {}
    changed = {key for key in old.keys() & new.keys() if old[key] != new[key]}
    mask = {side: {key: f"*** ({side})" if key in changed else "***" for key in data}
            for side, data in (("before", old), ("after", new))}  # fmt: skip
    shown = {**live, "data": mask["before"]} if live and "data" in live else live
    return shown, {**merged, "data": mask["after"]} if "data" in merged else merged
