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
    try:
        if kind == "json":
            return dict(json_patch(obj, patch))
        if kind == "strategic":
            return dict(strategic_patch(obj, patch, command.schemas.of(obj["apiVersion"], obj["kind"])))
        return dict(merge_patch(obj, patch))
    except (PatchError, TypeError, AttributeError, ValueError) as error:
        raise PodlabError(f"error: {error}") from None
