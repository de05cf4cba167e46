"""The hash in the names of ReplicaSets and Pods: FNV over the text that Go's spew prints of the template.

It is the hash of a real cluster, as long as Go's names of the fields are known here: those that do not follow from the
JSON names are in `GO_NAMES`.
Upstream: pkg/controller/controller_utils.go (ComputeHash), pkg/util/hash, apimachinery/pkg/util/{dump,rand}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.fields import Field, Type
from podlab.embedded.controllers.controller import Obj

OFFSET, PRIME = 2166136261, 16777619
ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
GO_NAMES = {
    "serviceAccount": "DeprecatedServiceAccount",
    "apiGroup": "APIGroup",
    "apiVersion": "APIVersion",
    "awsElasticBlockStore": "AWSElasticBlockStore",
    "cephfs": "CephFS",
    "csi": "CSI",
    "dnsConfig": "DNSConfig",
    "dnsPolicy": "DNSPolicy",
    "fc": "FC",
    "fsGroup": "FSGroup",
    "fsGroupChangePolicy": "FSGroupChangePolicy",
    "fsType": "FSType",
    "gcePersistentDisk": "GCEPersistentDisk",
    "gmsaCredentialSpec": "GMSACredentialSpec",
    "gmsaCredentialSpecName": "GMSACredentialSpecName",
    "grpc": "GRPC",
    "httpGet": "HTTPGet",
    "httpHeaders": "HTTPHeaders",
    "ip": "IP",
    "iscsi": "ISCSI",
    "metadata": "ObjectMeta",
    "nfs": "NFS",
    "os": "OS",
    "pdName": "PDName",
    "rbd": "RBD",
    "seLinuxChangePolicy": "SELinuxChangePolicy",
    "seLinuxOptions": "SELinuxOptions",
    "storageos": "StorageOS",
    "tcpSocket": "TCPSocket",
    "tty": "TTY",
    "uid": "UID",
    "uri": "URI",
    "wwids": "WWIDs",
    "targetWWNs": "TargetWWNs",
}
"""JSON names whose Go names are not the same with a capital."""


EXPONENTS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
EXPONENTS |= {f"{letter}i": 10 * place for place, letter in enumerate("KMGTPE", 1)}
"""Of ten, and of two for those that end in i."""


def template_hash(template: Obj, collisions: int | None) -> str:
    """The hash of a Pod template; every collision with another's name gives another."""
    data = dump(template).encode()
    if collisions is not None:
        data += collisions.to_bytes(4, "little") + bytes(4)
    return safe(str(fnv1a(data)))


def fnv1a(data: bytes) -> int:
    """The 32-bit FNV-1a hash."""
    value = OFFSET
    for byte in data:
        value = (value ^ byte) * PRIME & 0xFFFFFFFF
    return value


def fnv1(data: bytes) -> int:
    """The 32-bit FNV-1 hash."""
    value = OFFSET
    for byte in data:
        value = (value * PRIME & 0xFFFFFFFF) ^ byte
    return value


def safe(text: str) -> str:
    """In letters of which no bad word can be made. Upstream: apimachinery/pkg/util/rand SafeEncodeString"""
    return "".join(ALPHABET[ord(letter) % len(ALPHABET)] for letter in text)


def dump(template: Obj) -> str:
    """What `spew` prints of a core/v1.PodTemplateSpec with `%#v`."""
    return "".join(_typed(template, fields.type_named("core/v1.PodTemplateSpec"), pointer=False))


def _typed(value: Any, type_: Type, *, pointer: bool) -> Iterator[str]:
    yield f"({'*' if pointer else ''}{_type_name(type_.name)})"
    yield from ("<nil>",) if pointer and value is None else _value(value, type_)


def _type_name(name: str) -> str:
    """`core/v1.Container` → `v1.Container`, also inside lists and maps."""
    if name.startswith("map["):
        key, _, value = name[4:].partition("]")
        return f"map[{_type_name(key)}]{_type_name(value)}"
    if name.startswith("[]"):
        return "[]uint8" if name == "[]byte" else f"[]{_type_name(name[2:])}"
    stars = name[: len(name) - len(name.lstrip("*"))]
    return stars + name.lstrip("*").rpartition("/")[2]


def _value(value: Any, type_: Type) -> Iterator[str]:
    form = type_.form
    if form in FORMS:
        yield FORMS[form](value)
    elif form == "struct":
        yield from _struct(value or {}, type_)
    elif form in ("list", "map"):
        yield from ("<nil>",) if not value and value != {} else (_list if form == "list" else _map)(value, type_)
    else:
        yield str(value) if value is not None else str(fields.ZERO.get(form, ""))


def _list(value: list[Any], type_: Type) -> Iterator[str]:
    yield "["
    for place, item in enumerate(value):
        yield " " if place else ""
        yield from _value(item, type_.item)
    yield "]"


def _map(value: Obj, type_: Type) -> Iterator[str]:
    yield "map["
    for place, key in enumerate(sorted(value)):
        yield f"{' ' if place else ''}{key}:"
        yield from _value(value[key], type_.item)
    yield "]"


def _struct(value: Obj, type_: Type) -> Iterator[str]:
    yield "{"
    inlined = ""
    for place, field in enumerate(type_.fields.values()):
        inside = str(field.more.get("inline", ""))
        if inside != inlined:
            yield "}" if inlined else ""
            yield " " if place else ""
            yield f"{inside}:(v1.{inside}){{" if inside else ""
            inlined = inside
        else:
            yield " " if place else ""
        yield f"{_go_name(field)}:"
        yield from _typed(value.get(field.name), field.type, pointer=field.pointer)
    yield "}}" if inlined else "}"


def _go_name(field: Field) -> str:
    return GO_NAMES.get(field.name, field.name[:1].upper() + field.name[1:])


def _bool(value: bool | None) -> str:
    return "true" if value else "false"


def _int_or_string(value: int | str | None) -> str:
    text, number = (value, 0) if isinstance(value, str) else ("", value or 0)
    kind = int(isinstance(value, str))
    return f"{{Type:(intstr.Type){kind} IntVal:(int32){number} StrVal:(string){text}}}"


def _quantity(value: str | int | None) -> str:
    """A resource.Quantity that was read from a canonical text, which is kept where reading shows that it is canonical.

    Numbers of more than about 15 digits, which Go keeps as big integers, are not told from others here.
    Upstream: apimachinery/pkg/api/resource/quantity.go ParseQuantity
    """
    text = "" if value is None else quantity.canonical(value)
    digits = text.rstrip("numkKMGTPEi")
    exponent, kept = EXPONENTS.get(text[len(digits) :], 0), text
    number, form = int(digits or 0), "BinarySI" if text.endswith("i") else "DecimalSI" if text else ""
    if form == "BinarySI":
        kept = text if number % 8 else ""
        number, exponent = number << exponent, 0
    elif digits.endswith("000"):
        kept = ""
    amount = f"(resource.int64Amount){{value:(int64){number} scale:(resource.Scale){exponent}}}"
    big = "(resource.infDecAmount){Dec:(*inf.Dec)<nil>}"
    return f"{{i:{amount} d:{big} s:(string){kept} Format:(resource.Format){form}}}"


def _time(value: str | None) -> str:
    return "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"


FORMS: dict[str, Any] = {
    "bool": _bool,
    "intorstring": _int_or_string,
    "quantity": _quantity,
    "time": _time,
}
