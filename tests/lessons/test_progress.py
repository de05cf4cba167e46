"""Progress: what was passed is kept, what cannot be kept does not spoil the lesson."""

from __future__ import annotations

import pytest

from podlab import text
from podlab.lessons import progress


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    text.use("en")
    yield tmp_path
    text.use(None)


def test_nothing_yet():
    assert "02 □□□□□□□ 0/7 Create a Pod" in str(progress.progress())


def test_the_latest_result_counts():
    progress.record("02-ready", True)
    progress.record("02-clear", True)
    progress.record("02-clear", False)
    assert "02 □□■□□□□ 1/7 Create a Pod" in str(progress.progress())


@pytest.mark.parametrize("damage", ["", "{", "[]", "null"])
def test_a_damaged_file_counts_as_none(home, damage):
    (home / "progress.json").write_text(damage, encoding="utf-8")
    progress.record("02-ready", True)
    assert "1/7" in str(progress.progress())


def test_a_place_that_cannot_be_written_is_no_error(home):
    (home / "progress.json").mkdir()
    progress.record("02-ready", True)
    assert "0/7" in str(progress.progress())
