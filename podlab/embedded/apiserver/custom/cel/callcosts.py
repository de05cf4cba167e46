"""What the call of a function costs at most beside its arguments, and how long what it gives is.

Upstream: google/cel-go/checker/cost.go (functionCost), ext/sets.go; k8s.io/apiserver/pkg/cel/library/cost.go
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from podlab.embedded.apiserver.custom.cel import library
from podlab.embedded.apiserver.custom.cel.checking import DYN, Kind, inside
from podlab.embedded.apiserver.custom.cel.syntax import Node
from podlab.embedded.apiserver.custom.cel.versions import SEMVER

MOST = 2**64 - 1
Size = tuple[int, int]
"""The fewest and the most."""
UNKNOWN: Size = (0, MOST)
Path = tuple[str, ...]
TRAVERSAL, PATTERN = 0.1, 0.25
"""Of a text, and of a regular expression, for each letter."""
TEXTS = ("string", "bytes")
ADDRESS: Size = (4, 16)
"""Bytes of an IP address."""


class Sizes(Protocol):
    """What is known of the parts of an expression."""

    def kind(self, node: Node) -> Kind:
        """Its type."""

    def path(self, node: Node) -> Path:
        """Where in the object it comes from."""

    def sized(self, path: Path) -> Size | None:
        """What the schema says of a place."""

    def size_or_unknown(self, node: Node) -> Size:
        """How long it is."""


Found = tuple[int, Size | None]
"""What it costs, and how long what it gives is; None where that is not known."""


def product(*numbers: int) -> int:
    """As unsigned numbers of 64 bits that stop at the largest."""
    return min(MOST, math.prod(numbers))


def by_factor(number: int, factor: float) -> int:
    """Rounded up."""
    return min(MOST, math.ceil(float(number) * factor))


def union(one: Size, other: Size) -> Size:
    """A size that is either."""
    return min(one[0], other[0]), max(one[1], other[1])


def of_call(sizes: Sizes, name: str, target: Node | None, args: Sequence[Node]) -> Found:
    """The cost of a call, without what its target and its arguments cost."""
    found = FUNCTIONS.get(name)
    return (found(sizes, target, args) if found else None) or (1, None)


def _walked(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    """isSorted, sum, min, max and indexOf: each item once, and of texts each letter."""
    if target is None:
        return None
    kind, most = sizes.kind(target), sizes.size_or_unknown(target)[1]
    if not isinstance(kind, tuple):
        return by_factor(most, TRAVERSAL), None
    each = 1
    if inside(kind) in TEXTS:
        each += by_factor(_of_items(sizes, target)[1], TRAVERSAL)
    return product(most, each), None


def _of_items(sizes: Sizes, target: Node) -> Size:
    path = sizes.path(target)
    found = sizes.sized((*path, "@items")) if path else None
    return UNKNOWN if found is None else found


def _copied(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    """Another text that is no longer."""
    size = sizes.size_or_unknown(target if target is not None else args[0])
    return by_factor(size[1], TRAVERSAL), size


def _read(factor: float) -> Callable[[Sizes, Node | None, Sequence[Node]], Found | None]:
    """A text is read."""
    return lambda sizes, target, args: (
        (by_factor(sizes.size_or_unknown(args[0])[1], factor * TRAVERSAL), None) if args else (1, None)
    )


def _split(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    if target is None:
        return None
    most = sizes.size_or_unknown(target)[1]
    limit = args[1].value if len(args) > 1 and args[1].op == "literal" else most
    return by_factor(most, 2 * TRAVERSAL), (0, int(limit))


def _replaced(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    """The longest that it can become is what matters."""
    if target is None or len(args) < 2:
        return None
    most, old, new = sizes.size_or_unknown(target)[1], sizes.size_or_unknown(args[0]), sizes.size_or_unknown(args[1])
    count, kept = 0, most
    if old[0] == 0:
        count = min(MOST, most + 1)
    elif new[1] > old[0]:
        count, kept = math.ceil(float(most) / float(old[0])), 0
    return by_factor(most, 2 * TRAVERSAL), (0, min(MOST, product(count, new[1]) + kept))


def _joined(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    if target is None:
        return None
    most = sizes.size_or_unknown(target)[1]
    size = product(most, _of_items(sizes, target)[1])
    if args:
        size = min(MOST, size + product(max(0, most - 1), sizes.size_or_unknown(args[0])[1]))
    return by_factor(size, TRAVERSAL), (0, size)


def _matched(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    """Text times expression."""
    if target is None:
        return None
    most = sizes.size_or_unknown(target)[1]
    text = by_factor(min(MOST, most + 1), TRAVERSAL)
    return product(text, by_factor(sizes.size_or_unknown(args[0])[1], PATTERN)), (0, most)


def _only_cost(found: Found | None) -> Found | None:
    return found and (found[0], None)


def _contained(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    if target is None:
        return None
    texts = (by_factor(sizes.size_or_unknown(each)[1], TRAVERSAL) for each in (target, args[0]))
    return product(*texts), None


def _compared(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    """As far as the shorter one goes."""
    shorter = min(sizes.size_or_unknown(each)[1] for each in args)
    return by_factor(shorter, TRAVERSAL), None


def _equal(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    kinds = [sizes.kind(each) for each in args]
    if kinds[0] == kinds[1] and kinds[0] in (library.IP, library.CIDR, library.QUANTITY, SEMVER):
        return 1, None
    return _compared(sizes, target, args)


def _ordered(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    kinds = [sizes.kind(each) for each in args]
    return _compared(sizes, target, args) if all(kind in (*TEXTS, DYN) for kind in kinds) else None


def _added(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    kinds = [sizes.kind(each) for each in args]
    ends = [sizes.size_or_unknown(each) for each in args]
    both: Size = (min(MOST, ends[0][0] + ends[1][0]), min(MOST, ends[0][1] + ends[1][1]))
    if all(kind in (*TEXTS, DYN) for kind in kinds):
        return by_factor(both[1], TRAVERSAL), both
    return (1, both) if any(isinstance(kind, tuple) for kind in kinds) else None


def _in(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
    kind = sizes.kind(args[1])
    mapped = isinstance(kind, tuple) and kind[0] in ("map", "object")
    return None if mapped else (sizes.size_or_unknown(args[1])[1], None)


def _sets(factor: int) -> Callable[[Sizes, Node | None, Sequence[Node]], Found | None]:
    """Each item of one with each of the other."""
    return lambda sizes, target, args: (
        min(MOST, product(factor, *(sizes.size_or_unknown(each)[1] for each in args)) + 1),
        None,
    )


def _address(more: int) -> Callable[[Sizes, Node | None, Sequence[Node]], Found | None]:
    """containsIP and containsCIDR; what is given as a text is read first."""

    def cost(sizes: Sizes, target: Node | None, args: Sequence[Node]) -> Found | None:
        told = by_factor(2 * ADDRESS[1], TRAVERSAL) + more
        text = sizes.kind(args[0]) == "string"
        return told + (by_factor(sizes.size_or_unknown(args[0])[1], TRAVERSAL) if text else 0), None

    return cost


FUNCTIONS: Mapping[str, Any] = {
    **dict.fromkeys(("isSorted", "sum", "min", "max", "indexOf", "lastIndexOf"), _walked),
    **dict.fromkeys(("url", "lowerAscii", "upperAscii", "substring", "trim"), _copied),
    **dict.fromkeys(("cidr", "isIP", "isCIDR", "ip", "quantity", "isQuantity", "semver", "isSemver"), _read(1)),
    **dict.fromkeys(("startsWith", "endsWith"), _read(1)),
    "ip.isCanonical": _read(2),
    "strings.quote": _read(1),
    "split": _split,
    "replace": _replaced,
    "join": _joined,
    **dict.fromkeys(("find", "findAll"), _matched),
    "matches": lambda sizes, target, args: _only_cost(_matched(sizes, target, args)),
    "contains": _contained,
    "_==_": _equal,
    "_!=_": _compared,
    **dict.fromkeys(("_<_", "_<=_", "_>_", "_>=_"), _ordered),
    "_+_": _added,
    "@in": _in,
    **dict.fromkeys(("sets.contains", "sets.intersects"), _sets(1)),
    "sets.equivalent": _sets(2),
    "containsIP": _address(0),
    "containsCIDR": _address(by_factor(ADDRESS[1], TRAVERSAL) + 1),
}
"""Those that cost more than 1."""
