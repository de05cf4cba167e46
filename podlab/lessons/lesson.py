"""The lessons in their order: number, slug, title, length, and what a lesson needs before it can begin."""

from __future__ import annotations

import difflib
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.errors import PodlabError
from podlab.text import Text

POD = "nginx-pod-example"
MANIFEST = "nginx-pod.yaml"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One notebook. `files` are manifests it wants in the folder, `pod` whether it wants the example Pod
    Ready, `events` whether the events of that Pod must not have expired."""

    slug: str
    title: Text
    minutes: int
    files: tuple[str, ...] = ()
    pod: bool = False
    events: bool = False

    @property
    def number(self) -> str:
        """The two digits it is called by, such as `04`."""
        return self.slug[:2]

    @property
    def module(self) -> Any:
        """The module of the same name, with its CHECKS and QUESTIONS."""
        return importlib.import_module(f"podlab.lessons.{self.slug[3:].replace('-', '_')}")


LESSONS = (
    Lesson("00-welcome", Text(ko="시작하기", en="Welcome"), 10),
    Lesson("01-what-is-a-pod", Text(ko="파드란 무엇인가", en="What is a Pod?"), 20),
    Lesson("02-create", Text(ko="파드 만들기", en="Create a Pod"), 30),
    Lesson("03-get", Text(ko="파드 살펴보기", en="Get Pods"), 25, files=(MANIFEST,), pod=True),
    Lesson(
        "04-describe", Text(ko="파드 자세히 보기", en="Describe a Pod"), 25, files=(MANIFEST,), pod=True, events=True
    ),
    Lesson("05-delete", Text(ko="파드 삭제하기", en="Delete a Pod"), 25, files=(MANIFEST,)),
    Lesson("06-containers-in-a-pod", Text(ko="한 파드 안의 컨테이너", en="Containers in a Pod"), 30),
    Lesson("07-pods-come-and-go", Text(ko="오고 가는 파드", en="Pods come and go"), 40, files=(MANIFEST, "agent.yaml")),
    Lesson("08-reach-a-pod", Text(ko="파드에 닿기", en="Reach a Pod"), 35),
    Lesson("09-find-the-fault", Text(ko="고장 찾기", en="Find the fault"), 60),
    Lesson("10-on-your-own", Text(ko="혼자 하기", en="On your own"), 40),
)


def lesson(name: str) -> Lesson:
    """The lesson called by its number or its slug (`4`, `04`, `04-describe`, `describe`).

    Raises:
        PodlabError: there is no such lesson.
    """
    for each in LESSONS:
        if str(name) in (each.number, each.number.lstrip("0") or "0", each.slug, each.slug[3:]):
            return each
    known = ", ".join(each.number for each in LESSONS)
    slugs = [slug for each in LESSONS for slug in (each.slug, each.slug[3:])]
    near = difflib.get_close_matches(str(name).lower(), slugs, 1, 0.75)
    raise PodlabError(
        Text(ko="{name!r}{이라는/라는} 수업은 없습니다", en="there is no lesson {name!r}").format(name=name),
        Text(ko="혹시 {near!r}입니까?", en="did you mean {near!r}?").format(near=near[0])
        if near
        else Text(ko="수업은 {known}입니다", en="the lessons are {known}").format(known=known),
    )


def notebooks() -> Path:
    """The folder with src, ko, en and manifests: inside an installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "notebooks"
    return inside if inside.is_dir() else package.parent / "notebooks"


def manifest(name: str) -> str:
    """The text of a manifest that the lessons use, such as `nginx-pod.yaml`."""
    return manifest_path(name).read_text(encoding="utf-8")


def manifest_path(name: str) -> Path:
    """Where the kit keeps that manifest."""
    return notebooks() / "manifests" / name
