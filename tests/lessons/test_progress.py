"""Progress: what was passed is kept, what cannot be kept does not spoil the lesson."""

from __future__ import annotations

import pytest

from podlab import text
from podlab.lessons import progress
from podlab.lessons.check import Result
from podlab.text import Text

PASSED = Result(True, Text(ko="준비됨", en="it is ready"))
FAILED = Result(False, Text(ko="아직", en="not yet"))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    text.use("en")
    yield tmp_path
    text.use(None)


def line(number):
    return next(each for each in str(progress.progress()).splitlines() if each.startswith(number))


def test_nothing_yet():
    assert line("02").startswith("02 □□□□□□□□□□□□ 0/12 · 0 min · hints 0 · ")
    assert line("01").startswith("01 □□□□□ 0/5")


def test_a_check_that_passed_stays_passed_when_it_is_repeated():
    progress.record("02-ready", PASSED)
    progress.record("02-clear", PASSED)
    progress.record("02-clear", FAILED)
    assert line("02").startswith("02 ■□■□□□□□□□□□ 2/12")
    kept = progress.progress().entries["02-clear"]
    assert kept["tries"] == 2 and kept["said"] == {"ko": "준비됨", "en": "it is ready"}


def test_a_failure_passes_nothing():
    progress.record("02-ready", FAILED)
    assert line("02").split()[2] == "0/12"


def test_hints_and_solutions_are_counted_once_each():
    for step in (1, 2, 2):
        progress.record_hint("02-ready", step)
    progress.record_solution("02-ready")
    progress.record_solution("02-ready")
    assert "hints 2" in line("02")
    assert str(progress.progress()).endswith("hints: 2, solutions: 1")


def test_minutes_are_those_of_work_and_not_of_pauses():
    clock = None
    for now in (0, 100, 200, 10_000, 10_060):
        clock = progress._later(clock, now)
    assert clock["seconds"] == 260


def test_a_file_of_the_first_form_is_understood(home):
    (home / "progress.json").write_text('{"02-ready": true, "02-clear": false}', encoding="utf-8")
    assert line("02").startswith("02 □□■□")
    progress.record("02-page", PASSED)
    assert line("02").startswith("02 □□■■□")


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"02-ready": [1], "@02": 3}'])
def test_a_damaged_file_counts_as_none(home, damage):
    (home / "progress.json").write_text(damage, encoding="utf-8")
    progress.record("02-ready", PASSED)
    assert " 1/12" in line("02")


def test_a_place_that_cannot_be_written_is_no_error(home):
    (home / "progress.json").mkdir()
    progress.record("02-ready", PASSED)
    assert " 0/12" in line("02")
