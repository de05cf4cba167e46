"""Whether PEM texts are a certificate and its key, in Go's words.

Upstream: Go's crypto/tls (X509KeyPair), staging/src/k8s.io/client-go/transport/transport.go
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

BLOCK = re.compile(r"-----BEGIN ([^-\n]*)-----\r?\n(.*?)\r?\n?-----END \1-----", re.S)
PKCS8 = (
    "{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 "
    "timeType:0 set:false omitEmpty:false} pkcs8 @2"
)
MALFORMED = "x509: malformed certificate"


def wrong_pair(certificate: str, key: str) -> str:
    """What is wrong with a certificate and its key; "" for nothing."""
    said = _without_certificate(certificate) or _without_key(key)
    return said or _malformed(certificate) or _unreadable(_key_in(key)) or _unlike(certificate, _key_in(key))


def as_pkcs8(key: str) -> str:
    """A key with the title that goes with what it is; any will do for Go, and for Python only that."""
    from cryptography.hazmat.primitives import serialization as forms

    held = forms.load_der_private_key(_key_in(key), None)
    return held.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()).decode()


def wrong_authority(text: str) -> str:
    """What is wrong with the certificates of authorities; "" for nothing."""
    blocks = list(_blocks(text))
    found = [data for kind, data in blocks if kind == "CERTIFICATE"]
    if not found:
        return "no valid certificate authority data seen" if blocks else "unable to parse bytes as PEM block"
    return "" if all(map(_is_certificate, found)) else f"failed to parse certificate: {MALFORMED}"


def _malformed(certificate: str) -> str:
    first = next(data for kind, data in _blocks(certificate) if kind == "CERTIFICATE")
    return "" if _is_certificate(first) else MALFORMED


def _key_in(text: str) -> bytes:
    return next(data for kind, data in _blocks(text) if kind.endswith("PRIVATE KEY"))


def _without_certificate(text: str) -> str:
    kinds = [kind for kind, _ in _blocks(text)]
    if "CERTIFICATE" in kinds:
        return ""
    if not kinds:
        return "tls: failed to find any PEM data in certificate input"
    if len(kinds) == 1 and kinds[0].endswith("PRIVATE KEY"):
        switched = "but did find a private key; PEM inputs may have been switched"
        return f"tls: failed to find certificate PEM data in certificate input, {switched}"
    skipped = f"after skipping PEM blocks of the following types: [{' '.join(kinds)}]"
    return f'tls: failed to find "CERTIFICATE" PEM block in certificate input {skipped}'


def _without_key(text: str) -> str:
    kinds = [kind for kind, _ in _blocks(text)]
    if any(kind.endswith("PRIVATE KEY") for kind in kinds):
        return ""
    if not kinds:
        return "tls: failed to find any PEM data in key input"
    if kinds == ["CERTIFICATE"]:
        return "tls: found a certificate rather than a key in the PEM for the private key"
    skipped = f"after skipping PEM blocks of the following types: [{' '.join(kinds)}]"
    return f'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input {skipped}'


def _blocks(text: str) -> Iterator[tuple[str, bytes]]:
    """The blocks that are whole, each with its type."""
    for kind, body in BLOCK.findall(text):
        try:
            yield kind, base64.b64decode("".join(body.split()), validate=True)
        except binascii.Error:
            continue


def _is_certificate(data: bytes) -> bool:
    from cryptography import x509  # slow to load

    try:
        x509.load_der_x509_certificate(data)
    except ValueError:
        return False
    return True


def _unreadable(data: bytes) -> str:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    try:
        load_der_private_key(data, None)
    except (ValueError, TypeError):
        return f"tls: failed to parse private key: asn1: {_asn1(data)}"
    return ""


def _asn1(data: bytes) -> str:
    """What Go says of bytes that are no key: it wants a sequence first."""
    if len(data) < 2:
        return "syntax error: truncated tag or length"
    if data[0] == 0x30:
        return "syntax error: data truncated"
    compound = "true" if data[0] & 0x20 else "false"
    found = f"{{class:{data[0] >> 6} tag:{data[0] & 0x1F} length:{data[1]} isCompound:{compound}}}"
    return f"structure error: tags don't match (16 vs {found}) {PKCS8}"


def _unlike(certificate: str, key: bytes) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

    held = x509.load_pem_x509_certificate(certificate[certificate.index("-----BEGIN") :].encode()).public_key()
    given = load_der_private_key(key, None).public_key()
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    same = held.public_bytes(*form) == given.public_bytes(*form)
    return "" if same else "tls: private key does not match public key"
