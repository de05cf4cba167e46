"""Objects as compact JSON, as they are stored and sent.

Upstream: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_quick: Callable[[Any], bytes] | None
try:
    from msgspec.json import encode as _quick
except ImportError:  # in a browser tab
    _quick = None

_text = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def encode(value: Any) -> bytes:
    """JSON without spaces, in UTF-8; half a surrogate pair becomes a question mark."""
    try:
        return _quick(value) if _quick else _plain(value)
    except (TypeError, UnicodeEncodeError):  # half a pair, or what inherits from a text or a number
        return _plain(value)


def _plain(value: Any) -> bytes:
    return _text(value).encode("utf-8", "replace")
