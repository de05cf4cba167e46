"""Certificates for those who ask by a CertificateSigningRequest.

Upstream: pkg/controller/certificates/{signer/signer.go,authority/policies.go}, pkg/apis/certificates/helpers.go
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

LONGEST, SHORTEST = timedelta(days=365), timedelta(minutes=10)
BACKDATE, SHORT = timedelta(minutes=5), timedelta(hours=8)
FLAGS = {
    "signing": "digital_signature",
    "digital signature": "digital_signature",
    "content commitment": "content_commitment",
    "key encipherment": "key_encipherment",
    "key agreement": "key_agreement",
    "data encipherment": "data_encipherment",
    "cert sign": "key_cert_sign",
    "crl sign": "crl_sign",
}
PURPOSES = {
    "any": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    "server auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "s/mime": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "ipsec end system": ObjectIdentifier("1.3.6.1.5.5.7.3.5"),
    "ipsec tunnel": ObjectIdentifier("1.3.6.1.5.5.7.3.6"),
    "ipsec user": ObjectIdentifier("1.3.6.1.5.5.7.3.7"),
    "timestamping": ExtendedKeyUsageOID.TIME_STAMPING,
    "ocsp signing": ExtendedKeyUsageOID.OCSP_SIGNING,
}
NODES = ["system:nodes"]
OF_NODES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "kubernetes.io/kube-apiserver-client-kubelet": ("client auth", (x509.DNSName, x509.RFC822Name, x509.IPAddress)),
    "kubernetes.io/kubelet-serving": ("server auth", (x509.RFC822Name,)),
}
KINDS: dict[Any, str] = {
    x509.DNSName: "DNS",
    x509.RFC822Name: "Email",
    x509.IPAddress: "IP",
    x509.UniformResourceIdentifier: "URI",
}


def _texts(subject: x509.Name, oid: ObjectIdentifier) -> list[str]:
    return [str(attribute.value) for attribute in subject.get_attributes_for_oid(oid)]


class Signer:
    """The cluster's authority, as kube-controller-manager has it: files of its certificate and its key."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._root = x509.load_pem_x509_certificate(certificate.read_bytes())
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        self._key = loaded

    def issue(self, signer: str, request: bytes, usages: Sequence[str], seconds: int | None, now: float) -> bytes:
        """The certificate (PEM) that a PEM request gets. Raises ValueError where its signer does not take it."""
        asked = x509.load_pem_x509_csr(request)
        names = _alternatives(asked)
        if signer in OF_NODES:
            _check_node(asked, list(names or ()), usages, *OF_NODES[signer])
        life = LONGEST if seconds is None else min(max(timedelta(seconds=seconds), SHORTEST), LONGEST)
        since = datetime.fromtimestamp(now, UTC)
        until = min(since + life - (BACKDATE if life >= SHORT else timedelta()), self._root.not_valid_after_utc)
        made = x509.CertificateBuilder().subject_name(_ordered(asked.subject)).issuer_name(self._root.subject)
        made = made.public_key(asked.public_key()).serial_number(x509.random_serial_number())
        made = made.not_valid_before(since - BACKDATE).not_valid_after(until)
        if flags := {FLAGS[usage]: True for usage in usages if usage in FLAGS}:
            made = made.add_extension(_usage(flags), True)
        if purposes := [PURPOSES[usage] for usage in usages if usage in PURPOSES]:
            made = made.add_extension(x509.ExtendedKeyUsage(purposes), False)
        made = made.add_extension(x509.BasicConstraints(False, None), True)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        made = made.add_extension(authority, False)
        if names:
            made = made.add_extension(names, False)
        return made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


ORDER = (
    NameOID.COUNTRY_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.LOCALITY_NAME,
    NameOID.STATE_OR_PROVINCE_NAME,
    NameOID.STREET_ADDRESS,
    NameOID.POSTAL_CODE,
    NameOID.COMMON_NAME,
    NameOID.SERIAL_NUMBER,
)
SINGLE = (NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER)


def _ordered(subject: x509.Name) -> x509.Name:
    """A subject in Go's order: values of one sort stand together, and of those that are single the last one counts.

    Upstream: crypto/x509/pkix (Name.ToRDNSequence), which the signer's template goes through
    """
    found = []
    for oid in ORDER:
        values = subject.get_attributes_for_oid(oid)
        if values:
            found.append(x509.RelativeDistinguishedName(values[-1:] if oid in SINGLE else dict.fromkeys(values)))
    return x509.Name(found)


def _alternatives(asked: x509.CertificateSigningRequest) -> x509.SubjectAlternativeName | None:
    try:
        return asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def _usage(flags: dict[str, bool]) -> x509.KeyUsage:
    every = dict.fromkeys((*FLAGS.values(), "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(**{**every, **flags})


def _check_node(
    asked: x509.CertificateSigningRequest,
    names: list[x509.GeneralName],
    usages: Sequence[str],
    purpose: str,
    refused: tuple[Any, ...],
) -> None:
    """Upstream: ValidateKubeletClientCSR, ValidateKubeletServingCSR"""
    if _texts(asked.subject, NameOID.ORGANIZATION_NAME) != NODES:
        raise ValueError("subject organization is not system:nodes")
    if purpose == "server auth" and not any(isinstance(name, x509.DNSName | x509.IPAddress) for name in names):
        raise ValueError("DNS or IP subjectAltName is required")
    for kind in (*refused, x509.UniformResourceIdentifier):
        if any(isinstance(name, kind) for name in names):
            raise ValueError(f"{KINDS[kind]} subjectAltNames are not allowed")
    if not "".join(_texts(asked.subject, NameOID.COMMON_NAME)[-1:]).startswith("system:node:"):
        raise ValueError("subject common name does not begin with system:node:")
    wanted = {"digital signature", "key encipherment", purpose}
    if set(usages) not in (wanted, wanted - {"key encipherment"}):
        raise ValueError(f"usages did not match [{' '.join(sorted(wanted))}]")
