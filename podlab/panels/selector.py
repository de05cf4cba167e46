"""Label selectors, decided here so that panels with different selectors can share one watch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from podlab.apimachinery import labels as selectors

Matcher = Callable[[Mapping[str, str]], bool]


def matcher(selector: str | None) -> Matcher:
    """The test for one selector, such as `app=web,tier in (a, b),!canary`.

    Raises:
        ValueError: it is no label selector.
    """
    terms = selectors.parse(selector or "")
    return lambda labels: all(term.matches(labels) for term in terms)
