"""Formats that texts of custom objects may have.

Upstream: apiextensions-apiserver/pkg/apiserver/validation/formats.go, kube-openapi/pkg/validation/strfmt
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.custom.cel import library, moments

Obj = dict[str, Any]

UUID = r"(?i)[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?{}-?{}-?[0-9a-f]{{12}}"
HEX, VARIANT = "[0-9a-f]{4}", "[89ab][0-9a-f]{3}"
LABEL = r"[^\W_]((?:-|[^\W_]){0,61}[^\W_])?"
HOST = rf"[^\W_](-?[^\W_]{{0,62}})?|({LABEL}\.)+[^\W\d_]{{2,63}}"
CLOCK = re.compile(r"(?i)t(\d\d):(\d\d):(\d\d)(.\d+)?(z|[+-]\d\d:\d\d)")
BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"
MAC = r"(?i)([0-9a-f]{2}([:-][0-9a-f]{2}){5}|[0-9a-f]{4}(\.[0-9a-f]{4}){2})"
CARD = (
    r"(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|"
    r"(?:2131|1800|35\d{3})\d{11})"
)
BYTE = r"\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*"


def _like(pattern: str, most: int = 0) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: bool(compiled.fullmatch(text)) and (not most or len(text) <= most)


def _reads(read: Callable[[str], Any]) -> Callable[[str], bool]:
    def reads(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return reads


def _day(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and _reads(date.fromisoformat)(text)


def _instant(text: str) -> bool:
    clock = CLOCK.fullmatch(text[10:])
    return bool(clock and clock[1] <= "23" and max(clock[2], clock[3]) <= "59") and _day(text[:10])


def _sloppy(text: str) -> str:
    """An address without the zeros before its numbers."""
    return re.sub(r"(?<![\w:])0+(?=\d)", "", text) if ":" not in text else text


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if not re.fullmatch(CARD, digits):
        return False
    twice = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in twice) % 10 == 0


def _isbn(length: int) -> Callable[[str], bool]:
    def asked(text: str) -> bool:
        digits = re.sub(r"[\s-]+", "", text)
        if not re.fullmatch(r"\d{9}[\dX]" if length == 10 else r"\d{13}", digits):
            return False
        values = [10 if digit == "X" else int(digit) for digit in digits]
        if length == 10:
            return sum((10 - place) * value for place, value in enumerate(values)) % 11 == 0
        return sum(value * (3 if place % 2 else 1) for place, value in enumerate(values)) % 10 == 0

    return asked


FORMATS: dict[str, Callable[[str], bool]] = {
    "bsonobjectid": _like(r"(?i)[0-9a-f]{24}"),
    "uri": _reads(library.url),
    "email": _like(r"[^@\s]+@[^@\s]+"),
    "hostname": lambda text: len(text) <= 255 and _like(HOST)(text) and all(len(p) <= 63 for p in text.split(".")),
    "ipv4": lambda text: _reads(ipaddress.IPv4Address)(_sloppy(text)),
    "ipv6": _reads(ipaddress.IPv6Address),
    "cidr": lambda text: "/" in text and _reads(ipaddress.ip_interface)(_sloppy(text)),
    "mac": _like(MAC),
    "uuid": _like(UUID.format(HEX, HEX)),
    "uuid3": _like(UUID.format("3[0-9a-f]{3}", HEX)),
    "uuid4": _like(UUID.format("4[0-9a-f]{3}", VARIANT)),
    "uuid5": _like(UUID.format("5[0-9a-f]{3}", VARIANT)),
    "isbn": lambda text: _isbn(10)(text) or _isbn(13)(text),
    "isbn10": _isbn(10),
    "isbn13": _isbn(13),
    "creditcard": _card,
    "ssn": _like(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "hexcolor": _like(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "rgbcolor": _like(rf"rgb\({BYTE},{BYTE},{BYTE}\)"),
    "byte": _like(BASE64),
    "password": lambda text: True,
    "date": _day,
    "duration": _reads(moments.spoken),
    "datetime": _instant,
    "k8sshortname": _like(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", 63),
    "k8slongname": _like(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", 253),
}
"""By their names without hyphens."""


def fits(text: str, form: str) -> bool:
    """Whether a text has a format; any has one that nobody knows."""
    asked = FORMATS.get(form.replace("-", ""))
    return asked is None or asked(text)


OF_NUMBERS = {"integer": ("int32", "int64"), "number": ("float", "double")}


def warnings(definition: Obj, old: Obj | None) -> list[str]:
    """What is told of formats that nobody knows, once they come. Upstream: customresourcedefinition/strategy.go"""
    before = list(_unknown_in(old)) if old else []
    return [f"unrecognized format {quote(form)}" for form in _unknown_in(definition) if form not in before]


def _unknown_in(definition: Obj) -> Iterator[str]:
    for version in definition["spec"].get("versions") or ():
        yield from _unknown((version.get("schema") or {}).get("openAPIV3Schema") or {})


def _unknown(schema: Obj) -> Iterator[str]:
    form, kind = schema.get("format") or "", schema.get("type") or "string"
    known = form.replace("-", "") in FORMATS if kind == "string" else form in OF_NUMBERS.get(kind, ())
    if form and not known:
        yield form
    parts = [schema.get(key) for key in ("items", "not", "additionalProperties")]
    for key in ("allOf", "oneOf", "anyOf"):
        parts.extend(schema.get(key) or ())
    parts.extend((schema.get("properties") or {}).values())
    for part in parts:
        if isinstance(part, dict):
            yield from _unknown(part)
