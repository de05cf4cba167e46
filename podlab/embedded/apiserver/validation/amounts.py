"""Numbers of Pods, bare or in percent. Upstream: pkg/apis/apps/validation ValidatePositiveIntOrPercent"""

from __future__ import annotations

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names


def positive(value: int | str | None, path: str) -> list[Cause]:
    """Return what is wrong with a number or a share."""
    if value is None or isinstance(value, int):
        return metadata.non_negative(path, value)
    return names.causes_of(path, value, names.percent(value))


def number(value: int | str | None) -> int:
    """Return the number, also of percents."""
    if value is None or isinstance(value, int):
        return value or 0
    digits = value.removesuffix("%")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def at_most_all(value: int | str | None, path: str) -> list[Cause]:
    """Return a cause if a share is of more than all. Upstream: IsNotMoreThan100Percent"""
    if isinstance(value, str) and value.endswith("%") and number(value) > 100:
        return [causes.invalid(path, value, "must not be greater than 100%")]
    return []
