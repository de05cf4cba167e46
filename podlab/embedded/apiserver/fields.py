"""The structure of every kind: fields, Go types, list keys, patch keys, protobuf numbers.

`structure.json.gz` is generated (tools/build_structure.py); nothing here is written by hand. Types are built when first
asked for.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from podlab.apimachinery import quantity, times

OPAQUE = {
    "resource.Quantity": "quantity",
    "intstr.IntOrString": "intorstring",
    "runtime.RawExtension": "raw",
    "meta/v1.FieldsV1": "raw",
    "meta/v1.Time": "time",
    "meta/v1.MicroTime": "microtime",
    "meta/v1.Duration": "duration",
    "types.UID": "string",
    "apiextensions/v1.JSON": "raw",
    "apiextensions/v1.JSONSchemaPropsOrArray": "schema",
    "apiextensions/v1.JSONSchemaPropsOrBool": "schema",
    "apiextensions/v1.JSONSchemaPropsOrStringArray": "schema",
    "[]byte": "bytes",
}
SCALARS = frozenset({"string", "int32", "int64", "uint8", "bool", "float64", "bytes"})
SCHEMA = "apiextensions/v1.JSONSchemaProps"
"""What a value of form "schema" is, where it is an object."""
ZERO: dict[str, Any] = {
    "string": "",
    "int32": 0,
    "int64": 0,
    "uint8": 0,
    "bool": False,
    "float64": 0,
    "quantity": "0",
    "intorstring": 0,
}


@dataclass(frozen=True)
class Field:
    """One field of a struct; `number` is its protobuf path through inlined structs, `omit` is "", "empty" or "zero".

    What follows from these is worked out once: each write asks for it, field by field.
    """

    name: str
    type: Type
    pointer: bool
    omit: str
    required: bool
    number: tuple[int, ...]
    index: int
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def merge_key(self) -> str:
        """Key by which strategic merge matches the items of this list, or ""."""
        return str(self.more.get("mergeKey", ""))

    @property
    def strategies(self) -> tuple[str, ...]:
        """Patch strategies: merge, replace, retainKeys."""
        return tuple(self.more["strategy"].split(",")) if "strategy" in self.more else ()

    @cached_property
    def list_type(self) -> str:
        """`map`, `set`, `atomic` or "" (which acts as atomic)."""
        return str(self.more.get("listType", ""))

    @cached_property
    def list_map_keys(self) -> tuple[str, ...]:
        """The keys by which items of a list of type `map` are the same."""
        return tuple(self.more.get("listMapKeys", ()))

    @cached_property
    def atomic(self) -> bool:
        """Whether server-side apply and managedFields own this value as a whole."""
        if self.type.form == "list":
            return self.list_type not in ("map", "set")
        return (self.more.get("mapType") or self.type.facts.get("mapType")) == "atomic"

    @cached_property
    def always(self) -> bool:
        """Whether Go writes the field even when it is empty."""
        if self.omit == "empty":  # Go calls no struct empty, and these are structs
            return not self.pointer and self.type.form in ("struct", "intorstring", "quantity", "time", "microtime")
        return not self.omit


class Type:
    """A Go type; `form` is struct, list, map, a scalar's name, or how an opaque type is written."""

    custom = False
    """Whether it comes from a CustomResourceDefinition."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Type({self.name})"

    @cached_property
    def target(self) -> str:
        """The type under a chain of names: `core/v1.Protocol` → `string`."""
        name, aliases = self.name, table()["aliases"]
        while name in aliases:
            name = aliases[name]
        return str(name)

    @cached_property
    def form(self) -> str:
        """struct, list, map, a scalar's name, or how an opaque type is written."""
        target = self.target
        if target in OPAQUE:
            return OPAQUE[target]
        if target.startswith("[]"):
            return "list"
        if target.startswith("map["):
            return "map"
        return target if target in SCALARS else "struct"

    @cached_property
    def item(self) -> Type:
        """Type of the elements of a list, or of the values of a map."""
        inner = self.target[2:] if self.form == "list" else self.target[self.target.index("]") + 1 :]
        return type_named(inner.lstrip("*"))

    @cached_property
    def extra(self) -> Type | None:
        """Type of the members that are not declared, where there may be some."""
        return self.item if self.form == "map" else None

    def written(self, value: Any) -> Any:
        """A value as the API server writes it."""
        return canonical(value, self)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What is known of the type as a whole: `kinds`, `mapType`, `unions`."""
        found: dict[str, Any] = table()["facts"].get(self.name, {})
        return found

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The fields of a struct by JSON name, in Go's order; empty for every other form."""
        rows = table()["types"].get(self.name, ())
        return {row[0]: _field(index, *row) for index, row in enumerate(rows)}

    @cached_property
    def always(self) -> tuple[Field, ...]:
        """The fields that Go writes even when they are empty."""
        return tuple(f for f in self.fields.values() if f.always)

    @cached_property
    def text(self) -> str:
        """The type as Go prints it in an error: `[]v1.Container`."""
        return "".join(_short(word) for word in _words(self.name))

    @property
    def struct(self) -> str:
        """The bare name of a struct: `Container`."""
        return self.name.rsplit(".", 1)[-1]

    def at(self, *path: str) -> Field | None:
        """Return the field at a path of JSON names; lists and maps on the way are entered."""
        found, here = None, self
        for name in path:
            while here.form in ("list", "map"):
                here = here.item
            found = here.fields.get(name)
            if found is None:
                return None
            here = found.type
        return found


def _field(index: int, name: str, go: str, number: Any, flags: str, more: dict[str, Any] | None = None) -> Field:
    path = () if number is None else tuple(number) if isinstance(number, list) else (number,)
    omit, pointer = "zero" if "z" in flags else "empty" if "o" in flags else "", go.startswith("*")
    return Field(name, type_named(go.lstrip("*")), pointer, omit, "r" in flags, path, index, more or {})


def _words(name: str) -> list[str]:
    words, word = [], ""
    for letter in name:
        if letter in "[]*":
            words += [word, letter] if word else [letter]
            word = ""
        else:
            word += letter
    return [*words, word]


def _short(word: str) -> str:
    word = word.rsplit("/", 1)[-1]
    return "uint8" if word == "byte" else word


@cache
def table() -> dict[str, Any]:
    """Return the generated table."""
    data = (Path(__file__).parent / "structure.json.gz").read_bytes()
    loaded: dict[str, Any] = json.loads(gzip.decompress(data))
    return loaded


@cache
def type_named(name: str) -> Type:
    """Return the type of a qualified Go name, e.g. `core/v1.PodSpec` or `map[string]string`."""
    return Type(name)


@cache
def _kinds() -> dict[tuple[str, str, str], str]:
    found = {}
    for name, facts in table()["facts"].items():
        for group, version, kind in facts.get("kinds", ()):
            if not name.startswith("meta/v1.") or (group, version) in (("", "v1"), ("meta.k8s.io", "v1")):
                found[group, version, kind] = name
    return found


def kind(group: str, version: str, name: str) -> Type | None:
    """Return the type of a kind, or None when no such kind is known: kind("apps", "v1", "Deployment")."""
    found = _kinds().get((group, version, name))
    return type_named(found) if found else None


def kind_of(obj: dict[str, Any]) -> Type | None:
    """Return the type of an object by its apiVersion and kind."""
    return _kind_of(str(obj.get("apiVersion", "")), str(obj.get("kind", "")))


@lru_cache(maxsize=1024)
def _kind_of(api_version: str, name: str) -> Type | None:
    group, _, version = api_version.rpartition("/")
    return kind(group, version, name)


def merge_key(type_: Type, *path: str) -> str:
    """Return the merge key of the list at a path of field names, or ""."""
    found = type_.at(*path)
    return found.merge_key if found else ""


def canonical(value: Any, type_: Type, like: Any = None) -> Any:
    """Return a copy as Go would write it: fields in struct order, maps sorted.

    Empty optional fields and unknown ones are left out. Raises ValueError when a quantity or a time cannot be read.

    Args:
        like: a canonical value, such as the last one: what is equal is taken from there and not copied.
    """
    form = type_.form
    if form == "struct":
        members = value if isinstance(value, dict) else {}
        return _canonical_struct(members, type_, like if isinstance(like, dict) else {})
    if value is None or form in SCALARS or form == "raw":
        return value
    if form == "list":
        item, last = type_.item, like if isinstance(like, list) else []
        if item.form in SCALARS:
            return list(value)
        return [_again(each, item, last[at] if at < len(last) else None) for at, each in enumerate(value)]
    if form == "map":
        return {key: canonical(value[key], type_.item) for key in sorted(value)}
    return _canonical_opaque(value, form)


def _again(value: Any, type_: Type, like: Any) -> Any:
    return like if like is not None and like == value else canonical(value, type_, like)


def _canonical_struct(obj: dict[str, Any], type_: Type, like: dict[str, Any]) -> dict[str, Any]:
    result = {}
    for name, f, always, nothing, hollow in _plan(type_, tuple(obj)):
        value = obj.get(name)
        if value is None:
            if always:
                result[name] = zero(f)
        elif nothing is not NESTED:
            if always or value != nothing:
                result[name] = value
        elif value or always or not hollow:
            known = like.get(name)
            same = known is value or (known is not None and known == value)
            result[name] = known if same else canonical(value, f.type, known)
    return result


NESTED: Any = object()
FILLED: Any = object()
"""Equal to no value."""


@lru_cache(maxsize=4096)
def _plan(type_: Type, names: tuple[str, ...]) -> list[tuple[str, Field, bool, Any, bool]]:
    """The fields to write of a struct in which these are set, in order, and whether each is written when empty.

    With the empty value of what is written as it is; NESTED where more is to be done about a value, and then whether
    there is nothing to write of an empty one.
    """
    present = (type_.fields[name] for name in names if name in type_.fields)
    found = {f.index: f for f in (*type_.always, *present)}
    rows = [found[index] for index in sorted(found)]
    return [(f.name, f, f.always, _nothing(f), f.type.form in ("list", "map")) for f in rows]


def _nothing(f: Field) -> Any:
    form = f.type.form
    if form not in SCALARS:
        return NESTED
    return FILLED if f.pointer else ZERO.get(form, "")


def zero(f: Field) -> Any:
    """Return what Go writes for a field that was never set."""
    if f.pointer:
        return None
    if f.type.form == "struct":
        return _canonical_struct({}, f.type, {})
    return ZERO.get(f.type.form)


def _canonical_opaque(value: Any, form: str) -> Any:
    if form == "quantity":
        return quantity.canonical(value)
    if form == "time":
        return times.canonical(value)
    if form == "schema" and isinstance(value, dict):
        return canonical(value, type_named(SCHEMA))
    if form == "microtime":
        return times.canonical_micro(value)
    return value
