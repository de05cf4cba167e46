"""What a kustomization's `replacements` copy from one object into others.

Upstream: sigs.k8s.io/kustomize/api/filters/replacement/replacement.go, sigs.k8s.io/kustomize/kyaml/yaml/match.go
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import yaml

from podlab.apimachinery import goyaml
from podlab.errors import ManifestError
from podlab.kubectl.manifests.documents import parse
from podlab.kubectl.manifests.loading import Loader

Object = dict[str, Any]
NAMES = "podlab/names"
"""A mark while objects are built: the names and namespaces that an object had before."""
NAME = "metadata.name"
DELIMITED = "error: delimiter option can only be used with scalar nodes"
SELECTOR = re.compile(r"^\[([^=]*)=(.*)\]$")


def replaced(load: Loader, given: list[Any], objects: list[Object]) -> None:
    """Carry out each replacement, in order."""
    for each in given:
        for replacement in _read(load, each):
            source, targets = replacement.get("source"), replacement.get("targets")
            value = replacement.get("sourceValue")
            if (source is None and value is None) or targets is None:
                raise ManifestError("error: replacements must specify a source and at least one target")
            if source is not None and value is not None:
                raise ManifestError("error: value and resource selectors are mutually exclusive")
            found = value if source is None else _value(source, objects)
            for target in targets:
                _copy(found, target, objects)


def identity(api_version: Any, kind: Any, name: Any, namespace: Any) -> str:
    """How kustomize names an object."""
    group, _, version = str(api_version or "").rpartition("/")
    gvk = f"{kind or '[noKind]'}.{version or '[noVer]'}.{group or '[noGrp]'}"
    return f"{gvk}/{name or '[noName]'}.{namespace or '[noNs]'}"


def names_of(obj: Object) -> list[tuple[str, str]]:
    """The object's name and namespace, and those it had in the layers below."""
    metadata = obj.get("metadata") or {}
    now = (str(metadata.get("name") or ""), str(metadata.get("namespace") or ""))
    return [*metadata.get(NAMES, ()), now]


def _read(load: Loader, given: Object) -> list[Object]:
    if not given.get("path"):
        return [given]
    name = str(given["path"])
    try:
        text = load.text(name)
    except ManifestError as error:
        config = f"Replacements:\n- path: {name}\n"
        plugin = f"builtin ReplacementTransformer with config: `\n{config}`"
        raise ManifestError(f"error: trouble configuring {plugin}: {error}") from error
    found = [each.obj for each in parse(text, name)]
    return [each for one in found for each in (one if isinstance(one, list) else [one])]


def _value(source: Object, objects: list[Object]) -> Any:
    chosen = [obj for obj in objects if _is_source(obj, source)]
    parts = [source.get("group"), source.get("version") or ("" if source.get("group") else None)]
    version = "/".join(str(part or "") for part in parts)
    said = identity(version, source.get("kind"), source.get("name"), source.get("namespace"))
    if len(chosen) != 1:
        field = f":{source['fieldPath']}" if source.get("fieldPath") else ""
        what = "multiple matches for selector" if chosen else "nothing selected by"
        raise ManifestError(f"error: {what} {said}{field}")
    field = source.get("fieldPath") or NAME
    holders = list(_places(chosen[0], _steps(field), None))
    value = holders[0][0][holders[0][1]] if holders else None
    if value in (None, "", [], {}):
        raise ManifestError(f"error: fieldPath `{field}` is missing for replacement source {said}")
    options = source.get("options") or {}
    if not options.get("delimiter"):
        return value
    if isinstance(value, (dict, list)):
        raise ManifestError(DELIMITED)
    cut, index = _text(value).split(options["delimiter"]), int(options.get("index") or 0)
    if not 0 <= index < len(cut):
        raise ManifestError(f"error: options.index {index} is out of bounds for value {_text(value)}")
    return cut[index]


def _is_source(obj: Object, source: Object) -> bool:
    group, _, version = str(obj.get("apiVersion") or "").rpartition("/")
    there = {"group": group, "version": version, "kind": obj.get("kind")}
    if any(source.get(key) and source[key] != value for key, value in there.items()):
        return False
    return any(
        source.get("name", name) in (name, "") and source.get("namespace", space) in (space, "")
        for name, space in names_of(obj)
    )


def selected(obj: Object, target: Object) -> bool:
    """Whether a target's patterns and selectors mean the object, by any name that it has had."""
    group, _, version = str(obj.get("apiVersion") or "").rpartition("/")
    there = {"group": group, "version": version, "kind": str(obj.get("kind") or "")}
    if any(target.get(key) and not re.fullmatch(str(target[key]), value) for key, value in there.items()):
        return False
    metadata = obj.get("metadata") or {}
    for key, what in (("labelSelector", "labels"), ("annotationSelector", "annotations")):
        held = metadata.get(what) or {}
        pairs = [pair.strip().partition("=") for pair in str(target.get(key) or "").split(",") if pair.strip()]
        if any(held.get(name.rstrip("=")) != wanted.lstrip("=") for name, _, wanted in pairs):
            return False
    name, space = (re.compile(str(target.get(key) or ".*")) for key in ("name", "namespace"))
    return any(name.fullmatch(called) and space.fullmatch(where) for called, where in names_of(obj))


def _copy(value: Any, target: Object, objects: list[Object]) -> None:
    select = target.get("select")
    if select is None:
        raise ManifestError("error: target must specify resources to select")
    options = target.get("options") or {}
    for obj in objects:
        if not selected(obj, select) or any(selected(obj, each) for each in target.get("reject") or ()):
            continue
        for field in target.get("fieldPaths") or [NAME]:
            places = list(_places(obj, _steps(field), value if options.get("create") else None))
            if not places:
                how = "find or create" if options.get("create") else "find"
                raise ManifestError(f'error: unable to {how} field "{field}" in replacement target')
            for holder, key in places:
                holder[key] = _set(holder[key], value, options)


def _set(there: Any, value: Any, options: Object) -> Any:
    """What a field holds then: a scalar keeps its type."""
    if options.get("delimiter"):
        if isinstance(there, (dict, list)):
            raise ManifestError(DELIMITED)
        cut, index = _text(there).split(options["delimiter"]), int(options.get("index") or 0)
        if index < 0:
            cut.insert(0, _text(value))
        elif index >= len(cut):
            cut.append(_text(value))
        else:
            cut[index] = _text(value)
        value = options["delimiter"].join(cut)
    if isinstance(there, (dict, list)) or isinstance(value, (dict, list)):
        return copy.deepcopy(value)
    return _text(value) if isinstance(there, str) else yaml.load(_text(value), Loader=goyaml.loader())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _steps(field: str) -> list[str]:
    """A path's parts: dots divide it, but for those in brackets and behind a backslash."""
    found = re.findall(r"(?:\[[^\]]*\]|\\.|[^.\[\\])+", field)
    return [each.replace("\\.", ".") for each in found]


def _places(holder: Any, steps: list[str], new: Any) -> Iterator[tuple[Any, Any]]:
    """Where the path ends: what holds the field, and its key there; what is not there is made where `new` is given."""
    step, rest = steps[0], steps[1:]
    for key in list(_keys(holder, step, new is not None)):
        if not rest:
            yield holder, key
            continue
        if holder[key] is None and new is not None:
            holder[key] = [] if SELECTOR.match(rest[0]) or rest[0].isdecimal() or rest[0] == "-" else {}
        yield from _places(holder[key], rest, new)


def _keys(holder: Any, step: str, create: bool) -> Iterator[Any]:
    """The keys of one step; one that is not there is made to hold nothing."""
    if isinstance(holder, dict):
        if step == "*":
            yield from holder
        elif step in holder or create:
            holder.setdefault(step, None)
            yield step
    elif isinstance(holder, list):
        if pair := SELECTOR.match(step):
            found = [at for at, each in enumerate(holder) if _has(each, pair[1], pair[2])]
            if not found and create:
                holder.append({pair[1]: pair[2]} if pair[1] else pair[2])
                found = [len(holder) - 1]
            yield from found
        elif step == "*":
            yield from range(len(holder))
        elif step.isdecimal() and (int(step) < len(holder) or (create and int(step) == len(holder))):
            holder.extend([None] * (int(step) + 1 - len(holder)))
            yield int(step)
        elif step == "-" and create:
            holder.append(None)
            yield len(holder) - 1


def _has(each: Any, key: str, value: str) -> bool:
    return _text(each.get(key)) == value if key and isinstance(each, dict) else not key and _text(each) == value
