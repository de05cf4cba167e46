"""A kustomization file → the objects that it builds: the fields that tutorials use; others are refused by name.

Upstream: sigs.k8s.io/kustomize/api (types/kustomization.go)
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from podlab.errors import ManifestError
from podlab.kubectl.manifests.documents import parse, text_of
from podlab.kubectl.resources.merge import Kind
from podlab.kubectl.resources.patches import PatchError, json_patch, strategic_patch
from podlab.text import Text

Object = dict[str, Any]
FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
KNOWN = (
    "apiVersion", "kind", "metadata", "resources", "bases", "namespace", "namePrefix", "nameSuffix", "labels",
    "commonLabels", "commonAnnotations", "images", "replicas", "configMapGenerator", "secretGenerator",
    "generatorOptions", "patches", "patchesStrategicMerge", "patchesJson6902",
)  # fmt: skip
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
    return sorted(_hashed(_build(path, str(path), say, 0)), key=_order)


def _build(path: Path, shown: str, say: Say, depth: int) -> list[Object]:
    found = next((path / name for name in FILES if (path / name).is_file()), None)
    if found is None or depth > 20:
        names = "'kustomization.yaml', 'kustomization.yml' or 'Kustomization'"
        raise ManifestError(f"error: unable to find one of {names} in directory '{shown}'")
    given = _file(found)
    for old, new in DEPRECATED.items():
        if given.get(old) is not None:
            say(f"# Warning: '{old}' is deprecated. Please use '{new}' instead. {TO_FIX}\n")
    named = _list(given, "resources") + _list(given, "bases")
    objects = [obj for each in named for obj in _resource(path, each, say, depth)]
    objects += _generated(path, given)
    objects = _patched(path, given, objects)
    return _transformed(given, objects)


def _hashed(objects: list[Object]) -> list[Object]:
    """The objects with a hash behind the names of generated ones, when all layers have given them theirs."""
    renamed: dict[tuple[str, str], str] = {}
    for obj in objects:
        if obj["metadata"].pop(HASHED, False):
            before = obj["metadata"]["name"]
            obj["metadata"]["name"] = renamed[obj["kind"], before] = f"{before}-{_hash(obj)}"
    for obj in objects:
        _rename(obj, renamed)
    return objects


def _file(path: Path) -> Object:
    found = [each.obj for each in parse(text_of(path, str(path)), str(path))]
    given = found[0] if found else {}
    if not isinstance(given, dict):
        raise ManifestError(f"error: invalid Kustomization: {path} is no object")
    unknown = next((key for key in given if key not in KNOWN), None)
    if unknown:
        raise ManifestError(UNKNOWN.format(field=unknown))
    return given


def _list(given: Object, key: str) -> list[Any]:
    value = given.get(key)
    return value if isinstance(value, list) else []


def _resource(path: Path, name: Any, say: Say, depth: int) -> list[Object]:
    target = path / str(name)
    if target.is_dir():
        return _build(target, str(target), say, depth + 1)
    if not target.exists():
        link = f"evalsymlink failure on '{target}' : lstat {target}: no such file or directory"
        why = f"accumulation err='accumulating resources from '{name}': {link}'"
        raise ManifestError(f"error: accumulating resources: {why}")
    return [each.obj for each in parse(text_of(target, str(name)), str(name)) if isinstance(each.obj, dict)]


def _generated(path: Path, given: Object) -> Iterator[Object]:
    options = given.get("generatorOptions") or {}
    for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for each in _list(given, key):
            own = {**options, **(each.get("options") or {})}
            data = dict(_pairs(path, each))
            if kind == "Secret":
                data = {name: base64.b64encode(value.encode()).decode() for name, value in data.items()}
            obj: Object = {"apiVersion": "v1", "kind": kind, "metadata": {"name": str(each.get("name"))}, "data": data}
            for what in ("labels", "annotations"):
                obj["metadata"] |= {what: own[what]} if own.get(what) else {}
            obj["metadata"] |= {"namespace": each["namespace"]} if each.get("namespace") else {}
            obj |= {"type": each.get("type") or "Opaque"} if kind == "Secret" else {}
            obj |= {"immutable": True} if own.get("immutable") else {}
            if not own.get("disableNameSuffixHash"):
                obj["metadata"][HASHED] = True
            yield obj


HASHED = "podlab/hashed"  # a mark inside this module: the name gets a hash at the end


def _pairs(path: Path, given: Object) -> Iterator[tuple[str, str]]:
    for each in given.get("literals") or ():
        key, _, value = str(each).partition("=")
        yield key, value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    for each in given.get("files") or ():
        key, equals, name = str(each).rpartition("=")
        yield key if equals else Path(name).name, text_of(path / name, name)
    for name in [*(given.get("envs") or ()), *([given["env"]] if given.get("env") else ())]:
        for line in text_of(path / name, name).splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                key, _, value = line.partition("=")
                yield key.strip(), value


def _patched(path: Path, given: Object, objects: list[Object]) -> list[Object]:
    patches: list[tuple[Any, Object]] = [(each, {}) for each in _list(given, "patchesStrategicMerge")]
    patches += [
        (each, each.get("target") or {}) for key in ("patches", "patchesJson6902") for each in _list(given, key)
    ]
    for each, target in patches:
        for patch in _read_patch(path, each):
            wanted = target or {"kind": patch.get("kind"), "name": (patch.get("metadata") or {}).get("name")}
            chosen = [obj for obj in objects if _matches(obj, wanted)]
            if not chosen:
                raise ManifestError(f"error: no resource matches strategic merge patch {json.dumps(wanted)}")
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


def _matches(obj: Object, target: Object) -> bool:
    metadata = obj.get("metadata") or {}
    there = {"kind": obj.get("kind"), "name": metadata.get("name"), "namespace": metadata.get("namespace")}
    for key, value in there.items():
        if target.get(key) and not re.fullmatch(str(target[key]), str(value or "")):
            return False
    wanted = str(target.get("labelSelector") or "")
    labels = metadata.get("labels") or {}
    return all(labels.get(pair.partition("=")[0]) == pair.partition("=")[2] for pair in wanted.split(",") if pair)


def _apply(obj: Object, patch: Object) -> None:
    try:
        changed = (
            json_patch(obj, patch["operations"])
            if "operations" in patch
            else {"$patch": "delete"}
            if patch.get("$patch") == "delete"
            else strategic_patch(obj, patch, SCHEMA)
        )
    except PatchError as error:
        raise ManifestError(f"error: {error}") from None
    obj.clear()
    obj.update(changed)


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


def _hash(obj: Object) -> str:
    told: Object = {
        "data": dict(sorted(obj["data"].items())) or None,
        "kind": obj["kind"],
        "name": "",
    }
    told |= {"type": obj["type"]} if obj["kind"] == "Secret" else {}
    text = json.dumps(dict(sorted(told.items())), separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:10].translate(str.maketrans("013ae", "ghkmt"))


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
    for each in _list(given, "labels"):
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
            for each in _list(given, "images"):
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
    for each in _list(given, "replicas"):
        kinds = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")
        names = {renamed.get((kind, str(each.get("name")))) for kind in kinds} | {each.get("name")}
        if obj.get("kind") in kinds and obj["metadata"]["name"] in names:
            obj.setdefault("spec", {})["replicas"] = each.get("count")
