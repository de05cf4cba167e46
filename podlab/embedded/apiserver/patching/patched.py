"""A patched object as an error shows it: in the order in which Go's libraries write it back.

Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
"""

from __future__ import annotations

import json
from typing import Any

from podlab.apimachinery.gotext import go_text
from podlab.embedded.apiserver.patching import patch
from podlab.embedded.apiserver.patching.strategic import ORDER, RETAIN


def shown(obj: Any, body: Any, kind: str) -> str:
    """The object as JSON; of a strategic patch the patch itself, as Go prints a map."""
    if kind == patch.STRATEGIC:
        return go_text(_left(body))
    ordered = _along(obj, body) if kind == patch.JSON else _merged(obj, body)
    return json.dumps(ordered, separators=(",", ":"), ensure_ascii=False)


def _merged(obj: Any, body: Any) -> Any:
    """Sorted wherever the patch reached, as before elsewhere."""
    if not isinstance(obj, dict) or not isinstance(body, dict):
        return obj
    return {key: _merged(obj[key], body.get(key)) for key in sorted(obj)}


def _along(obj: Any, operations: Any) -> Any:
    """Sorted along the paths of the operations."""
    paths = [str(one.get(key) or "").split("/")[1:-1] for one in operations for key in ("path", "from")]
    return _sorted(obj, [[part.replace("~1", "/").replace("~0", "~") for part in path] for path in paths])


def _sorted(value: Any, paths: list[list[str]]) -> Any:
    def inside(key: str) -> list[list[str]]:
        return [path[1:] for path in paths if path and path[0] == key]

    if isinstance(value, dict):
        return {key: _sorted(value[key], below) if (below := inside(key)) else value[key] for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item, below) if (below := inside(str(at))) else item for at, item in enumerate(value)]
    return value


def _left(body: Any) -> Any:
    """What merging leaves of a strategic patch: lists with an order, and directives, are used up."""
    if not isinstance(body, dict):
        return body
    ordered = {key[len(ORDER) :] for key in body if key.startswith(ORDER)}
    used = ordered | {RETAIN} | {ORDER + name for name in ordered}
    return {key: _left(value) for key, value in body.items() if key not in used}
