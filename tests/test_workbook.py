"""The learner's copy: what is put there, what is left alone, what comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podlab import workbook
from podlab.errors import PodlabError

CODE = {
    "cell_type": "code",
    "id": "c",
    "metadata": {},
    "source": ["1"],
    "execution_count": 7,
    "outputs": [{"output_type": "x"}],
}
TEXT = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["파드"]}


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    for language in ("ko", "en"):
        for name in ("00-welcome", "02-create"):
            path = tmp_path / "lessons" / language / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"cells": [TEXT, CODE], "metadata": {}, "nbformat": 4}), encoding="utf-8")
    (tmp_path / "lessons" / "manifests").mkdir()
    (tmp_path / "lessons" / "manifests" / "nginx-pod.yaml").write_text("# 파드\n", encoding="utf-8")
    return tmp_path / "lessons"


def test_lessons_of_one_language_and_the_manifests(lessons: Path, tmp_path: Path) -> None:
    put = workbook.lay_out(tmp_path / "work", "ko", lessons)
    names = {path.relative_to(tmp_path / "work").as_posix() for path in put}
    assert names == {"ko/00-welcome.ipynb", "ko/02-create.ipynb", "manifests/nginx-pod.yaml"}


def test_outputs_are_cleared_and_korean_stays_readable(lessons: Path, tmp_path: Path) -> None:
    workbook.lay_out(tmp_path / "work", "ko", lessons)
    text = (tmp_path / "work" / "ko" / "02-create.ipynb").read_text(encoding="utf-8")
    assert json.loads(text)["cells"] == [TEXT, CODE | {"execution_count": None, "outputs": []}]
    assert "파드" in text


def test_what_is_there_is_never_overwritten(lessons: Path, tmp_path: Path) -> None:
    workbook.lay_out(tmp_path / "work", "en", lessons)
    mine = tmp_path / "work" / "en" / "02-create.ipynb"
    mine.write_text("mine", encoding="utf-8")
    (tmp_path / "work" / "en" / "00-welcome.ipynb").unlink()
    put = workbook.lay_out(tmp_path / "work", "en", lessons)
    assert [path.name for path in put] == ["00-welcome.ipynb"]
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("lesson", ["2", "02", "02-create", "02-create.ipynb", "02-cr"])
def test_a_lesson_comes_back_and_the_old_one_is_kept(lessons: Path, tmp_path: Path, lesson: str) -> None:
    folder = tmp_path / "work"
    workbook.lay_out(folder, "en", lessons)
    mine = folder / "en" / "02-create.ipynb"
    mine.write_text("mine", encoding="utf-8")
    restored, kept = workbook.restore(folder, lesson, "en", lessons)
    assert restored == mine
    assert json.loads(mine.read_text(encoding="utf-8"))["cells"][0] == TEXT
    assert kept and kept.read_text(encoding="utf-8") == "mine"
    assert workbook.restore(folder, lesson, "en", lessons)[1] not in (kept, None)


@pytest.mark.parametrize("lesson", ["99", "", "0"])
def test_what_is_no_lesson_names_those_that_are(lessons: Path, tmp_path: Path, lesson: str) -> None:
    if lesson == "0":
        assert workbook.find(lessons / "en", lesson).stem == "00-welcome"
        return
    with pytest.raises(PodlabError) as caught:
        workbook.restore(tmp_path, lesson, "en", lessons)
    assert "00-welcome, 02-create" in str(caught.value.hint)


def test_a_folder_that_cannot_be_written_is_said(lessons: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PodlabError) as caught:
        workbook.lay_out(tmp_path / "file", "en", lessons)
    assert "podlab lab FOLDER" in str(caught.value.hint)


def test_from_inside_the_working_folder_it_is_that_folder(lessons: Path, tmp_path: Path) -> None:
    there = tmp_path / workbook.FOLDER
    workbook.lay_out(there, "en", lessons)
    assert workbook.working(tmp_path) == there
    assert workbook.working(there) == there
    assert workbook.working(there / "en") == there


def test_no_lessons_at_all(tmp_path: Path) -> None:
    with pytest.raises(PodlabError):
        workbook.lay_out(tmp_path / "work", "en", tmp_path)
