"""Base64 as Go's decoder takes it, and where it stops. Upstream: encoding/base64 of Go's standard library"""

from __future__ import annotations

import base64
import re

ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
WHOLE = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
BREAKS = b"\r\n"


class CorruptBase64(ValueError):
    """A text is no base64; its words are Go's."""

    def __init__(self, at: int) -> None:
        super().__init__(f"illegal base64 data at input byte {at}")


def decoded(text: str) -> bytes:
    """What a text with padding stands for; line breaks are passed over.

    Raises:
        CorruptBase64: it is no such text.
    """
    data = text.encode("utf-8", "surrogateescape")
    whole = data.translate(None, BREAKS)
    if not WHOLE.fullmatch(whole):
        raise CorruptBase64(_stop(data, padded=True))
    return base64.b64decode(whole)


def decoded_url(text: str) -> bytes:
    """The same of a text for addresses, which has no padding.

    Raises:
        CorruptBase64: it is no such text.
    """
    data = text.encode("utf-8", "surrogateescape").translate(bytes.maketrans(b"-_+/", b"+/--"))
    whole = data.translate(None, BREAKS)
    padded = whole + b"=" * (-len(whole) % 4)
    if b"=" in whole or b"-" in whole or not WHOLE.fullmatch(padded):
        raise CorruptBase64(_stop(data, padded=False))
    return base64.b64decode(padded)


def _stop(data: bytes, padded: bool) -> int:
    """Which byte is the first that does not fit."""
    letters = 0
    for at, byte in enumerate(data):
        if byte in ALPHABET:
            letters += 1
        elif byte in BREAKS:
            continue
        elif byte != ord("=") or not padded or letters % 4 < 2:
            return at
        else:
            return _after_padding(data, at + 1, letters % 4)
    return len(data) - letters % 4


def _after_padding(data: bytes, at: int, letters: int) -> int:
    """The same behind the first sign of padding, which `letters` of a group of four stand before."""
    at = _next(data, at)
    if letters == 3 or at == len(data):
        return at
    return _next(data, at + 1) if data[at] == ord("=") else at - 1


def _next(data: bytes, at: int) -> int:
    while at < len(data) and data[at] in BREAKS:
        at += 1
    return at
