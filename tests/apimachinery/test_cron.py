"""When schedules in Cron's form are due; the hours that clocks skip and repeat are New York's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from podlab.apimachinery import cron

YORK = "America/New_York"


def following(schedule: str, after: str, zone: str = "UTC") -> str | None:
    moment = cron.parse(schedule).next(datetime.fromisoformat(after).timestamp(), ZoneInfo(zone))
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).isoformat() if moment else None


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ("* * * * *", "2026-11-27T07:17:46+00:00", "2026-11-27T07:18:00+00:00"),
        ("* * * * *", "2026-11-27T07:18:00+00:00", "2026-11-27T07:19:00+00:00"),
        ("@every 1m", "2026-11-27T07:17:46.7+00:00", "2026-11-27T07:18:46+00:00"),
        ("*/15 9-10 * * mon-fri", "2026-11-27T10:45:00+00:00", "2026-11-30T09:00:00+00:00"),
        ("@hourly", "2026-11-27T07:17:46+00:00", "2026-11-27T08:00:00+00:00"),
        ("@weekly", "2026-11-27T07:17:46+00:00", "2026-11-29T00:00:00+00:00"),
        ("0 0 13 * fri", "2026-11-27T00:00:00+00:00", "2026-12-04T00:00:00+00:00"),
        ("0 0 */2 * fri", "2026-11-27T00:00:00+00:00", "2026-11-29T00:00:00+00:00"),
        ("0 0 29 feb ?", "2026-11-27T00:00:00+00:00", "2028-02-29T00:00:00+00:00"),
        ("59 23 31 2 *", "2026-11-27T00:00:00+00:00", None),
    ],
)
def test_the_next_moment(schedule: str, after: str, expected: str | None) -> None:
    assert following(schedule, after) == expected


def test_a_time_zone_moves_the_day() -> None:
    assert following("0 9 * * *", "2026-11-27T00:00:00+00:00", "Asia/Seoul") == "2026-11-28T09:00:00+09:00"


def test_an_hour_that_is_skipped_has_no_moment() -> None:
    assert following("30 2 * * *", "2026-03-08T00:00:00-05:00", YORK) == "2026-03-09T02:30:00-04:00"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-04-05T01:45:00+11:00", "2026-04-05T01:59:00+11:00"),
        ("2026-04-05T01:59:00+11:00", "2026-04-05T01:59:00+10:30"),
        ("2026-04-05T01:59:00+10:30", "2026-04-05T02:59:00+10:30"),
        ("2026-10-04T01:59:00+10:30", "2026-10-04T02:59:00+11:00"),
    ],
)
def test_half_an_hour_that_is_skipped_or_comes_twice(after: str, expected: str) -> None:
    assert following("59 * * * *", after, "Australia/Lord_Howe") == expected


class Counting(tzinfo):
    """UTC, which knows how often it was asked."""

    asked = 0

    def utcoffset(self, moment: datetime | None) -> timedelta:
        self.asked += 1
        return timedelta()

    def dst(self, moment: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, moment: datetime | None) -> str:
        return "UTC"


def test_hours_that_are_over_are_passed_by() -> None:
    zone = Counting()
    evening = datetime(2026, 11, 27, 23, 30, tzinfo=UTC).timestamp()
    assert cron.parse("* * * * *").next(evening, zone) == evening + 60
    assert zone.asked < 500  # each minute of the day before it would be 5,640


def test_an_hour_that_comes_twice_has_its_moments_twice() -> None:
    assert following("0 1 * * *", "2026-11-01T00:00:00-04:00", YORK) == "2026-11-01T01:00:00-04:00"
    assert following("0 1 * * *", "2026-11-01T01:00:00-04:00", YORK) == "2026-11-01T01:00:00-05:00"
    assert following("0 1 * * *", "2026-11-01T01:00:00-05:00", YORK) == "2026-11-02T01:00:00-05:00"


@pytest.mark.parametrize("schedule", ["", "* * * *", "60 * * * *", "5-1 * * * *", "*/0 * * * *", "@often", "@every x"])
def test_what_cannot_be_read(schedule: str) -> None:
    with pytest.raises(ValueError, match=r"expected|above|beyond|positive|unrecognized|failed to parse"):
        cron.parse(schedule)
