"""What is read from an API server's answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from podlab.answers import ServerClock, unreachable

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


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("RemoteDisconnected('Remote end closed connection without response')", "EOF"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "http: server gave HTTP response to HTTPS client"),
        ("[Errno 113] No route to host", "dial tcp a:1: connect: no route to host"),
    ],
)
def test_the_end_of_a_way_is_told_in_gos_words(said: str, line: str) -> None:
    assert str(unreachable("https://a:1", OSError(said))) == f"Unable to connect to the server: {line}"
