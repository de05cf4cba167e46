"""Label and field selectors: syntax, meaning, and the words about wrong ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.apiserver import selectors
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.status import StatusError

PODS = Resource(
    "", "v1", "Pod", "pods", fields=lambda pod: {"status.phase": (pod.get("status") or {}).get("phase", "")}
)

names = st.from_regex(r"[a-z]([-a-z0-9]{0,5}[a-z0-9])?", fullmatch=True).filter(lambda n: n not in ("in", "notin"))
labels = st.dictionaries(names, names, max_size=4)


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
    assert selectors.labels_match(text, {"app": "web", "n": "5", "empty": ""}) is selected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a==b==c", "found '==', expected: ',' or 'end of string'"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        ("=a", "found '=', expected: !, identifier, or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        ("a ? b", "unable to parse requirement: found '?', expected: in, notin, =, ==, !=, gt, lt"),
    ],
)
def test_words_about_wrong_label_selectors(text: str, words: str) -> None:
    with pytest.raises(StatusError) as refusal:
        selectors.matcher(PODS, text, None)
    assert (refusal.value.code, refusal.value.message) == (400, words)


@given(labels, names, names)
def test_equality_and_set_terms_agree(own: dict[str, str], key: str, value: str) -> None:
    equal = selectors.labels_match(f"{key}={value}", own)
    assert equal == selectors.labels_match(f"{key} in ({value})", own) == (own.get(key) == value)
    assert selectors.labels_match(f"{key}!={value}", own) is not equal
    assert selectors.labels_match(f"!{key}", own) is not selectors.labels_match(key, own)


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for parse in (selectors.parse_labels, selectors.parse_fields):
        try:
            parse(text)
        except ValueError as error:
            assert str(error)


def test_field_selectors() -> None:
    pod = {"metadata": {"name": "a", "namespace": "b"}, "status": {"phase": "Running"}}
    for text, selected in (
        ("status.phase=Running", True),
        ("status.phase!=Running,metadata.name=a", False),
        ("metadata.namespace==b", True),
    ):
        assert selectors.matcher(PODS, None, text)(pod) is selected
    with pytest.raises(StatusError, match=r"field label not supported: spec.bogus"):
        selectors.matcher(PODS, None, "spec.bogus=x")
    with pytest.raises(StatusError, match="invalid selector: 'foo'; can't understand 'foo'"):
        selectors.matcher(PODS, None, "foo")


def test_selector_objects() -> None:
    selector = {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}
    assert selectors.selects(selector, {"app": "web"})
    assert not selectors.selects(selector, {"app": "web", "tier": "x"})
    assert not selectors.selects(None, {})
    assert selectors.selects({}, {})
