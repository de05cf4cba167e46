"""Formats of texts: those that a real server looks at, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.custom import formats

Obj = dict[str, Any]


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("date-time", "2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05"),
        ("datetime", "2026-01-02t03:04:05+09:00", "2026-01-02T24:00:00Z"),
        ("date", "2026-02-28", "2026-02-30"),
        ("duration", "1h30m", "never"),
        ("duration", "22 days", "22"),
        ("uri", "https://example.com/a b", "example.com"),
        ("hostname", "a-b.example.com", "a_b"),
        ("hostname", "localhost", "-a.example.com"),
        ("ipv4", "010.1.2.3", "10.1.2"),
        ("ipv6", "::1", "10.0.0.1"),
        ("cidr", "10.1.2.3/8", "10.0.0.0"),
        ("mac", "01:02:03:04:05:ab", "01:02:03:04:05"),
        ("uuid4", "123E4567-e89b-42d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ("isbn", "978-0321751041", "0321751044"),
        ("creditcard", "4111-1111-1111-1111", "4111-1111-1111-1112"),
        ("hexcolor", "#fff", "#ffff"),
        ("rgbcolor", "rgb(0, 255,9)", "rgb(256,0,0)"),
        ("k8s-short-name", "a-1", "a.1"),
        ("k8s-long-name", "a.b-1", "a..b"),
        ("byte", "YWJj", "YWJ"),
    ],
)
def test_a_format_is_looked_at(form: str, good: str, bad: str) -> None:
    assert (formats.fits(good, form), formats.fits(bad, form)) == (True, False)


def test_what_nobody_knows_fits_everything() -> None:
    assert formats.fits("anything", "shoe-size") and formats.fits("anything", "") and formats.fits("x", "password")


def test_what_nobody_knows_is_told_once_it_comes() -> None:
    known: dict[str, Any] = {
        "a": {"type": "string", "format": "date-time"},
        "b": {"type": "integer", "format": "int32"},
    }
    new: dict[str, Any] = {
        "c": {"type": "string", "format": "shoe-size"},
        "d": {"type": "array", "items": {"format": "x"}},
    }

    def definition(properties: dict[str, Any]) -> dict[str, Any]:
        schema = {"openAPIV3Schema": {"type": "object", "properties": properties}}
        return {"spec": {"versions": [{"name": "v1", "schema": schema}]}}

    assert not formats.warnings(definition(known), None)
    told = ['unrecognized format "shoe-size"', 'unrecognized format "x"']
    assert formats.warnings(definition(known | new), definition(known)) == told
    assert not formats.warnings(definition(known | new), definition(new))
