"""Columns of server-side Tables, and the cells that kinds have in common.

Upstream: pkg/printers/internalversion/printers.go
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from podlab.apimachinery import times

Obj = dict[str, Any]
NONE, UNSET, UNKNOWN = "<none>", "<unset>", "<unknown>"


class Column(NamedTuple):
    """A column as a Table's head describes it; `priority` 1 is shown by `-o wide` only."""

    name: str
    description: str
    type: str = "string"
    format: str = ""
    priority: int = 0


NAME = Column(
    "Name",
    "Name must be unique within a namespace. Is required when creating resources, although some "
    "resources may allow a client to request the generation of an appropriate name automatically. "
    "Name is primarily intended for creation idempotence and configuration definition. Cannot be "
    "updated. More info: "
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names",
    format="name",
)
BORN = (
    "CreationTimestamp is a timestamp representing the server time when this object was created. It "
    "is not guaranteed to be set in happens-before order across separate operations. Clients may "
    "not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the "
    "system. Read-only. Null for lists. More info: "
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
)
AGE = Column("Age", BORN)
CREATED = Column("Created At", BORN, type="date")
CONTAINERS = Column("Containers", "Names of each container in the template.", priority=1)
IMAGES = Column("Images", "Images referenced by each container in the template.", priority=1)
COMMON = {"NAME": NAME, "AGE": AGE, "CREATED": CREATED, "CONTAINERS": CONTAINERS, "IMAGES": IMAGES}


def age(obj: Obj, now: float) -> str:
    """How old an object is, as tables show it."""
    return times.since(obj["metadata"].get("creationTimestamp"), now)


def head(obj: Obj) -> tuple[str, Obj, Obj]:
    """Name, spec and status of an object, whatever is missing of it."""
    return obj["metadata"].get("name", ""), obj.get("spec") or {}, obj.get("status") or {}


def inside(template: Obj | None) -> list[str]:
    """The cells CONTAINERS and IMAGES of a Pod template."""
    given = ((template or {}).get("spec") or {}).get("containers") or []
    return [",".join(container.get(key, "") for container in given) for key in ("name", "image")]


def few(given: Sequence[str], none: str) -> str:
    """The first three of a list, and how many more there are."""
    more = f" + {len(given) - 3} more..." if len(given) > 3 else ""
    return ",".join(given[:3]) + more if given else none


def plain(obj: Obj, now: float) -> list[Any]:
    """The row of a kind without columns of its own: name and time of creation."""
    return [obj["metadata"].get("name", ""), obj["metadata"].get("creationTimestamp")]


def aged(obj: Obj, now: float) -> list[Any]:
    """A row of name and age."""
    return [obj["metadata"].get("name", ""), age(obj, now)]
