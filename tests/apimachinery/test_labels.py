"""Label selectors: syntax and meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.apimachinery import fieldselectors, labels

names = st.from_regex(r"[a-z]([-a-z0-9]{0,5}[a-z0-9])?", fullmatch=True).filter(lambda n: n not in ("in", "notin"))
labelsets = st.dictionaries(names, names, max_size=4)


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app!=web", False),
        ("tier!=x", True),
        ("app in (web,db)", True),
        ("app notin (web)", False),
        ("app", True),
        ("!app", False),
        ("!tier", True),
        ("app=web,!tier", True),
        ("n>3", True),
        ("n<3", False),
        ("empty=", True),
        ("app in (,web)", True),
        ("app.kubernetes.io/name=x", False),
    ],
)
def test_label_selectors(text: str, selected: bool) -> None:
    assert labels.matches_text(text, {"app": "web", "n": "5", "empty": ""}) is selected


@pytest.mark.slow
@given(labelsets, names, names)
def test_equality_and_set_terms_agree(own: dict[str, str], key: str, value: str) -> None:
    equal = labels.matches_text(f"{key}={value}", own)
    assert equal == labels.matches_text(f"{key} in ({value})", own) == (own.get(key) == value)
    assert labels.matches_text(f"{key}!={value}", own) is not equal
    assert labels.matches_text(f"!{key}", own) is not labels.matches_text(key, own)


@pytest.mark.slow
@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for parse in (labels.parse, fieldselectors.parse):
        try:
            parse(text)
        except ValueError as error:
            assert str(error)


def test_selector_objects() -> None:
    selector = {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}
    assert labels.selects(selector, {"app": "web"})
    assert not labels.selects(selector, {"app": "web", "tier": "x"})
    assert not labels.selects(None, {})
    assert labels.selects({}, {})


def test_a_selector_in_a_table_is_in_the_order_of_its_keys() -> None:
    terms = [{"key": "x", "operator": "DoesNotExist"}, {"key": "app", "operator": "In", "values": ["b", "a"]}]
    assert labels.format_selector({"matchExpressions": terms, "matchLabels": {"tier": "t"}}) == "app in (a,b),tier=t,!x"
