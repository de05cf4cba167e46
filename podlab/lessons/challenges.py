"""At the end of a lesson: something to make alone, from an empty editor; checked by what the cluster then holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podlab.apimachinery import labels
from podlab.lessons.check import Check, Pod, Result, Seen, Test
from podlab.lessons.judge import NONE, SO, WRITE, both, differs, filled, past
from podlab.lessons.ladders import challenges as ladders
from podlab.lessons.unaided import READ, containers, missing, need, repository, runs, stands
from podlab.text import Text

SELECTOR = "shelf in (books, maps),size,size!=large"
RECEPTION = {
    "metadata": {"labels": {"app": "hello"}},
    "spec": {"containers": [{"name": "front", "image": "nginx:latest", "ports": [{"containerPort": 80}]}]},
}
SKETCH = {
    "metadata": {"labels": {"stage": "test"}},
    "spec": {
        "containers": [
            {
                "name": "web",
                "ports": [{"containerPort": 80, "name": "http"}],
                "resources": {"limits": {"memory": "128Mi"}},
                "env": [{"name": "COLOR", "value": "blue"}],
            }
        ],
        "restartPolicy": "OnFailure",
    },
}
PAGES = "/usr/share/nginx/html"
NEW = "nginx:latest"


def _says(name: str, want: Mapping[str, Any], good: Text) -> Test:
    """The Pod that is there has these fields."""

    def test(seen: Seen) -> Result:
        problem = differs(seen.pod(name), want, "")
        if problem is None:
            return Result(True, good)
        file = f"{name}.yaml"
        look = Text(
            ko="{file}{을/를} 고치고, 파드를 지운 다음 다시 적용하십시오",
            en="mend {file}, delete the Pod, and apply it again",
        ).format(file=file)
        return Result(False, problem, look, (*filled(WRITE, "", file), SO.format(file=file, problem=problem)))

    return test


def _picked(seen: Seen) -> Result:
    found = (seen.pod("pick") or {"metadata": {}})["metadata"].get("labels") or {}
    return need(
        labels.matches_text(SELECTOR, found),
        Text(ko="셀렉터가 pick을 골라냅니다", en="the selector picks it out"),
        Text(ko="셀렉터가 pick을 고르지 않습니다. 레이블: {found}", en="it is not picked; its labels: {found}").format(
            found=",".join(f"{key}={value}" for key, value in sorted(found.items())) or NONE
        ),
        Text(
            ko='`kubectl.get("pods", show_labels=True)`로 레이블을 보십시오',
            en='see the labels with `kubectl.get("pods", show_labels=True)`',
        ),
        *ladders.UNPICKED,
    )


def _again(seen: Seen) -> Result:
    """A second Pod of the name, with a second life written on it."""
    found = (seen.pod("phoenix") or {"metadata": {}})["metadata"].get("labels") or {}
    if not past(seen, "phoenix"):
        first = Text(ko="이 이름의 파드가 지워진 일이 아직 없습니다", en="no Pod of this name has been deleted yet")
        return Result(False, first, READ, ladders.FIRST_LIFE)
    return need(
        found.get("life") == "two",
        Text(ko="이름은 같지만 uid가 다른 두 번째 파드입니다", en="a second Pod: the same name, another uid"),
        Text(ko="두 번째 파드의 레이블이 life=two가 아닙니다", en="the second Pod does not say life=two"),
        Text(ko="`metadata.labels`를 보십시오", en="look at `metadata.labels`"),
        *ladders.SECOND_LIFE,
    )


def _served(seen: Seen) -> Result:
    """nginx serves a folder that its neighbour has, too."""
    there = {repository(each): each.get("volumeMounts") or [] for each in containers(seen, "clock")}
    pages = {each["name"] for each in there.get("nginx", ()) if each.get("mountPath", "").rstrip("/") == PAGES}
    return need(
        bool(pages & {each["name"] for each in there.get("busybox", ())}),
        Text(ko="busybox가 쓰는 폴더를 nginx가 내보냅니다", en="nginx serves the folder that busybox writes to"),
        Text(
            ko="nginx의 {pages}에 busybox와 함께 쓰는 볼륨이 없습니다",
            en="there is no volume of both at {pages} of nginx",
        ).format(pages=PAGES),
        Text(ko="두 컨테이너의 `volumeMounts`를 보십시오", en="look at the `volumeMounts` of both"),
        *ladders.UNSERVED,
    )


def _written(seen: Seen) -> Result:
    """The busybox is told to write the time to the folder: that one is shared is not all of it."""
    return need(
        any(_writes(each) for each in containers(seen, "clock") if repository(each) == "busybox"),
        Text(ko="busybox가 쓰는 시각을 nginx가 내보냅니다", en="nginx serves the time that busybox writes"),
        Text(ko="busybox가 그 폴더에 시각을 쓰지 않습니다", en="busybox does not write the time to that folder"),
        Text(ko="busybox의 `command`를 보십시오", en="look at the `command` of busybox"),
        *ladders.UNWRITTEN,
    )


def _writes(container: Mapping[str, Any]) -> bool:
    words = [*(container.get("command") or []), *(container.get("args") or []), container.get("workingDir") or ""]
    told = " ".join(map(str, words))
    mounts = [str(each.get("mountPath", "")).rstrip("/") for each in container.get("volumeMounts") or []]
    return "date" in told and any(path in told for path in mounts)


def _shop(seen: Seen) -> Result:
    """Four of the new version, rolled out from an older one without ever having fewer."""
    deployment = seen.other("deployments", "shop")
    if deployment is None:
        return Result(False, Text(ko="shop 디플로이먼트가 아직 없습니다", en="there is no Deployment shop yet"), READ)
    spec, status = deployment["spec"], deployment.get("status") or {}
    rolling = (spec.get("strategy") or {}).get("rollingUpdate") or {}
    if str(rolling.get("maxUnavailable")) not in ("0", "0%"):
        fewer = Text(
            ko="롤아웃하는 동안 파드가 넷보다 적어질 수 있습니다", en="during a rollout there may be fewer than four"
        )
        strategy = Text(ko="`spec.strategy.rollingUpdate`를 보십시오", en="look at `spec.strategy.rollingUpdate`")
        return Result(False, fewer, strategy, ladders.FEWER)
    if _image(deployment) != NEW or len(_versions(seen)) < 2:
        old = Text(ko="새 버전을 내보낸 적이 없습니다", en="no new version was rolled out yet")
        return Result(False, old, READ, ladders.NOT_ROLLED)
    counts = {spec.get("replicas"), status.get("replicas"), status.get("updatedReplicas"), status.get("readyReplicas")}
    return need(
        counts == {4},
        Text(ko="새 버전의 파드 넷이 모두 Ready입니다", en="four Pods of the new version, all of them Ready"),
        Text(ko="새 버전의 Ready인 파드가 넷이 아닙니다", en="there are not four Ready Pods of the new version"),
        Text(ko='`kubectl.get("deployment", "shop")`을 보십시오', en='look at `kubectl.get("deployment", "shop")`'),
        *ladders.NOT_FOUR,
    )


def _image(controller: Pod) -> str:
    return str(controller["spec"]["template"]["spec"]["containers"][0].get("image", ""))


def _versions(seen: Seen) -> set[str]:
    """The images that the ReplicaSets of shop stand for."""
    kept = seen.others.get("replicasets", ())
    owners = [(each, each["metadata"].get("ownerReferences") or []) for each in kept]
    return {_image(each) for each, owned in owners if any(owner.get("name") == "shop" for owner in owned)}


def _unready(seen: Seen) -> Result:
    """It runs, it is not Ready, nothing was restarted: only a readiness probe does that."""
    pod = seen.pod("gremlin")
    if pod is None:
        return missing("gremlin")
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    if any(each.get("restartCount") for each in statuses):
        again = Text(ko="컨테이너가 다시 시작되었습니다", en="a container was restarted")
        return Result(False, again, READ, ladders.RESTARTED)
    probed = any(each.get("readinessProbe") for each in containers(seen, "gremlin"))
    running = bool(statuses) and all("running" in (each.get("state") or {}) for each in statuses)
    return need(
        probed and running and not all(each.get("ready") for each in statuses),
        Text(
            ko="실행되지만 Ready가 되지 않고, 다시 시작하지도 않습니다",
            en="it runs, does not become Ready, and is not restarted",
        ),
        Text(
            ko="실행되면서 준비성 프로브만 실패해야 합니다", en="it should run, with only its readiness probe failing"
        ),
        Text(ko='`kubectl.get("pod", "gremlin")`을 보십시오', en='look at `kubectl.get("pod", "gremlin")`'),
        *ladders.NOT_BROKEN,
    )


def _alone(number: str, test: Test, *also: str) -> Check:
    return Check("alone", test, ladders.HINTS[number], ladders.SOLUTIONS[number], also)


WRITTEN = Text(ko="빈 편집기에서 시작해 파드를 만들었습니다", en="from an empty editor to a Pod")
DRAWN = Text(ko="describe가 보여 줄 것을 매니페스트로 썼습니다", en="you wrote what describe was to show")

ALONE = {
    "02": _alone("02", both(stands("reception"), _says("reception", RECEPTION, WRITTEN))),
    "03": _alone("03", both(stands("pick"), _picked)),
    "04": _alone("04", both(stands("sketch"), both(runs("sketch", "nginx"), _says("sketch", SKETCH, DRAWN)))),
    "05": _alone("05", both(stands("phoenix"), _again)),
    "06": _alone("06", both(stands("clock"), both(_served, _written))),
    "07": _alone("07", _shop, "deployments", "replicasets"),
    "09": _alone("09", _unready),
}
"""By the lesson's number; each is called `alone` there."""
