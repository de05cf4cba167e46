"""Kinds without a description of their own: every field, with its name in words.

Upstream: staging/src/k8s.io/kubectl/pkg/describe/describe.go (genericDescriber)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from podlab.apimachinery.gotext import go_text
from podlab.kubectl.describe.sections import Object, head, page

_SKIPPED = {f".metadata.{key}" for key in ("managedFields", "name", "namespace", "labels", "annotations")}
_ACRONYMS = {"API", "URL", "UID", "GUID"}
_PARTS = re.compile(r"URLs|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^A-Za-z]+")


def describe_any(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """The object's fields, sorted."""
    return page([*head(obj), *_fields(obj, 0, "")], events, now)


def _fields(content: dict[str, Any], level: int, path: str) -> Iterator[str]:
    margin = "  " * level
    for field in sorted(content):
        value, where = content[field], f"{path}.{field}"
        if where in _SKIPPED:
            continue
        if isinstance(value, dict):
            yield f"{margin}{label_for(field)}:"
            yield from _fields(value, level + 1, where)
        elif isinstance(value, list):
            yield f"{margin}{label_for(field)}:"
            for child in value:
                if isinstance(child, dict):
                    yield from _fields(child, level + 1, where)
                else:
                    yield f"{margin}  {go_text(child)}"
        else:
            yield f"{margin}{label_for(field)}:\t{go_text(value)}"


def label_for(field: str) -> str:
    """A field's name in words: `creationTimestamp` → `Creation Timestamp`, `clusterUID` → `Cluster UID`."""
    if not all(char.isalpha() or char == "-" for char in field):
        return field
    words = []
    for part in _PARTS.findall(field):
        if part.upper() in _ACRONYMS:
            words.append(part.upper())
        elif part == "URLs":
            words.append(part)
        else:
            words.append(part.title() if part.islower() else part)
    return " ".join(words)
