"""A kustomization file → the objects that it builds: the fields that tutorials use; others are refused by name.

Upstream: sigs.k8s.io/kustomize/api (types/kustomization.go)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.errors import ManifestError
from podlab.kubectl.manifests.documents import parse
from podlab.kubectl.manifests.generators import HASHED, content_hash, generate, listed
from podlab.kubectl.manifests.kustomizationfile import read_layer
from podlab.kubectl.manifests.kustomizationpatches import patched
from podlab.kubectl.manifests.loading import Loader
from podlab.kubectl.manifests.replacements import NAMES, identity, names_of, replaced
from podlab.text import Text

Object = dict[str, Any]
CLUSTER_SCOPED = (
    "Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "StorageClass", "PriorityClass",
    "CustomResourceDefinition", "IngressClass", "RuntimeClass",
)  # fmt: skip
SELECTING = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "ReplicationController")
REFERENCES = {
    "ConfigMap": (("configMap", "name"), ("configMapRef", "name"), ("configMapKeyRef", "name")),
    "Secret": (("secret", "secretName"), ("secret", "name"), ("secretRef", "name"), ("secretKeyRef", "name"),
               ("imagePullSecrets", "name"), ("tls", "secretName")),
    "Service": (("service", "name"), ("spec", "serviceName")),
    "ServiceAccount": (("spec", "serviceAccountName"), ("subjects", "name")),
    "PersistentVolumeClaim": (("persistentVolumeClaim", "claimName"),),
    "Role": (("roleRef", "name"),),
    "ClusterRole": (("roleRef", "name"),),
    "Deployment": (("scaleTargetRef", "name"),),
    "StatefulSet": (("scaleTargetRef", "name"),),
}  # fmt: skip
"""Where objects of a kind are named by others: the field above, and the field that has the name."""

MANAGED = "app.kubernetes.io/managed-by"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What holds for all layers: who is told what is deprecated, and whether files from anywhere may be read."""

    say: Say
    free: bool = False


Layers = tuple[Path, ...]
"""The folders that are being built, from the first."""
TO_FIX = "Run 'kustomize edit fix' to update your Kustomization automatically."
DEPRECATED = {
    "bases": "resources",
    "commonLabels": "labels",
    "patchesJson6902": "patches",
    "patchesStrategicMerge": "patches",
}
"""Old fields and what took their place. Upstream: sigs.k8s.io/kustomize/api/types/kustomization.go"""


def build(folder: Path, name: str, say: Say, *, free: bool = False) -> list[Object]:
    """The objects of a folder's kustomization.

    Args:
        say: is told what is deprecated.
        free: files from outside of the folders are read, too.

    Raises:
        ManifestError: there is none, it cannot be read, or it asks for what podlab does not do.
    """
    path = folder / name
    if not path.exists():
        why = f"evalsymlink failure on '{name}' : lstat {path.absolute()}: no such file or directory"
        raise ManifestError(f"error: must build at directory: not a valid directory: {why}")
    if path.is_file():
        raise ManifestError(f"error: must build at directory: '{name}': file is not directory")
    given = read_layer(path, str(path))
    objects = _hashed(_build(path, given, Asked(say, free), ()))
    if (given.get("sortOptions") or {}).get("order") != "fifo":
        objects.sort(key=_order)
    return [_managed(each) for each in objects] if "managedByLabel" in listed(given, "buildMetadata") else objects


def _managed(obj: Object) -> Object:
    """The object with the label of what has built it; kubectl's kustomize has no version of its own."""
    metadata = obj["metadata"]
    return {**obj, "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), MANAGED: "kustomize-(devel)"}}}


def _build(path: Path, given: Object, asked: Asked, above: Layers, below: list[Object] | None = None) -> list[Object]:
    """The objects of a layer; of a component, what it makes of those below."""
    for old, new in DEPRECATED.items():
        if given.get(old) is not None:
            asked.say(f"# Warning: '{old}' is deprecated. Please use '{new}' instead. {TO_FIX}\n")
    load = Loader(path, asked.free)
    named, above = listed(given, "resources") + listed(given, "bases"), (*above, path.resolve())
    objects = list(below or ())
    for each in named:
        _add(objects, _resource(load, each, asked, above), load.root / str(each), str(each))
    generate(load, given, objects)
    for each in listed(given, "components"):
        objects = _component(path / str(each), asked, above, objects)
    objects = _transformed(given, patched(load, given, objects))
    replaced(load, listed(given, "replacements"), objects)
    return objects


def _add(objects: list[Object], more: list[Object], place: Path, name: str) -> None:
    """Put more objects to those that are there.

    Raises:
        ManifestError: one of them is there.
    """
    there = {_id(obj) for obj in objects}
    for obj in more:
        if (what := _id(obj)) in there:
            said = f"may not add resource with an already registered id: {what}"
            at = os.path.normpath(place.absolute())
            if place.is_dir():
                why = f"accumulating resources from '{name}': '{at}' must resolve to a file'"
                said = f"{why}: recursed merging from path '{at}': {said}"
            else:
                no = f"must build at directory: '{at}': file is not directory"
                said = f"merging resources from '{name}': {said}': {no}"
            raise ManifestError(f"error: accumulating resources: accumulation err='{said}")
        there.add(what)
        objects.append(obj)


def _id(obj: Object) -> str:
    metadata = obj.get("metadata") or {}
    return identity(obj.get("apiVersion"), obj.get("kind"), metadata.get("name"), metadata.get("namespace"))


def _component(path: Path, asked: Asked, above: Layers, below: list[Object]) -> list[Object]:
    place = os.path.normpath(path)
    if path.is_file():
        why = quote(f"must build at directory: '{place}': file is not directory")
        raise ManifestError(f"error: accumulating components: loader.New {why}")
    if not path.is_dir():
        link = f"evalsymlink failure on '{place}' : lstat {place}: no such file or directory"
        why = quote(f"must build at directory: not a valid directory: {link}")
        raise ManifestError(f"error: accumulating components: loader.New {why}")
    try:
        return _layer(path, asked, above, below)
    except _Within as error:
        raise ManifestError(f"error: accumulating components: accumulateDirectory: {quote(str(error))}") from error


class _Within(ManifestError):
    """What is wrong with a layer below, as the layer above quotes it."""


def _layer(path: Path, asked: Asked, above: Layers, below: list[Object] | None = None) -> list[Object]:
    """The objects of a layer below.

    Raises:
        _Within: it cannot be built.
    """
    place = path.resolve()
    doing = f"couldn't make target for path '{place}'"
    try:
        given = read_layer(path, str(place))
        kind = given.get("kind") or "Kustomization"
        if (kind == "Component") != (below is not None):
            got = "kind != 'Component' for path" if below is None else f"kind 'Component' for path '{place}' but got"
            raise _Within(f"expected {got} '{place if below is None else kind}'")
        doing = f"recursed accumulation of path '{place}'"
        return _build(place, given, asked, above, below)
    except _Within:
        raise
    except ManifestError as error:
        if isinstance(error.message, Text):  # it is podlab that speaks
            raise
        raise _Within(f"{doing}: {str(error).removeprefix('error: ')}") from error


def _hashed(objects: list[Object]) -> list[Object]:
    """The objects with a hash behind the names of generated ones, when all layers have given them theirs."""
    renamed: dict[tuple[str, str], str] = {}
    for obj in objects:
        obj["metadata"].pop(NAMES, None)
        if obj["metadata"].pop(HASHED, False):
            before = obj["metadata"]["name"]
            obj["metadata"]["name"] = renamed[obj["kind"], before] = f"{before}-{content_hash(obj)}"
    for obj in objects:
        _rename(obj, renamed)
    return objects


def _resource(load: Loader, name: Any, asked: Asked, above: Layers) -> list[Object]:
    target = load.root / str(name)
    tried = f"error: accumulating resources: accumulation err='accumulating resources from '{name}': "
    if target.is_dir():
        place = target.resolve()
        if (seen := next((each for each in above if each.is_relative_to(place)), None)) is not None:
            why = f"cycle detected: candidate root '{place}' contains visited root '{seen}'"
            raise ManifestError(f"{tried}'{place}' must resolve to a file': {why}")
        try:
            return _layer(target, asked, above)
        except _Within as error:
            raise ManifestError(f"{tried}'{place}' must resolve to a file': {error}") from error
    shown = os.path.normpath(target.absolute())
    try:
        text = load.text(str(name))
    except ManifestError as error:
        no = f"'{shown}': file is not directory" if target.exists() else f"not a valid directory: {error}"
        raise ManifestError(f"{tried}{error}': must build at directory: {no}") from error
    return _objects(text, str(name), tried, shown)


def _objects(text: str, name: str, tried: str, place: str) -> list[Object]:
    """The objects of a file.

    Raises:
        ManifestError: it is no YAML, or one of them has no name.
    """
    try:
        found = [each.obj for each in parse(text, name, third=True) if each.obj is not None]
    except ManifestError as error:
        why = str(error).rpartition("error converting YAML to JSON: ")[2]
        broken = f"accumulating resources from '{name}': MalformedYAMLError: {why} in File: {name}"
        raise ManifestError(f"error: accumulating resources: {broken}") from error
    no = f"': must build at directory: '{place}': file is not directory"
    if not all(isinstance(each, dict) for each in found):
        raise ManifestError(f"{tried}missing Resource metadata{no}")
    for obj in found:
        metadata = obj.get("metadata") or {}
        if not metadata.get("name") and not metadata.get("generateName") and not str(obj.get("kind")).endswith("List"):
            of = f"{{{{{obj.get('apiVersion') or ''} {obj.get('kind') or ''}}} {{{{ }} map[] map[]}}}}"
            raise ManifestError(f"{tried}missing metadata.name in object {of}{no}")
    return found


def _transformed(given: Object, objects: list[Object]) -> list[Object]:
    renamed: dict[tuple[str, str], str] = {}
    for obj in objects:
        metadata = obj.setdefault("metadata", {})
        before = str(metadata.get("name") or "")
        metadata[NAMES] = names_of(obj)
        name = f"{given.get('namePrefix') or ''}{before}{given.get('nameSuffix') or ''}"
        if obj.get("kind") in ("Namespace", "CustomResourceDefinition"):
            name = before
        metadata["name"] = name
        renamed[str(obj.get("kind")), before] = metadata["name"]
        if given.get("namespace") and obj.get("kind") not in CLUSTER_SCOPED:
            metadata["namespace"] = given["namespace"]
        if given.get("namespace") and obj.get("kind") == "Namespace":
            metadata["name"] = given["namespace"]
    accounts = _accounts(objects)
    for obj in objects:
        _rename(obj, renamed)
        _move_subjects(obj, str(given.get("namespace") or ""), accounts)
        _label(obj, given)
        _images(obj, given)
        _replicas(obj, given, renamed)
    _check_replicas(given, renamed)
    return objects


def _accounts(objects: list[Object]) -> set[tuple[str, str]]:
    """The ServiceAccounts that are built, by their names and the namespaces that they came from."""
    found = [obj["metadata"] for obj in objects if obj.get("kind") == "ServiceAccount"]
    return {(metadata["name"], each[1] or "default") for metadata in found for each in metadata[NAMES]}


def _move_subjects(obj: Object, namespace: str, accounts: set[tuple[str, str]]) -> None:
    """Let a binding follow its ServiceAccounts to another namespace: those that are built, and `default`."""
    for each in obj.get("subjects") or () if namespace else ():
        name, there = str(each.get("name") or ""), str(each.get("namespace") or "")
        if each.get("kind") == "ServiceAccount" and (name == "default" or (name, there) in accounts):
            each["namespace"] = namespace


ORDER = (
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy",
    "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service",
    "LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob",
    "PodDisruptionBudget",
)  # fmt: skip
LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def _order(obj: Object) -> tuple[int, str, str]:
    """kustomize's order: what others need comes first, then by kind and name.

    Upstream: sigs.k8s.io/kustomize/api/internal/builtins/SortOrderTransformer.go
    """
    kind, metadata = str(obj.get("kind")), obj["metadata"]
    group, _, version = str(obj.get("apiVersion") or "").rpartition("/")
    rank = LAST.index(kind) + 1 if kind in LAST else ORDER.index(kind) - len(ORDER) if kind in ORDER else 0
    name = f"{metadata.get('namespace') or '~X'}|{metadata.get('name') or '~N'}"
    return rank, f"{group or '~G'}_{version or '~V'}_{kind}", name


def _rename(obj: Object, renamed: dict[tuple[str, str], str]) -> None:
    def visit(value: Any, above: str) -> None:
        if isinstance(value, list):
            for each in value:
                visit(each, above)
        elif isinstance(value, dict):
            for kind, places in REFERENCES.items():
                for parent, key in places:
                    if above == parent and (kind, str(value.get(key))) in renamed:
                        value[key] = renamed[kind, str(value[key])]
            for key, each in value.items():
                visit(each, key)

    visit({key: each for key, each in obj.items() if key != "metadata"}, "")


def _label(obj: Object, given: Object) -> None:
    metadata = obj["metadata"]
    common = given.get("commonLabels") or {}
    groups: list[tuple[Object, bool, bool]] = [(common, True, True)] if common else []
    for each in listed(given, "labels"):
        groups.append((each.get("pairs") or {}, bool(each.get("includeSelectors")), bool(each.get("includeTemplates"))))
    for pairs, selectors, templates in groups:
        metadata["labels"] = {**(metadata.get("labels") or {}), **pairs}
        _label_below(obj, pairs, selectors, templates or selectors)
    if given.get("commonAnnotations"):
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **given["commonAnnotations"]}
        for template in _templates(obj):
            inner = template.setdefault("metadata", {})
            inner["annotations"] = {**(inner.get("annotations") or {}), **given["commonAnnotations"]}


def _label_below(obj: Object, pairs: Object, selectors: bool, templates: bool) -> None:
    spec = obj.get("spec") or {}
    if templates:
        for template in _templates(obj):
            inner = template.setdefault("metadata", {})
            inner["labels"] = {**(inner.get("labels") or {}), **pairs}
    if selectors and obj.get("kind") == "Service" and spec.get("selector") is not None:
        spec["selector"] = {**spec["selector"], **pairs}
    if (
        selectors
        and obj.get("kind") in SELECTING
        and obj.get("kind") != "Job"
        and isinstance(spec.get("selector"), dict)
    ):
        spec["selector"]["matchLabels"] = {**(spec["selector"].get("matchLabels") or {}), **pairs}


def _templates(obj: Object) -> list[Object]:
    spec = obj.get("spec") or {}
    inner = ((spec.get("jobTemplate") or {}).get("spec") or {}) if obj.get("kind") == "CronJob" else spec
    template = inner.get("template")
    return [template] if isinstance(template, dict) else []


def _images(obj: Object, given: Object) -> None:
    pods = [obj.get("spec") or {}] if obj.get("kind") == "Pod" else [t.get("spec") or {} for t in _templates(obj)]
    for pod in pods:
        for container in [*(pod.get("initContainers") or []), *(pod.get("containers") or [])]:
            for each in listed(given, "images"):
                container["image"] = _image(str(container.get("image") or ""), each)


def _image(image: str, change: Object) -> str:
    name, _, digest = image.partition("@")
    slash = name.rfind("/")
    colon = name.find(":", slash + 1)
    base, tag = (name[:colon], name[colon:]) if colon > 0 else (name, "")
    if base != change.get("name"):
        return image
    base = change.get("newName") or base
    if change.get("digest"):
        return f"{base}@{change['digest']}"
    if change.get("newTag") is not None:
        return f"{base}:{change['newTag']}"
    return base + (tag or (f"@{digest}" if digest else ""))


SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


def _check_replicas(given: Object, renamed: dict[tuple[str, str], str]) -> None:
    for each in listed(given, "replicas"):
        name = str(each.get("name") or "")
        if not any(kind in SCALED and name in (old, new) for (kind, old), new in renamed.items()):
            kinds = " ".join(f"{kind}.[noVer].[noGrp]" for kind in SCALED)
            raise ManifestError(
                f"error: resource with name {name} does not match a config with the following GVK [{kinds}]"
            )


def _replicas(obj: Object, given: Object, renamed: dict[tuple[str, str], str]) -> None:
    for each in listed(given, "replicas"):
        names = {renamed.get((kind, str(each.get("name")))) for kind in SCALED} | {each.get("name")}
        if obj.get("kind") in SCALED and obj["metadata"]["name"] in names:
            obj.setdefault("spec", {})["replicas"] = each.get("count")
