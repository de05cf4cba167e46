"""Kinds that are stored and that nobody acts on: no controller, no proxy, no webhook is called."""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.validation import metadata

CHANGE = ("create", "patch", "update")
DELETE = ("delete", "deletecollection")


def no_status(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """A new object has no status, whatever the client sent."""
    if old is None:
        obj["status"] = {}


def stored(
    group: str,
    kind: str,
    *short_names: str,
    plural: str = "",
    version: str = "v1",
    status: bool = False,
    **more: Any,
) -> Resource:
    """A kind with the usual names; what it adds to them is given by name, as to Resource."""
    singular = kind.lower()
    if status:
        more.setdefault("prepare", no_status)
    more.setdefault("validate", metadata.validate)
    return Resource(
        group=group,
        version=version,
        kind=kind,
        plural=plural or f"{singular}s",
        singular=singular,
        short_names=short_names,
        subresources=(
            *more.get("parts", {}),
            *(("status",) if status and "status" not in more.get("parts", {}) else ()),
        ),
        **more,
    )
