"""Quantities of resources: `250m`, `64Mi`, `1e3`."""

from __future__ import annotations

import re
from fractions import Fraction

_BINARY = {f"{unit}i": 1024**power for power, unit in enumerate("KMGTPE", 1)}
_DECIMAL = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1)}
_DECIMAL |= {unit: Fraction(1000) ** power for power, unit in enumerate("kMGTPE", 1)}
_QUANTITY = re.compile(r"([+-]?[0-9]*\.?[0-9]*)(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?[0-9]+))")


def parse_quantity(text: str | int | float) -> Fraction:
    """The exact amount.

    Raises:
        ValueError: it is no quantity.
    """
    match = _QUANTITY.fullmatch(str(text))
    if not match or match[1] in ("", "+", "-", "."):
        raise ValueError(f"{text!r} is no quantity")
    number, binary, decimal, exponent = match.groups()
    scale = (
        Fraction(_BINARY[binary]) if binary else Fraction(10) ** int(exponent) if exponent else _DECIMAL[decimal or ""]
    )
    return Fraction(number) * scale


def format_quantity(amount: Fraction, binary: bool = False) -> str:
    """The amount in its canonical form: the largest unit without a fraction.

    Args:
        binary: with `Ki`, `Mi`, … instead of `k`, `M`, …

    Upstream: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go
    """
    if amount == 0:
        return "0"
    units = (
        {unit: Fraction(size) for unit, size in _BINARY.items()} | {"": Fraction(1)}
        if binary and amount >= 1024
        else _DECIMAL
    )
    for unit, size in sorted(units.items(), key=lambda item: -item[1]):
        if amount % size == 0:
            return f"{amount // size}{unit}"
    return f"{-(-amount // _DECIMAL['n'])}n"
