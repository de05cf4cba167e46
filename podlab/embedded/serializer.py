"""Objects as compact JSON, as they are stored and sent, and as copies that may be changed.

Upstream: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_decode: Callable[[str], Any]
_encode: Callable[[Any], bytes]
_copy: Callable[[Any], Any]
_text = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def _plain(value: Any) -> bytes:
    return _text(value).encode("utf-8", "replace")


def _step(value: Any) -> Any:
    if isinstance(value, dict):
        made = dict(value)
        for key, inner in value.items():
            if isinstance(inner, (dict, list)):
                made[key] = _step(inner)
        return made
    if isinstance(value, list):
        return [_step(inner) if isinstance(inner, (dict, list)) else inner for inner in value]
    return value


try:
    from msgspec import to_builtins as _copy
    from msgspec.json import decode as _decode
    from msgspec.json import encode as _encode
except ImportError:  # in a browser tab
    _copy, _decode, _encode = _step, json.loads, _plain


def encode(value: Any) -> bytes:
    """JSON without spaces, in UTF-8; half a surrogate pair becomes a question mark."""
    try:
        return _encode(value)
    except (TypeError, UnicodeEncodeError):  # half a pair, or what inherits from a text or a number
        return _plain(value)


def decode(text: str) -> Any:
    """What `encode` has written. Raises ValueError where that is no JSON."""
    return _decode(text)


def fresh(value: Any) -> Any:
    """A deep copy of JSON."""
    try:
        return _copy(value)
    except TypeError:  # what inherits from a text or a number
        return _step(value)
