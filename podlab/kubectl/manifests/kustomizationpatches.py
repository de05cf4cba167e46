"""A kustomization's patches: read, and applied to the objects that they are for.

Upstream: sigs.k8s.io/kustomize/api/internal/builtins (PatchTransformer.go, PatchStrategicMergeTransformer.go)
"""

from __future__ import annotations

import json
import re
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.apimachinery.yamlprinter import to_yaml
from podlab.errors import ManifestError
from podlab.kubectl.manifests.documents import parse
from podlab.kubectl.manifests.generators import listed
from podlab.kubectl.manifests.loading import Loader
from podlab.kubectl.manifests.replacements import identity, selected
from podlab.kubectl.resources.merge import OWN_GROUPS, Kind
from podlab.kubectl.resources.patches import PatchError, json_patch, strategic_patch

Object = dict[str, Any]
KEYS = {
    "containers": "name", "initContainers": "name", "volumes": "name", "env": "name", "volumeMounts": "mountPath",
    "ports": "containerPort", "imagePullSecrets": "name", "tolerations": "", "args": "", "command": "",
    "ephemeralContainers": "name", "volumeDevices": "devicePath", "hostAliases": "ip", "resourceClaims": "name",
    "topologySpreadConstraints": "topologyKey", "schedulingGates": "name", "secrets": "name", "ownerReferences": "uid",
}  # fmt: skip
"""The merge keys of the lists that a Pod's template has, and of others of the same name."""
OF_KINDS = {
    "Service": {"ports": "port"},
    "NetworkPolicy": {"ports": ""},
    "EndpointSlice": {"ports": ""},
    "Endpoints": {"ports": ""},
}
"""Where a list of that name has another key, or none."""


OPERATIONS = ("add", "copy", "move", "remove", "replace", "test")


def patched(load: Loader, given: Object, objects: list[Object]) -> list[Object]:
    """The objects as the patches leave them.

    Raises:
        ManifestError: a patch cannot be read, is for nothing that is there, or does not apply.
    """
    merges = listed(given, "patchesStrategicMerge")
    patches: list[tuple[Object, Object]] = [
        ({}, patch) for each in merges for patch in _merges(load, merges, str(each))
    ]
    for key, plugin in (("patches", "PatchTransformer"), ("patchesJson6902", "PatchJson6902Transformer")):
        patches += [(each.get("target") or {}, one) for each in listed(given, key) for one in _read(load, each, plugin)]
    for target, patch in patches:
        said = patch.get("metadata") or {}
        wanted = target or {"kind": patch.get("kind"), "name": re.escape(str(said.get("name") or ""))}
        chosen = [obj for obj in objects if selected(obj, wanted)]
        if not chosen and not target:
            what = identity(patch.get("apiVersion"), patch.get("kind"), said.get("name"), said.get("namespace"))
            why = f"no matches for Id {what}; failed to find unique target for patch {what}"
            raise ManifestError(f'error: no resource matches strategic merge patch "{what}": {why}')
        for obj in chosen:
            _apply(obj, patch)
    return [obj for obj in objects if obj.get("$patch") != "delete"]


def _trouble(plugin: str, config: Object, why: str) -> ManifestError:
    return ManifestError(f"error: trouble configuring builtin {plugin} with config: `\n{to_yaml(config)}`: {why}")


def _merges(load: Loader, every: list[Any], named: str) -> list[Object]:
    """A file of `patchesStrategicMerge`, or the patch itself."""
    try:
        text = named if "\n" in named else load.text(named)
    except ManifestError as error:
        raise _trouble("PatchStrategicMergeTransformer", {"paths": every}, str(error)) from error
    return [each.obj for each in parse(text, "patch", third=True) if isinstance(each.obj, dict)]


def _read(load: Loader, given: Object, plugin: str) -> list[Object]:
    """The patches that one entry is: objects, or operations."""
    text, path = str(given.get("patch") or ""), str(given.get("path") or "")
    shown = {key: value for key, value in given.items() if value not in (None, "")}
    if text and path:
        raise _trouble(plugin, shown, f"patch and path can't be set at the same time\n{to_yaml(shown)}".rstrip("\n"))
    if not text and not path:
        raise _trouble(plugin, shown, f"must specify one of patch and path in\n{to_yaml(shown)}".rstrip("\n"))
    try:
        text = text or load.text(path)
    except ManifestError as error:
        why = f"failed to get the patch file from path({path}): {error}" if plugin == "PatchTransformer" else str(error)
        raise _trouble(plugin, shown, why) from error
    source = f"[path: {quote(path)}]" if path else f"[patch: {quote(text)}]"
    found = _parsed(text)
    if not found:
        raise _trouble(plugin, shown, f"unable to parse SM or JSON patch from {source}")
    if "operations" in found[0] and not given.get("target"):
        raise ManifestError(f"error: must specify a target for JSON patch {source}")
    return found


def _parsed(text: str) -> list[Object]:
    """Objects with a name, or a list of operations; none where it is neither: in brackets, the list has to be JSON."""
    try:
        first = text.lstrip()[:1]
        found = [json.loads(text)] if first == "[" else [each.obj for each in parse(text, "patch", third=first != "-")]
    except (ManifestError, ValueError):
        return []
    if found and isinstance(found[0], list):
        known = all(isinstance(each, dict) and each.get("op") in OPERATIONS for each in found[0])
        return [{"operations": found[0]}] if known else []
    named = all(isinstance(each, dict) and each.get("kind") and each.get("metadata") for each in found)
    return found if named else []


def _apply(obj: Object, patch: Object) -> None:
    try:
        changed = (
            json_patch(obj, patch["operations"])
            if "operations" in patch
            else {"$patch": "delete"}
            if patch.get("$patch") == "delete"
            else _named_as(obj, strategic_patch(obj, patch, _schema_of(obj)))
        )
    except PatchError as error:
        raise ManifestError(f"error: {error}") from None
    obj.clear()
    obj.update(changed)


def _named_as(obj: Object, changed: Object) -> Object:
    """A patch finds its object by any name that it has had, and leaves it the one that it has."""
    names = {key: obj["metadata"].get(key) for key in ("name", "namespace")}
    kept = {key: value for key, value in {**changed["metadata"], **names}.items() if value is not None}
    return {**changed, "kind": obj["kind"], "metadata": kept}


def _schema(own: dict[str, str]) -> Kind:
    """A structure in which the lists of a Pod's template merge by their keys, wherever they stand."""
    node: Object = {"additionalProperties": {"$ref": "any"}}
    node["properties"] = {
        key: {"x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": merge, "items": {"$ref": "any"}}
        for key, merge in {**KEYS, **own}.items()
        if merge
    }
    return Kind(node, {"any": node})


def _schema_of(obj: Object) -> Kind:
    """Lists of kinds that are not Kubernetes' own are replaced as a whole."""
    group = str(obj.get("apiVersion") or "").rpartition("/")[0]
    return SCHEMAS.get(str(obj.get("kind")), SCHEMAS[""]) if group in OWN_GROUPS else Kind({}, {})


SCHEMAS = {kind: _schema(own) for kind, own in {**OF_KINDS, "": {}}.items()}
