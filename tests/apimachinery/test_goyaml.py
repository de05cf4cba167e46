"""YAML as Go's library reads it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from podlab.apimachinery import goyaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("y", True),
        ("n", False),
        ("off", False),
        ("1e3", 1000),
        ("0899", 899),
        ("0777", 511),
        ("0o17", 15),
        ("0x10", 16),
        ("1_000", 1000),
        ("12:30", "12:30"),
        ("2020-01-01", "2020-01-01"),
        ("=", "="),
        ("99999999999999999999", 10**20),
        ("1.5", 1.5),
        ("-3", -3),
    ],
)
def test_words_and_numbers(text: str, value: Any) -> None:
    found = yaml.load(f"a: {text}", Loader=goyaml.loader())["a"]
    assert found == value and type(found) is type(value)
