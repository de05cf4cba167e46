"""What the rules of a definition may cost: each by itself, and all of one schema.

Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/{cel_validation,validation}.go
"""

from __future__ import annotations

from dataclasses import dataclass, field

from podlab.embedded.apiserver.custom.cel.callcosts import MOST
from podlab.embedded.apiserver.resource import Cause
from podlab.embedded.apiserver.validation import causes

ONE, ALL = 10_000_000, 100_000_000
"""What one rule, and all rules of a schema, may cost."""
NAMED = 4
"""So many of the dearest rules are named."""
CONTRIBUTED = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"
WHOLE = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema"
SIMPLER = (
    "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are"
)
EXCEEDS = "exceeds budget by factor of"


@dataclass(slots=True)
class Budget:
    """What the rules of one schema cost so far."""

    total: int = 0
    _dearest: list[tuple[int, str]] = field(default_factory=list)

    def spend(self, path: str, cost: int, what: str) -> list[Cause]:
        """A rule, or its message, costs so much: what is wrong with that."""
        self.total = min(MOST, self.total + cost)
        if cost >= ALL // 100:
            self._dearest = sorted([*self._dearest, (cost, path)], key=lambda each: -each[0])[:NAMED]
        return [causes.forbidden(path, _told(f"estimated {what} cost", cost, ONE))] if cost > ONE else []

    def over(self, path: str) -> list[Cause]:
        """What is wrong with all of them together."""
        if self.total <= ALL:
            return []
        named = [causes.forbidden(where, CONTRIBUTED) for _, where in self._dearest]
        return [*named, causes.forbidden(path, _told(WHOLE, self.total, ALL))]


def _told(what: str, cost: int, limit: int) -> str:
    factor = cost / limit
    shown = "more than 100x" if factor > 100 else f"{factor:.6f}x" if factor < 1.5 else f"{factor:.1f}x"
    return f"{what} {EXCEEDS} {shown} {SIMPLER} declared)"


def of_costs(cause: Cause) -> bool:
    """Whether it is about what rules cost."""
    return CONTRIBUTED in cause.message or EXCEEDS in cause.message


def times(schema: dict[str, object], before: int | None) -> int | None:
    """How often what is inside a schema may be there, which itself is `before` times; None: as often as it has room."""
    if schema.get("type") == "array":
        most = schema.get("maxItems")
    elif isinstance(schema.get("additionalProperties"), dict):
        most = schema.get("maxProperties")
    else:
        most = 1
    return None if before is None or not isinstance(most, int) else min(MOST, before * most)
