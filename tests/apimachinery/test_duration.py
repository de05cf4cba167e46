"""Durations against what Kubernetes writes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.apimachinery.duration import human_duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (599, "9m59s"), (600, "10m"), (3 * 3600 - 1, "179m"),
        (3 * 3600, "3h"), (4 * 3600 + 60, "4h1m"), (8 * 3600, "8h"), (47 * 3600, "47h"), (48 * 3600, "2d"),
        (50 * 3600, "2d2h"), (8 * 86400, "8d"), (700 * 86400, "700d"), (730 * 86400, "2y"), (800 * 86400, "2y70d"),
        (3000 * 86400, "8y"), (-1, "0s"), (-5, "<invalid>"),
    ],
)  # fmt: skip
def test_ages(seconds: float, text: str) -> None:
    assert human_duration(timedelta(seconds=seconds)) == text


@pytest.mark.slow
@given(st.floats(-1e12, 1e12))
def test_every_span_has_a_text(span: float) -> None:
    assert human_duration(timedelta(seconds=span))
