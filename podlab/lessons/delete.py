"""Checks and questions of 05-delete."""

from __future__ import annotations

import re

from podlab.lessons.challenges import ALONE
from podlab.lessons.check import Check, Result, Seen
from podlab.lessons.judge import absent, both, past, ready, was_and_is_gone
from podlab.lessons.lesson import MANIFEST, POD
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

GONE = Text(ko="{pod} 파드가 없고, 아무것도 되살리지 않습니다", en="{pod} is gone, and nothing brings it back").format(
    pod=POD
)
STILL = Text(ko="{pod} 파드는 여전히 없습니다", en="{pod} is still not there").format(pod=POD)
TWICE = Text(ko="두 번 만들었고, 두 번 다 지웠습니다", en="you made it twice and deleted it twice")


def _mine(seen: Seen) -> Result:
    """The answer is what delete said of a Pod of another name than the lesson's: there was one, and it is gone."""
    words = seen.answer.replace('"', " ").split()
    if "deleted" not in words:
        look = Text(ko="위 셀의 네 줄을 모두 실행하십시오", en="run all four lines of the cell")
        return Result(False, Text(ko="지웠다는 답이 아닙니다", en="this is not the answer of a delete"), look)
    name = words[words.index("deleted") - 1]
    if name == POD:
        look = Text(ko="파드의 이름을 마음대로 정해 `mine`에 적으십시오", en="choose a name and put it into `mine`")
        return Result(
            False, Text(ko="{pod}{은/는} 수업의 파드입니다", en="{pod} is the lesson's Pod").format(pod=POD), look
        )
    done = Text(ko="{name} 파드를 만들고 지웠습니다", en="you made {name} and deleted it")
    return was_and_is_gone(name, done.format(name=name))(seen)


def _twice(seen: Seen) -> Result:
    """The answer is two uids that Pods of this name had."""
    uids = set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", seen.answer))
    if len(uids) >= 2 and uids <= past(seen, POD):
        return Result(True, TWICE)
    few = Text(ko="지운 파드의 uid 둘이 없습니다", en="the uids of two Pods that you deleted are missing")
    same = Text(ko="이 uid를 가진 파드가 지워진 일이 없습니다", en="no Pod with these uids has been deleted")
    look = Text(ko="위 셀을 처음부터 끝까지 실행하십시오", en="run the whole cell above")
    return Result(False, few if len(uids) < 2 else same, look)


FILE = (
    Text(ko="파드가 있어야 지울 수 있습니다. 먼저 Ready까지 보십시오", en="first have a Pod: see it Ready"),
    Text(ko="`delete`는 만들 때 쓴 파일을 받습니다", en="`delete` takes the file that the Pod was made with"),
    Text(
        ko=f'`kubectl.apply("{MANIFEST}")`, 그다음 `kubectl.delete("{MANIFEST}")`를 실행하십시오',
        en=f'run `kubectl.apply("{MANIFEST}")`, then `kubectl.delete("{MANIFEST}")`',
    ),
)
UIDS = (
    Text(ko="같은 이름의 파드를 두 번 만들고 두 번 지웁니다", en="make a Pod of one name twice, delete it twice"),
    Text(ko="만들 때마다 `metadata.uid`를 적어 두십시오", en="each time take down its `metadata.uid`"),
    Text(
        ko="`uids`에 `jsonpath={.metadata.uid}`의 답 둘을 모아 확인에 건네십시오",
        en="gather two answers of `jsonpath={.metadata.uid}` in `uids` and hand them to the check",
    ),
)
OWN = (
    Text(ko="만드는 것은 `run`, 지우는 것은 `delete`입니다", en="`run` makes it, `delete` deletes it"),
    Text(
        ko="`delete`의 답을 확인에 건네고, 파드의 이름은 정확히 쓰십시오",
        en="hand the check what `delete` answers, and write the Pod's exact name",
    ),
    Text(
        ko='`kubectl.run("short-lived", image="nginx:latest")`로 만들고 `kubectl.delete("pod", "short-lived")`의 답을 '
        "건네십시오",
        en='make one with `kubectl.run("short-lived", image="nginx:latest")`, and hand over the answer of '
        '`kubectl.delete("pod", "short-lived")`',
    ),
)
MAKE = f"""
kubectl.apply("{MANIFEST}")
kubectl.wait("pod/{POD}", for_="condition=Ready", timeout="120s")
"""
DELETE = f"""
kubectl.delete("{MANIFEST}")
"""
TWO = f"""
uids = []
for attempt in ("first", "second"):
    kubectl.apply("{MANIFEST}")
    kubectl.wait("pod/{POD}", for_="condition=Ready", timeout="120s")
    uids.append(str(kubectl.get("pod", "{POD}", output="jsonpath={{.metadata.uid}}")))
    kubectl.delete("pod", "{POD}")
check(kubectl, "05-by-name", uids)
"""
SHORT = """
kubectl.run("short-lived", image="nginx:latest")
kubectl.wait("pod/short-lived", for_="condition=Ready", timeout="120s")
answer = kubectl.delete("pod", "short-lived")
check(kubectl, "05-mine", answer)
"""

CHECKS = (
    Check("ready", ready(POD, MANIFEST), solution=MAKE + 'check(kubectl, "05-ready")'),
    Check("gone", was_and_is_gone(POD, GONE), FILE, MAKE + DELETE.lstrip() + 'check(kubectl, "05-gone")'),
    Check("still-gone", was_and_is_gone(POD, STILL), FILE, MAKE + DELETE.lstrip() + 'check(kubectl, "05-still-gone")'),
    Check("by-name", both(absent(POD, TWICE), _twice), UIDS, TWO),
    Check("mine", both(absent(POD, STILL), _mine), OWN, SHORT),
    ALONE["05"],
)

QUESTIONS = (
    Question(
        "back",
        Text(
            ko="이 파드를 지우면, 쿠버네티스가 대신할 새 파드를 만듭니까?",
            en="When you delete this Pod, will Kubernetes make another in its place?",
        ),
        (
            Option(
                Text(ko="예, 이름이 조금 다른 파드가 생긴다", en="Yes, one with a slightly different name"),
                Text(ko="디플로이먼트가 만든 파드라면 그렇습니다.", en="It would be so had a Deployment made the Pod."),
            ),
            Option(
                Text(ko="예, 같은 이름으로 다시 생긴다", en="Yes, one of the same name"),
                Text(
                    ko="아무도 그렇게 하라고 적지 않았습니다.", en="Nobody has written down that there should be one."
                ),
            ),
            Option(
                Text(ko="아니요, 그대로 사라진다", en="No, it is simply gone"),
                Text(
                    ko="되살리는 것은 컨트롤러의 일이고, 이 파드에는 컨트롤러가 없습니다.",
                    en="Bringing Pods back is the work of a controller, and this Pod has none.",
                ),
                right=True,
            ),
        ),
        prediction=True,
        shown_by="gone",
    ),
    Question(
        "terminating",
        Text(
            ko="파드가 `Terminating`인 동안 kubelet은 무엇을 합니까?",
            en="What does the kubelet do while a Pod is `Terminating`?",
        ),
        (
            Option(
                Text(ko="곧바로 SIGKILL을 보낸다", en="it sends SIGKILL at once"),
                Text(
                    ko="SIGKILL은 기다려 준 다음의 마지막 수단입니다.",
                    en="SIGKILL is the last resort, after a time of grace.",
                ),
            ),
            Option(
                Text(
                    ko="종료 신호를 보내고 최대 30초를 기다려 준다",
                    en="it sends a stop signal and waits, for 30 seconds at most",
                ),
                Text(
                    ko="이 시간은 `terminationGracePeriodSeconds`로 바꿉니다.",
                    en="The time can be set as `terminationGracePeriodSeconds`.",
                ),
                right=True,
            ),
            Option(
                Text(ko="파드를 다른 노드로 옮긴다", en="it moves the Pod to another node"),
                Text(
                    ko="파드는 옮겨 다니지 않습니다. 다른 곳에 새로 만들 뿐입니다.",
                    en="Pods never move; at most a new one is made elsewhere.",
                ),
            ),
        ),
    ),
    Question(
        "restart",
        Text(
            ko="nginx 프로세스가 갑자기 죽었습니다. 파드는 그대로 있습니다. 누가 컨테이너를 다시 시작합니까?",
            en="The nginx process crashes; the Pod is still there. Who starts the container again?",
        ),
        (
            Option(
                Text(ko="그 노드의 kubelet", en="the kubelet of that node"),
                Text(
                    ko="그래서 RESTARTS가 하나 늘어납니다. 파드가 사라지는 것과는 다른 일입니다.",
                    en="RESTARTS goes up by one. That is not the same as the Pod being gone.",
                ),
                right=True,
            ),
            Option(
                Text(ko="디플로이먼트", en="a Deployment"),
                Text(
                    ko="디플로이먼트는 컨테이너가 아니라 파드를 채웁니다.",
                    en="A Deployment sees to Pods, not to containers.",
                ),
            ),
            Option(
                Text(ko="아무도", en="nobody"),
                Text(ko="`restartPolicy: Always`가 기본값입니다.", en="`restartPolicy: Always` is the default."),
            ),
        ),
    ),
    Question(
        "same",
        Text(
            ko="같은 파일로 다시 만든 파드에서 앞의 파드와 같은 것은 무엇입니까?",
            en="You make the Pod again from the same file. What is the same as before?",
        ),
        (
            Option(
                Text(ko="uid", en="its uid"),
                Text(ko="uid는 오브젝트마다 새로 생깁니다.", en="Every object gets a uid of its own."),
            ),
            Option(
                Text(ko="컨테이너 안에 써 둔 파일", en="the files written inside the container"),
                Text(ko="파드와 함께 사라졌습니다.", en="They went away with the Pod."),
            ),
            Option(
                Text(ko="이름과 레이블", en="its name and labels"),
                Text(ko="파일에 적힌 것은 그대로입니다.", en="What is written in the file stays the same."),
                right=True,
            ),
        ),
    ),
)
