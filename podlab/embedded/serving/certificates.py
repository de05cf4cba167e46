"""The cluster's own certificate authority, serving certificate and token key, made once and kept."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from podlab.embedded.serving import tokenkeys

YEARS = 10
ADMIN = ((NameOID.ORGANIZATION_NAME, "kubeadm:cluster-admins"), (NameOID.COMMON_NAME, "kubernetes-admin"))
NAMES = (
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)


def ensure(home: Path) -> None:
    """Make `ca.crt`, `server.crt` and `admin.crt` with their keys, and `sa.key`, unless they are there."""
    if (home / "sa.key").exists():
        return
    authority = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kubernetes")])
    root = _builder(name, name, authority.public_key()).add_extension(x509.BasicConstraints(True, None), True)
    root = root.add_extension(_usage(signs=True), True)
    root = root.add_extension(x509.SubjectKeyIdentifier.from_public_key(authority.public_key()), False)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kube-apiserver")])
    leaf = _builder(subject, name, key.public_key()).add_extension(x509.BasicConstraints(False, None), True)
    leaf = leaf.add_extension(_usage(signs=False), True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    leaf = leaf.add_extension(x509.SubjectAlternativeName(_alternatives()), False)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False)
    pem = serialization.Encoding.PEM
    _write(home / "ca.crt", root.sign(authority, hashes.SHA256()).public_bytes(pem))
    _write(home / "ca.key", _private(authority))
    _write(home / "server.crt", leaf.sign(authority, hashes.SHA256()).public_bytes(pem))
    _write(home / "server.key", _private(key))
    _write_admin(home, name, authority)
    _write(home / "sa.key", _private(tokenkeys.fresh()))


def _write_admin(home: Path, issuer: x509.Name, authority: ec.EllipticCurvePrivateKey) -> None:
    """The administrator's, as in the kubeconfig of a kind cluster. Upstream: cmd/kubeadm/app/phases/kubeconfig"""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in ADMIN])
    made = _builder(subject, issuer, key.public_key()).add_extension(x509.BasicConstraints(False, None), True)
    made = made.add_extension(_usage(signs=False), True)
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False)
    _write(home / "admin.crt", made.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    _write(home / "admin.key", _private(key))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365 * YEARS))


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives() -> list[x509.GeneralName]:
    addresses = (ipaddress.ip_address(text) for text in ("127.0.0.1", "::1", "10.96.0.1"))
    return [*(x509.DNSName(name) for name in NAMES), *(x509.IPAddress(address) for address in addresses)]


def _private(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, bare)


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
