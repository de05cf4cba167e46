"""The judgements that checks are made of: a Pod is Ready, a Pod is gone, a manifest says what it should."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from podlab.lessons.check import Pod, Result, Seen, Test
from podlab.text import Text

APPLY = Text(ko='`kubectl.apply("{file}")` 셀을 실행하십시오', en='run the cell with `kubectl.apply("{file}")`')
EVENTS = Text(
    ko='`kubectl.describe("pod", "{name}")` 출력 맨 아래의 Events를 보십시오',
    en='read the Events at the end of `kubectl.describe("pod", "{name}")`',
)
NONE = Text(ko="없음", en="none")
WAIT = Text(
    ko="`kubectl.wait(...)` 셀을 실행하고 기다린 뒤 다시 확인하십시오",
    en="run the cell with `kubectl.wait(...)`, then check again",
)


MISSING = (
    Text(ko="파드는 매니페스트를 적용해야 생깁니다", en="a Pod comes into being when its manifest is applied"),
    Text(
        ko="매니페스트는 {file}입니다. 이 파일을 `kubectl.apply`에 건네십시오",
        en="its manifest is {file}; hand that file to `kubectl.apply`",
    ),
    Text(
        ko='새 셀에 `kubectl.apply("{file}")`를 쓰고 실행하십시오. 파일이 없다고 하면 `%%manifest` 셀이 먼저입니다',
        en='run `kubectl.apply("{file}")` in a new cell; if there is no such file, the `%%manifest` cell comes first',
    ),
)
BRING = (
    Text(
        ko='`start("{number}")`가 있는 첫 셀을 다시 실행하십시오',
        en='run the first cell, the one with `start("{number}")`, once more',
    ),
    Text(
        ko="이 수업의 파드는 첫 셀이 준비합니다. 지워졌어도 다시 만들어 줍니다",
        en="the first cell sees to the Pod of this lesson; when it is gone, that cell makes it again",
    ),
    Text(
        ko='`kubectl.get("pods")`에 {name}{이/가} 보이지 않거나 `Terminating`입니다',
        en='in `kubectl.get("pods")`, {name} is missing or `Terminating`',
    ),
    Text(
        ko='`kubectl = start("{number}")`를 실행하고, 위의 셀을 다시 실행한 다음 확인하십시오',
        en='run `kubectl = start("{number}")`, then the cell above, and check again',
    ),
)
LEAVING = (
    Text(
        ko="지우는 중인 파드는 다시 쓸 수 없습니다. 새로 만들어야 합니다",
        en="a Pod that is being deleted cannot be kept: a new one has to be made",
    ),
    Text(
        ko='`kubectl.get("pods")`에서 {name}{이/가} 보이지 않을 때까지 기다리십시오',
        en='wait until {name} is no longer in `kubectl.get("pods")`',
    ),
    Text(
        ko='`kubectl.wait("pod/{name}", for_="delete")` 다음에 `kubectl.apply("{file}")`를 실행하십시오',
        en='run `kubectl.wait("pod/{name}", for_="delete")`, then `kubectl.apply("{file}")`',
    ),
)
YOUNG = (
    Text(
        ko="파드는 저장된 뒤 노드를 얻고, 이미지를 가져오고, 시작합니다. 조금 기다리면 됩니다",
        en="after it was stored a Pod gets its node, its image, and starts; give it a moment",
    ),
    Text(
        ko='`kubectl.get("pods")`에서 READY가 `1/1`이 되는지 보십시오',
        en='see whether READY turns `1/1` in `kubectl.get("pods")`',
    ),
    Text(
        ko='`kubectl.wait("pod/{name}", for_="condition=Ready", timeout="120s")`를 실행하십시오',
        en='run `kubectl.wait("pod/{name}", for_="condition=Ready", timeout="120s")`',
    ),
)
OTHER = (
    Text(ko="파드에 일어난 일은 이벤트가 알려 줍니다", en="Events tell what has happened to a Pod"),
    Text(
        ko="`kubectl.describe`의 Events에서 `Warning`인 줄을 찾으십시오",
        en="find the lines that say `Warning` in the Events of `kubectl.describe`",
    ),
    Text(
        ko='`kubectl.describe("pod", "{name}")`를 실행하고, 마지막 `Warning`이 말하는 값을 {file}에서 고친 다음 '
        "파드를 지우고 다시 적용하십시오",
        en='run `kubectl.describe("pod", "{name}")`, correct in {file} what the last `Warning` names, delete the Pod, '
        "and apply the file again",
    ),
)
IMAGE = (
    Text(ko="노드가 이미지를 가져오지 못하고 있습니다", en="the node cannot get the image"),
    Text(ko="{file}의 `image:`에서 이름과 태그의 철자를 보십시오", en="look at name and tag behind `image:` in {file}"),
    Text(
        ko='`image: nginx:latest`로 고치고, `kubectl.delete("pod", "{name}")` 다음에 `kubectl.apply("{file}")`를 '
        "실행하십시오",
        en='make it `image: nginx:latest`, run `kubectl.delete("pod", "{name}")`, then `kubectl.apply("{file}")`',
    ),
)
CRASH = (
    Text(ko="컨테이너의 프로세스가 시작하자마자 끝납니다", en="the container's process ends as soon as it has begun"),
    Text(
        ko="끝난 까닭은 그 프로세스의 로그와 종료 코드에 있습니다", en="its log and its exit code say why it has ended"
    ),
    Text(
        ko='`kubectl.logs("{name}", previous=True)`를 읽고, {file}의 `command`나 `args`를 고치십시오',
        en='read `kubectl.logs("{name}", previous=True)`, and correct `command` or `args` in {file}',
    ),
)
UNSCHEDULED = (
    Text(ko="스케줄러가 맞는 노드를 찾지 못했습니다", en="the scheduler has found no node that fits"),
    Text(
        ko="이벤트 `FailedScheduling`이 노드마다 왜 안 되는지 적습니다",
        en="the Event `FailedScheduling` says for each node why not",
    ),
    Text(
        ko="{file}의 `resources`, `nodeSelector`, `tolerations`를 그 이벤트와 견주어 고치십시오",
        en="compare `resources`, `nodeSelector` and `tolerations` in {file} with that Event, and correct them",
    ),
)
TROUBLES: tuple[tuple[tuple[str, ...], tuple[Text, ...]], ...] = (
    (("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"), IMAGE),
    (("CrashLoopBackOff", "Error", "Completed", "OOMKilled"), CRASH),
    (("Unschedulable",), UNSCHEDULED),
)
PRESENT = (
    Text(ko="없어야 하는 파드가 아직 클러스터에 있습니다", en="a Pod that should be gone is still in the cluster"),
    Text(
        ko="`kubectl.delete`에 종류와 이름을 건네면 지웁니다",
        en="`kubectl.delete` deletes what kind and name you hand it",
    ),
    Text(
        ko='`kubectl.delete("pod", "{name}")`를 실행하고, 답이 올 때까지 기다리십시오',
        en='run `kubectl.delete("pod", "{name}")` and wait for its answer',
    ),
)
WRITE = (
    Text(
        ko="매니페스트의 경로는 바깥에서 안으로 읽습니다. `[0]`은 목록의 첫째입니다",
        en="read a path from the outside in; `[0]` is the first of a list",
    ),
    Text(
        ko="{file}{을/를} 쓴 셀에서 그 경로까지 들여쓰기를 따라 내려가십시오",
        en="in the cell that writes {file}, follow the indentation down that path",
    ),
)
WHERE = Text(
    ko="매니페스트는 파일입니다. `%%manifest` 셀을 실행해야 파일이 생깁니다",
    en="a manifest is a file; it is there once a `%%manifest` cell was run",
)
FOLDER = Text(
    ko="파일은 노트북과 같은 폴더에 생깁니다. 왼쪽 파일 목록에서 이름을 보십시오",
    en="the file is made in the notebook's own folder: look at the names in the list on the left",
)
SO = Text(ko="{file}에서 고칠 곳: {problem}", en="what to mend in {file}: {problem}")


def ready(name: str, file: str) -> Test:
    """The Pod is there and Ready: Running alone would not do."""

    def test(seen: Seen) -> Result:
        pod = seen.pod(name)
        if pod is None:
            missing = Text(ko="{name} 파드가 없습니다", en="there is no Pod {name}")
            return Result(False, missing.format(name=name), APPLY.format(file=file), filled(MISSING, name, file))
        if pod["metadata"].get("deletionTimestamp"):
            leaving = Text(ko="{name} 파드가 종료되는 중입니다", en="the Pod {name} is shutting down")
            again = Text(ko="사라지면 다시 적용하십시오", en="wait until it is gone, then apply the manifest again")
            return Result(False, leaving.format(name=name), again, filled(LEAVING, name, file), settling=True)
        return _readiness(name, file, pod)

    return test


def brought(name: str, number: str) -> Test:
    """The Pod that a lesson's first cell brings is there to stay: else it is that cell that brings it again."""

    def test(seen: Seen) -> Result:
        pod = seen.pod(name)
        if pod is not None and not pod["metadata"].get("deletionTimestamp"):
            return Result(True, Text(ko="{name} 파드가 있습니다", en="the Pod {name} is there").format(name=name))
        gone = Text(ko="{name} 파드가 없습니다", en="there is no Pod {name}")
        leaving = Text(ko="{name} 파드가 종료되는 중입니다", en="the Pod {name} is shutting down")
        look, *hints = (step.format(name=name, number=number) for step in BRING)
        return Result(False, (leaving if pod else gone).format(name=name), look, tuple(hints))

    return test


def _readiness(name: str, file: str, pod: Pod) -> Result:
    status = pod.get("status") or {}
    if any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or []):
        return Result(True, Text(ko="{name} 파드가 Ready입니다", en="the Pod {name} is Ready").format(name=name))
    found = trouble(status)
    unready = Text(ko="{name} 파드가 아직 Ready가 아닙니다 ({found})", en="the Pod {name} is not Ready yet ({found})")
    young = found in ("Pending", "ContainerCreating", "Running")
    look = WAIT if young else EVENTS.format(name=name)
    hints = next((steps for reasons, steps in TROUBLES if found in reasons), YOUNG if young else OTHER)
    return Result(False, unready.format(name=name, found=found), look, filled(hints, name, file), settling=young)


def filled(steps: tuple[Text, ...], name: str, file: str = "") -> tuple[Text, ...]:
    """Hints with the Pod's and the file's name in them."""
    return tuple(step.format(name=name, file=file) for step in steps)


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
        return Result(False, there, delete.format(name=name), filled(PRESENT, name), settling=_leaving(seen, name))

    return test


def was_and_is_gone(name: str, why: Text) -> Test:
    """No Pod of that name, and the server's history tells that there was one: else nothing was done yet."""

    def test(seen: Seen) -> Result:
        found = absent(name, why)(seen)
        if not found or past(seen, name):
            return found
        never = Text(
            ko="{name} 파드가 있었던 적이 없어서, 지운 것도 없습니다",
            en="there has been no Pod {name}, so none was deleted",
        )
        make = Text(
            ko="파드를 만드는 셀부터 차례로 실행하십시오", en="run the cells in order, from the one that makes it"
        )
        return Result(False, never.format(name=name), make, settling=True)

    return test


def past(seen: Seen, name: str) -> set[str]:
    """The uids of the Pods of that name that Events tell of and that are no longer there."""
    there = {pod["metadata"].get("uid") for pod in seen.pods}
    objects = (event.get("involvedObject") or {} for event in seen.events)
    told = {str(each.get("uid")) for each in objects if each.get("kind") == "Pod" and each.get("name") == name}
    return told - there


def _leaving(seen: Seen, name: str) -> bool:
    return bool((seen.pod(name) or {"metadata": {}})["metadata"].get("deletionTimestamp"))


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
            hints = (WHERE, FOLDER, magic.format(file=file))
            return Result(False, missing.format(file=file), magic.format(file=file), hints)
        problem = _difference(seen.files[file], want)
        if problem is None:
            good = Text(ko="{file}에 필요한 것이 모두 있습니다", en="{file} says all it has to say")
            return Result(True, good.format(file=file))
        mend = Text(ko="{file} 셀을 고쳐서 다시 실행하십시오", en="mend the cell that writes {file} and run it again")
        steps = (*filled(WRITE, "", file), SO.format(file=file, problem=problem))
        return Result(False, problem, mend.format(file=file), steps)

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
    if found is None and path:
        return Text(ko="{path} 필드가 없습니다", en="the field {path} is missing").format(path=path)
    if isinstance(want, Mapping):
        if not isinstance(found, Mapping):
            what = Text(ko="{path} 아래에 필드가 없습니다", en="{path} holds no fields")
            return what.format(path=path or "manifest")
        pairs = [(found.get(key), value, f"{path}.{key}".lstrip(".")) for key, value in want.items()]
    elif isinstance(want, list):
        if not isinstance(found, list):
            return Text(ko="{path}{은/는} 목록(-)이어야 합니다", en="{path} has to be a list (-)").format(path=path)
        if len(found) < len(want):
            few = Text(ko="{path}의 항목이 {n}개입니다. {want}개여야 합니다", en="{path} has {n} items, not {want}")
            return few.format(path=path, n=len(found), want=len(want))
        pairs = [(found[i], value, f"{path}[{i}]") for i, value in enumerate(want)]
    elif found == want:
        return None
    elif str(found) == str(want):
        quoted = Text(
            ko="{path} 값 {want}{은/는} 따옴표 없이 적어야 합니다", en="write {want} without quotation marks in {path}"
        )
        bare = Text(
            ko="{path} 값 {want}{은/는} 따옴표 안에 적어야 합니다", en="write {want} in quotation marks in {path}"
        )
        return (bare if isinstance(want, str) else quoted).format(path=path, want=want)
    else:
        wrong = Text(
            ko="{path} 값이 {want}{이어야/여야} 하는데 {found}입니다", en="{path} should be {want}, but is {found}"
        )
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
        first, *more = seen.answer.splitlines()
        return Result(False, wrong.format(answer=f"{first} …" if more else first), where)

    return test


def named(want: Callable[[Seen], set[str]], good: Text, where: Text) -> Test:
    """The answer names these objects as `kubectl get -o name` does, and no others; else `where` to look."""

    def test(seen: Seen) -> Result:
        got = set(seen.answer.split())
        if got and got == want(seen):
            return Result(True, good.format(answer=seen.answer))
        if not got:
            return Result(False, Text(ko="답이 비어 있습니다", en="the answer is empty"), where)
        if not all("/" in each for each in got):
            bare = Text(ko="종류가 앞에 붙은 이름이 아닙니다", en="these are not names with their kind in front")
            return Result(False, bare, Text(ko='`output="name"`으로 받으십시오', en='get them with `output="name"`'))
        wrong = Text(ko="찾는 파드와 다릅니다: {names}", en="these are not the Pods that we want: {names}")
        return Result(False, wrong.format(names=", ".join(sorted(got))), where)

    return test


def from_outside(log: str) -> bool:
    """Whether nginx's log has a request for its page that neither a probe nor busybox's wget in a Pod has made."""
    pages = [line for line in log.splitlines() if '"GET / HTTP' in line]
    return not all('"Wget"' in line or '"kube-probe/' in line for line in pages)


def behind(seen: Seen, service: str) -> set[str]:
    """The Pods that the Service's EndpointSlices call ready."""
    slices = [each for each in seen.others.get("endpointslices", ()) if _owner(each) == service]
    endpoints = [end for each in slices for end in each.get("endpoints") or []]
    good = [end for end in endpoints if (end.get("conditions") or {}).get("ready")]
    return {str((end.get("targetRef") or {}).get("name")) for end in good}


def _owner(endpoints: Pod) -> str:
    return str((endpoints["metadata"].get("labels") or {}).get("kubernetes.io/service-name", ""))
