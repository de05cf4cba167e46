"""ES256 in Python alone, for ServiceAccount tokens where there is no `cryptography`: in a browser tab.

A hundred times slower, and not safe from who measures its time; in a tab there is nobody else. Rejected: the browser's
own WebCrypto, which only answers to who can wait for a promise, and without stack switching Python cannot; `ecdsa` from
PyPI, which is not safe from that either, and brings every curve and `six` for the one that is needed.
Upstream: FIPS 186-5 (ECDSA over P-256), RFC 7518 section 3.4
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import cached_property, lru_cache

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int] | None
"""A point of the curve y² = x³ - 3x + b; None for the one at infinity."""


def fresh() -> int:
    """A number that nobody guesses: a key, or what one signature needs."""
    return secrets.randbelow(N - 1) + 1


def plus(one: Point, other: Point) -> Point:
    """The sum of two points."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, P) if one == other else (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


@lru_cache(maxsize=4)
def doublings(point: Point) -> tuple[Point, ...]:
    """The point once, twice, four times and so on: half the work of a multiplication, and the same for each."""
    found = [point]
    while len(found) <= 256:
        found.append(plus(found[-1], found[-1]))
    return tuple(found)


def times(number: int, point: Point) -> Point:
    """The point so many times. The sum keeps its denominator apart (x/z², y/z³): one inverse at the end, not 86.

    Digits are 1, 0 and -1, of two neighbours one is 0: a third fewer sums, as taking a point away costs no more.
    """
    x, y, z = 0, 1, 0
    for doubled in doublings(point):
        digit = number & 1 and 2 - (number & 3)
        number = (number - digit) >> 1
        if digit and doubled is not None:
            x, y, z = _add((x, y, z), (doubled[0], digit * doubled[1]))
    if z == 0:
        return None
    inverse = pow(z, -1, P)
    return x * inverse**2 % P, y * inverse**3 % P


def _add(total: tuple[int, int, int], other: tuple[int, int]) -> tuple[int, int, int]:
    """A sum with its denominator, and one more; never a point to itself: what was added is smaller than what comes."""
    (x1, y1, z1), (x2, y2) = total, other
    if z1 == 0:
        return x2, y2, 1
    square = z1 * z1 % P
    across, up = (x2 * square - x1) % P, (y2 * square * z1 - y1) % P
    if across == 0:
        return 0, 1, 0
    cube = across * across % P
    base = x1 * cube % P
    cube = cube * across % P
    x = (up * up - cube - 2 * base) % P
    return x, (up * (base - x) - y1 * cube) % P, z1 * across % P


class PlainKey:
    """The key that signs ServiceAccount tokens.

    Args:
        secret: the private half, `fresh()` for a new key.
    """

    def __init__(self, secret: int) -> None:
        self._secret = secret

    @cached_property
    def _public(self) -> Point:
        return times(self._secret, G)

    def point(self) -> bytes:
        """The public half as certificates have it: a 4, x and y."""
        assert self._public
        return b"\x04" + b"".join(half.to_bytes(32, "big") for half in self._public)

    def sign(self, data: bytes) -> bytes:
        """r and s, 32 bytes each."""
        while True:
            once = fresh()
            point = times(once, G)
            assert point
            r = point[0] % N
            s = pow(once, -1, N) * (_digest(data) + r * self._secret) % N
            if r and s:
                return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether a signature is ours."""
        if len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not (0 < r < N and 0 < s < N):
            return False
        inverse = pow(s, -1, N)
        point = plus(times(_digest(data) * inverse % N, G), times(r * inverse % N, self._public))
        return point is not None and point[0] % N == r

    def jwk(self) -> dict[str, str]:
        """The public half, as `/openid/v1/jwks` shows it."""
        assert self._public
        x, y = (base64.urlsafe_b64encode(half.to_bytes(32, "big")).rstrip(b"=").decode() for half in self._public)
        return {"use": "sig", "kty": "EC", "kid": "podlab", "crv": "P-256", "alg": "ES256", "x": x, "y": y}


def _digest(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest(), "big")
