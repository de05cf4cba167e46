"""ES256 without a library: what `cryptography` makes of it, and the other way round."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from podlab.embedded.serving.plainkey import G, N, P, PlainKey, fresh, plus, times
from podlab.embedded.serving.tokenkeys import EllipticKey


def test_what_it_signs_others_verify() -> None:
    key = PlainKey(fresh())
    x, y = (int.from_bytes(base64.urlsafe_b64decode(key.jwk()[name] + "="), "big") for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    signature = key.sign(b"head.claims")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public.verify(encode_dss_signature(r, s), b"head.claims", ec.ECDSA(hashes.SHA256()))


def test_it_is_the_same_key_as_with_the_library() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    theirs, ours = EllipticKey(private), PlainKey(private.private_numbers().private_value)
    assert ours.jwk() == theirs.jwk()
    assert ours.verify(b"data", theirs.sign(b"data"))
    assert theirs.verify(b"data", ours.sign(b"data"))


def test_it_refuses_what_it_did_not_sign() -> None:
    key = PlainKey(fresh())
    signature = key.sign(b"data")
    assert key.verify(b"data", signature)
    assert not key.verify(b"date", signature)
    assert not PlainKey(fresh()).verify(b"data", signature)
    assert not key.verify(b"data", signature[:-1])
    assert not key.verify(b"data", bytes(64))
    assert not key.verify(b"data", N.to_bytes(32, "big") + signature[32:])


def test_a_point_so_many_times_is_that_sum_and_the_curve_closes() -> None:
    total = None
    for number in range(20):
        assert times(number, G) == total
        total = plus(total, G)
    assert times(N - 1, G) == (G[0], P - G[1])
    assert times(N, G) is None
