"""The cluster's certificate authority in Python alone: what a tab's Pods find as `ca.crt`, where nothing speaks TLS.

Upstream: RFC 5280 (certificates), X.690 (DER), cmd/kubeadm/app/util/pkiutil/pki_helpers.go
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from datetime import datetime, timedelta

from podlab.embedded.serving.plainkey import PlainKey, fresh

YEARS = 10
BOOLEAN, INTEGER, BITS, OCTETS, OID, UTF8, UTC, SEQUENCE, SET = 1, 2, 3, 4, 6, 12, 23, 0x30, 0x31
VERSION, EXTENSIONS = 0xA0, 0xA3
EC_KEY, P256, ES256 = "1.2.840.10045.2.1", "1.2.840.10045.3.1.7", "1.2.840.10045.4.3.2"
COMMON_NAME, KEY_ID, KEY_USAGE, CONSTRAINTS = "2.5.4.3", "2.5.29.14", "2.5.29.15", "2.5.29.19"
SIGNS = bytes((1, 0b10000110))
"""digitalSignature, keyCertSign, cRLSign; the last bit is no use."""


def authority(now: datetime) -> str:
    """A certificate that has signed itself, as PEM; the key is forgotten, for nothing else is signed with it.

    Args:
        now: in UTC.
    """
    key = PlainKey(fresh())
    body = _body(key, now)
    signature = key.sign(body)
    pair = _tlv(SEQUENCE, _number(signature[:32]) + _number(signature[32:]))
    whole = _tlv(SEQUENCE, body + _algorithm() + _bits(pair))
    lines = textwrap.wrap(base64.b64encode(whole).decode(), 64)
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def _body(key: PlainKey, now: datetime) -> bytes:
    name = _tlv(SEQUENCE, _tlv(SET, _tlv(SEQUENCE, _oid(COMMON_NAME) + _tlv(UTF8, b"kubernetes"))))
    times = now - timedelta(days=1), now + timedelta(days=365 * YEARS)
    validity = _tlv(SEQUENCE, b"".join(_tlv(UTC, f"{time:%y%m%d%H%M%SZ}".encode()) for time in times))
    version, serial = _tlv(VERSION, _tlv(INTEGER, b"\x02")), _number(fresh().to_bytes(32, "big")[:16])
    curve = _tlv(SEQUENCE, _oid(EC_KEY) + _oid(P256))
    public = _tlv(SEQUENCE, curve + _bits(key.point()))
    extensions = _tlv(EXTENSIONS, _tlv(SEQUENCE, _extensions(key)))
    return _tlv(SEQUENCE, version + serial + _algorithm() + name + validity + name + public + extensions)


def _extensions(key: PlainKey) -> bytes:
    constraints = _tlv(SEQUENCE, _tlv(BOOLEAN, b"\xff"))
    key_id = _tlv(OCTETS, hashlib.sha1(key.point(), usedforsecurity=False).digest())
    critical = _extension(CONSTRAINTS, constraints, True) + _extension(KEY_USAGE, _tlv(BITS, SIGNS), True)
    return critical + _extension(KEY_ID, key_id, False)


def _extension(oid: str, value: bytes, critical: bool) -> bytes:
    return _tlv(SEQUENCE, _oid(oid) + (_tlv(BOOLEAN, b"\xff") if critical else b"") + _tlv(OCTETS, value))


def _algorithm() -> bytes:
    return _tlv(SEQUENCE, _oid(ES256))


def _tlv(tag: int, value: bytes) -> bytes:
    """Tag, length and value."""
    size = len(value)
    if size < 128:
        return bytes((tag, size)) + value
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 128 | len(length))) + length + value


def _number(value: bytes) -> bytes:
    """A number above 0 in as few bytes as it needs; the first one's highest bit would be a sign."""
    value = value.lstrip(b"\x00")
    return _tlv(INTEGER, b"\x00" + value if value[0] & 128 else value)


def _bits(value: bytes) -> bytes:
    return _tlv(BITS, b"\x00" + value)


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return _tlv(OID, bytes((40 * first + second,)) + b"".join(map(_seven, rest)))


def _seven(number: int) -> bytes:
    """A part of an object identifier: seven bits a byte, all but the last one marked."""
    found = [number & 127]
    while number := number >> 7:
        found.append(number & 127 | 128)
    return bytes(reversed(found))
