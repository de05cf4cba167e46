"""A certificate without a library: what `cryptography` reads in it, and what the one of a server has, too."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.clock import RealClock
from podlab.embedded.server import Core
from podlab.embedded.serving import certificates
from podlab.embedded.serving.plaincertificate import authority

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def parsed(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


@pytest.mark.slow
@given(st.integers(0, 10**6))
def test_it_is_whole_and_has_signed_itself(second: int) -> None:
    made = parsed(authority(NOW + timedelta(seconds=second)))
    made.verify_directly_issued_by(made)
    assert made.not_valid_before_utc == NOW + timedelta(seconds=second, days=-1)
    assert made.serial_number > 0


def test_it_says_what_a_servers_says(tmp_path: Path) -> None:
    certificates.ensure(tmp_path)
    theirs, ours = parsed((tmp_path / "ca.crt").read_text()), parsed(authority(NOW))
    assert (ours.subject, ours.issuer, ours.version) == (theirs.subject, theirs.issuer, theirs.version)
    assert ours.signature_algorithm_oid == theirs.signature_algorithm_oid
    for kind in (x509.BasicConstraints, x509.KeyUsage):
        assert ours.extensions.get_extension_for_class(kind) == theirs.extensions.get_extension_for_class(kind)
    assert ours.extensions.get_extension_for_class(
        x509.SubjectKeyIdentifier
    ).value == x509.SubjectKeyIdentifier.from_public_key(ours.public_key())
    assert [each.oid for each in ours.extensions] == [each.oid for each in theirs.extensions]


def test_a_client_can_trust_it() -> None:
    assert ssl.create_default_context(cadata=authority(NOW)).get_ca_certs()[0]["subject"] == (
        (("commonName", "kubernetes"),),
    )


@pytest.mark.anyio
async def test_a_cluster_in_memory_keeps_the_one_that_it_made() -> None:
    first = Core(None, "lab", clock=RealClock())
    parsed(first.certificate)
    assert Core(None, "lab", clock=RealClock(), image=first.store.image()).certificate == first.certificate
