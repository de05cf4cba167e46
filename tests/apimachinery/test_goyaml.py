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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: 1", {"true": 1}),
        ("1.5: a\n2: b\n1e3: c", {"1.5": "a", "2": "b", "1000": "c"}),
        (".inf: a\n-.inf: b\n.nan: c", {".inf": "a", "-.inf": "b", ".nan": "c"}),
    ],
)
def test_keys_are_texts(text: str, value: Any) -> None:
    assert goyaml.as_json(yaml.load(text, Loader=goyaml.loader())) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: .inf", "json: unsupported value: +Inf"),
        ("a: -.inf", "json: unsupported value: -Inf"),
        ("a: [.nan]", "json: unsupported value: NaN"),
        ("~: z", 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "z"'),
        (
            "null: {a: 1, b: [x]}",
            "unsupported map key of type: %!s(<nil>), key: <nil>, "
            'value: map[interface {}]interface {}{"a":1, "b":[]interface {}{"x"}}',
        ),
    ],
)
def test_what_json_cannot_say_is_refused(text: str, words: str) -> None:
    with pytest.raises(goyaml.NotJson) as refused:
        goyaml.as_json(yaml.load(text, Loader=goyaml.loader()))
    assert str(refused.value) == words
