"""What is read from an API server's answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from podlab.answers import ServerClock

SECOND = timedelta(seconds=1)


def test_the_servers_time_is_its_date_and_what_has_passed_since() -> None:
    clock = ServerClock()
    there = datetime.now(UTC) + timedelta(hours=3)
    clock.heard({"date": format_datetime(there, usegmt=True)})
    assert abs(clock.now() - there) < 2 * SECOND


def test_a_date_of_whole_seconds_does_not_make_ages_jump() -> None:
    clock = ServerClock()
    clock.heard({"date": format_datetime(datetime.now(UTC), usegmt=True)})
    assert abs(clock.now() - datetime.now(UTC)) < SECOND / 10


def test_at_a_stepping_cluster_no_time_passes_between_requests() -> None:
    clock, moment = ServerClock(), datetime(2026, 1, 1, 0, 0, 7, tzinfo=UTC)
    clock.heard({"date": format_datetime(moment, usegmt=True), "podlab-clock": "stepping"})
    assert clock.now() == moment
