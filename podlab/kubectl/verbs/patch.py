"""`kubectl patch`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/patch/patch.go
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import yaml

from podlab.apimachinery import goyaml
from podlab.errors import ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.patches import PatchError, json_patch, merge_patch, strategic_patch
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.label import objects_in
from podlab.kubectl.verbs.naming import NOTHING_NAMED

Object = dict[str, Any]
TYPES = {"json": "json-patch", "merge": "merge-patch", "strategic": "strategic-merge-patch"}


def patch(
    command: Command,
    *arguments: str,
    patch: str = "",
    patch_file: str = "",
    type_: str = "strategic",
    filename: Sequence[str] = (),
    subresource: str = "",
    dry_run: str = "none",
    local: bool = False,
) -> None:
    """Change part of an object: strategic merge, merge, or JSON patch, in JSON or YAML.

    Raises:
        PodlabError: the patch cannot be read, the object is not there, or the server refuses.
    """
    if type_.lower() not in TYPES:
        raise PodlabError(f'error: --type must be one of [json merge strategic], not "{type_}"')
    if not patch and not patch_file:
        raise PodlabError("error: must specify --patch or --patch-file containing the contents of the patch")
    if patch and patch_file:
        raise PodlabError("error: cannot specify --patch and --patch-file together")
    text = patch or _read(command, patch_file)
    body = _parsed(text)
    writing = Writing(command, "kubectl-patch", dry_run, late=True)
    if local:
        for mapping, obj in objects_in(command, arguments, filename):
            with command.going_on():
                writing.tell(mapping, _locally(writing, mapping, obj, "", body, TYPES[type_.lower()]), "patched")
        return
    targets = _targets(command, arguments, filename)
    with command.told_first():
        for mapping, namespace, name in targets:
            with command.going_on():
                path = mapping.path(namespace, name, subresource)
                before = read_one(command.client, mapping, namespace, name, subresource)
                after = (_locally if writing.on_client else _there)(
                    writing, mapping, before, path, body, TYPES[type_.lower()]
                )
                mapping = _kind_of(mapping, after)
                # by all of it: the last finalizer's removal deletes an object without a resourceVersion of its own
                unchanged = before == after and not writing.output
                writing.tell(mapping, after, "patched (no change)" if unchanged else "patched", plain=True)


def _there(writing: Writing, mapping: Mapping, before: Object, path: str, body: Any, kind: str) -> Object:
    return writing.patch(path, body, kind)


def _locally(writing: Writing, mapping: Mapping, before: Object, path: str, body: Any, kind: str) -> Object:
    """The patch applied here, as a client's dry run does."""
    if isinstance(body, bytes):
        raise PodlabError("error: invalid JSON document")
    try:
        if kind == "json-patch":
            return dict(json_patch(before, body))
        if kind == "merge-patch":
            return dict(merge_patch(before, body))
        schema = writing.command.schemas.of(mapping.api_version, mapping.kind)
        return dict(strategic_patch(before, body, schema))
    except (PatchError, TypeError, AttributeError, ValueError) as error:
        raise PodlabError(f"error: {error}") from None


def _kind_of(mapping: Mapping, obj: Any) -> Mapping:
    """The resource that messages name: a subresource may answer with another kind, as `scale` does."""
    group, _, version = str(obj.get("apiVersion") or "").rpartition("/")
    kind = str(obj.get("kind") or mapping.kind)
    return mapping if kind == mapping.kind else replace(mapping, kind=kind, group=group, version=version)


def _read(command: Command, name: str) -> str:
    try:
        return (command.folder / name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no such file or directory"
        raise ManifestError(f"error: unable to read patch file: open {name}: {(why or '').lower()}") from error


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        if text.lstrip().startswith("{"):  # what begins as JSON goes to the server as it is
            return text.encode()
    try:
        return goyaml.as_json(yaml.load(text, Loader=goyaml.loader()))
    except goyaml.NotJson as error:
        raise ManifestError("error: invalid JSON document") from error
    except yaml.YAMLError as error:
        words = goyaml.said(error, text) if isinstance(error, yaml.MarkedYAMLError) else error
        raise ManifestError(f'error: unable to parse "{text}": yaml: {words}') from error


def _targets(command: Command, arguments: Sequence[str], filename: Sequence[str]) -> list[tuple[Mapping, str, str]]:
    if filename:
        found = []
        for manifest, mapping in manifests(command, filename, validate="ignore"):
            found.append((mapping, in_namespace(command, manifest, mapping)[1], manifest.name))
        return found
    chosen = select(command.mapper, arguments)
    if not chosen or any(not one.name for one in chosen):
        raise PodlabError(
            NOTHING_NAMED if not chosen else "error: resource(s) were provided, but no name was specified"
        )
    return [(one.mapping, command.namespace, one.name) for one in chosen]
