"""What is said of a CronJob's schedule, in the words of a real cluster."""

from __future__ import annotations

import pytest

from podlab.embedded.apiserver.validation import schedules

RANGE, ZONE = "end of range (7) above maximum (6): 7", schedules.ZONE


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("0 1 * * 6", []),
        ("0 1 * * 7", [RANGE]),
        ("TZ=Asia/Seoul 0 0 * * *", [ZONE]),
        ("CRON_TZ=Asia/Seoul 0 1 * * 7", [RANGE, ZONE]),
    ],
)
def test_a_schedule_is_told_all_that_is_wrong_with_it(text: str, wrong: list[str]) -> None:
    found = [cause.message for cause in schedules.validate(text, "spec.schedule")]
    assert found == [f'Invalid value: "{text}": {why}' for why in wrong]


def test_the_zone_of_the_machine_is_none() -> None:
    assert [cause.message for cause in schedules.time_zone("local", "z")] == [
        f'Invalid value: "local": {schedules.EXPLICIT}',
        'Invalid value: "local": unknown time zone local',
    ]
    assert len(schedules.time_zone("Local", "z")) == 1
