"""The judgements that checks are made of: a Pod is Ready, a Pod is gone, a manifest says what it should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from podlab.lessons.check import Pod, Result, Seen, Test
from podlab.text import Text

APPLY = Text(ko='`kubectl.apply("{file}")` 셀을 실행하십시오', en='run the cell with `kubectl.apply("{file}")`')
EVENTS = Text(
    ko='`kubectl.describe("pod", "{name}")` 출력 맨 아래의 Events를 보십시오',
    en='read the Events at the end of `kubectl.describe("pod", "{name}")`',
)
WAIT = Text(
    ko="`kubectl.wait(...)` 셀을 실행하고 기다린 뒤 다시 확인하십시오",
    en="run the cell with `kubectl.wait(...)`, then check again",
)


def ready(name: str, file: str) -> Test:
    """The Pod is there and Ready: Running alone would not do."""

    def test(seen: Seen) -> Result:
        pod = seen.pod(name)
        if pod is None:
            missing = Text(ko="{name} 파드가 없습니다", en="there is no Pod {name}")
            return Result(False, missing.format(name=name), APPLY.format(file=file))
        if pod["metadata"].get("deletionTimestamp"):
            leaving = Text(ko="{name} 파드가 종료되는 중입니다", en="the Pod {name} is shutting down")
            again = Text(ko="사라지면 다시 적용하십시오", en="wait until it is gone, then apply the manifest again")
            return Result(False, leaving.format(name=name), again)
        return _readiness(name, pod)

    return test


def _readiness(name: str, pod: Pod) -> Result:
    status = pod.get("status") or {}
    if any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or []):
        return Result(True, Text(ko="{name} 파드가 Ready입니다", en="the Pod {name} is Ready").format(name=name))
    found = trouble(status)
    unready = Text(ko="{name} 파드가 아직 Ready가 아닙니다 ({found})", en="the Pod {name} is not Ready yet ({found})")
    young = found in ("Pending", "ContainerCreating", "Running")
    return Result(False, unready.format(name=name, found=found), WAIT if young else EVENTS.format(name=name))


def trouble(status: Mapping[str, Any]) -> str:
    """What keeps a Pod from being Ready, in one word: a container's reason, else a condition's, else the phase."""
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        for state in (container.get("state") or {}).values():
            if not container.get("ready") and state.get("reason"):
                return str(state["reason"])
    unscheduled = [c for c in status.get("conditions") or [] if c["type"] == "PodScheduled" and c["status"] == "False"]
    return str(unscheduled[0].get("reason") if unscheduled else status.get("phase", "Pending"))


def absent(name: str, why: Text) -> Test:
    """No Pod of that name, `why` being what that shows."""

    def test(seen: Seen) -> Result:
        if seen.pod(name) is None:
            return Result(True, why)
        there = Text(ko="{name} 파드가 아직 있습니다", en="the Pod {name} is still there").format(name=name)
        delete = Text(ko='`kubectl.delete("pod", "{name}")`를 실행하십시오', en='run `kubectl.delete("pod", "{name}")`')
        return Result(False, there, delete.format(name=name))

    return test


def both(first: Test, second: Test) -> Test:
    """The first test's failure, else what the second finds."""

    def test(seen: Seen) -> Result:
        found = first(seen)
        return second(seen) if found else found

    return test


def written(file: str, want: Mapping[str, Any]) -> Test:
    """The file holds a manifest in which every field of `want` is as it says there."""

    def test(seen: Seen) -> Result:
        if file not in seen.files:
            missing = Text(ko="이 폴더에 {file} 파일이 없습니다", en="there is no {file} in this folder")
            magic = Text(
                ko="`%%manifest {file}` 셀을 실행하십시오", en="run the cell that begins with `%%manifest {file}`"
            )
            return Result(False, missing.format(file=file), magic.format(file=file))
        problem = _difference(seen.files[file], want)
        if problem is None:
            good = Text(ko="{file}에 필요한 것이 모두 있습니다", en="{file} says all it has to say")
            return Result(True, good.format(file=file))
        mend = Text(ko="{file} 셀을 고쳐서 다시 실행하십시오", en="mend the cell that writes {file} and run it again")
        return Result(False, problem, mend.format(file=file))

    return test


def _difference(text: str, want: Mapping[str, Any]) -> Text | None:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        return Text(ko="{line}번째 줄이 YAML이 아닙니다", en="line {line} is not YAML").format(line=line)
    return differs(found, want, "")


def differs(found: Any, want: Any, path: str) -> Text | None:
    """The first field that is not as wanted, as a sentence; a list is compared element by element."""
    if isinstance(want, Mapping):
        if not isinstance(found, Mapping):
            what = Text(ko="{path} 아래에 필드가 없습니다", en="{path} holds no fields")
            return what.format(path=path or "manifest")
        pairs = [(found.get(key), value, f"{path}.{key}".lstrip(".")) for key, value in want.items()]
    elif isinstance(want, list):
        if not isinstance(found, list) or len(found) < len(want):
            return Text(ko="{path}는 목록(-)이어야 합니다", en="{path} has to be a list (-)").format(path=path)
        pairs = [(found[i], value, f"{path}[{i}]") for i, value in enumerate(want)]
    elif found == want:
        return None
    elif found is None:
        return Text(ko="{path} 필드가 없습니다", en="the field {path} is missing").format(path=path)
    else:
        wrong = Text(ko="{path} 값이 {want}여야 하는데 {found}입니다", en="{path} should be {want}, but is {found}")
        return wrong.format(path=path, want=want, found=found)
    return next((problem for each in pairs if (problem := differs(*each))), None)


def answered(want: Any, good: Text, where: Text) -> Test:
    """The learner's answer equals what `want(seen)` finds; an empty or other answer is told `where` to look."""

    def test(seen: Seen) -> Result:
        right = want(seen)
        if right and seen.answer == right:
            return Result(True, good.format(answer=right))
        if not seen.answer:
            return Result(False, Text(ko="답이 비어 있습니다", en="the answer is empty"), where)
        wrong = Text(ko="{answer}: 찾는 값이 아닙니다", en="{answer} is not what we are looking for")
        return Result(False, wrong.format(answer=seen.answer), where)

    return test
