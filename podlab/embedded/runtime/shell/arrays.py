"""bash's arrays: values by number, with gaps, or by name.

Upstream: the bash reference manual, "Arrays" and "Shell Parameter Expansion"
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
        """Its keys, numbers in their order."""
        return list(self.items) if self.named else sorted(self.items, key=int)

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

    def declared(self, name: str) -> str:
        """What `declare -p` says of it."""
        pairs = " ".join(f'[{key}]="{text}"' for key, text in zip(self.keys(), self.values(), strict=True))
        return f"declare -{'A' if self.named else 'a'} {name}=({pairs}{' ' if self.named and pairs else ''})"


def of(words: Sequence[str]) -> Array:
    """An array of words, numbered from 0."""
    return Array({str(at): word for at, word in enumerate(words)})
