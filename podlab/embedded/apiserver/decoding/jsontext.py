"""JSON as Go reads it: repeated keys are kept, numbers remembered as written, deep nesting refused."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from podlab.apimachinery.gotext import syntax_error
from podlab.embedded.apiserver.decoding.conversion import Literal, pairs

SURROGATE = re.compile("[\ud800-\udfff]")
DEEPEST = 200
"""Levels of nesting that are read; the deepest field of any kind has fewer than 30."""
TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"')


def check_depth(text: str) -> None:
    """Refuse JSON whose nesting could exhaust the stack somewhere. Raises ValueError with Go's text."""
    if text.count("{") + text.count("[") <= DEEPEST:
        return
    depth = 0
    for letter in re.sub(r"[^][{}]+", "", TEXTS.sub("", text)):
        depth += 1 if letter in "{[" else -1
        if depth > DEEPEST:
            raise ValueError("exceeded max depth")


def parse(text: str) -> Any:
    """Read JSON as Go does, keeping repeated keys. Raises ValueError with Go's text."""
    check_depth(text)
    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_float=Literal, parse_constant=_constant)
    except RecursionError:
        raise ValueError("exceeded max depth") from None
    except ValueError:
        raise ValueError(syntax_error(text) or "invalid JSON") from None
    return _whole(value) if "\\u" in text else value


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _whole(value: Any) -> Any:
    """Replace halves of surrogate pairs, which no UTF-8 text can hold, as Go does."""
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        for key, item in value.items():
            value[key] = _whole(item)
    return value
