"""The key that signs ServiceAccount tokens: RS256 as on a kubeadm cluster, ES256 in clusters that were made with that.

Upstream: pkg/serviceaccount/{jwt,openidmetadata}.go, cmd/kubeadm/app/phases/certs (service account keys)
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature


def fresh() -> rsa.RSAPrivateKey:
    """A new key, of kubeadm's size."""
    return rsa.generate_private_key(65537, 2048)


def read(path: Path) -> RsaKey | EllipticKey:
    """The key of a PEM file."""
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if isinstance(key, rsa.RSAPrivateKey):
        return RsaKey(key)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return EllipticKey(key)


class RsaKey:
    """A key that signs by RS256."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key, self._public = key, key.public_key()
        self._shown: dict[str, str] = {}

    def sign(self, data: bytes) -> bytes:
        """The signature."""
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether a signature is ours."""
        try:
            self._public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> dict[str, str]:
        """The public half, as `/openid/v1/jwks` shows it."""
        if not self._shown:
            numbers = self._public.public_numbers()
            shown = {"use": "sig", "kty": "RSA", "kid": _identity(self._public), "alg": "RS256"}
            self._shown = {**shown, "n": _text(numbers.n, 256), "e": _text(numbers.e, 3)}
        return self._shown


class EllipticKey:
    """A key that signs by ES256."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def sign(self, data: bytes) -> bytes:
        """r and s, 32 bytes each."""
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether a signature is ours."""
        if len(signature) != 64:
            return False
        pair = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        try:
            self._key.public_key().verify(pair, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> dict[str, str]:
        """The public half, as `/openid/v1/jwks` shows it."""
        numbers = self._key.public_key().public_numbers()
        shown = {"use": "sig", "kty": "EC", "kid": "podlab", "crv": "P-256", "alg": "ES256"}
        return {**shown, "x": _text(numbers.x, 32), "y": _text(numbers.y, 32)}


def _identity(key: rsa.RSAPublicKey) -> str:
    """What tells keys apart and nothing else of them. Upstream: keyIDFromPublicKey"""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _unpadded(hashlib.sha256(der).digest())


def _text(number: int, size: int) -> str:
    return _unpadded(number.to_bytes(size, "big"))


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
