"""Judgements of what a learner makes without steps: no cell is named, since there is none that would make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podlab.lessons.check import Result, Seen, Test
from podlab.lessons.judge import ready
from podlab.text import Text

READ = Text(ko="과제의 문장을 한 번 더 읽으십시오", en="read the task's sentence once more")
MISSING = Text(ko="{name} 파드가 아직 없습니다", en="there is no Pod {name} yet")


def stands(name: str) -> Test:
    """The Pod is there and Ready."""
    judge = ready(name, f"{name}.yaml")

    def test(seen: Seen) -> Result:
        found = judge(seen)
        return found if found or seen.pod(name) else missing(name)

    return test


def missing(name: str) -> Result:
    """There is no such Pod; the hints are those of the check."""
    return Result(False, MISSING.format(name=name), READ)


def need(good: bool, done: Text, wrong: Text, look: Text, *hints: Text) -> Result:
    """What there is to say where this is so, and where it is not."""
    return Result(True, done) if good else Result(False, wrong, look, hints)


def containers(seen: Seen, name: str) -> list[Mapping[str, Any]]:
    """The containers of the Pod of that name."""
    pod = seen.pod(name)
    return list((pod.get("spec") or {}).get("containers") or []) if pod else []


def repository(container: Mapping[str, Any]) -> str:
    """The last part of the image's name, without registry and tag."""
    return str(container.get("image", "")).partition("@")[0].rpartition("/")[2].partition(":")[0]


def runs(name: str, image: str) -> Test:
    """One of the Pod's containers is of that image."""

    def test(seen: Seen) -> Result:
        made = [repository(each) for each in containers(seen, name)]
        told = Text(ko="{name}{이/가} {image}{을/를} 실행합니다", en="{name} runs {image}")
        other = Text(ko="{name}의 이미지가 {image}{이/가} 아닙니다", en="the image of {name} is not {image}")
        return need(
            image in made,
            told.format(name=name, image=image),
            other.format(name=name, image=image),
            Text(ko="`spec.containers[0].image`를 보십시오", en="look at `spec.containers[0].image`"),
        )

    return test
