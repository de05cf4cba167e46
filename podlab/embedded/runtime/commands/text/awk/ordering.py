"""In which order `for (key in array)` goes: by the tables in which mawk and busybox's awk keep their keys.

Upstream: mawk's array.w (FNV-1a, tables that double) and busybox's editors/awk.c (hashidx, hash_rebuild)
"""

from __future__ import annotations

from collections.abc import Iterable

SLOTS, FULL = 64, 12
"""mawk's first table, and keys in a slot on average from which on it has another."""
PRIMES, CROWDED = (61, 251, 1021, 4093, 16381), 10
WORD = 2**32


def ordered(keys: Iterable[str], *, busy: bool) -> list[str]:
    """The keys, which are given in the order in which they were used, in that of the loop."""
    found = list(keys)[::-1]  # of those in one slot the latest comes first
    size = _size(len(found), busy=busy)
    slot = _busy if busy else _mawk
    return sorted(found, key=lambda key: slot(key.encode(errors="surrogateescape")) % size)


def _size(count: int, *, busy: bool) -> int:
    if busy:
        return next((prime for prime in PRIMES if count // prime <= CROWDED), PRIMES[-1])
    size = SLOTS
    while count > size * FULL:
        size *= 2
    return size


def _mawk(key: bytes) -> int:
    value = 2166136261
    for byte in key:
        value = (value ^ byte) * 16777619 % WORD
    return value


def _busy(key: bytes) -> int:
    value = 0
    for byte in key:
        value = ((byte if byte < 128 else byte - 256) + value * 63) % WORD
    return value
