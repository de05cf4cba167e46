"""`kubectl drain`: Pods that should have been gone for long are not waited for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from podlab.kubectl.verbs import drain

NOW = datetime(2026, 1, 1, 0, 1, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "seconds", "is_overdue"),
    [("2026-01-01T00:00:00Z", 99, True), ("2026-01-01T00:00:00Z", 100, False), ("2026-01-01T00:00:00Z", 0, False),
     (None, 1, False)],
)  # fmt: skip
def test_who_is_overdue(since: str | None, seconds: int, is_overdue: bool) -> None:
    pod = {"metadata": {"name": "web", **({"deletionTimestamp": since} if since else {})}}
    assert drain._is_overdue(pod, seconds, NOW) is is_overdue
