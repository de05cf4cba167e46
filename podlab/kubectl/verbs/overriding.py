"""`--overrides`: fields put over those of an object that a command made.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/override_options.go
"""

from __future__ import annotations

import json
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.resources.patches import PatchError, json_patch, merge_patch, strategic_patch

Object = dict[str, Any]
NO_KIND = (
    "error: couldn't get version/kind; json parse error: json: cannot unmarshal {what} into Go value of type struct "
    '{{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }}'
)


def overridden(command: Command, obj: Object, text: str, kind: str) -> Object:
    """The object with the fields of `--overrides` in place of its own.

    Raises:
        PodlabError: the text is no patch of this type.
    """
    if kind not in ("merge", "strategic", "json"):
        raise PodlabError(f"error: invalid override type: {kind}")
    try:
        patch = json.loads(text)
    except (ValueError, RecursionError):
        raise PodlabError(
            f"error: {'invalid JSON document' if kind == 'strategic' else 'Invalid JSON Patch'}"
        ) from None
    if kind != "json" and not isinstance(patch, dict):
        what = {list: "array", str: "string", bool: "bool", type(None): "null"}.get(type(patch), "number")
        raise PodlabError(NO_KIND.format(what=what))
    try:
        if kind == "json":
            return _known(command, dict(json_patch(obj, patch)))
        if kind == "strategic":
            merged = strategic_patch(obj, patch, command.schemas.of(obj["apiVersion"], obj["kind"]))
            return _known(command, dict(merged))
        return _known(command, dict(merge_patch(obj, patch)))
    except (PatchError, TypeError, AttributeError, ValueError) as error:
        raise PodlabError(f"error: {error}") from None


def _known(command: Command, obj: Object) -> Object:
    """The object, if its kind is one."""
    version, kind = str(obj.get("apiVersion") or ""), str(obj.get("kind") or "")
    if command.mapper.by_kind(version, kind) is None:
        where = 'in scheme "pkg/scheme/scheme.go:28"'
        raise PodlabError(f'error: no kind "{kind}" is registered for version "{version}" {where}')
    return obj
