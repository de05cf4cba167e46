"""Field errors as upstream words them. Upstream: apimachinery/pkg/util/validation/field/errors.go"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podlab.apimachinery.gotext import compact, quote
from podlab.embedded.apiserver.status import REASONS, Cause


def shown(value: Any) -> str:
    """Write a bad value: texts quoted, numbers bare, the rest as JSON."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return compact(value)


def _cause(kind: str, path: str, body: str, detail: str) -> Cause:
    reason, words = REASONS[kind]
    return Cause(path, reason, words + (f": {body}" if body else "") + (f": {detail}" if detail else ""))


def required(path: str, detail: str = "") -> Cause:
    """The field is missing or empty."""
    return _cause("required", path, "", detail)


def invalid(path: str, value: Any, detail: str) -> Cause:
    """The value cannot be right."""
    return _cause("invalid", path, shown(value), detail)


def contradictory(path: str, detail: str) -> Cause:
    """The values are wrong together, so that none is shown. Upstream: field.OmitValueType"""
    return _cause("invalid", path, "", detail)


def duplicate(path: str, value: Any, detail: str = "") -> Cause:
    """The value must be unique and is not."""
    return _cause("duplicate", path, shown(value), detail)


def unsupported(path: str, value: Any, supported: Iterable[str]) -> Cause:
    """The value is none of a list, which is shown in its order."""
    names = ", ".join(quote(name) for name in supported)
    return _cause("unsupported", path, shown(value), f"supported values: {names}")


def forbidden(path: str, detail: str) -> Cause:
    """The field may not be set, or not be changed."""
    return _cause("forbidden", path, "", detail)


def not_found(path: str, value: Any, detail: str = "") -> Cause:
    """The value names something that is not there."""
    return _cause("not_found", path, shown(value), detail)


def too_long(path: str, limit: int) -> Cause:
    """The text has more bytes than are allowed."""
    return _cause("too_long", path, "", f"may not be more than {limit} byte{'s' * (limit != 1)}")


def too_many(path: str, count: int, limit: int) -> Cause:
    """The list has more items than are allowed."""
    return _cause("too_many", path, str(count), f"must have at most {limit} items")
