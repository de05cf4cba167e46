"""Checks and questions of 09-find-the-fault: a check for each fault, and one that all of them are gone."""

from __future__ import annotations

from podlab.lessons.challenges import ALONE
from podlab.lessons.check import Check, Result, Seen
from podlab.lessons.faults.table import FAULTS
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

HINTS = (
    Text(ko='`kubectl.get("pods")`에 무엇이 남아 있습니까?', en='what is left in `kubectl.get("pods")`?'),
    Text(
        ko="이 수업의 파드와 파일, 컨피그맵, 노드의 테인트를 한꺼번에 치우는 셀이 위에 있습니다",
        en="one cell above takes away all Pods and files of this lesson, its ConfigMap and the nodes' taint",
    ),
    Text(ko="`clear_faults(kubectl)`를 실행하십시오", en="run `clear_faults(kubectl)`"),
)
GONE = Text(ko="고장 난 파드가 하나도 남지 않았습니다", en="not one of the broken Pods is left")
LEFT = Text(ko="아직 남은 파드: {names}", en="still there: {names}")
NEVER = Text(ko="이 수업의 파드를 아직 하나도 만들지 않았습니다", en="none of this lesson's Pods was ever made")

FIRST = (
    Text(ko="치우려면 먼저 고장이 있어야 합니다", en="to clear away there has to be a fault first"),
    Text(ko="고장은 `FindFault(…)`가 있는 셀이 만듭니다", en="the cells with `FindFault(…)` make the faults"),
    Text(
        ko='`FindFault(kubectl, "09-menu")`를 실행한 다음 `clear_faults(kubectl)`를 실행하십시오',
        en='run `FindFault(kubectl, "09-menu")`, and then `clear_faults(kubectl)`',
    ),
)
SOLUTION = """FindFault(kubectl, "09-courier")  # to clear away there has to be a fault
clear_faults(kubectl)
check(kubectl, "09-tidy")"""


def _tidy(seen: Seen) -> Result:
    """No fault is left, and at least one had been there: its Events tell."""
    keys = {each.key for each in FAULTS}
    left = sorted(keys & {pod["metadata"]["name"] for pod in seen.pods})
    if left:
        return Result(False, LEFT.format(names=", ".join(left)), HINTS[2])
    told = {event.get("involvedObject", {}).get("name") for event in seen.events}
    if not keys & told:
        return Result(False, NEVER, Text(ko="위의 셀들을 먼저 실행하십시오", en="run the cells above first"), FIRST)
    return Result(True, GONE)


CHECKS = (
    *(each.check for each in FAULTS),
    ALONE["09"],
    Check("tidy", _tidy, HINTS, SOLUTION),
)

QUESTIONS = (
    Question(
        "logs",
        Text(
            ko='`menu` 파드가 뜨지 않습니다. `kubectl.logs("menu")`는 무엇을 보여 줍니까?',
            en='The Pod `menu` does not come up. What will `kubectl.logs("menu")` show?',
        ),
        (
            Option(
                Text(ko="nginx가 남긴 오류", en="the error that nginx left"),
                Text(ko="nginx는 아직 시작하지도 않았습니다.", en="nginx has not even started."),
            ),
            Option(
                Text(ko="보여 줄 로그가 없다: 시작한 컨테이너가 없다", en="no log at all: no container has started"),
                Text(
                    ko="로그는 컨테이너가 쓰는 것입니다. 시작하기 전의 일은 Events에 있습니다.",
                    en="It is containers that write logs. What happens before they start is told in the Events.",
                ),
                right=True,
            ),
            Option(
                Text(ko="kubelet의 로그", en="the kubelet's log"),
                Text(ko="kubelet의 로그는 노드에 있습니다.", en="The kubelet keeps its own on the node."),
            ),
        ),
        prediction=True,
        shown_by="menu",
    ),
    Question(
        "first",
        Text(
            ko="STATUS가 `CrashLoopBackOff`입니다. 가장 먼저 무엇을 봅니까?",
            en="STATUS says `CrashLoopBackOff`. What do you look at first?",
        ),
        (
            Option(
                Text(ko="스케줄러의 로그", en="the scheduler's log"),
                Text(
                    ko="컨테이너가 실행되었으니 노드는 이미 정해졌습니다.",
                    en="The container did run, so a node had been chosen.",
                ),
            ),
            Option(
                Text(ko="끝난 컨테이너의 로그와 종료 코드", en="log and exit code of the run that ended"),
                Text(
                    ko="`logs`에 `previous=True`를 주면 죽기 전에 남긴 말이 나옵니다.",
                    en="`logs` with `previous=True` shows what it said before it died.",
                ),
                right=True,
            ),
            Option(
                Text(ko="노드의 레이블", en="the labels of the nodes"),
                Text(ko="레이블은 Pending일 때 봅니다.", en="Those matter while it is Pending."),
            ),
        ),
    ),
    Question(
        "probes",
        Text(
            ko="컨테이너가 다시 시작되지는 않는데 서비스의 요청이 오지 않습니다. 어느 프로브입니까?",
            en="A container is not restarted, but gets no requests from its Service. Which probe is it?",
        ),
        (
            Option(
                Text(ko="준비성 프로브", en="the readiness probe"),
                Text(
                    ko="준비성 프로브가 실패하면 파드는 서비스에서 빠질 뿐입니다.",
                    en="When it fails, the Pod is taken out of its Services, no more.",
                ),
                right=True,
            ),
            Option(
                Text(ko="활성 프로브", en="the liveness probe"),
                Text(ko="그것은 컨테이너를 다시 시작하게 합니다.", en="That one gets containers restarted."),
            ),
            Option(
                Text(ko="스타트업 프로브", en="the startup probe"),
                Text(
                    ko="그것도 끝내 실패하면 컨테이너가 다시 시작됩니다.",
                    en="That one, too, gets them restarted when it fails for good.",
                ),
            ),
        ),
    ),
    Question(
        "pending",
        Text(
            ko="STATUS가 Pending이고 `Node`가 비어 있습니다. 누가 이유를 알고 있습니까?",
            en="STATUS is Pending, and `Node` is empty. Who knows why?",
        ),
        (
            Option(
                Text(ko="kubelet", en="the kubelet"),
                Text(
                    ko="kubelet은 자기 노드에 온 파드만 압니다.",
                    en="A kubelet knows only the Pods that came to its node.",
                ),
            ),
            Option(
                Text(ko="컨테이너의 로그", en="the container's log"),
                Text(ko="아직 컨테이너가 없습니다.", en="There is no container yet."),
            ),
            Option(
                Text(ko="스케줄러", en="the scheduler"),
                Text(
                    ko="이유는 `FailedScheduling` 이벤트에 적혀 있습니다.",
                    en="It says so in the event `FailedScheduling`.",
                ),
                right=True,
            ),
        ),
    ),
)
