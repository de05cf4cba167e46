"""A kustomization file → the objects that it builds: the fields that tutorials use; others are refused by name.

Upstream: sigs.k8s.io/kustomize/api (types/kustomization.go)
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.errors import ManifestError
from podlab.kubectl.manifests.documents import parse, text_of
from podlab.kubectl.manifests.generators import HASHED, content_hash, generate, listed
from podlab.kubectl.manifests.replacements import NAMES, identity, names_of, replaced, selected
from podlab.kubectl.resources.merge import Kind
from podlab.kubectl.resources.patches import PatchError, json_patch, strategic_patch
from podlab.text import Text

Object = dict[str, Any]
FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
KNOWN = (
    "apiVersion", "kind", "metadata", "resources", "bases", "namespace", "namePrefix", "nameSuffix", "labels",
    "commonLabels", "commonAnnotations", "images", "replicas", "configMapGenerator", "secretGenerator",
    "generatorOptions", "patches", "patchesStrategicMerge", "patchesJson6902", "components", "replacements",
    "helmCharts",
)  # fmt: skip
LEFT = (
    "buildMetadata", "configurations", "crds", "generators", "helmChartInflationGenerator", "helmGlobals", "openapi",
    "sortOptions", "transformers", "validators", "vars",
)  # fmt: skip
"""Fields that kustomize has and podlab has not."""
UNKNOWN = Text(
    ko="error: podlab은 kustomization의 `{field}` 필드를 다루지 않습니다. `podlab kubeconfig`가 알려 주는 "
    "kubeconfig로 진짜 kubectl을 씁니다.",
    en="error: podlab does not do the field `{field}` of a kustomization: use the real kubectl with the kubeconfig "
    "that `podlab kubeconfig` names.",
)
CLUSTER_SCOPED = (
    "Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "StorageClass", "PriorityClass",
    "CustomResourceDefinition", "IngressClass", "RuntimeClass",
)  # fmt: skip
SELECTING = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "ReplicationController")
KEYS = {
    "containers": "name", "initContainers": "name", "volumes": "name", "env": "name", "volumeMounts": "mountPath",
    "ports": "containerPort", "imagePullSecrets": "name", "tolerations": "", "args": "", "command": "",
}  # fmt: skip
"""The merge keys of the lists that a Pod's template has."""
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

Say = Callable[[str], None]
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


def build(folder: Path, name: str, say: Say) -> list[Object]:
    """The objects of a folder's kustomization.

    Args:
        say: is told what is deprecated.

    Raises:
        ManifestError: there is none, it cannot be read, or it asks for what podlab does not do.
    """
    path = folder / name
    if not path.exists():
        why = f"evalsymlink failure on '{name}' : lstat {path.absolute()}: no such file or directory"
        raise ManifestError(f"error: must build at directory: not a valid directory: {why}")
    return sorted(_hashed(_build(path, _read_layer(path, str(path)), say, ())), key=_order)


def _build(path: Path, given: Object, say: Say, above: Layers, below: list[Object] | None = None) -> list[Object]:
    """The objects of a layer; of a component, what it makes of those below."""
    for old, new in DEPRECATED.items():
        if given.get(old) is not None:
            say(f"# Warning: '{old}' is deprecated. Please use '{new}' instead. {TO_FIX}\n")
    named, above = listed(given, "resources") + listed(given, "bases"), (*above, path.resolve())
    objects = [*(below or ()), *(obj for each in named for obj in _resource(path, each, say, above))]
    generate(path, given, objects)
    for each in listed(given, "components"):
        objects = _component(path / str(each), say, above, objects)
    objects = _transformed(given, _patched(path, given, objects))
    replaced(path, listed(given, "replacements"), objects)
    return objects


def _component(path: Path, say: Say, above: Layers, below: list[Object]) -> list[Object]:
    if not path.is_dir():
        place = os.path.normpath(path)
        link = f"evalsymlink failure on '{place}' : lstat {place}: no such file or directory"
        why = quote(f"must build at directory: not a valid directory: {link}")
        raise ManifestError(f"error: accumulating components: loader.New {why}")
    try:
        return _layer(path, say, above, below)
    except _Within as error:
        raise ManifestError(f"error: accumulating components: accumulateDirectory: {quote(str(error))}") from error


class _Within(ManifestError):
    """What is wrong with a layer below, as the layer above quotes it."""


def _layer(path: Path, say: Say, above: Layers, below: list[Object] | None = None) -> list[Object]:
    """The objects of a layer below.

    Raises:
        _Within: it cannot be built.
    """
    place = path.resolve()
    doing = f"couldn't make target for path '{place}'"
    try:
        given = _read_layer(path, str(place))
        kind = given.get("kind") or "Kustomization"
        if (kind == "Component") != (below is not None):
            got = "kind != 'Component' for path" if below is None else f"kind 'Component' for path '{place}' but got"
            raise _Within(f"expected {got} '{place if below is None else kind}'")
        doing = f"recursed accumulation of path '{place}'"
        return _build(place, given, say, above, below)
    except _Within:
        raise
    except ManifestError as error:
        if isinstance(error.message, Text):  # it is podlab that speaks
            raise
        raise _Within(f"{doing}: {str(error).removeprefix('error: ')}") from error


def _read_layer(path: Path, shown: str) -> Object:
    found = next((path / name for name in FILES if (path / name).is_file()), None)
    if found is None:
        names = "'kustomization.yaml', 'kustomization.yml' or 'Kustomization'"
        raise ManifestError(f"error: unable to find one of {names} in directory '{shown}'")
    return _file(found)


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


def _file(path: Path) -> Object:
    found = [each.obj for each in parse(text_of(path, str(path)), str(path))]
    given = found[0] if found else {}
    if not isinstance(given, dict):
        raise ManifestError(f"error: invalid Kustomization: {path} is no object")
    unknown = next((key for key in given if key not in KNOWN), None)
    if unknown in LEFT:
        raise ManifestError(UNKNOWN.format(field=unknown))
    if unknown:
        raise ManifestError(f'error: invalid Kustomization: json: unknown field "{unknown}"')
    return given


def _resource(path: Path, name: Any, say: Say, above: Layers) -> list[Object]:
    target = path / str(name)
    tried = f"error: accumulating resources: accumulation err='accumulating resources from '{name}': "
    if target.is_dir():
        place = target.resolve()
        if (seen := next((each for each in above if each.is_relative_to(place)), None)) is not None:
            why = f"cycle detected: candidate root '{place}' contains visited root '{seen}'"
            raise ManifestError(f"{tried}'{place}' must resolve to a file': {why}")
        try:
            return _layer(target, say, above)
        except _Within as error:
            raise ManifestError(f"{tried}'{place}' must resolve to a file': {error}") from error
    if not target.exists():
        link = f"evalsymlink failure on '{target}' : lstat {target}: no such file or directory"
        raise ManifestError(f"{tried}{link}': must build at directory: not a valid directory: {link}")
    return [each.obj for each in parse(text_of(target, str(name)), str(name)) if isinstance(each.obj, dict)]


def _patched(path: Path, given: Object, objects: list[Object]) -> list[Object]:
    patches: list[tuple[Any, Object]] = [(each, {}) for each in listed(given, "patchesStrategicMerge")]
    patches += [
        (each, each.get("target") or {}) for key in ("patches", "patchesJson6902") for each in listed(given, key)
    ]
    for each, target in patches:
        for patch in _read_patch(path, each):
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


def _read_patch(path: Path, given: Any) -> list[Any]:
    name = given if isinstance(given, str) else given.get("path")
    text = given.get("patch") if isinstance(given, dict) and given.get("patch") else None
    if text is None:
        is_text = isinstance(name, str) and "\n" in name
        text = name if is_text else text_of(path / str(name), str(name))
    found = [each.obj for each in parse(str(text), "patch")]
    lists = [each for each in found if isinstance(each, list)]
    return [{"operations": each} for each in lists] or [each for each in found if isinstance(each, dict)]


def _apply(obj: Object, patch: Object) -> None:
    try:
        changed = (
            json_patch(obj, patch["operations"])
            if "operations" in patch
            else {"$patch": "delete"}
            if patch.get("$patch") == "delete"
            else _named_as(obj, strategic_patch(obj, patch, SCHEMA))
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


def _schema() -> Kind:
    """A structure in which the lists of a Pod's template merge by their keys, wherever they stand."""
    node: Object = {"additionalProperties": {"$ref": "any"}}
    node["properties"] = {
        key: {"x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": merge, "items": {"$ref": "any"}}
        for key, merge in KEYS.items()
        if merge
    }
    return Kind(node, {"any": node})


SCHEMA = _schema()


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
    for obj in objects:
        _rename(obj, renamed)
        _label(obj, given)
        _images(obj, given)
        _replicas(obj, given, renamed)
    return objects


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


def _replicas(obj: Object, given: Object, renamed: dict[tuple[str, str], str]) -> None:
    for each in listed(given, "replicas"):
        kinds = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")
        names = {renamed.get((kind, str(each.get("name")))) for kind in kinds} | {each.get("name")}
        if obj.get("kind") in kinds and obj["metadata"]["name"] in names:
            obj.setdefault("spec", {})["replicas"] = each.get("count")
