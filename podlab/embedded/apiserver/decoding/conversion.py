"""JSON values into the fields of a Go type, with the complaints of Go's decoder.

Upstream: sigs.k8s.io/json/internal/golang/encoding/json/decode.go. A wrong type is remembered and decoding
goes on, what a type's own reader refuses (a quantity, a time) ends it; unknown and repeated fields are listed in the
order of the text.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from podlab.apimachinery import quantity, times
from podlab.apimachinery.gobase64 import CorruptBase64, decoded
from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.fields import SCHEMA, ZERO, Field, Type, canonical, type_named

LIMITS = {"int32": 31, "int64": 63, "uint8": 8}
MOST_STRICT_ERRORS = 100


class Literal(float):
    """A number with a point or an exponent, remembered as it was written."""

    text: str

    def __new__(cls, text: str) -> Literal:
        """A number and the text that it was."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class Repeated(dict[str, Any]):
    """An object in which some key stands more than once; the last one counts."""

    pairs: list[tuple[str, Any]]


def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object for json.loads, keeping what is repeated."""
    found = dict(members)
    if len(found) == len(members):
        return found
    repeated = Repeated(found)
    repeated.pairs = members
    return repeated


@dataclass(slots=True)
class Place:
    """Where the decoder is: struct and Go path for type errors, text path for strict errors."""

    struct: str = ""
    path: tuple[str, ...] = ()
    strict: str = ""

    def mismatch(self, found: str, wanted: str) -> str:
        """Say that JSON of one kind stands where another type belongs."""
        where = f"struct field {self.struct}.{'.'.join(self.path)}" if self.struct else "value"
        return f"json: cannot unmarshal {found} into Go {where} of type {wanted}"

    def member(self, name: str) -> str:
        """The path of a member, as strict errors tell it: `spec.containers[0].image`."""
        return f"{self.strict}.{name}" if self.strict else name


@dataclass(slots=True)
class Reading:
    """What was found wrong on the way: the first wrong type, and all unknown or repeated fields."""

    wrong: str = ""
    strict: list[str] = field(default_factory=list)

    def mismatch(self, found: str, type_: Type, place: Place) -> None:
        """A JSON value of another type than the field has."""
        self.complain(place.mismatch(found, type_.text))

    def complain(self, text: str) -> None:
        """Note what is wrong; the first one is told."""
        self.wrong = self.wrong or text

    def strictly(self, what: str, path: str) -> None:
        """Note an unknown or repeated field, each once and a hundred at most."""
        text = f"{what} field {quote(path)}"
        if text not in self.strict and len(self.strict) < MOST_STRICT_ERRORS:
            self.strict.append(text)


def found(value: Any) -> str:
    """Name a JSON value as Go's errors do."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, dict) else "array"


def convert(value: Any, type_: Type) -> tuple[dict[str, Any], list[str]]:
    """Return an object of the type in canonical form, and its strict errors. Raises ValueError with Go's text."""
    reading = Reading()
    result = _convert(value, type_, Place(), reading) if value is not None else {}
    if reading.wrong:
        raise ValueError(reading.wrong)
    return canonical(result, type_), reading.strict


def _convert(value: Any, type_: Type, place: Place, reading: Reading) -> Any:
    form = type_.form
    if form == "struct":
        return _convert_struct(value, type_, place, reading)
    if form == "list":
        return _convert_list(value, type_, place, reading)
    if form == "map":
        return _convert_map(value, type_, place, reading)
    if form == "schema":
        return _convert_struct(value, type_named(SCHEMA), place, reading) if isinstance(value, dict) else value
    if form in OPAQUE:
        try:
            return OPAQUE[form](value)
        except Mismatch as error:
            raise ValueError(place.mismatch(error.found, error.wanted)) from None
    return _convert_scalar(value, type_, place, reading)


def _convert_struct(value: Any, type_: Type, place: Place, reading: Reading) -> Any:
    if not isinstance(value, dict):
        reading.mismatch(found(value), type_, place)
        return None
    known, result, repeated = type_.fields, {}, isinstance(value, Repeated)
    for key, member in value.pairs if isinstance(value, Repeated) else value.items():
        f = known.get(key)
        if f is None:
            reading.strictly("unknown", place.member(key))
            continue
        if repeated and key in result:
            reading.strictly("duplicate", place.member(key))
        if member is not None:
            result[key] = _convert(member, f.type, _inside(place, type_, f), reading)
        else:
            result.setdefault(key, None)
    return result


def _inside(place: Place, type_: Type, f: Field) -> Place:
    inline = (f.more["inline"],) if "inline" in f.more else ()
    return Place(type_.struct, (*place.path, *inline, f.name), place.member(f.name))


def _convert_list(value: Any, type_: Type, place: Place, reading: Reading) -> Any:
    if not isinstance(value, list):
        reading.mismatch(found(value), type_, place)
        return None
    item, result = type_.item, []
    for index, member in enumerate(value):
        there = Place(place.struct, place.path, f"{place.strict}[{index}]")
        if member is None:
            result.append({} if item.form == "struct" else ZERO.get(item.form))
        else:
            result.append(_convert(member, item, there, reading))
    return result


def _convert_map(value: Any, type_: Type, place: Place, reading: Reading) -> Any:
    if not isinstance(value, dict):
        reading.mismatch(found(value), type_, place)
        return None
    item, result = type_.item, {}
    for key, member in value.pairs if isinstance(value, Repeated) else value.items():
        if key in result:
            reading.strictly("duplicate", place.member(key))
        there = Place(place.struct, place.path, place.member(key))
        result[key] = _convert(member, item, there, reading) if member is not None else ZERO.get(item.form)
    return result


def _convert_scalar(value: Any, type_: Type, place: Place, reading: Reading) -> Any:
    form = type_.form
    if form == "bytes" and isinstance(value, str):
        return _base64(value, reading)
    if form in ("string", "bool") and isinstance(value, str if form == "string" else bool):
        return value
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if form == "float64" and number:
        return int(value) if value == int(value) else float(value)
    if form in LIMITS and number:
        if isinstance(value, float) or not -(1 << LIMITS[form]) <= value < 1 << LIMITS[form]:
            shown = value.text if isinstance(value, Literal) else value
            reading.mismatch(f"number {shown}", type_, place)
            return None
        return value
    reading.mismatch(found(value), type_, place)
    return None


def _base64(text: str, reading: Reading) -> str:
    try:
        return base64.b64encode(decoded(text)).decode()
    except CorruptBase64 as error:
        reading.complain(str(error))
        return ""


class Mismatch(ValueError):
    """A type's own reader met the wrong JSON type; where that was is known further up."""

    def __init__(self, found_: str, wanted: str) -> None:
        super().__init__(f"json: cannot unmarshal {found_} into Go value of type {wanted}")
        self.found, self.wanted = found_, wanted


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Mismatch(found(value), "string")
    return value


def _quantity(value: Any) -> str:
    if isinstance(value, (dict, list, bool)):
        raise ValueError(quantity.WRONG_FORMAT)
    return quantity.canonical(value.text if isinstance(value, Literal) else value)


def _int_or_string(value: Any) -> int | str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and -(1 << 31) <= value < 1 << 31:
        return value
    text = value.text if isinstance(value, Literal) else value
    shown = f"number {text}" if isinstance(value, (int, float)) and not isinstance(value, bool) else found(value)
    raise Mismatch(shown, "int32")


OPAQUE: dict[str, Callable[[Any], Any]] = {
    "quantity": _quantity,
    "intorstring": _int_or_string,
    "time": lambda value: times.canonical(_string(value)),
    "microtime": lambda value: times.canonical_micro(_string(value)),
    "duration": _string,
    "raw": lambda value: value,
}
