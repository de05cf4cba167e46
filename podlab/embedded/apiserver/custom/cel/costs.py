"""What an expression costs at most, before it is ever evaluated.

Upstream: google/cel-go/checker/cost.go, parser/macro.go (what a macro stands for)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from podlab.embedded.apiserver.custom.cel.callcosts import MOST, UNKNOWN, Path, Size, of_call, product, union
from podlab.embedded.apiserver.custom.cel.checking import DYN, Kind, inside
from podlab.embedded.apiserver.custom.cel.names import unescaped
from podlab.embedded.apiserver.custom.cel.shapes import Shape
from podlab.embedded.apiserver.custom.cel.syntax import Node

LIST, MAP = 10, 30
"""What it costs to make one."""
SCALARS = ("bool", "double", "duration", "int", "timestamp", "uint")


@dataclass(frozen=True, slots=True)
class Local:
    """What a name inside a macro stands for."""

    path: Path
    size: Size | None


@dataclass(slots=True)
class Coster:
    """Costs of one expression whose types are known; `root` is what `self` is."""

    kinds: Mapping[int, Kind]
    root: Shape
    names: dict[str, Local] = field(default_factory=dict)
    paths: dict[int, Path] = field(default_factory=dict)
    sizes: dict[int, Size] = field(default_factory=dict)
    items: dict[int, Size] = field(default_factory=dict)

    def cost(self, node: Node) -> int:
        """The most that it costs; what is known of its size is kept."""
        return min(MOST, COSTS[node.op](self, node))

    def kind(self, node: Node) -> Kind:
        """Its type."""
        return self.kinds.get(id(node), DYN)

    def size(self, node: Node) -> Size | None:
        """How long it is, or how many are in it; None where nobody knows."""
        if id(node) in self.sizes:
            return self.sizes[id(node)]
        if node.op == "literal":
            count = len(node.value) if isinstance(node.value, str) else 1
            return count, count
        if node.op in ("list", "map"):
            return len(node.args), len(node.args)
        if (found := self.sized(self.path(node))) is not None:
            self.sizes[id(node)] = found
            return found
        if _scalar(self.kind(node)):
            return 1, 1
        return self.names[node.value].size if node.op == "name" and node.value in self.names else None

    def size_or_unknown(self, node: Node) -> Size:
        """The size; what is not known may be anything."""
        found = self.size(node)
        return UNKNOWN if found is None else found

    def path(self, node: Node) -> Path:
        """Where in the object it comes from."""
        if node.op == "name" and node.value in self.names:
            return self.names[node.value].path
        return self.paths.get(id(node), ())

    def sized(self, path: Path) -> Size | None:
        """What the schema says of a place. Upstream: apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go"""
        if not path:
            return None
        shape: Shape | None = self.root
        for name in path[1:]:
            if shape is not None:
                inner = {"@items": shape.item, "@values": shape.item, "@keys": shape.key}
                shape = inner[name] if name in inner else shape.fields.get(name)
        return None if shape is None else (0, shape.most)

    def _name(self, node: Node) -> int:
        if node.value not in self.names:
            self.paths[id(node)] = (node.value,)
        return 1

    def _select(self, node: Node) -> int:
        whole = node.args[0]
        cost = self.cost(whole)
        if node.op == "has":
            return cost
        if node.op == "optional":
            return cost + 1
        kind = self.kind(whole)
        if path := self.path(whole):
            self.paths[id(node)] = (*path, unescaped(node.value))
        return cost + (isinstance(kind, tuple) and kind[0] in ("map", "object"))

    def _list(self, node: Node) -> int:
        cost = LIST + sum(map(self.cost, node.args))
        sizes = [self.size_or_unknown(part) for part in node.args]
        self.items[id(node)] = (min(s[0] for s in sizes), max(s[1] for s in sizes)) if sizes else (0, 0)
        return cost

    def _map(self, node: Node) -> int:
        return MAP + sum(self.cost(part) for entry in node.args for part in entry.args)

    def _bound(self, node: Node) -> int:
        """optMap and optFlatMap: `x.hasValue() ? optional.of(…) : optional.none()`"""
        whole, name, inner = node.args
        cost, kind = self.cost(whole), self.kind(whole)
        item = inside(kind) if isinstance(kind, tuple) and kind[0] == "optional" else DYN
        local = Local((), (1, 1) if _scalar(item) else None)
        found = self._within({name.value: local}, lambda: self.cost(inner))
        self.sizes[id(node)] = UNKNOWN
        return 2 * (1 + cost) + int(node.value == "optMap") + LIST + found

    def _within(self, locals_: dict[str, Local], work: Callable[[], int]) -> int:
        kept = self.names
        self.names = {**kept, **locals_}
        try:
            return work()
        finally:
            self.names = kept

    def _each(self, node: Node) -> int:
        """A macro over a list or a map: so many turns, each with a condition and a step."""
        whole, *rest = node.args
        cost, kind = self.cost(whole), self.kind(whole)
        listed = id(whole) in self.items or (isinstance(kind, tuple) and kind[0] == "list")
        path, item = self.path(whole), self.items.get(id(whole))
        value = Local((*path, "@items" if listed else "@values"), item)
        key = Local((*path, "@indices" if listed else "@keys"), (1, 1) if item else None)
        pair = node.op == "pairs"
        bound = {rest[0].value: key, rest[1].value: value} if pair else {rest[0].value: value if listed else key}
        turn = self._within(bound, lambda: self._turn(node, rest[1 + pair :]))
        count = self.size_or_unknown(whole)
        made = node.value in MAKING
        self.sizes[id(node)] = count if made else (1, 1)
        ended = 2 if node.value in ("exists_one", "existsOne") else 1
        begun = MAP if node.value == "transformMap" else LIST if made else 0
        return cost + begun + ended + product(count[1], turn)

    def _turn(self, node: Node, parts: Sequence[Node]) -> int:
        costs = [self.cost(part) for part in parts]
        name = str(node.value)
        if name == "filter":
            self.items[id(node)] = self.names_size(node.args[1])
            return costs[0] + 13
        if name in MAKING and name != "transformMap":
            self.items[id(node)] = union((0, 0), self.size_or_unknown(parts[-1]))
        return sum(costs) + MAKING.get(name, TURNS.get(name, 0))

    def names_size(self, node: Node) -> Size:
        """The size of what a macro's own name stands for."""
        local = self.names[node.value]
        found = self.sized(local.path)
        return union((0, 0), found or local.size or UNKNOWN)

    def _called(self, node: Node) -> int:
        name, member = node.value.removeprefix("."), node.value.startswith(".")
        target, args = (node.args[0], node.args[1:]) if member else (None, node.args)
        costs = [self.cost(part) for part in args]
        before = self.cost(target) if target else 0
        if name in ("_&&_", "_||_", "dyn"):
            if name == "dyn" and (size := self.size(args[0])) is not None:
                self.sizes[id(node)] = size
            return sum(costs) + int(name == "dyn")
        if name == "_?_:_":
            self.sizes[id(node)] = union(self.size_or_unknown(args[1]), self.size_or_unknown(args[2]))
            return costs[0] + max(costs[1:])
        own, size = of_call(self, name, target, args)
        if name == "_[_]":
            kind = self.kind(args[0])
            size = self.items.get(id(args[0]))
            if path := self.path(args[0]):
                self.paths[id(node)] = (*path, "@items" if isinstance(kind, tuple) and kind[0] == "list" else "@values")
        if size is None:
            size = self.size(node)
        if size is not None:
            self.sizes[id(node)] = size
        return before + own + sum(costs)


MAKING = {"map": 12, "filter": 13, "transformList": 12, "transformMap": 3}
"""Macros that make a list or a map, and what one turn of each costs beside its parts."""
TURNS = {"all": 3, "exists": 4, "exists_one": 2, "existsOne": 2}
COSTS: Mapping[str, Callable[[Coster, Node], int]] = {
    "literal": lambda _coster, _node: 0,
    "name": Coster._name,
    "select": Coster._select,
    "has": Coster._select,
    "optional": Coster._select,
    "list": Coster._list,
    "map": Coster._map,
    "each": Coster._each,
    "pairs": Coster._each,
    "bound": Coster._bound,
    "call": Coster._called,
}


def _scalar(kind: Kind) -> bool:
    if isinstance(kind, tuple) and kind[0] == "optional":
        return _scalar(inside(kind))
    return kind in SCALARS
