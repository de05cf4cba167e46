"""Checks and questions of 02-create."""

from __future__ import annotations

import re

from podlab.lessons.challenges import ALONE
from podlab.lessons.check import Check, Result, Seen, Test
from podlab.lessons.judge import absent, both, ready, written
from podlab.lessons.lesson import MANIFEST, POD
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

WANTED = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": POD, "labels": {"app": "webserver"}},
    "spec": {
        "containers": [{"name": "nginx-container", "image": "nginx:latest", "ports": [{"containerPort": 80}]}],
    },
}
MINE = {"kind": "Pod", "metadata": {"name": "my-pod"}, "spec": {"containers": [{"image": "nginx:latest"}]}}


def _page(seen: Seen) -> Result:
    """The answer is nginx's own page."""
    heading = re.search(r"<h1>(.*?)</h1>", seen.answer)
    if heading and "nginx" in heading[1]:
        says = Text(ko="페이지의 제목은 “{heading}”입니다", en="the page is headed “{heading}”")
        return Result(True, says.format(heading=heading[1]))
    look = Text(
        ko='파드가 Ready인지 `kubectl.get("pods")`로 보고, 페이지를 받는 셀을 다시 실행하십시오',
        en='see with `kubectl.get("pods")` whether the Pod is Ready, then run the cell that fetches the page again',
    )
    return Result(False, Text(ko="nginx의 페이지가 아닙니다", en="this is not the page of nginx"), look)


def _one(name: str) -> Test:
    """Ready, and with exactly one container: applying and creating again has changed nothing."""

    def test(seen: Seen) -> Result:
        found = ready(name, MANIFEST)(seen)
        if not found:
            return found
        same = Text(
            ko="{name} 파드는 여전히 하나뿐이고 Ready입니다",
            en="there is still just one Pod {name}, and it is Ready",
        )
        return Result(True, same.format(name=name))

    return test


def _refused(seen: Seen) -> Result:
    """The API server said no to the misspelt field, and has not stored the Pod."""
    found = absent("typo", UNSTORED)(seen)
    if not found or any('unknown field "spec.containers[0].imagee"' in each for each in seen.refused):
        return found
    untried = Text(
        ko="API 서버가 `imagee`를 거절한 일이 아직 없습니다", en="the API server has not refused an `imagee` yet"
    )
    look = Text(
        ko='`kubectl.apply("typo.yaml")` 셀을 실행하십시오', en='run the cell with `kubectl.apply("typo.yaml")`'
    )
    return Result(False, untried, look)


TRIED = (
    Text(
        ko="일부러 틀리는 단계입니다. 오류가 나야 이 확인이 통과합니다",
        en="this step is a mistake on purpose: it passes once there was the error",
    ),
    Text(
        ko="`typo.yaml`을 쓰는 셀과 적용하는 셀을 차례로 실행하십시오. 커널을 다시 시작했다면 한 번 더 실행하십시오",
        en="run the cell that writes `typo.yaml`, then the one that applies it; again, if the kernel was restarted",
    ),
    Text(
        ko='`kubectl.apply("typo.yaml")`를 실행하고, 오류의 끝에서 `unknown field`를 찾으십시오',
        en='run `kubectl.apply("typo.yaml")`, and find `unknown field` at the end of the error',
    ),
)
NOTHING = Text(ko="이 수업에서 만들 파드가 하나도 남아 있지 않습니다", en="none of this lesson's Pods is left")
UNSTORED = Text(ko="오타가 있는 파드는 저장되지 않았습니다", en="the Pod with the typo was not stored")

PAGE = (
    Text(
        ko="페이지는 파드의 80번 포트에서, API 서버를 거쳐 옵니다",
        en="the page comes from port 80 of the Pod, by way of the API server",
    ),
    Text(
        ko="`page`에 담긴 것을 `print(page)`로 보십시오. nginx의 제목이 없으면 파드가 아직 준비되지 않은 것입니다",
        en="look at what you handed over with `print(page)`; without nginx's heading the Pod was not ready yet",
    ),
    Text(
        ko='`kubectl.get(raw=".../pods/NAME:80/proxy/", timeout="10s")`의 답을 확인에 건네십시오',
        en='hand the check what `kubectl.get(raw=".../pods/NAME:80/proxy/", timeout="10s")` answers',
    ),
)
MAKE = f"""
kubectl.apply("{MANIFEST}")
kubectl.wait("pod/{POD}", for_="condition=Ready", timeout="120s")
check(kubectl, "02-NAME")
"""
FETCH = """
page = kubectl.get(raw=f"/api/v1/namespaces/{kubectl.namespace}/pods/POD:80/proxy/", timeout="10s")
check(kubectl, "02-NAME", page)
"""
WRITE = """
from pathlib import Path

from podlab.lessons.lesson import manifest

Path("nginx-pod.yaml").write_text(manifest("nginx-pod.yaml"), encoding="utf-8")
check(kubectl, "02-manifest")
"""
TYPO = """
from podlab import PodlabError

typo = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "typo"}}
try:
    kubectl.apply(typo | {"spec": {"containers": [{"name": "nginx-container", "imagee": "nginx:latest"}]}})
except PodlabError as error:
    print(error)
check(kubectl, "02-typo")
"""
OWN = """
from pathlib import Path

import yaml

spec = {"containers": [{"name": "web", "image": "nginx:latest"}]}
pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "my-pod", "labels": {"owner": "me"}}, "spec": spec}
Path("my-pod.yaml").write_text(yaml.safe_dump(pod), encoding="utf-8")
kubectl.apply("my-pod.yaml")
kubectl.wait("pod/my-pod", for_="condition=Ready", timeout="120s")
"""

CHECKS = (
    Check(
        "clear",
        absent(POD, NOTHING),
        solution=f'kubectl.delete("pod", "{POD}", ignore_not_found=True)\ncheck(kubectl, "02-clear")',
    ),
    Check("manifest", written(MANIFEST, WANTED), solution=WRITE),
    Check("ready", ready(POD, MANIFEST), solution=MAKE.replace("NAME", "ready")),
    Check("page", _page, PAGE, FETCH.replace("POD", POD).replace("NAME", "page")),
    Check("once", _one(POD), solution=MAKE.replace("NAME", "once")),
    Check("typo", _refused, TRIED, TYPO),
    Check(
        "mine",
        both(both(written("my-pod.yaml", MINE), ready("my-pod", "my-pod.yaml")), _page),
        PAGE,
        OWN + FETCH.lstrip().replace("POD", "my-pod").replace("NAME", "mine"),
    ),
    ALONE["02"],
)

QUESTIONS = (
    Question(
        "ports",
        Text(
            ko="`ports:`가 없는 파드에서도 80번 포트로 nginx의 페이지를 받을 수 있습니까?",
            en="This Pod has no `ports:`. Can we still fetch nginx's page from port 80?",
        ),
        (
            Option(
                Text(
                    ko="아닙니다. 매니페스트가 열지 않은 포트는 닫혀 있습니다",
                    en="No: a port the manifest does not open is closed",
                ),
                Text(ko="매니페스트는 포트를 열지도 닫지도 않습니다.", en="A manifest neither opens nor closes ports."),
            ),
            Option(
                Text(
                    ko="예. 포트를 여는 것은 nginx 프로세스입니다",
                    en="Yes: it is the nginx process that opens the port",
                ),
                Text(ko="`containerPort`는 정보일 뿐입니다.", en="`containerPort` only informs."),
                right=True,
            ),
            Option(
                Text(ko="API 서버가 아예 받아 주지 않습니다", en="The API server will not even accept such a Pod"),
                Text(ko="`ports`는 없어도 되는 필드입니다.", en="`ports` is an optional field."),
            ),
        ),
        prediction=True,
        shown_by="mine",
    ),
    Question(
        "created",
        Text(
            ko="`kubectl apply`가 `created`라고 답했습니다. 이때 확실한 것은 무엇입니까?",
            en="`kubectl apply` answers `created`. What do you know for certain at that moment?",
        ),
        (
            Option(
                Text(ko="nginx가 실행되고 있다", en="nginx is running"),
                Text(
                    ko="이미지를 가져오고 컨테이너를 시작하는 일은 그 뒤에 kubelet이 합니다.",
                    en="Pulling the image and starting the container come later, and are the kubelet's work.",
                ),
            ),
            Option(
                Text(ko="API 서버가 오브젝트를 저장했다", en="the API server has stored the object"),
                Text(
                    ko="그 밖의 일은 모두 아직 일어나지 않았을 수 있습니다. 그래서 Ready를 기다립니다.",
                    en="Nothing else need have happened yet, which is why you wait for Ready.",
                ),
                right=True,
            ),
            Option(
                Text(ko="파드가 들어갈 노드가 정해졌다", en="a node has been chosen for the Pod"),
                Text(
                    ko="노드는 스케줄러가 고르는데, 그것도 저장된 다음의 일입니다.",
                    en="The scheduler chooses the node, and it too acts only after the object is stored.",
                ),
            ),
        ),
    ),
    Question(
        "unique",
        Text(
            ko="한 네임스페이스의 두 파드가 함께 가질 수 있는 것은 무엇입니까?",
            en="What can two Pods in one namespace have in common?",
        ),
        (
            Option(
                Text(ko="`metadata.name`", en="`metadata.name`"),
                Text(
                    ko="이름은 유일합니다. AlreadyExists를 떠올려 보십시오.",
                    en="Names are unique: remember AlreadyExists.",
                ),
            ),
            Option(
                Text(ko="`metadata.labels`", en="`metadata.labels`"),
                Text(
                    ko="레이블은 여러 오브젝트를 묶어 고르려고 붙입니다.",
                    en="Sharing labels is the point of labels: they pick out many objects at once.",
                ),
                right=True,
            ),
            Option(
                Text(ko="둘 다 같을 수 없다", en="neither of them"),
                Text(ko="레이블은 얼마든지 같아도 됩니다.", en="Labels may be the same on any number of Pods."),
            ),
        ),
    ),
    Question(
        "latest",
        Text(ko="`nginx:latest`에 대해 옳은 것은 무엇입니까?", en="What is true of `nginx:latest`?"),
        (
            Option(
                Text(ko="언제나 가장 새 nginx이다", en="it is always the newest nginx"),
                Text(
                    ko="그렇게 쓰는 것이 관습일 뿐, 보장하는 것은 없습니다.",
                    en="That is a habit of publishers; nothing guarantees it.",
                ),
            ),
            Option(
                Text(
                    ko="새 버전이 나오면 쿠버네티스가 파드를 바꿔 준다",
                    en="Kubernetes replaces the Pod when a new one appears",
                ),
                Text(ko="실행 중인 컨테이너는 그대로 있습니다.", en="A running container stays as it is."),
            ),
            Option(
                Text(ko="`latest`라는 이름의 태그일 뿐이다", en="`latest` is a tag like any other"),
                Text(
                    ko="언제 가져오느냐에 따라 다른 이미지일 수 있습니다.",
                    en="What you get depends on when you pull it.",
                ),
                right=True,
            ),
        ),
    ),
)
