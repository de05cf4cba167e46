"""Judgements of what a learner makes without steps: no cell is named, since there is none that would make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from podlab.lessons.check import Result, Seen, Test
from podlab.lessons.judge import WAIT, filled, ready, trouble
from podlab.lessons.ladders.unaided import LADDERS, OTHER
from podlab.text import Text

READ = Text(ko="과제의 문장을 한 번 더 읽으십시오", en="read the task's sentence once more")
MISSING = Text(ko="{name} 파드가 아직 없습니다", en="there is no Pod {name} yet")

UNTIL = Text(
    ko='`kubectl.wait("pod/{name}", for_="condition=Ready")`로 기다린 뒤 다시 확인하십시오',
    en='wait with `kubectl.wait("pod/{name}", for_="condition=Ready")`, then check again',
)


def stands(name: str) -> Test:
    """The Pod is there and Ready."""
    file = f"{name}.yaml"
    judge = ready(name, file)

    def test(seen: Seen) -> Result:
        found, pod = judge(seen), seen.pod(name)
        if found or pod is None:
            return found or missing(name)
        if found.settling:  # it is on its way, and nothing has to be mended
            return replace(found, look=UNTIL.format(name=name)) if found.look == WAIT else found
        own = LADDERS.get(trouble(pod.get("status") or {}), OTHER)
        return found if file in seen.files else replace(found, hints=filled(own, name))

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
    return _image(container).partition(":")[0]


def _image(container: Mapping[str, Any]) -> str:
    """The last part of the image's name, with its tag, which is `latest` where none is given."""
    last = str(container.get("image", "")).partition("@")[0].rpartition("/")[2]
    return last if ":" in last else f"{last}:latest"


def runs(name: str, image: str) -> Test:
    """One of the Pod's containers is of that image; a tag counts where the task names one."""

    def test(seen: Seen) -> Result:
        made = [_image(each) if ":" in image else repository(each) for each in containers(seen, name)]
        told = Text(ko="{name}{이/가} {image}{을/를} 실행합니다", en="{name} runs {image}")
        other = Text(ko="{name}의 이미지가 {image}{이/가} 아닙니다", en="the image of {name} is not {image}")
        return need(
            image in made,
            told.format(name=name, image=image),
            other.format(name=name, image=image),
            Text(ko="`spec.containers[0].image`를 보십시오", en="look at `spec.containers[0].image`"),
        )

    return test
