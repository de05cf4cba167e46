"""The file `kustomization.yaml`: found, read, and held against the fields that it may have, in Go's words.

Upstream: sigs.k8s.io/kustomize/api/types (kustomization.go, Unmarshal and EnforceFields)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from podlab.errors import ManifestError
from podlab.kubectl.manifests.documents import parse, text_of
from podlab.text import Text

Object = dict[str, Any]
FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
LEFT = (
    "configurations", "crds", "generators", "helmChartInflationGenerator", "helmGlobals", "openapi",
    "transformers", "validators", "vars",
)  # fmt: skip
"""Fields that kustomize has and podlab has not."""
UNKNOWN = Text(
    ko="error: podlab은 kustomization의 `{field}` 필드를 다루지 않습니다. `podlab kubeconfig`가 알려 주는 "
    "kubeconfig로 진짜 kubectl을 씁니다.",
    en="error: podlab does not do the field `{field}` of a kustomization: use the real kubectl with the kubeconfig "
    "that `podlab kubeconfig` names.",
)
MAP = "map[string]string"
GVK = {"group": "string", "version": "string", "kind": "string"}
ID = {**GVK, "name": "string", "namespace": "string"}
GENERATOR = {
    "namespace": "string", "name": "string", "behavior": "string", "literals": "[]string", "files": "[]string",
    "envs": "[]string", "env": "string", "options": "types.GeneratorOptions",
}  # fmt: skip
TYPES: dict[str, dict[str, str]] = {
    "types.Kustomization": {
        "sortOptions": "types.SortOptions",
        **dict.fromkeys(("apiVersion", "kind", "namePrefix", "nameSuffix", "namespace"), "string"),
        **dict.fromkeys(("resources", "bases", "components", "buildMetadata"), "[]string"),
        "metadata": "types.ObjectMeta", "labels": "[]types.Label", "commonLabels": MAP, "commonAnnotations": MAP,
        "images": "[]types.Image", "replicas": "[]types.Replica", "patches": "[]types.Patch",
        "patchesStrategicMerge": "[]types.PatchStrategicMerge", "patchesJson6902": "[]types.Patch",
        "configMapGenerator": "[]types.ConfigMapArgs", "secretGenerator": "[]types.SecretArgs",
        "generatorOptions": "types.GeneratorOptions", "replacements": "[]types.ReplacementField",
        "helmCharts": "[]types.HelmChart", **dict.fromkeys(LEFT, ""),
    },
    "types.SortOptions": {"order": "string", "legacySortOptions": "types.LegacySortOptions"},
    "types.ObjectMeta": {"name": "string", "namespace": "string", "labels": MAP, "annotations": MAP},
    "types.Label": {
        "pairs": MAP, "includeSelectors": "bool", "includeTemplates": "bool", "fields": "[]types.FieldSpec",
    },
    "types.FieldSpec": {**GVK, "path": "string", "create": "bool"},
    "types.Image": dict.fromkeys(("name", "newName", "tagSuffix", "newTag", "digest"), "string"),
    "types.Replica": {"name": "string", "count": "int64"},
    "types.Patch": {"path": "string", "patch": "string", "target": "types.Selector", "options": "map[string]bool"},
    "types.Selector": {**ID, "annotationSelector": "string", "labelSelector": "string"},
    "types.ConfigMapArgs": GENERATOR,
    "types.SecretArgs": {**GENERATOR, "type": "string"},
    "types.GeneratorOptions": {
        "labels": MAP, "annotations": MAP, "disableNameSuffixHash": "bool", "immutable": "bool",
    },
    "types.ReplacementField": {
        "path": "string", "source": "types.SourceSelector", "targets": "[]types.TargetSelector",
        "sourceValue": "string",
    },
    "types.SourceSelector": {**ID, "fieldPath": "string", "options": "types.FieldOptions"},
    "types.TargetSelector": {
        "select": "types.Selector", "reject": "[]types.Selector", "fieldPaths": "[]string",
        "options": "types.FieldOptions",
    },
    "types.FieldOptions": {"delimiter": "string", "index": "int", "encoding": "string", "create": "bool"},
}  # fmt: skip
"""Of each of Go's structs the fields; "" and structs that are not here are not looked into."""
INVALID = "error: invalid Kustomization: "
BETA, ALPHA = "kustomize.config.k8s.io/v1beta1", "kustomize.config.k8s.io/v1alpha1"


def read_layer(path: Path, shown: str) -> Object:
    """What the kustomization of a folder says.

    Raises:
        ManifestError: there is none, it is none, or podlab leaves a field of it to the real kubectl.
    """
    found = next((path / name for name in FILES if (path / name).is_file()), None)
    if found is None:
        names = "'kustomization.yaml', 'kustomization.yml' or 'Kustomization'"
        raise ManifestError(f"error: unable to find one of {names} in directory '{shown}'")
    given = _parsed(found)
    if said := next(_wrong(given, "types.Kustomization", "Kustomization"), None):
        raise ManifestError(f"{INVALID}json: {said}")
    given = {_field(key): value for key, value in given.items()}
    left = next((key for key in given if key in LEFT), None)
    left = "buildMetadata" if set(given.get("buildMetadata") or ()) - {"managedByLabel"} else left
    left = "sortOptions" if (given.get("sortOptions") or {}).get("legacySortOptions") else left
    suffixed = any((each or {}).get("tagSuffix") for each in given.get("images") or ())
    left = "images.tagSuffix" if suffixed else left
    if left:
        raise ManifestError(UNKNOWN.format(field=left))
    if wrong := _misnamed(given):
        raise ManifestError(f"error: Failed to read kustomization file under {path.absolute()}:\n{wrong}")
    return given


def _parsed(path: Path) -> Object:
    """Its first document.

    Raises:
        ManifestError: it is no YAML, empty, or no object.
    """
    try:
        found = next((each.obj for each in parse(text_of(path, str(path)), str(path))), None)
    except ManifestError as error:
        _, yaml, why = str(error).partition("error converting YAML to JSON: ")
        raise ManifestError(f"{INVALID}{why}") if yaml else error from error
    if found is not None and not isinstance(found, dict):
        type_ = "Go value of type types.Kustomization"
        raise ManifestError(f"{INVALID}json: cannot unmarshal {_kind(found)} into {type_}")
    rest = [value for key, value in (found or {}).items() if key not in ("apiVersion", "kind")]
    if not any(value or isinstance(value, (dict, list)) for value in rest):
        raise ManifestError("error: kustomization.yaml is empty")
    return dict(found or {})


def _misnamed(given: Object) -> str:
    kind, version = given.get("kind") or "Kustomization", given.get("apiVersion")
    needed = ALPHA if kind == "Component" else BETA
    said = [] if kind in ("Kustomization", "Component") else ["kind should be Kustomization or Component"]
    said += [] if version in (None, "", needed) else [f"apiVersion for {kind} should be {needed}"]
    return "\n".join(said)


def _wrong(value: Any, type_: str, path: str) -> Iterator[str]:
    """What Go says of each value that is of another type, and of each field that a struct has not."""
    if value is None or not type_:
        return
    if not _fits(value, type_):
        into = path if path.rpartition(".")[2].isdigit() else f"Go struct field {path}"
        shown = f"number {value}" if isinstance(value, float) and type_.startswith("int") else _kind(value)
        yield f"cannot unmarshal {shown} into {into} of type {type_}"
    elif type_ in TYPES:
        for key in sorted(value, key=str):
            of = _field(key, type_)
            if of in TYPES[type_]:
                yield from _wrong(value[key], TYPES[type_][of], f"{path}.{of}")
            else:
                yield f'unknown field "{key}"'
    elif type_.startswith("[]"):
        for at, each in enumerate(value):
            yield from _wrong(each, type_[2:], f"{path}.{at}")
    elif type_.startswith("map["):
        for key in sorted(value, key=str):
            yield from _wrong(value[key], type_.partition("]")[2], f"{path}.{key}")


def _field(key: Any, type_: str = "types.Kustomization") -> str:
    """A field as it is called; small letters and capitals count alike."""
    return next((each for each in TYPES[type_] if each.lower() == str(key).lower()), str(key))


def _fits(value: Any, type_: str) -> bool:
    if type_.startswith("int"):
        return isinstance(value, int) and not isinstance(value, bool)
    if type_.startswith("[]"):
        return isinstance(value, list)
    if type_ == "bool":
        return isinstance(value, bool)
    return isinstance(value, str if type_ in ("string", "types.PatchStrategicMerge") else dict)


def _kind(value: Any) -> str:
    kinds = ((bool, "bool"), ((int, float), "number"), (str, "string"), (list, "array"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")
