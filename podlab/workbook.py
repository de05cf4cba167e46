"""The learner's working copy of the lessons: outputs cleared, never overwritten, restored one by one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from podlab.errors import PodlabError
from podlab.text import Language, Text

FOLDER = "podlab-lessons"
WELCOME = "00-welcome"


def source() -> Path:
    """The built lessons: inside the installed package, else beside it in the checkout."""
    package = Path(__file__).resolve().parent
    return next(
        (path for path in (package / "notebooks", package.parent / "notebooks") if path.is_dir()), package / "notebooks"
    )


def lay_out(folder: Path, language: Language, lessons: Path | None = None) -> list[Path]:
    """Put what is not there yet into the folder: lessons of the language, and the manifests; what was put there.

    Raises:
        PodlabError: there are no lessons of this language, or the folder cannot be written.
    """
    lessons = lessons or source()
    notebooks = sorted((lessons / language).glob("*.ipynb"))
    if not notebooks:
        raise PodlabError(
            Text(ko="{folder}에 수업이 없습니다", en="there are no lessons in {folder}").format(
                folder=lessons / language
            ),
            Text(ko="podlab을 다시 설치하십시오", en="install podlab again"),
        )
    manifests = [path for path in sorted((lessons / "manifests").rglob("*")) if path.is_file()]
    try:
        return [
            target
            for path in [*notebooks, *manifests]
            if not (target := folder / path.relative_to(lessons)).exists() and _put(path, target)
        ]
    except OSError as error:
        raise PodlabError(
            Text(ko="{folder}에 쓸 수 없습니다: {why}", en="cannot write to {folder}: {why}").format(
                folder=folder, why=error.strerror
            ),
            Text(ko="다른 폴더를 쓰십시오: podlab lab FOLDER", en="use another folder: podlab lab FOLDER"),
        ) from error


def restore(folder: Path, lesson: str, language: Language, lessons: Path | None = None) -> tuple[Path, Path | None]:
    """Put one lesson back as it was; the learner's version is kept beside it. Both paths, the second if there was one.

    Args:
        folder: the working folder.
        lesson: a number or the begin of a name, such as `2`, `02` or `02-create`.
        language: which of the two.
        lessons: where the built lessons are, for tests.

    Raises:
        PodlabError: there is no such lesson.
    """
    lessons = lessons or source()
    original = find(lessons / language, lesson)
    target = folder / language / original.name
    kept = None
    if target.exists():
        kept = _free(target)
        target.replace(kept)
    _put(original, target)
    return target, kept


def working(here: Path) -> Path:
    """The working folder as seen from `here`: the one we stand in, however deep, else the one below."""
    for place in (here, *here.parents):
        if any((place / language / f"{WELCOME}.ipynb").exists() for language in ("ko", "en")):
            return place
    return here / FOLDER


def find(folder: Path, lesson: str) -> Path:
    """The notebook that the number or name means.

    Raises:
        PodlabError: none or several.
    """
    wanted = lesson.removesuffix(".ipynb")
    wanted = wanted.zfill(2) if wanted.isdigit() else wanted
    found = [
        path
        for path in sorted(folder.glob("*.ipynb"))
        if wanted in (path.stem, path.stem[3:]) or path.stem.startswith(wanted or "?")
    ]
    if len(found) != 1:
        names = ", ".join(path.stem for path in sorted(folder.glob("*.ipynb")))
        raise PodlabError(
            Text(ko="{lesson!r}{이라는/라는} 수업이 없습니다", en="there is no lesson {lesson!r}").format(
                lesson=lesson
            ),
            Text(ko=f"있는 수업: {names}", en=f"there are: {names}"),
        )
    return found[0]


def cleared(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook without outputs and execution counts."""
    cells = [
        cell | {"outputs": [], "execution_count": None} if cell.get("cell_type") == "code" else cell
        for cell in notebook["cells"]
    ]
    return notebook | {"cells": cells}


def _put(path: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".ipynb":
        shutil.copyfile(path, target)
        return True
    text = json.dumps(cleared(json.loads(path.read_text(encoding="utf-8"))), indent=1, ensure_ascii=False)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_text(text + "\n", encoding="utf-8")
    fresh.replace(target)
    return True


def _free(target: Path) -> Path:
    number = 1
    while (kept := target.with_name(f"{target.stem}.mine-{number}.ipynb")).exists():
        number += 1
    return kept
