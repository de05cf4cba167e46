"""Quantities, against upstream's rules."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.apimachinery import quantity

SUFFIXES = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi"]


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ("1000m", "1"), ("0.5", "500m"), ("1.5Gi", "1536Mi"), ("2048Mi", "2Gi"), ("1Gi", "1Gi"), ("0", "0"),
        ("1e3", "1e3"), ("12000", "12k"), ("0.1m", "100u"), ("1025Ki", "1025Ki"), ("-1Mi", "-1Mi"), ("1.0", "1"),
        ("128974848", "128974848"), ("0.0001Ki", "102400u"), ("1000Ki", "1000Ki"), ("+5", "+5"), ("1.5", "1500m"),
        ("1024", "1024"), ("100Mi", "100Mi"), ("0.1", "100m"), ("1E", "1E"), ("2e2", "200"),
    ],
)  # fmt: skip
def test_canonical_form(given_: str, written: str) -> None:
    assert quantity.canonical(given_) == written


@pytest.mark.parametrize("text", ["", "x", "1x", "1 Gi", "1..2", "--1", "1Gi2", "１", "1ki", "1e", "1e9999999999"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quantit"):
        quantity.parse(text)


@pytest.mark.slow
@given(st.integers(-(10**12), 10**12), st.integers(0, 3), st.sampled_from(SUFFIXES))
def test_canonical_form_keeps_the_amount_and_is_stable(number: int, places: int, suffix: str) -> None:
    text = f"{Decimal(number).scaleb(-places):f}{suffix}"
    written = quantity.canonical(text)
    assert quantity.canonical(written) == written
    assert quantity.nano(written) == quantity.nano(text)


@pytest.mark.slow
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_order_is_that_of_numbers(one: int, other: int) -> None:
    assert (quantity.nano(f"{one}m") < quantity.nano(f"{other}m")) == (one < other)


def test_what_the_scheduler_counts() -> None:
    assert quantity.milli("0.1") == 100 and quantity.milli("1n") == 1 and quantity.whole("1Ki") == 1024


@pytest.mark.parametrize(
    ("text", "fractional"), [("100E", False), ("100000000000000000000", True), ("1.5", True), ("8Ei", False)]
)
def test_large_amounts_overflow_in_thousandths_as_go_reads_them(text: str, fractional: bool) -> None:
    assert quantity.fractional(quantity.canonical(text)) is fractional
