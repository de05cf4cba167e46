"""Field selectors: upstream's syntax. Upstream: staging/src/k8s.io/apimachinery/pkg/fields/selector.go"""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[tuple[str, str, str], ...]:
    """Parse `status.phase!=Running,metadata.name=x` into (field, = or !=, value). Raises ValueError."""
    terms = []
    for term in filter(None, sorted(re.split(r"(?<!\\),", text))):  # sorted: it decides which one is complained of
        found = re.match(r"((?:[^=!\\]|\\.|!(?!=))*)(!=|==|=)(.*)", term, re.DOTALL)
        if not found:
            raise ValueError(f"invalid selector: '{text}'; can't understand '{term}'")
        name, operator, value = found.groups()
        terms.append((name, "!=" if operator == "!=" else "=", _unescaped(value)))
    return tuple(terms)


def _unescaped(value: str) -> str:
    """Upstream: UnescapeValue"""
    for part in re.findall(r"\\?.|\\$", value, re.DOTALL):
        if part in ("=", ","):
            raise ValueError(f"invalid field selector: unescaped character in value: {ord(part)}")
        if part.startswith("\\") and part[1:] not in ("\\", ",", "="):
            raise ValueError(f"invalid field selector: invalid escape sequence: {part}")
    return re.sub(r"\\(.)", r"\1", value)


def exact_name(text: str | None) -> str | None:
    """The name that `metadata.name=x` asks for, if the selector pins it: one object instead of a walk."""
    for name, operator, value in parse(text or ""):
        if name == "metadata.name" and operator == "=":
            return value
    return None
