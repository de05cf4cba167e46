"""bash's arrays: values by number, with gaps, or by name.

Upstream: the bash reference manual, "Arrays" and "Shell Parameter Expansion"; hashlib.c (hash_string)
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field, replace

from podlab.embedded.runtime.expressions.arithmetic import ArithmeticProblem, value

ELEMENT = re.compile(r"\[([^]]+)\]=(.*)", re.S)
VARIABLE = re.compile(r"\$\{?(\w+)\}?")


@dataclass(slots=True)
class Array:
    """An array's values by their keys; `named` if the keys are no numbers."""

    items: dict[str, str] = field(default_factory=dict)
    named: bool = False

    def keys(self) -> list[str]:
        """Its keys: numbers in their order, names in that of bash's table of 1024 buckets."""
        if not self.named:
            return sorted(self.items, key=int)
        latest_first = [*self.items][::-1]
        return sorted(latest_first, key=_bucket)

    def values(self) -> list[str]:
        """Its values in the order of its keys."""
        return [self.items[key] for key in self.keys()]

    def copy(self) -> Array:
        """Another with the same values."""
        return replace(self, items=dict(self.items))

    def key(self, index: str, variables: MutableMapping[str, str]) -> str | None:
        """The key that an index means; None for one that means none. A negative number counts from the end."""
        index = VARIABLE.sub(lambda found: variables.get(found[1], ""), index.strip("\"'"))
        if self.named:
            return index
        try:
            at = value(index, variables)
        except ArithmeticProblem:
            return None
        last = max(map(int, self.items), default=-1)
        return str(at) if at >= 0 else str(last + 1 + at) if last + 1 + at >= 0 else None

    def extend(self, words: Sequence[str], variables: MutableMapping[str, str]) -> None:
        """Put words behind what it has, or where they say: `[index]=value`."""
        at = max(map(int, self.items), default=-1) + 1 if not self.named else 0
        for word in words:
            if found := ELEMENT.fullmatch(word):
                key = self.key(found[1], variables)
                if key is not None:
                    self.items[key] = found[2]
                    at = at if self.named else int(key) + 1
            elif not self.named:
                self.items[str(at)] = word
                at += 1

    def shown(self) -> str:
        """Its values as `declare -p` tells them."""
        keys = [quoted(key) if self.named and not PLAIN.fullmatch(key) else key for key in self.keys()]
        pairs = " ".join(f"[{key}]={quoted(text)}" for key, text in zip(keys, self.values(), strict=True))
        return f"({pairs}{' ' if self.named and pairs else ''})"


PLAIN = re.compile(r"[\w./:,%+@-]+")


def quoted(text: str) -> str:
    """A value as `declare -p` quotes it."""
    if text.isprintable():
        return '"' + re.sub(r'(["$`\\])', r"\\\1", text) + '"'
    escapes = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\E", "\\": "\\\\", "'": "\\'"}
    return "$'" + "".join(escapes.get(char, char) for char in text) + "'"


def _bucket(key: str) -> int:
    """Where bash's table keeps a name: FNV-1 of its bytes."""
    number = 2166136261
    for byte in key.encode("utf-8", "surrogateescape"):
        number = (number * 16777619 & 0xFFFFFFFF) ^ byte
    return number & 1023


def of(words: Sequence[str]) -> Array:
    """An array of words, numbered from 0."""
    return Array({str(at): word for at, word in enumerate(words)})
