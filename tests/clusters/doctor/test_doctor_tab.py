"""What doctor says in a browser tab."""

from __future__ import annotations

import pytest

from podlab.clusters.doctor.doctor import worst
from podlab.clusters.doctor.tab import LIMITS, Browser, examine
from podlab.text import Text

CHROME = Browser(True, True, True, quota=10 * 2**30, used=50 * 2**20)


def amiss(browser: Browser, trouble: Text | None = None) -> list[str]:
    return [f"{finding.id} {finding.severity}" for finding in examine(browser, trouble) if finding.severity != "ok"]


def test_a_browser_that_has_everything_is_well_and_the_limits_are_named() -> None:
    assert amiss(CHROME) == []
    assert [finding.seen for finding in examine(CHROME)][-len(LIMITS) :] == list(LIMITS)
    assert "10190 MiB left of 10240 MiB" in " ".join(finding.seen.en for finding in examine(CHROME))


@pytest.mark.parametrize(
    ("browser", "said"),
    [
        (Browser(False, True, True), ["stack-switching note"]),
        (Browser(True, False, True), ["service-worker error"]),
        (Browser(True, True, False), ["locks note"]),
        (Browser(True, True, True, quota=120 * 2**20, used=0), ["storage note"]),
        (Browser(True, True, True, quota=10 * 2**30, used=10 * 2**30 - 1), ["storage note"]),
    ],
)
def test_what_a_browser_lacks_is_said_with_what_to_do(browser: Browser, said: list[str]) -> None:
    assert amiss(browser) == said
    found = [finding for finding in examine(browser) if finding.severity != "ok"]
    assert all(finding.fix and finding.fix.ko and finding.why for finding in found)


def test_a_state_that_was_not_kept_is_an_error() -> None:
    full = Text(ko="가득 참", en="full")
    assert amiss(CHROME, full) == ["kept error"]
    assert worst(examine(CHROME, full)) == "error"
