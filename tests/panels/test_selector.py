"""Label selectors as kubectl writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.errors import PodlabError
from podlab.panels.selector import matcher

WEB = {"app": "web", "tier": "front"}


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        (None, True),
        ("", True),
        ("app=web", True),
        ("app==web,tier=front", True),
        ("app=db", False),
        ("app!=db", True),
        ("canary!=yes", True),
        ("app in (web, db)", True),
        ("app notin (web,db)", False),
        ("canary notin (a)", True),
        ("canary in (a)", False),
        ("tier", True),
        ("!tier", False),
        ("!canary", True),
        ("app in (web,db),!tier", False),
    ],
)
def test_matches(selector: str | None, matches: bool) -> None:
    assert matcher(selector)(WEB) is matches


@pytest.mark.parametrize("selector", ["app=web=x", "a b", "app in web", "=x", "app in (a"])
def test_nonsense_is_refused(selector: str) -> None:
    with pytest.raises(PodlabError, match=r"found|expected|unable"):
        matcher(selector)


WORD = st.text("abc", min_size=1, max_size=2)


@pytest.mark.slow
@given(st.dictionaries(WORD, WORD, max_size=3), WORD, st.sets(WORD, min_size=1, max_size=3))
def test_in_and_notin_are_opposites(labels: dict[str, str], key: str, values: set[str]) -> None:
    listed = ",".join(sorted(values))
    assert matcher(f"{key} in ({listed})")(labels) != matcher(f"{key} notin ({listed})")(labels)
