"""Who the processes of a container run as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Obj = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a container's processes run as: user, group and all groups."""

    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = (0,)


def identity(pod: Obj, container: Obj) -> Identity:
    """Who a container runs as, by its own security context and its Pod's."""
    of_pod = pod["spec"].get("securityContext") or {}
    context = of_pod | (container.get("securityContext") or {})
    group = context.get("runAsGroup") or 0
    groups = {group, *(of_pod.get("supplementalGroups") or [])}
    if of_pod.get("fsGroup") is not None:
        groups.add(of_pod["fsGroup"])
    return Identity(context.get("runAsUser") or 0, group, tuple(sorted(groups)))
