"""What is stored and sent is the JSON that Python's own encoder writes, whichever writes it, and so are copies."""

from __future__ import annotations

import json
import subprocess
import sys
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


@pytest.mark.slow
@given(VALUES)
def test_an_object_is_written_as_pythons_own_encoder_does(value: Any) -> None:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert serializer.encode(value) == text.encode("utf-8", "replace")


@pytest.mark.slow
@given(VALUES | st.floats(allow_nan=False, allow_infinity=False))
def test_what_was_written_is_read_as_pythons_own_decoder_does(value: Any) -> None:
    text = serializer.encode({"a": value}).decode()
    assert repr(serializer.decode(text)) == repr(json.loads(text))


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


@pytest.mark.parametrize(
    "text",
    ["1", "-0", "1e3", "1.50", "18446744073709551616", "-9223372036854775809", '{"a":"\\u00e9","a":null}', '"\\/"'],
)
def test_what_others_wrote_is_read_as_pythons_own_decoder_does(text: str) -> None:
    assert repr(serializer.decode(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", ["", "{", '{"a":1', "nul", '{"a":1} x'])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        serializer.decode(text)


@pytest.mark.slow
@given(VALUES)
def test_a_copy_is_equal_and_shares_nothing_that_can_be_changed(value: Any) -> None:
    made = serializer.fresh({"a": value})
    assert made == {"a": value}
    assert not _changeable(made) & _changeable({"a": value})


def _changeable(value: Any) -> set[int]:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = {id(value)} if isinstance(value, (dict, list)) else set()
    return own.union(*map(_changeable, members))


def test_what_is_no_plain_json_is_copied_all_the_same() -> None:
    given = {"number": Literal("1.50"), "list": [{}]}
    made = serializer.fresh(given)
    assert made == given and made["number"].text == "1.50"
    assert made["list"][0] is not given["list"][0]


@pytest.mark.slow  # a Python of its own
def test_without_msgspec_python_writes_and_copies() -> None:
    code = """
import sys
sys.modules["msgspec"] = None
from podlab.embedded import serializer
given = {"list": [{"n": 1.5}, "half \\ud83d"]}
made = serializer.fresh(given)
print(serializer.encode(made), made == given, made["list"][0] is given["list"][0], serializer.decode("[1]"))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == """b'{"list":[{"n":1.5},"half ?"]}' True False [1]\n"""
