"""Tables of custom resources: `additionalPrinterColumns`.

Upstream: apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from podlab.apimachinery import times
from podlab.embedded.apiserver.columns import BORN, NAME, Column

Obj = dict[str, Any]
AGE = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp", "description": ""}
STEP = re.compile(
    r"""\.(?P<name>[\w\-/\\.]*?[\w\-/])(?=[.\[]|$)|\[['"](?P<quoted>[^'"]+)['"]\]|\[(?P<index>-?\d+)\]|(?P<all>\[\*\])"""
    r"""|\[\?\(@\.(?P<key>[\w.\-]+)\s*(?P<op>==|!=)\s*['"]?(?P<value>[^'")]*)['"]?\)\]"""
)
SWAGGER = "Custom resource definition column (in JSONPath format): "


def columns(given: list[Obj] | None) -> tuple[Column, ...]:
    """The columns of one version."""
    found = [NAME]
    for one in given or [AGE]:
        about = one.get("description") or f"{SWAGGER}{one['jsonPath']}"
        if not given:
            about = BORN
        found.append(Column(one["name"], about, one["type"], one.get("format", ""), one.get("priority", 0)))
    return tuple(found)


def row(given: list[Obj] | None) -> Callable[[Obj, float], list[Any]]:
    """The cells of one object of this version."""
    steps = [(one["type"], parse(one["jsonPath"])) for one in given or [AGE]]

    def cells(obj: Obj, now: float) -> list[Any]:
        return [obj["metadata"].get("name", ""), *(_cell(kind, find(obj, path), now) for kind, path in steps)]

    return cells


def parse(path: str) -> list[Obj] | None:
    """The steps of a simple JSONPath, or None where it is none."""
    found, at = [], 0
    while at < len(path):
        match = STEP.match(path, at)
        if match is None or match.end() == at:
            return None
        found.append({key: value for key, value in match.groupdict().items() if value is not None})
        at = match.end()
    return found


def find(obj: Any, steps: list[Obj] | None) -> list[Any]:
    """What a path finds; nothing where something on the way is missing."""
    values = [obj]
    for step in steps or ():
        values = [found for value in values for found in _step(value, step)]
    return values if steps is not None else []


def _step(value: Any, step: Obj) -> list[Any]:
    name = step.get("name", step.get("quoted"))
    if name is not None:
        name = name.replace("\\.", ".")
        return [value[name]] if isinstance(value, dict) and name in value else []
    if not isinstance(value, list):
        return []
    if "index" in step:
        at = int(step["index"])
        return [value[at]] if -len(value) <= at < len(value) else []
    if "all" in step:
        return list(value)
    return [item for item in value if _passes(item, step)]


def _passes(item: Any, step: Obj) -> bool:
    there = find(item, parse("." + step["key"]))
    same = bool(there) and text(there[0]) == step["value"]
    return same if step["op"] == "==" else bool(there) and not same


def text(value: Any) -> str:
    """A value as a column shows it: texts bare, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _cell(kind: str, found: list[Any], now: float) -> Any:
    value = found[0] if found else None
    if value is None:
        return None
    if kind == "string":
        return text(value)
    if kind == "date":
        return _age(value, now)
    if kind in ("integer", "number") and isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if kind == "integer" else float(value)
    return value if kind == "boolean" and isinstance(value, bool) else None


def _age(value: Any, now: float) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return times.since(times.canonical(value), now)
    except ValueError:
        return "<invalid>"
