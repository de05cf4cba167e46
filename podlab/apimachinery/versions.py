"""Which version of a group is preferred."""

from __future__ import annotations

import re


def priority(version: str) -> tuple[int, int, int, str]:
    """Which of two versions is preferred: v1 to v1beta1, v2 to v1. Upstream: apimachinery/pkg/version/helpers.go"""
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if match is None:
        return (-1, 0, 0, version)
    return ({"alpha": 0, "beta": 1}.get(match[2], 2), int(match[1]), int(match[3] or 0), "")
