"""Numbers that rollouts share: percentages of replicas. Upstream: staging/src/k8s.io/apimachinery/pkg/util/intstr"""

from __future__ import annotations


def scaled(value: int | str | None, total: int, *, up: bool) -> int:
    """`value`, or so many per cent of a total, rounded up or down."""
    if not isinstance(value, str):
        return value or 0
    percent = int(value.removesuffix("%"))
    return -(-percent * total // 100) if up else percent * total // 100
