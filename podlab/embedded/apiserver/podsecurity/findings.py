"""How Pod Security Standards word what they find.

Upstream: staging/src/k8s.io/pod-security-admission/policy/helpers.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Obj = dict[str, Any]


class Finding(NamedTuple):
    """One rule that a Pod breaks: the rule, and how."""

    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


class PodView(NamedTuple):
    """A Pod as the checks see it."""

    meta: Obj
    spec: Obj

    @property
    def context(self) -> Obj:
        """The Pod's own security context."""
        return self.spec.get("securityContext") or {}

    def containers(self) -> Iterator[tuple[str, Obj, Obj]]:
        """Name, security context and whole of every container, in the order in which they start."""
        for key in ("initContainers", "containers", "ephemeralContainers"):
            for container in self.spec.get(key) or ():
                yield container["name"], container.get("securityContext") or {}, container

    def windows(self) -> bool:
        """Whether it says that it is for Windows."""
        return bool((self.spec.get("os") or {}).get("name") == "windows")

    def own_users(self) -> bool:
        """Whether it runs in a user namespace of its own."""
        return self.spec.get("hostUsers") is False


def quoted(names: Iterable[str]) -> str:
    """`"a", "b"`."""
    return ", ".join(f'"{name}"' for name in names)


def plural(word: str, count: int, many: str = "") -> str:
    """`container`, `containers`."""
    return word if count == 1 else many or f"{word}s"


def containers(names: Sequence[str]) -> str:
    """`container "a"`, `containers "a", "b"`."""
    return f"{plural('container', len(names))} {quoted(names)}"


def setters(pod: bool, names: Sequence[str]) -> str:
    """`pod and containers "a", "b"`: who set what they must not."""
    return " and ".join([*(["pod"] if pod else []), *([containers(names)] if names else [])])
