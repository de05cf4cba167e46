"""Certificates by the cluster's own authority, and what is in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from podlab.embedded.serving import certificates, signing

CLIENT = "kubernetes.io/kube-apiserver-client"
NOW = datetime.now(UTC).replace(microsecond=0)


def request(name: str, group: str, *alternatives: x509.GeneralName) -> bytes:
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    if alternatives:
        made = made.add_extension(x509.SubjectAlternativeName(alternatives), False)
    return made.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority")
    certificates.ensure(path)
    return path


@pytest.fixture(scope="module")
def signer(home: Path) -> signing.Signer:
    return signing.Signer(home / "ca.crt", home / "ca.key")


def issued(signer: signing.Signer, seconds: int | None) -> x509.Certificate:
    usages = ("client auth", "digital signature")
    pem = signer.issue(CLIENT, request("jane", "devs"), usages, seconds, NOW.timestamp())
    return x509.load_pem_x509_certificate(pem)


def test_a_certificate_says_who_it_is_for_and_is_the_authoritys(signer: signing.Signer, home: Path) -> None:
    made = issued(signer, 7200)
    made.verify_directly_issued_by(x509.load_pem_x509_certificate((home / "ca.crt").read_bytes()))
    assert made.subject.rfc4514_string() == "CN=jane,O=devs"
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert made.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature is True


def test_a_subject_is_written_in_gos_order(signer: signing.Signer) -> None:
    parts = ((NameOID.COMMON_NAME, "jane"), (NameOID.ORGANIZATION_NAME, "devs"), (NameOID.ORGANIZATION_NAME, "ops"))
    asked = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])
    made = x509.CertificateSigningRequestBuilder().subject_name(asked)
    pem = made.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    subject = x509.load_pem_x509_certificate(signer.issue(CLIENT, pem, (), None, NOW.timestamp())).subject
    told = [{attribute.value for attribute in part} for part in subject.rdns]
    assert told == [{"devs", "ops"}, {"jane"}]


@pytest.mark.parametrize(
    ("seconds", "until"),
    [
        (7200, timedelta(hours=2)),
        (60, timedelta(minutes=10)),
        (24 * 3600, timedelta(hours=24, minutes=-5)),
        (None, timedelta(days=365, minutes=-5)),
        (10**9, timedelta(days=365, minutes=-5)),
    ],
)
def test_a_short_life_is_whole_and_a_long_one_begins_earlier(
    signer: signing.Signer, seconds: int | None, until: timedelta
) -> None:
    made = issued(signer, seconds)
    assert made.not_valid_before_utc == NOW - timedelta(minutes=5)
    assert made.not_valid_after_utc == NOW + until


@pytest.mark.parametrize(
    ("name", "group", "alternatives", "why"),
    [
        ("system:node:a", "devs", (), "subject organization is not system:nodes"),
        ("system:node:a", "system:nodes", (), "DNS or IP subjectAltName is required"),
        (
            "system:node:a",
            "system:nodes",
            (x509.DNSName("a"), x509.RFC822Name("a@b.c")),
            "Email subjectAltNames are not allowed",
        ),
        ("a", "system:nodes", (x509.DNSName("a"),), "subject common name does not begin with system:node:"),
        (
            "system:node:a",
            "system:nodes",
            (x509.DNSName("a"),),
            "usages did not match [digital signature key encipherment server auth]",
        ),
    ],
)
def test_a_node_asks_as_a_node(
    signer: signing.Signer, name: str, group: str, alternatives: tuple[x509.GeneralName, ...], why: str
) -> None:
    pem = request(name, group, *alternatives)
    with pytest.raises(ValueError) as refused:
        signer.issue("kubernetes.io/kubelet-serving", pem, ("client auth",), None, NOW.timestamp())
    assert str(refused.value) == why
