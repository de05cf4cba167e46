"""Label selectors, decided here so that panels with different selectors can share one watch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from podlab.apimachinery import labels as selectors
from podlab.errors import PodlabError
from podlab.text import Text

HOW = Text(
    ko='레이블 셀렉터는 이렇게 적습니다: `selector="app=web"`, `selector="app in (web, db)"`',
    en='A label selector is written like this: `selector="app=web"`, `selector="app in (web, db)"`',
)
Matcher = Callable[[Mapping[str, str]], bool]


def matcher(selector: str | None) -> Matcher:
    """The test for one selector, such as `app=web,tier in (a, b),!canary`.

    Raises:
        PodlabError: it is no label selector.
    """
    try:
        terms = selectors.parse(selector or "")
    except ValueError as wrong:
        raise PodlabError(str(wrong), HOW) from None
    return lambda labels: all(term.matches(labels) for term in terms)
