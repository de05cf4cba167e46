"""Where Go's decoder stops in what is no base64; each value is what Go's own says."""

from __future__ import annotations

import pytest

from podlab.apimachinery.gobase64 import CorruptBase64, decoded, decoded_url


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("!!!", 0),
        ("YWJ", 0),
        ("YWJjZA", 4),
        ("YWJj!A==", 4),
        ("YWJjZ", 4),
        ("YWJjZA=", 7),
        ("YWJjZA=a", 6),
        ("YWJjZA=\n=x", 9),
        ("YWJjZGU=\n", None),
        ("YW\nJj\r\n", None),
        ("YWJj=", 4),
        ("Y===", 1),
        ("=", 0),
        ("YWJj\nZA", 5),
        ("YWE==", 4),
        ("", None),
        ("한글", 0),
    ],
)
def test_it_stops_where_go_does(text: str, at: int | None) -> None:
    if at is None:
        decoded(text)
        return
    with pytest.raises(CorruptBase64, match=f"^illegal base64 data at input byte {at}$"):
        decoded(text)


@pytest.mark.parametrize(
    ("text", "at"), [("YWJjZ", 4), ("YWJj+A", 4), ("YWJjZA==", 6), ("YW-_", None), ("YWJjZA", None)]
)
def test_one_for_addresses_has_no_padding(text: str, at: int | None) -> None:
    if at is None:
        decoded_url(text)
        return
    with pytest.raises(CorruptBase64, match=f"byte {at}$"):
        decoded_url(text)
