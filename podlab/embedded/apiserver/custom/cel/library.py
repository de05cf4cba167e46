"""The libraries that a real server adds: quantities, addresses, URLs, sets, optional values, more of texts and lists.

Upstream: k8s.io/apiserver/pkg/cel/library/{quantity,ip,cidr,urls,regex}.go, google/cel-go/ext/{sets,strings,lists}.go
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from podlab.apimachinery import gotext, quantity
from podlab.embedded.apiserver.custom.cel import addresses, moments, versions
from podlab.embedded.apiserver.custom.cel.moments import Moment, Span
from podlab.embedded.apiserver.custom.cel.versions import SEMVER, Version
from podlab.embedded.runtime.expressions import engine

QUANTITY, IP, CIDR, URL = "kubernetes.Quantity", "net.IP", "net.CIDR", "kubernetes.URL"
LIST, OPTIONAL, TEXTS = ("list", "T"), ("optional", "T"), ("list", "string")
Overloads = list[tuple[tuple[Any, ...], Any]]
NUMBER = quantity.NANO


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity, by what it is."""

    nano: int
    form: str = "decimal"

    def __str__(self) -> str:
        return quantity.write(self.nano, self.form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and self.nano == other.nano

    def __hash__(self) -> int:
        return hash(self.nano)


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may be there: a list of one, or of none."""

    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Type:
    """What values are, as a value."""

    name: str


TYPES = ("bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint")
"""Types that have a name."""
OF: dict[type, str] = {
    bool: "bool", bytes: "bytes", float: "double", int: "int", list: "list", dict: "map", type(None): "null_type",
    str: "string", Type: "type", Span: "google.protobuf.Duration", Moment: "google.protobuf.Timestamp",
    Amount: QUANTITY, Version: SEMVER, Optional: "optional_type",
}  # fmt: skip


def _amount(text: str) -> Amount:
    found = quantity.parse(text)
    return Amount(found.nano, found.form)


def _is(read: Callable[..., Any]) -> Callable[..., bool]:
    """Whether it can be read so."""

    def asked(*given: Any) -> bool:
        try:
            read(*given)
        except ValueError:
            return False
        return True

    return asked


def _nano(value: Amount | int) -> int:
    return value.nano if isinstance(value, Amount) else value * NUMBER


def _whole(value: Amount) -> int:
    if value.nano % NUMBER or not -(1 << 63) <= value.nano // NUMBER < 1 << 63:
        raise ValueError("cannot convert value to integer")
    return value.nano // NUMBER


def _order(one: Amount | Version, other: Amount | Version) -> int:
    if isinstance(one, Version) and isinstance(other, Version):
        return versions.order(one, other)
    if not isinstance(one, Amount) or not isinstance(other, Amount):
        raise ValueError("no such overload")
    return (one.nano > other.nano) - (one.nano < other.nano)


def url(text: str) -> SplitResult:
    """An absolute URL, or a path from the root."""
    wrong = f'parse "{text}": invalid URI for request'
    if not re.match(r"/|[A-Za-z][A-Za-z0-9+.-]*:", text):
        raise ValueError(f"URL parse error during conversion from string: {wrong}")
    found = urlsplit(text)
    bad = re.search(r"[\x00-\x20\x7f]", text.partition("/")[0] + found.netloc) or re.search(r"[\x00-\x1f\x7f]", text)
    if bad or re.search(r"%(?![0-9A-Fa-f]{2})", found.path):
        raise ValueError(f"URL parse error during conversion from string: {wrong}")
    _ = found.port  # raises ValueError where it is none
    return found


def _host(given: SplitResult) -> str:
    return given.netloc.rpartition("@")[2]


def _hostname(given: SplitResult) -> str:
    host = _host(given)
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _port(given: SplitResult) -> str:
    return "" if given.port is None else str(given.port)


def _find(text: str, pattern: str) -> str:
    found = engine.compiled(pattern).search(text)
    return str(found.group()) if found else ""


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    found = [str(match.group()) for match in engine.compiled(pattern).finditer(text)]
    return found if most < 0 else found[:most]


def _char(text: str, at: int) -> str:
    if not 0 <= at <= len(text):
        raise ValueError(f"index out of range: {at}")
    return text[at : at + 1]


def _last(whole: Any, item: Any, at: int | None = None) -> int:
    if isinstance(whole, str):
        return whole.rfind(item) if at is None else whole.rfind(item, 0, at + len(item))
    return max((index for index, one in enumerate(whole) if one == item), default=-1)


def _slice(items: list[Any], start: int, end: int) -> list[Any]:
    if not 0 <= start <= end <= len(items):
        raise ValueError(f"cannot slice({start}, {end}), list is length {len(items)}")
    return items[start:end]


def _distinct(items: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    found.extend(item for item in items if item not in found)
    return found


def _flat(items: list[Any]) -> list[Any]:
    return [inner for item in items for inner in (item if isinstance(item, list) else [item])]


def real(value: float) -> str:
    """A number as Go's %g writes it."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    sign, digits, _ = Decimal(repr(value)).normalize().as_tuple()
    point = Decimal(repr(value)).adjusted() if value else 0
    if -4 <= point < 6:
        return format(Decimal(repr(value)).normalize(), "f")
    mantissa = "".join(map(str, digits))
    tail = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{'-' * sign}{mantissa[0]}{tail}e{'-' if point < 0 else '+'}{abs(point):02}"


def shown(value: Any) -> str:
    """A value as `%s` writes it."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        return real(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_inner, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(sorted(f"{_inner(key)}:{_inner(item)}" for key, item in value.items())) + "}"
    return value.name if isinstance(value, Type) else str(value)


def _inner(value: Any) -> str:
    """A value within another, as it would stand in an expression."""
    if isinstance(value, str):
        return gotext.quote(value)
    if isinstance(value, (Moment, Span)):
        return f'{"timestamp" if isinstance(value, Moment) else "duration"}("{value}")'
    return f"{value:.6f}" if isinstance(value, float) else shown(value)


DIRECTIVE = re.compile(r"%(?:\.(\d+))?([sdfeoxXb%])|%")
POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _format(text: str, given: list[Any]) -> str:
    """A text with the values in it. Upstream: google/cel-go/ext/formatting.go"""
    left = iter(given)

    def one(match: re.Match[str]) -> str:
        if match[2] == "%":
            return "%"
        if match[2] is None:
            raise ValueError("could not parse formatting clause: unrecognized formatting clause")
        try:
            return _clause(match[2], int(match[1] or 6), next(left))
        except StopIteration:
            raise ValueError("index out of range") from None

    return DIRECTIVE.sub(one, text)


def _clause(letter: str, places: int, value: Any) -> str:
    if letter == "s":
        return shown(value)
    if letter == "f" and isinstance(value, float):
        return f"{value:,.{places}f}"
    if letter == "e" and isinstance(value, float):
        mantissa, _, power = f"{value:.{places}e}".partition("e")
        return f"{mantissa} × 10{_power(int(power))}"
    if letter in "xX" and isinstance(value, str):
        return value.encode().hex() if letter == "x" else value.encode().hex().upper()
    if isinstance(value, int) and (letter == "b" or not isinstance(value, bool)) and letter in "dbxXo":
        return format(int(value), letter)
    raise ValueError("no such overload")


def _power(power: int) -> str:
    return f"{'-' * (power < 0)}{abs(power):02}".translate(POWERS)


def _value(given: Optional) -> Any:
    if not given.values:
        raise ValueError("optional.none() dereference")
    return given.values[0]


def _subset(whole: list[Any], part: list[Any]) -> bool:
    return all(item in whole for item in part)


def _moment(value: Any) -> Moment:
    return (
        value
        if isinstance(value, Moment)
        else moments.moment(value)
        if isinstance(value, str)
        else Moment(value * moments.SECOND)
    )


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("1", "t", "T", "true", "TRUE", "True"):
        return True
    if value in ("0", "f", "F", "false", "FALSE", "False"):
        return False
    raise ValueError(f'strconv.ParseBool: parsing "{value}": invalid syntax')


ORDERED = (QUANTITY, SEMVER)
ZONED: Overloads = [(("timestamp",), "int"), (("timestamp", "string"), "int")]
COMPARED: Overloads = [((one, one), "bool") for one in ("timestamp", "duration", "bytes")]
TABLE: dict[str, tuple[Overloads, Callable[..., Any]]] = {
    "duration": ([(("string",), "duration"), (("duration",), "duration")],
                 lambda value: value if isinstance(value, Span) else moments.span(value)),
    "timestamp": ([((one,), "timestamp") for one in ("string", "int", "timestamp")], _moment),
    "type": ([(("T",), "type")], lambda value: Type(OF.get(type(value), type(value).__name__))),
    "bool": ([(("string",), "bool"), (("bool",), "bool")], _truth),
    "bytes": ([(("string",), "bytes"), (("bytes",), "bytes")],
              lambda value: value.encode() if isinstance(value, str) else value),
    **{f".{name}": (ZONED, moments.of_date(name)) for name in moments.DATES},
    **{f".{name}": ([*ZONED, (("duration",), "int")], moments.of_clock(name)) for name in moments.CLOCK},
    ".getMilliseconds": ([*ZONED, (("duration",), "int")], moments.milliseconds),
    "quantity": ([(("string",), QUANTITY)], _amount),
    "isQuantity": ([(("string",), "bool")], _is(_amount)),
    "sign": ([((QUANTITY,), "int")], lambda value: (value.nano > 0) - (value.nano < 0)),
    ".isGreaterThan": ([((one, one), "bool") for one in ORDERED], lambda one, other: _order(one, other) > 0),
    ".isLessThan": ([((one, one), "bool") for one in ORDERED], lambda one, other: _order(one, other) < 0),
    ".compareTo": ([((one, one), "int") for one in ORDERED], _order),
    "semver": ([(("string",), SEMVER), (("string", "bool"), SEMVER)], versions.read),
    "isSemver": ([(("string",), "bool"), (("string", "bool"), "bool")], _is(versions.read)),
    **{f".{part}": ([((SEMVER,), "int")], attrgetter(part)) for part in ("major", "minor", "patch")},
    ".asInteger": ([((QUANTITY,), "int")], _whole),
    ".isInteger": ([((QUANTITY,), "bool")], _is(_whole)),
    ".asApproximateFloat": ([((QUANTITY,), "double")], lambda value: value.nano / NUMBER),
    ".add": ([((QUANTITY, QUANTITY), QUANTITY), ((QUANTITY, "int"), QUANTITY)],
             lambda one, other: Amount(one.nano + _nano(other), one.form)),
    ".sub": ([((QUANTITY, QUANTITY), QUANTITY), ((QUANTITY, "int"), QUANTITY)],
             lambda one, other: Amount(one.nano - _nano(other), one.form)),
    "ip": ([(("string",), IP)], addresses.ip),
    "isIP": ([(("string",), "bool")], _is(addresses.ip)),
    "ip.isCanonical": ([(("string",), "bool")], lambda text: str(addresses.ip(text)) == text),
    ".family": ([((IP,), "int")], lambda address: address.version),
    ".isUnspecified": ([((IP,), "bool")], lambda address: address.is_unspecified),
    ".isLoopback": ([((IP,), "bool")], lambda address: address.is_loopback),
    ".isLinkLocalMulticast": ([((IP,), "bool")],
                              lambda address: address in ipaddress.ip_network(
                                  "224.0.0.0/24" if address.version == 4 else "ff02::/16")),
    ".isLinkLocalUnicast": ([((IP,), "bool")], lambda address: address.is_link_local),
    ".isGlobalUnicast": ([((IP,), "bool")],
                         lambda address: not (address.is_unspecified or address.is_loopback or address.is_multicast
                                              or address.is_link_local or str(address) == "255.255.255.255")),
    "cidr": ([(("string",), CIDR)], addresses.cidr),
    "isCIDR": ([(("string",), "bool")], _is(addresses.cidr)),
    ".containsIP": ([((CIDR, "string"), "bool"), ((CIDR, IP), "bool")], addresses.contains_ip),
    ".containsCIDR": ([((CIDR, "string"), "bool"), ((CIDR, CIDR), "bool")], addresses.contains_cidr),
    ".ip": ([((CIDR,), IP)], lambda whole: whole.ip),
    ".masked": ([((CIDR,), CIDR)], lambda whole: ipaddress.ip_interface(str(whole.network))),
    ".prefixLength": ([((CIDR,), "int")], lambda whole: whole.network.prefixlen),
    "url": ([(("string",), URL)], url),
    "isURL": ([(("string",), "bool")], _is(url)),
    ".getScheme": ([((URL,), "string")], lambda given: given.scheme),
    ".getHost": ([((URL,), "string")], _host),
    ".getHostname": ([((URL,), "string")], _hostname),
    ".getPort": ([((URL,), "string")], _port),
    ".getEscapedPath": ([((URL,), "string")], lambda given: quote(given.path, safe="/%:@!$&'()*+,;=~-._")),
    ".getQuery": ([((URL,), ("map", TEXTS))], lambda given: parse_qs(given.query, keep_blank_values=True)),
    ".find": ([(("string", "string"), "string")], _find),
    ".findAll": ([(("string", "string"), TEXTS), (("string", "string", "int"), TEXTS)], _find_all),
    ".charAt": ([(("string", "int"), "string")], _char),
    ".lastIndexOf": ([(("string", "string"), "int"), (("string", "string", "int"), "int"), ((LIST, "T"), "int")],
                     _last),
    ".format": ([(("string", ("list", "dyn")), "string")], _format),
    "strings.quote": ([(("string",), "string")], gotext.quote),
    ".slice": ([((LIST, "int", "int"), LIST)], _slice),
    ".distinct": ([((LIST,), LIST)], _distinct),
    ".reverse": ([((LIST,), LIST)], lambda items: items[::-1]),
    ".sort": ([((("list", one),), ("list", one)) for one in ("int", "double", "string", "duration", "timestamp")],
              sorted),
    ".flatten": ([((LIST,), ("list", "dyn"))], _flat),
    "lists.range": ([(("int",), ("list", "int"))], lambda end: list(range(end))),
    "sets.contains": ([((LIST, LIST), "bool")], _subset),
    "sets.equivalent": ([((LIST, LIST), "bool")], lambda one, other: _subset(one, other) and _subset(other, one)),
    "sets.intersects": ([((LIST, LIST), "bool")], lambda one, other: any(item in other for item in one)),
    "optional.of": ([(("T",), OPTIONAL)], lambda value: Optional((value,))),
    "optional.none": ([((), ("optional", "dyn"))], Optional),
    "optional.ofNonZeroValue": ([(("T",), OPTIONAL)], lambda value: Optional((value,) if value else ())),
    ".hasValue": ([((OPTIONAL,), "bool")], lambda given: bool(given.values)),
    ".value": ([((OPTIONAL,), "T")], _value),
    ".orValue": ([((OPTIONAL, "T"), "T")], lambda given, other: given.values[0] if given.values else other),
    ".or": ([((OPTIONAL, OPTIONAL), OPTIONAL)], lambda given, other: given if given.values else other),
}  # fmt: skip
"""What a function takes and gives, and what it does; a member's name begins with a dot."""
