"""Checks and questions of 07-pods-come-and-go."""

from __future__ import annotations

from podlab.lessons.challenges import ALONE
from podlab.lessons.check import Check, Pod, Result, Seen
from podlab.lessons.judge import NONE, both, filled, past, ready
from podlab.lessons.ladders import pods_come_and_go as ladders
from podlab.lessons.ladders.pods_come_and_go import SOLUTIONS
from podlab.lessons.lesson import MANIFEST, POD
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

FIRST, NEXT = "nginx:1.27", "nginx:latest"
GOOD = (FIRST, NEXT)
APPS = ("web", "db", "shop")
LOST = ("NodeNotReady", "TaintManagerEviction")
"""Reasons of a Pod's Events that tell that its node has failed."""
MADE = (("Deployment", "web"), ("Deployment", "shop"), ("StatefulSet", "db"), ("Job", "once"))
"""The controllers that this lesson has made; lesson 06, too, has Pods whose names begin with `web-`."""
ABOVE = Text(ko="위의 셀을 처음부터 차례로 실행하십시오", en="run the cells above, in order")


def _labelled(seen: Seen, app: str) -> list[Pod]:
    """The Pods of that label that are there to stay."""
    pods = (pod for pod in seen.pods if (pod["metadata"].get("labels") or {}).get("app") == app)
    return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]


def _ready(pod: Pod) -> bool:
    conditions = pod.get("status", {}).get("conditions") or []
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _owner(pod: Pod) -> str:
    return next((owner["kind"] for owner in pod["metadata"].get("ownerReferences") or []), "")


def _restarted(seen: Seen) -> Result:
    """The container was started again, in the same Pod."""
    pod = seen.pod(POD)
    statuses = pod["status"].get("containerStatuses") or [] if pod else []
    if any(status["restartCount"] for status in statuses):
        return Result(True, Text(ko="파드는 그대로이고 컨테이너만 새것입니다", en="the same Pod, with a new container"))
    look = Text(ko="`kill 1`이 있는 셀을 실행하십시오", en="run the cell with `kill 1`")
    return Result(
        False, Text(ko="컨테이너가 아직 한 번도 다시 시작하지 않았습니다", en="no container was restarted yet"), look
    )


def _number(seen: Seen, wanted: int) -> Result:
    """So many Pods of the Deployment are there, and all of them Ready."""
    pods = _labelled(seen, "web")
    alone = [pod["metadata"]["name"] for pod in pods if _owner(pod) != "ReplicaSet"]
    if alone:
        told = Text(
            ko="{name} 파드는 디플로이먼트가 만든 것이 아닙니다", en="the Pod {name} was not made by the Deployment"
        )
        return Result(False, told.format(name=alone[0]), ABOVE, filled(ladders.ALONE, alone[0]))
    fit = [pod for pod in pods if _ready(pod)]
    if len(pods) == len(fit) == wanted:
        return Result(True, Text(ko="파드 {n}개가 모두 Ready입니다", en="{n} Pods, all of them Ready").format(n=wanted))
    told = Text(
        ko="{wanted}개여야 하는데 파드가 {n}개이고, Ready는 {ready}개입니다",
        en="there should be {wanted}; there are {n} Pods, {ready} of them Ready",
    ).format(wanted=wanted, n=len(pods), ready=len(fit))
    look = Text(ko='`kubectl.get("deployment", "web")`을 보십시오', en='look at `kubectl.get("deployment", "web")`')
    numbered = tuple(step.format(wanted=wanted) for step in ladders.NUMBER)
    return Result(False, told, look, numbered if pods else ladders.NO_PODS, settling=bool(pods))


def _three(seen: Seen) -> Result:
    return _number(seen, 3)


def _refilled(seen: Seen) -> Result:
    """Three again, and the one that was deleted, of which Events tell, is not among them."""
    if seen.pod(seen.answer) is not None:
        told = Text(ko="{name} 파드가 아직 있습니다", en="the Pod {name} is still there").format(name=seen.answer)
        look = Text(ko='`kubectl.delete("pod", victim)`을 실행하십시오', en='run `kubectl.delete("pod", victim)`')
        return Result(False, told, look, ladders.ALIVE)
    if not seen.answer.startswith("web-") or not past(seen, seen.answer):
        none = Text(ko="지운 web 파드의 이름이 아닙니다", en="this is not the name of a Pod of web that you deleted")
        return Result(False, none, ABOVE, ladders.NO_VICTIM)
    found = _number(seen, 3)
    new = Text(ko="빈자리를 다른 이름의 새 파드가 채웠습니다", en="a new Pod, of another name, has taken its place")
    return Result(True, new) if found else found


def _scaled(seen: Seen) -> Result:
    """As many as the learner wanted."""
    if not seen.answer.isdigit():
        none = Text(ko="원하는 수가 숫자가 아닙니다", en="the number that you want is no number")
        return Result(False, none, ABOVE, ladders.NO_NUMBER)
    if seen.other("deployments", "web") is None:
        none = Text(ko="web 디플로이먼트가 없습니다", en="there is no Deployment web")
        return Result(False, none, ABOVE, ladders.NO_PODS)
    found = _number(seen, int(seen.answer))
    empty = Text(ko="파드는 하나도 없고, 디플로이먼트만 남아 있습니다", en="no Pods are left, only the Deployment")
    return found if not found or int(seen.answer) else Result(True, empty)


def _image(seen: Seen, image: str, good: Text) -> Result:
    """All Pods of the Deployment run that image."""
    pods = _labelled(seen, "web")
    others = [pod for pod in pods if pod["spec"]["containers"][0]["image"] != image]
    unready = [pod for pod in pods if not _ready(pod)]
    if pods and not others and not unready:
        return Result(True, good)
    older = Text(ko="이미지가 {image}{이/가} 아닌 파드가 {n}개 있습니다", en="{n} Pods do not run {image}")
    young = Text(ko="아직 Ready가 아닌 파드가 {n}개 있습니다", en="{n} Pods are not Ready yet")
    told = (older if others else young).format(image=image, n=len(others or unready))
    look = Text(
        ko='`kubectl.rollout("status", "deployment/web")`이 끝나면 다시 확인하십시오',
        en='check again when `kubectl.rollout("status", "deployment/web")` is done',
    )
    if not pods:
        return Result(False, Text(ko="web 파드가 없습니다", en="there are no Pods of web"), look, ladders.NO_PODS)
    return Result(False, told, look, tuple(step.format(image=image) for step in ladders.IMAGE))


def _latest(seen: Seen) -> Result:
    return _image(seen, NEXT, Text(ko="모든 파드가 새 버전입니다", en="all Pods are of the new version"))


def _undone(seen: Seen) -> Result:
    """The good version runs, and the history of ReplicaSets has one of another image that came to nothing."""
    good = Text(ko="모든 파드가 되돌린 버전입니다", en="all Pods are of the version that you went back to")
    found = _image(seen, NEXT, good)
    kept = [each for each in seen.others.get("replicasets", ()) if _owned_by_web(each)]
    if not found or any(each["spec"]["template"]["spec"]["containers"][0]["image"] not in GOOD for each in kept):
        return found
    none = Text(ko="잘못된 버전을 내보낸 적이 없습니다", en="no bad version was rolled out yet")
    return Result(False, none, ABOVE, ladders.NO_BAD)


def _owned_by_web(replicaset: Pod) -> bool:
    return any(owner["name"] == "web" for owner in replicaset["metadata"].get("ownerReferences") or [])


def _ordered(seen: Seen) -> Result:
    """db-0, db-1 and db-2, all Ready."""
    names = sorted(pod["metadata"]["name"] for pod in _labelled(seen, "db") if _ready(pod))
    if names == ["db-0", "db-1", "db-2"] and not past(seen, "db-1"):
        none = Text(ko="db-1을 아직 지우지 않았습니다", en="db-1 was not deleted yet")
        look = Text(ko='`kubectl.delete("pod", "db-1")`을 실행하십시오', en='run `kubectl.delete("pod", "db-1")`')
        return Result(False, none, look, ladders.KEPT)
    if names == ["db-0", "db-1", "db-2"]:
        told = Text(ko="지운 db-1이 같은 이름으로 돌아왔습니다", en="db-1 is back, under the same name")
        return Result(True, told)
    there = Text(ko="Ready인 파드: {names}", en="Ready are: {names}").format(names=", ".join(names) or NONE)
    look = Text(
        ko='`kubectl.rollout("status", "statefulset/db")`가 끝나면 다시 확인하십시오',
        en='check again when `kubectl.rollout("status", "statefulset/db")` is done',
    )
    return Result(False, there, look, ladders.ORDER, settling=bool(names))


def _nodes(pods: list[Pod]) -> list[str]:
    return sorted(pod["spec"].get("nodeName", "") for pod in pods if _ready(pod))


def _every_node(seen: Seen) -> Result:
    """The DaemonSet has a Ready Pod on each of the two workers."""
    nodes = _nodes(_labelled(seen, "agent"))
    if nodes == ["farm-worker", "farm-worker2"]:
        told = Text(ko="워커 노드마다 파드가 하나씩 있습니다", en="there is one Pod on each worker")
        return Result(True, told)
    there = Text(ko="Ready인 agent 파드가 있는 노드: {nodes}", en="nodes with a Ready Pod of agent: {nodes}")
    return Result(False, there.format(nodes=", ".join(nodes) or NONE), ABOVE, ladders.FARM)


def _moved(seen: Seen) -> Result:
    """Both Pods of the Deployment are Ready on the node that is left, and Events tell that the other had failed."""
    nodes = _nodes(_labelled(seen, "web"))
    failed = any(event.get("reason") in LOST for event in seen.events)
    if nodes == ["farm-worker2", "farm-worker2"] and failed:
        told = Text(
            ko="살아 있는 노드에 새 파드가 생겨, 다시 둘이 일합니다",
            en="a new Pod came up on the node that is left: two are serving again",
        )
        return Result(True, told)
    there = Text(ko="Ready인 web 파드가 있는 노드: {nodes}", en="nodes with a Ready Pod of web: {nodes}")
    look = Text(
        ko="`availableReplicas`가 2가 될 때까지 기다리는 셀을 실행하십시오",
        en="run the cell that waits until `availableReplicas` is 2",
    )
    hints = ladders.FARM if not nodes else ladders.PLUGGED if "farm-worker" in nodes else ladders.WAITING
    return Result(False, there.format(nodes=", ".join(nodes) or NONE), look, hints)


def _job(seen: Seen) -> Result:
    """The Pod of the Job has run to its end."""
    pods = [pod for pod in seen.pods if (pod["metadata"].get("labels") or {}).get("job-name") == "once"]
    if any(pod["status"].get("phase") == "Succeeded" for pod in pods):
        told = Text(ko="파드가 할 일을 마쳤고, 다시 시작되지 않습니다", en="its Pod is done, and is not started again")
        return Result(True, told)
    phases = ", ".join(pod["status"].get("phase", "") for pod in pods) or NONE
    told = Text(ko="once 잡의 파드가 아직 끝나지 않았습니다 ({phases})", en="no Pod of the Job is done yet ({phases})")
    look = Text(ko='`kubectl.describe("job", "once")`를 보십시오', en='look at `kubectl.describe("job", "once")`')
    return Result(False, told.format(phases=phases), look, ladders.JOB, settling=bool(pods))


def _tidy(seen: Seen) -> Result:
    """No controller has left a Pod, and Events tell that there were some."""
    left = [pod["metadata"]["name"] for app in APPS for pod in _labelled(seen, app)]
    left += [pod["metadata"]["name"] for pod in seen.pods if _owner(pod) == "Job"]
    about = [event.get("involvedObject") or {} for event in seen.events]
    if not left and not any((each.get("kind"), each.get("name")) in MADE for each in about):
        never = Text(ko="이 수업의 컨트롤러가 만든 파드가 없었습니다", en="no controller of this lesson has made a Pod")
        return Result(False, never, ABOVE, ladders.NEVER)
    if not left:
        told = Text(ko="컨트롤러와 그 파드가 모두 사라졌습니다", en="the controllers are gone, and so are their Pods")
        return Result(True, told)
    still = Text(ko="아직 남은 파드: {names}", en="still there: {names}").format(names=", ".join(left))
    look = Text(
        ko="`names = […]`가 있는 셀을 실행해 컨트롤러를 지우십시오",
        en="run the cell with `names = […]`, which deletes the controllers",
    )
    return Result(False, still, look, ladders.LEFT)


CHECKS = (
    Check("restarted", both(ready(POD, MANIFEST), _restarted), ladders.NO_RESTART, SOLUTIONS["restarted"]),
    Check("three", _three, ladders.NO_PODS, SOLUTIONS["three"]),
    Check("refilled", _refilled, ladders.NO_VICTIM, SOLUTIONS["refilled"]),
    Check("scaled", _scaled, ladders.NO_NUMBER, SOLUTIONS["scaled"], ("deployments",)),
    Check("latest", _latest, ladders.NO_PODS, SOLUTIONS["latest"]),
    Check("undone", _undone, ladders.NO_BAD, SOLUTIONS["undone"], ("replicasets",)),
    Check("ordered", _ordered, ladders.ORDER, SOLUTIONS["ordered"]),
    Check("every-node", _every_node, ladders.FARM, SOLUTIONS["every-node"]),
    Check("moved", _moved, ladders.WAITING, SOLUTIONS["moved"]),
    Check("job", _job, ladders.JOB, SOLUTIONS["job"]),
    ALONE["07"],
    Check("tidy", _tidy, ladders.LEFT, SOLUTIONS["tidy"]),
)

QUESTIONS = (
    Question(
        "delete",
        Text(
            ko="디플로이먼트의 파드 셋 가운데 하나를 지우면 어떻게 됩니까?",
            en="You delete one of the Deployment's three Pods. What then?",
        ),
        (
            Option(
                Text(ko="둘이 남는다", en="two are left"),
                Text(ko="셋이 있어야 한다고 적혀 있습니다.", en="It is written down that there shall be three."),
            ),
            Option(
                Text(ko="같은 이름의 파드가 다시 생긴다", en="a Pod of the same name appears"),
                Text(ko="이름은 만들 때마다 새로 정해집니다.", en="A new name is drawn for each."),
            ),
            Option(
                Text(ko="이름과 IP가 다른 새 파드가 생긴다", en="a new Pod appears, with another name and IP"),
                Text(ko="파드는 되살아나지 않고 바뀝니다.", en="Pods are not revived, they are replaced."),
                right=True,
            ),
        ),
        prediction=True,
        shown_by="refilled",
    ),
    Question(
        "bad",
        Text(
            ko="없는 이미지로 롤아웃을 시작하면 지금의 파드는 어떻게 됩니까?",
            en="A rollout begins with an image that does not exist. What of the present Pods?",
        ),
        (
            Option(
                Text(ko="먼저 모두 지워진다", en="all of them are deleted first"),
                Text(ko="`strategy: Recreate`라면 그렇습니다.", en="It would be so with `strategy: Recreate`."),
            ),
            Option(
                Text(
                    ko="새 파드가 Ready가 되지 못하므로 그대로 일한다",
                    en="they go on serving, since no new Pod becomes Ready",
                ),
                Text(
                    ko="옛 파드는 새 파드가 준비된 만큼만 줄어듭니다.", en="Old Pods go only as new ones become ready."
                ),
                right=True,
            ),
            Option(
                Text(ko="디플로이먼트가 스스로 되돌린다", en="the Deployment goes back by itself"),
                Text(ko="되돌리는 것은 사람의 일입니다.", en="Going back is for people to decide."),
            ),
        ),
        prediction=True,
        shown_by="undone",
    ),
    Question(
        "node",
        Text(
            ko="노드 하나의 전원이 나갔습니다. 그 노드에 있던 디플로이먼트의 파드는 어떻게 됩니까?",
            en="One node loses its power. What of the Deployment's Pod on it?",
        ),
        (
            Option(
                Text(ko="그 파드가 다른 노드로 옮겨 간다", en="the Pod moves to another node"),
                Text(
                    ko="파드는 옮겨 가지 않습니다. 한 번 정해진 노드에서 끝까지 갑니다.",
                    en="Pods never move: a Pod stays with its node to the end.",
                ),
            ),
            Option(
                Text(ko="곧바로 다른 노드에 새 파드가 생긴다", en="a new Pod comes up elsewhere at once"),
                Text(
                    ko="잠깐 끊긴 것일 수도 있으므로, 50초쯤 뒤에 NotReady가 되고 다시 5분을 기다립니다.",
                    en="It may be a short break: after some 50 seconds the node is NotReady, then 5 more minutes pass.",
                ),
            ),
            Option(
                Text(ko="몇 분 뒤 다른 노드에 새 파드가 생긴다", en="after a few minutes a new Pod comes up elsewhere"),
                Text(
                    ko="`tolerationSeconds` 300초가 지나면 지워지고, 레플리카셋이 빈자리를 채웁니다.",
                    en="After the 300 `tolerationSeconds` it is deleted, and the ReplicaSet fills the gap.",
                ),
                right=True,
            ),
        ),
        prediction=True,
        shown_by="moved",
    ),
    Question(
        "who",
        Text(
            ko="컨테이너의 프로세스가 죽었습니다. 누가 다시 시작합니까?",
            en="The process of a container dies. Who starts it again?",
        ),
        (
            Option(
                Text(ko="그 노드의 kubelet", en="the kubelet of its node"),
                Text(ko="파드는 그대로이고 RESTARTS가 늘어납니다.", en="The Pod stays, RESTARTS goes up."),
                right=True,
            ),
            Option(
                Text(ko="레플리카셋", en="the ReplicaSet"),
                Text(ko="레플리카셋은 파드의 수만 봅니다.", en="A ReplicaSet only counts Pods."),
            ),
            Option(
                Text(ko="스케줄러", en="the scheduler"),
                Text(ko="스케줄러는 새 파드의 노드만 정합니다.", en="The scheduler only chooses nodes for new Pods."),
            ),
        ),
    ),
    Question(
        "replicasets",
        Text(
            ko="롤아웃이 끝난 뒤 옛 레플리카셋은 왜 0개짜리로 남습니까?",
            en="Why does the old ReplicaSet stay, with zero Pods, after a rollout?",
        ),
        (
            Option(
                Text(ko="지우는 데 시간이 걸려서", en="deleting it takes a while"),
                Text(ko="일부러 남겨 둔 것입니다.", en="It is kept on purpose."),
            ),
            Option(
                Text(ko="`undo`로 돌아갈 수 있도록", en="so that `undo` can go back to it"),
                Text(
                    ko="몇 개나 남길지는 `revisionHistoryLimit`이 정합니다.",
                    en="`revisionHistoryLimit` says how many are kept.",
                ),
                right=True,
            ),
            Option(
                Text(ko="파드 하나라도 살려 두려고", en="to keep one Pod alive"),
                Text(ko="0개짜리에는 파드가 없습니다.", en="With zero, it has none."),
            ),
        ),
    ),
    Question(
        "kinds",
        Text(
            ko="노드마다 로그 수집기를 하나씩 두려 합니다. 무엇을 씁니까?",
            en="You want a log collector on every node. Which do you take?",
        ),
        (
            Option(
                Text(ko="디플로이먼트", en="a Deployment"),
                Text(ko="몇 개인지만 정하고 어디인지는 정하지 않습니다.", en="It says how many, not where."),
            ),
            Option(
                Text(ko="스테이트풀셋", en="a StatefulSet"),
                Text(ko="이름과 순서가 필요할 때 씁니다.", en="That is for names and an order."),
            ),
            Option(
                Text(ko="데몬셋", en="a DaemonSet"),
                Text(ko="노드가 늘면 파드도 따라 늘어납니다.", en="When a node joins, it gets its Pod too."),
                right=True,
            ),
        ),
    ),
)
