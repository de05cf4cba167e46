"""Checks and questions of 04-describe."""

from __future__ import annotations

import re

from podlab.lessons.challenges import ALONE
from podlab.lessons.check import Check, Result, Seen
from podlab.lessons.get import address
from podlab.lessons.judge import answered, both, brought, ready
from podlab.lessons.lesson import MANIFEST, POD
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

STORY = ("Scheduled", "Pulling", "Pulled", "Created", "Started")


def _restarts(seen: Seen) -> str:
    pod = seen.pod(POD) or {}
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return str(statuses[0].get("restartCount", 0)) if statuses else ""


def _conditions(seen: Seen) -> Result:
    """All conditions of the Pod are True, and the answer names them."""
    pod = seen.pod(POD) or {}
    conditions = (pod.get("status") or {}).get("conditions") or []
    open_gates = [c["type"] for c in conditions if c["status"] == "True"]
    closed = [c["type"] for c in conditions if c["status"] != "True"]
    if not conditions:
        none = Text(ko="아직 조건이 하나도 없습니다", en="it has no conditions yet")
        again = Text(ko="몇 초 뒤에 다시 확인하십시오", en="check again in a few seconds")
        return Result(False, none, again, settling=True)
    if closed:
        stuck = Text(ko="True가 아닌 조건: {closed}", en="conditions that are not True: {closed}")
        look = Text(ko="Events의 마지막 줄을 보십시오", en="look at the last line of Events")
        return Result(False, stuck.format(closed=", ".join(closed)), look)
    named = set(re.findall(r"\w+", seen.answer))
    if named != set(open_gates):
        look = Text(ko="Conditions 구역을 보십시오", en="look at the section Conditions")
        return Result(False, _misnamed(named, set(open_gates)), look)
    return Result(
        True,
        Text(ko="조건 {count}개가 모두 True입니다", en="all {count} conditions are True").format(count=len(open_gates)),
    )


def _misnamed(named: set[str], wanted: set[str]) -> Text:
    """What is wrong with these names of conditions."""
    unknown = ", ".join(sorted(named - wanted))
    if not named:
        return EMPTY
    if unknown:
        told = Text(ko="이런 조건은 없습니다: {unknown}", en="there are no such conditions: {unknown}")
        return told.format(unknown=unknown)
    few = Text(
        ko="True인 조건은 {all}개인데 {n}개만 적었습니다", en="{all} conditions are True, and you named {n} of them"
    )
    return few.format(all=len(wanted), n=len(named))


EMPTY = Text(ko="답이 비어 있습니다", en="the answer is empty")
OF_ONE = Text(
    ko="`involvedObject.uid=`로 지금 있는 파드의 이벤트만 고르십시오",
    en="select the events of the Pod that is there now by `involvedObject.uid=`",
)
HAND_OVER = Text(
    ko='`kubectl.get("events", …)`의 답을 확인에 건네십시오',
    en='hand the check what `kubectl.get("events", …)` answers',
)
BY_TIME = Text(
    ko='`sort_by=".metadata.creationTimestamp"`로 일어난 차례대로 받으십시오',
    en='get them in the order in which they happened, with `sort_by=".metadata.creationTimestamp"`',
)
ORDERED = (
    Text(
        ko="따로 말하지 않으면 이벤트는 일어난 차례대로 나오지 않습니다",
        en="unless you ask for it, events do not come in the order in which they happened",
    ),
    BY_TIME,
    Text(
        ko="위의 이벤트 셀을 그대로 다시 실행하고 그 답을 건네십시오",
        en="run the cell with the events above once more, as it is, and hand over its answer",
    ),
)


def _events(seen: Seen) -> Result:
    """The answer is a table of events (LAST SEEN, TYPE, REASON, …) that tells the whole story, in its order."""
    rows = [line.split() for line in seen.answer.splitlines()]
    told = [row[2] for row in rows if len(row) > 2 and row[2] in STORY]
    if tuple(dict.fromkeys(told)) == STORY and told.count(STORY[0]) == 1:  # a restart repeats the later ones
        return Result(True, Text(ko="이벤트 순서: {story}", en="the story: {story}").format(story=" → ".join(STORY)))
    missing = [reason for reason in STORY if reason not in told]
    if not seen.answer:
        return Result(False, EMPTY, HAND_OVER)
    if told.count(STORY[0]) > 1:
        mixed = Text(
            ko="이벤트가 {n}개입니다. 같은 이름의 지워진 파드의 것도 섞여 있습니다",
            en="there are {n} events: some are of an earlier Pod of that name",
        )
        return Result(False, mixed.format(n=len(told)), OF_ONE)
    if not missing:
        turned = Text(
            ko="다섯이 모두 있지만 차례가 다릅니다: {told}", en="all five are there, in another order: {told}"
        )
        return Result(False, turned.format(told=" → ".join(told)), BY_TIME, ORDERED)
    lacking = Text(
        ko="이벤트가 다 있지 않습니다. 없는 것: {missing}", en="the events are not complete; missing: {missing}"
    )
    look = Text(
        ko='한 시간이 지나 지워졌을 수 있습니다. 파드를 지우고 `start("04")`를 다시 실행하면 새로 생깁니다',
        en='they may have expired after an hour: delete the Pod and run `start("04")` again for new ones',
    )
    return Result(False, lacking.format(missing=", ".join(missing)), look)


def _prefix(seen: Seen) -> Result:
    """The answer is a description of the example Pod, found by the beginning of its name."""
    if not seen.answer:
        hand = Text(
            ko="`kubectl.describe`의 답을 확인에 건네십시오", en="hand the check what `kubectl.describe` answers"
        )
        return Result(False, EMPTY, hand)
    head = next((line for line in seen.answer.splitlines() if line.startswith("Name:")), "")
    if head.split()[-1:] == [POD]:
        good = Text(ko="nginx-pod로 {pod} 파드를 찾았습니다", en="nginx-pod was enough to find {pod}")
        return Result(True, good.format(pod=POD))
    wrong = Text(ko="첫 줄의 Name이 {pod}{이/가} 아닙니다", en="the Name in the first line is not {pod}").format(
        pod=POD
    )
    look = Text(
        ko='`kubectl.get("pods")`로 이름을 확인하십시오', en='see which names there are with `kubectl.get("pods")`'
    )
    return Result(False, wrong, look)


STORY_STEPS = (
    Text(ko="이벤트는 한 시간쯤만 남습니다", en="Events are kept for an hour or so"),
    Text(
        ko="다섯이 차례로 있어야 합니다: Scheduled, Pulling, Pulled, Created, Started",
        en="there should be five, in order: Scheduled, Pulling, Pulled, Created, Started",
    ),
    Text(
        ko=f'`kubectl.delete("pod", "{POD}")` 다음에 `start("04")` 셀을 다시 실행하고, 표를 새로 받으십시오',
        en=f'run `kubectl.delete("pod", "{POD}")`, then the cell with `start("04")`, and get the table once more',
    ),
)
GATES = (
    Text(
        ko="Conditions 구역의 두 열은 이름과 True/False입니다", en="Conditions has two columns: a name, and True/False"
    ),
    Text(
        ko="True인 줄의 이름을 모두, 띄어 써서 적으십시오", en="write the names of all lines that say True, with spaces"
    ),
    Text(
        ko="다섯입니다: PodReadyToStartContainers, Initialized, Ready, ContainersReady, PodScheduled",
        en="there are five: PodReadyToStartContainers, Initialized, Ready, ContainersReady, PodScheduled",
    ),
)
IP = (
    Text(ko="describe에는 주소가 두 가지 나옵니다", en="describe shows two kinds of address"),
    Text(ko="`Node:` 줄의 주소는 노드의 것입니다", en="the one in the line `Node:` is the node's"),
    Text(ko="줄 머리가 `IP:`인 줄의 값을 적으십시오", en="write down what follows `IP:` at the beginning of a line"),
)
COUNT = (
    Text(ko="컨테이너마다 센 횟수입니다", en="it is counted for each container"),
    Text(ko="Containers 구역의 `Ready:` 아래 줄입니다", en="it is below `Ready:` in the section Containers"),
    Text(ko="`Restart Count:` 뒤의 숫자를 적으십시오", en="write the number behind `Restart Count:`"),
)
BEGIN = (
    Text(ko="describe는 이름의 앞부분으로도 찾습니다", en="describe finds Pods by the beginning of their names"),
    Text(ko="앞부분이 같은 파드가 여럿이면 모두 나옵니다", en="where several begin alike it shows them all"),
    Text(
        ko='`kubectl.describe("pod", "nginx-pod")`의 답을 건네십시오',
        en='hand over what `kubectl.describe("pod", "nginx-pod")` answers',
    ),
)
ASK = 'found = kubectl.get("pod", "{pod}", output="jsonpath={{{path}}}")\ncheck(kubectl, "04-{name}", found)'
GATE = 'found = kubectl.get("pod", "{pod}", output=\'jsonpath={{.status.conditions[?(@.status=="True")].type}}\')'
TABLE = f"""\
uid = kubectl.get("pod", "{POD}", output="jsonpath={{.metadata.uid}}")
found = kubectl.get("events", field_selector=f"involvedObject.uid={{uid}}", sort_by=".metadata.creationTimestamp")"""
PREFIX = 'found = kubectl.describe("pod", "nginx-pod")\ncheck(kubectl, "04-prefix", found)'

THERE = brought(POD, "04")
CHECKS = (
    Check("ready", both(THERE, ready(POD, MANIFEST)), solution='kubectl = start("04")\ncheck(kubectl, "04-ready")'),
    Check(
        "ip",
        both(
            THERE,
            answered(
                address,
                Text(ko="파드의 IP는 {answer}입니다", en="the IP of the Pod is {answer}"),
                Text(
                    ko="Node 줄의 주소는 노드의 것입니다. `IP:`로 시작하는 줄을 보십시오",
                    en="the address in the line Node belongs to the node; look at the line that begins with `IP:`",
                ),
            ),
        ),
        IP,
        ASK.format(pod=POD, path=".status.podIP", name="ip"),
    ),
    Check(
        "restarts",
        both(
            THERE,
            answered(
                _restarts,
                Text(ko="다시 시작된 횟수는 {answer}입니다", en="the container was restarted {answer} times"),
                Text(
                    ko="Containers 구역의 Restart Count를 보십시오",
                    en="look at Restart Count in the section Containers",
                ),
            ),
        ),
        COUNT,
        ASK.format(pod=POD, path=".status.containerStatuses[0].restartCount", name="restarts"),
    ),
    Check(
        "conditions", both(THERE, _conditions), GATES, GATE.format(pod=POD) + '\ncheck(kubectl, "04-conditions", found)'
    ),
    Check("events", both(THERE, _events), STORY_STEPS, TABLE + '\ncheck(kubectl, "04-events", found)'),
    Check("prefix", both(THERE, _prefix), BEGIN, PREFIX),
    ALONE["04"],
)

QUESTIONS = (
    Question(
        "first",
        Text(ko="이벤트 가운데 맨 처음 것은 누가 알렸습니까?", en="Who reported the very first event of the Pod?"),
        (
            Option(
                Text(ko="kubelet: 컨테이너를 시작하니까", en="the kubelet: it starts the containers"),
                Text(
                    ko="kubelet은 노드가 정해진 다음에 나섭니다.", en="The kubelet's turn comes once a node is chosen."
                ),
            ),
            Option(
                Text(ko="스케줄러: 노드부터 골라야 하니까", en="the scheduler: first of all a node must be chosen"),
                Text(ko="`Scheduled`가 첫 이벤트입니다.", en="`Scheduled` is the first event."),
                right=True,
            ),
            Option(
                Text(ko="nginx: 시작했다고 스스로 알린다", en="nginx: it says that it has started"),
                Text(
                    ko="컨테이너 안의 프로그램은 이벤트를 만들지 않습니다.",
                    en="A program in a container makes no events.",
                ),
            ),
        ),
        prediction=True,
        shown_by="events",
    ),
    Question(
        "two-addresses",
        Text(
            ko="`Node:` 줄 끝의 주소와 `IP:` 줄의 주소는 왜 다릅니까?",
            en="Why do the address at the end of the line `Node:` and the one in the line `IP:` differ?",
        ),
        (
            Option(
                Text(
                    ko="하나는 노드의 주소, 하나는 파드의 주소라서", en="one is the node's address, the other the Pod's"
                ),
                Text(
                    ko="파드에는 노드와 별도로 자기 주소가 있습니다.",
                    en="A Pod has an address of its own, apart from its node's.",
                ),
                right=True,
            ),
            Option(
                Text(ko="파드가 옮겨 가는 중이라서", en="the Pod is moving"),
                Text(ko="파드는 옮겨 다니지 않습니다.", en="Pods never move."),
            ),
            Option(
                Text(ko="하나는 컨테이너의 주소라서", en="one of them is the container's"),
                Text(
                    ko="한 파드의 컨테이너들은 파드의 주소를 함께 씁니다.",
                    en="The containers of a Pod share the Pod's address.",
                ),
            ),
        ),
    ),
    Question(
        "where",
        Text(
            ko="파드가 뜨지 않습니다. describe에서 어디부터 봅니까?",
            en="A Pod will not start. Where in describe do you look first?",
        ),
        (
            Option(
                Text(ko="맨 위의 Labels", en="Labels, at the top"),
                Text(ko="레이블은 골라낼 때 씁니다.", en="Labels are for selecting."),
            ),
            Option(
                Text(ko="Tolerations", en="Tolerations"),
                Text(
                    ko="자동으로 붙은 두 줄이고, 대개는 상관이 없습니다.",
                    en="Two lines added for you; they seldom matter.",
                ),
            ),
            Option(
                Text(ko="맨 아래의 Events", en="Events, at the bottom"),
                Text(ko="그다음은 Containers의 State입니다.", en="And then at the State under Containers."),
                right=True,
            ),
        ),
    ),
    Question(
        "none",
        Text(
            ko="사흘 된 파드의 Events가 `<none>`입니다. 무슨 뜻입니까?",
            en="A Pod is three days old, and its Events are `<none>`. What does that tell you?",
        ),
        (
            Option(
                Text(ko="한 번도 스케줄되지 않았다", en="it was never scheduled"),
                Text(ko="그랬다면 STATUS가 Pending일 것입니다.", en="Then its STATUS would be Pending."),
            ),
            Option(
                Text(ko="최근 한 시간쯤은 이벤트가 없었다", en="there were no events in the last hour or so"),
                Text(ko="이벤트는 오래 보관되지 않습니다.", en="Events are not kept for long."),
                right=True,
            ),
            Option(
                Text(ko="kubelet이 멈추었다", en="its kubelet has stopped"),
                Text(ko="그것은 노드의 상태에서 봅니다.", en="The state of the node would tell you that."),
            ),
        ),
    ),
)
