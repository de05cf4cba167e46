"""Quantities as exact amounts, which tables and sums of kubectl need."""

from __future__ import annotations

from fractions import Fraction

from podlab.apimachinery import quantity

NANO = 10**9


def parse_quantity(text: str | int | float) -> Fraction:
    """The amount, to the billionth.

    Raises:
        ValueError: it is no quantity.
    """
    return Fraction(quantity.nano(text), NANO)


def format_quantity(amount: Fraction, binary: bool = False) -> str:
    """The amount in its canonical form: the largest unit without a fraction.

    Args:
        binary: with `Ki`, `Mi`, … instead of `k`, `M`, …
    """
    return quantity.write(int(-(-amount * NANO // 1)), "binary" if binary else "decimal")
