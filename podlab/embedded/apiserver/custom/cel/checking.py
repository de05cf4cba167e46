"""The type of an expression, and what is wrong with it before it is ever evaluated.

A type is a text, such as `int`, or a text and what is inside: ("list", "string"), ("map", "int"), ("object", schema).

Upstream: google/cel-go/checker, common/stdlib; k8s.io/apiserver/pkg/cel/library
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.apiserver.custom.cel import library, moments
from podlab.embedded.apiserver.custom.cel.errors import Unsupported
from podlab.embedded.apiserver.custom.cel.names import unescaped
from podlab.embedded.apiserver.custom.cel.syntax import Node
from podlab.embedded.apiserver.custom.structure import INT_OR_STRING

Kind = Any
DYN = "dyn"
SCALARS = {"string": "string", "integer": "int", "number": "double", "boolean": "bool"}
FORMATS = {"date": "timestamp", "date-time": "timestamp", "duration": "duration", "byte": "bytes"}
"""What texts of these formats are."""
ELSEWHERE = frozenset(
    ("uint", "validate", "sortBy", "transformMapEntry", "named",
     "unwrap", "unwrapOpt", "first", "last")
)  # fmt: skip
"""Functions of a real server that are not here."""
ORDERED = ("int", "double", "string", "bool")
LIBRARIES = ("format", "authorizer", "request")
LIST, MAP = ("list", "T"), ("map", "T")
COMPARED = [
    ((one, other), "bool") for one in ORDERED for other in ORDERED if one == other or {one, other} == {"int", "double"}
]
SUMS: Any = [(("int", "int"), "int"), (("double", "double"), "double")]
JOINED = [(("string", "string"), "string"), ((LIST, LIST), LIST)]
ASKED = [(("string", "string"), "bool")]
SIZES = [((whole,), "int") for whole in ("string", LIST, MAP)]
SAME = [(("T", "T"), "bool")]
LETTERS = [(("string",), "string")]
TOLD = ("string", "int", "bool", "double", "bytes", "timestamp", "duration", library.IP, library.CIDR)
SPANS = [(("duration", "duration"), "duration"), (("timestamp", "duration"), "timestamp")]
OVERLOADS: dict[str, list[tuple[tuple[Kind, ...], Kind]]] = {
    "_==_": SAME,
    "_!=_": SAME,
    **dict.fromkeys(("_<_", "_<=_", "_>_", "_>=_"), COMPARED + library.COMPARED),
    "_+_": SUMS + JOINED + SPANS + [(("duration", "timestamp"), "timestamp")],
    "_-_": SUMS + SPANS + [(("timestamp", "timestamp"), "duration")],
    **dict.fromkeys(("_*_", "_/_"), SUMS),
    "_%_": SUMS[:1],
    "!_": [(("bool",), "bool")],
    "-_": [(("int",), "int"), (("double",), "double")],
    "_?_:_": [(("bool", "T", "T"), "T")],
    "@in": [(("T", LIST), "bool"), (("string", MAP), "bool")],
    "_[_]": [((LIST, "int"), "T"), ((MAP, "string"), "T")],
    "_[?_]": [((LIST, "int"), ("optional", "T")), ((MAP, "string"), ("optional", "T"))],
    "size": SIZES,
    ".size": SIZES,
    "int": [((one,), "int") for one in ("int", "double", "string", "timestamp", "duration")],
    "double": [((one,), "double") for one in ("int", "double", "string")],
    "string": [((one,), "string") for one in TOLD],
    "dyn": [(("T",), DYN)],
    **dict.fromkeys(("matches", ".matches", ".contains", ".startsWith", ".endsWith"), ASKED),
    **dict.fromkeys((".lowerAscii", ".upperAscii", ".trim"), LETTERS),
    ".replace": [(("string", "string", "string"), "string"), (("string", "string", "string", "int"), "string")],
    ".split": [(("string", "string"), ("list", "string")), (("string", "string", "int"), ("list", "string"))],
    ".substring": [(("string", "int"), "string"), (("string", "int", "int"), "string")],
    ".join": [((("list", "string"),), "string"), ((("list", "string"), "string"), "string")],
    ".indexOf": [(("string", "string"), "int"), (("string", "string", "int"), "int"), ((LIST, "T"), "int")],
    ".isSorted": [((LIST,), "bool")],
    ".sum": [((("list", one),), one) for one in ("int", "double", "duration")],
    ".min": [((LIST,), "T")],
    ".max": [((LIST,), "T")],
    **{name: overloads for name, (overloads, _) in library.TABLE.items()},
}
PARSED = {"duration": moments.span, "timestamp": moments.moment}
"""What a text that stands in an expression is read by at once."""


def of_schema(schema: Mapping[str, Any]) -> Kind:
    """The type of what a schema describes."""
    if schema.get(INT_OR_STRING):
        return DYN
    kind = schema.get("type")
    if kind == "string":
        return FORMATS.get(str(schema.get("format")), "string")
    if kind == "array":
        return ("list", schema.get("items") or {})
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return ("map", schema["additionalProperties"])
    return ("object", schema) if kind == "object" else SCALARS.get(str(kind), DYN)


def inside(kind: Kind) -> Kind:
    """The type of a list's items or of a map's values, which may still be a schema."""
    return of_schema(kind[1]) if isinstance(kind[1], dict) else kind[1]


def shown(kind: Kind) -> str:
    """A type as it is told."""
    if isinstance(kind, str):
        return "null" if kind == "null_type" else kind
    if kind[0] in ("list", "optional"):
        return f"{'list' if kind[0] == 'list' else 'optional_type'}({shown(inside(kind))})"
    return f"map(string, {shown(inside(kind))})" if kind[0] == "map" else "object"


@dataclass(slots=True)
class Checker:
    """Finds types; `found` is what was wrong: where it stands, and the text; `kinds` what each part is."""

    found: list[tuple[int, str]] = field(default_factory=list)
    kinds: dict[int, Kind] = field(default_factory=dict)

    def kind(self, node: Node, names: Mapping[str, Kind]) -> Kind:
        """The type of an expression; `dyn` where it could not be told. Raises Unsupported."""
        found = self.kinds[id(node)] = self._kind(node, names)
        return found

    def _kind(self, node: Node, names: Mapping[str, Kind]) -> Kind:
        match node.op:
            case "literal":
                return LITERALS[type(node.value)]
            case "name":
                if node.value in names:
                    return names[node.value]
                if node.value in library.TYPES:
                    return "type"
                if node.value in LIBRARIES:
                    raise Unsupported
                return self._wrong(node.at, f"undeclared reference to '{node.value}' (in container '')")
            case "list":
                return ("list", self._joined(node.args, names))
            case "map":
                self._joined([entry.args[0] for entry in node.args], names)
                return ("map", self._joined([entry.args[1] for entry in node.args], names))
            case "select" | "has" | "optional":
                return self._selected(node, names)
            case "each" | "pairs":
                return self._each(node, names)
            case "bound":
                return self._bound(node, names)
        return self._called(node, names)

    def _joined(self, parts: Sequence[Node], names: Mapping[str, Kind]) -> Kind:
        """The type that all have. Upstream: joinTypes"""
        first: Kind = None
        for part in parts:
            kind = self.kind(part, names)
            if first is not None and not _alike(first, kind):
                return self._wrong(part.at, f"expected type '{shown(first)}' but found '{shown(kind)}'")
            first = kind if first in (None, "null_type") else first
        return DYN if first is None else first

    def _bound(self, node: Node, names: Mapping[str, Kind]) -> Kind:
        """optMap and optFlatMap."""
        whole, name, inner = node.args
        kind = self.kind(whole, names)
        item = inside(kind) if isinstance(kind, tuple) and kind[0] == "optional" else DYN
        found = self.kind(inner, {**names, name.value: item})
        return ("optional", found) if node.value == "optMap" else found

    def _wrong(self, at: int, text: str) -> Kind:
        self.found.append((at, text))
        return DYN

    def _selected(self, node: Node, names: Mapping[str, Kind]) -> Kind:
        whole = self.kind(node.args[0], names)
        maybe = isinstance(whole, tuple) and whole[0] == "optional"
        whole = inside(whole) if maybe else whole
        if whole == DYN:
            found: Kind = DYN
        elif isinstance(whole, tuple) and whole[0] == "map":
            found = inside(whole)
        elif isinstance(whole, tuple) and whole[0] == "object":
            known = (whole[1].get("properties") or {}).get(unescaped(node.value))
            found = self._wrong(node.at, f"undefined field '{node.value}'") if known is None else of_schema(known)
        else:
            found = self._wrong(node.at, f"type '{shown(whole)}' does not support field selection")
        if node.op == "has":
            return "bool"
        return ("optional", found) if maybe or node.op == "optional" else found

    def _each(self, node: Node, names: Mapping[str, Kind]) -> Kind:
        whole, *rest = node.args
        kind = self.kind(whole, names)
        key = item = DYN
        if isinstance(kind, tuple) and kind[0] in ("list", "map"):
            key, item = "int" if kind[0] == "list" else "string", inside(kind)
        elif kind != DYN:
            text = (
                f"expression of type '{shown(kind)}' cannot be range of a comprehension (must be list, map, or dynamic)"
            )
            return self._wrong(whole.at, text)
        if node.op == "pairs":
            bound, inner = {rest[0].value: key, rest[1].value: item}, rest[2:]
        else:
            item = key if key == "string" else item
            bound, inner = {rest[0].value: item}, rest[1:]
        kinds = [self.kind(part, {**names, **bound}) for part in inner]
        if node.value == "filter":
            return kind if isinstance(kind, tuple) and kind[0] == "list" else ("list", item)
        return (RESULTS[node.value], kinds[-1]) if node.value in RESULTS else "bool"

    def _called(self, node: Node, names: Mapping[str, Kind]) -> Kind:
        kinds = [self.kind(arg, names) for arg in node.args]
        name = node.value.removeprefix(".")
        self._literal(name, node.args)
        if name in ("_&&_", "_||_"):
            for arg, kind in zip(node.args, kinds, strict=True):
                if kind not in ("bool", DYN):
                    self._wrong(arg.at, f"expected type 'bool' but found '{shown(kind)}'")
            return "bool"
        if node.value not in OVERLOADS:
            if name in ELSEWHERE:
                raise Unsupported
            return self._wrong(node.at, f"undeclared reference to '{name}' (in container '')")
        results = [result for taken, of in OVERLOADS[node.value] if (result := _result(taken, of, kinds)) is not None]
        if not results:
            told = ", ".join(map(shown, kinds))
            applied = f"{shown(kinds[0])}.({told.partition(', ')[2]})" if node.value.startswith(".") else f"({told})"
            return self._wrong(node.at, f"found no matching overload for '{name}' applied to '{applied}'")
        return results[0] if all(result == results[0] for result in results) else DYN

    def _literal(self, name: str, args: Sequence[Node]) -> None:
        """Read at once what stands there as a text. Upstream: google/cel-go/cel/validator.go"""
        if name in PARSED and args and args[0].op == "literal" and isinstance(args[0].value, str):
            try:
                PARSED[name](args[0].value)
            except ValueError:
                self._wrong(args[0].at, f"invalid {name} argument")


RESULTS = {"map": "list", "transformList": "list", "transformMap": "map"}
LITERALS = {str: "string", int: "int", float: "double", bool: "bool", type(None): "null_type"}


def _result(taken: tuple[Kind, ...], of: Kind, kinds: list[Kind]) -> Kind | None:
    """What a function with these arguments is, if it takes them."""
    if len(taken) != len(kinds):
        return None
    bound: list[Kind] = []
    if not all(_takes(wanted, kind, bound) for wanted, kind in zip(taken, kinds, strict=True)):
        return None
    first = next((kind for kind in bound if kind != DYN), DYN)
    if of == "T":
        return first
    return (of[0], first) if isinstance(of, tuple) and of[1] == "T" else of


def _takes(wanted: Kind, kind: Kind, bound: list[Kind]) -> bool:
    if DYN in (kind, wanted):
        return True
    if wanted == "T":
        fits = all(_alike(kind, other) for other in bound)
        bound.append(kind)
        return fits
    if isinstance(wanted, tuple):
        return isinstance(kind, tuple) and wanted[0] == kind[0] and _takes(wanted[1], inside(kind), bound)
    return bool(wanted == kind)


def _alike(one: Kind, other: Kind) -> bool:
    if DYN in (one, other) or one == other:
        return True
    if "null_type" in (one, other):
        return any(isinstance(kind, tuple) and kind[0] == "object" for kind in (one, other))
    if isinstance(one, tuple) and isinstance(other, tuple) and one[0] == other[0]:
        return one[0] == "object" or _alike(inside(one), inside(other))
    return False
