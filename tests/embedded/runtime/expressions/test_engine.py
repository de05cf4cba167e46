"""Without google-re2, Python's engine finds the same, and refuses what RE2 refuses and what could keep it busy."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.runtime.expressions.engine import Error, compiled, guarded

PATTERNS = (
    "a", "^a", "a$", "^$", "a.c", "a*", "(a|b)+", "ab?c", "a{2,3}", "a{2", "[abc]+", "[^abc]", "[]a]", "[^]a]",
    "[a-c]x", "[[:alpha:]]+", "[[:digit:][:space:]]", "[^[:punct:]]", r"\d+", r"\w\b", r"\s", r"\S+", r"[\s]", r"\.",
    r"a\+", r"\x61", r"\x{62}", r"\Qa.c\E", r"\Aa", r"a\z", "(?i)ABC", "(?:ab)+", "(?P<n>a)b", "(?<n>a)b", "(?s)a.c",
    "(?m)^b$", "a|", "()", "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "a.*c", "a.*?c", "[a&&b]", "[a\\]b]", "[[a]", "é", "[^é]",
    "a**", "{", "a{,2}", "]",
)  # fmt: skip
TEXTS = (
    "", "a", "abc", "aabbcc", "a.c", "a\nb\nc", "ABC", "x y\tz", "é", "a]b", "[", "a&b", "12 3", "a+", "b\n", "a{2",
    "{",
)  # fmt: skip
REFUSED = (
    r"(a)\1", "a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b", "(?>a)", "a++", "a*+", "(", ")", "[a", "*", r"\8", "a{1001}",
    "\\",
)  # fmt: skip


def outcome(make, pattern: str, text: str):
    try:
        found = make(pattern).search(text)
    except Error:
        return "refused"
    return found and (found.span(), found.groups())


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_finds_what_re2_finds(pattern: str) -> None:
    assert [outcome(guarded, pattern, text) for text in TEXTS] == [outcome(compiled, pattern, text) for text in TEXTS]


@pytest.mark.parametrize("pattern", REFUSED)
def test_it_refuses_what_re2_refuses(pattern: str) -> None:
    for make in (guarded, compiled):
        with pytest.raises(Error):
            make(pattern)


@pytest.mark.slow
@given(st.text("ab()[]{}*+?|.^$\\-:1,é \n", max_size=8), st.text("ab-é1 \n", max_size=8))
def test_what_it_does_not_refuse_means_the_same(pattern: str, text: str) -> None:
    found, wanted = outcome(guarded, pattern, text), outcome(compiled, pattern, text)
    assert found in (wanted, "refused")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a*)*b", "(?:a|a+){5,}b", "(a+b?){9}c", "a*a*a*a*a*b"])
def test_what_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(Error, match="for a browser tab"):
        guarded(pattern)


def test_what_is_left_ends_soon() -> None:
    before = time.process_time()
    assert guarded("^a*a*b$").search("a" * 2000) is None
    assert time.process_time() - before < 5


def test_case_can_be_ignored() -> None:
    assert guarded("abc", ignore_case=True).search("xABC")
    assert not guarded("abc").search("xABC")


def test_the_reason_is_told() -> None:
    for pattern in ("(a", "[a", "a(?=b)", "*"):
        said = []
        for make in (guarded, compiled):
            with pytest.raises(Error) as found:
                make(pattern)
            said.append(str(found.value).partition(":")[0])
        assert said[0] == said[1]
