"""What is stored and sent is the JSON that Python's own encoder writes, whichever writes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded import serializer
from podlab.embedded.apiserver.decoding.conversion import Literal, pairs

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_an_object_is_written_as_pythons_own_encoder_does(value: Any) -> None:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert serializer.encode(value) == text.encode("utf-8", "replace")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Literal("1.50"), b"1.5"),
        (type("Name", (str,), {})("web"), b'"web"'),
        (pairs([("a", 1), ("a", 2)]), b'{"a":2}'),
        ("half \ud83d", b'"half ?"'),
        ({"tall": (1, 2.5), "한": "\U0001f600"}, '{"tall":[1,2.5],"한":"\U0001f600"}'.encode()),
    ],
)
def test_what_is_no_plain_json_is_written_all_the_same(value: Any, text: bytes) -> None:
    assert serializer.encode(value) == text
