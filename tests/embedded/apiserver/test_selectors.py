"""Selectors of requests: what they select, and the words about wrong ones."""

from __future__ import annotations

import pytest

from podlab.embedded.apiserver import selectors
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.resources import pods
from podlab.embedded.apiserver.status import StatusError

PODS = Resource(
    "", "v1", "Pod", "pods", fields=lambda pod: {"status.phase": (pod.get("status") or {}).get("phase", "")}
)


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


def test_addresses_of_a_pod_may_be_named_but_have_no_value() -> None:
    pod = {"metadata": {"name": "a"}, "status": {"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}]}}
    for text, selected in (
        ("status.podIP=10.0.0.1", True),
        ("status.podIPs=10.0.0.1", False),
        ("status.podIPs=", True),
    ):
        assert selectors.matcher(pods.PODS, None, text)(pod) is selected
