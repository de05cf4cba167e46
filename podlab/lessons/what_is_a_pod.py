"""The check and the questions of 01-what-is-a-pod."""

from __future__ import annotations

from podlab.lessons.check import Check, Result, Seen
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

TWINS = "same-port"


def _port(seen: Seen) -> Result:
    """One of the two containers was restarted, for the other had the port."""
    pod = seen.pod(TWINS)
    run = Text(ko="바로 위의 명령부터 차례로 실행하십시오", en="run the commands above, in order")
    if pod is None:
        return Result(False, Text(ko="same-port 파드가 없습니다", en="there is no Pod same-port"), run)
    restarts = {each["name"]: each["restartCount"] for each in (pod.get("status") or {}).get("containerStatuses") or []}
    if not any(restarts.values()):
        return Result(
            False,
            Text(ko="아직 다시 시작한 컨테이너가 없습니다", en="no container was restarted yet"),
            Text(ko="`kubectl.wait(…)`가 끝나면 다시 확인하십시오", en="check again when `kubectl.wait(…)` is done"),
            settling=True,
        )
    told = Text(
        ko="늦게 시작한 {name} 컨테이너가 실패해 다시 시작했습니다",
        en="{name} started later, failed, and was restarted",
    )
    return Result(True, told.format(name=max(restarts, key=lambda each: restarts[each])))


HINTS = (
    Text(ko="한 파드의 컨테이너는 네트워크가 하나입니다", en="the containers of a Pod have one network"),
    Text(
        ko="컨테이너가 둘인 파드를 적용하고, 하나가 다시 시작할 때까지 기다립니다",
        en="apply the Pod with two containers, and wait until one was restarted",
    ),
    Text(
        ko="`kubectl.apply(…)`와 `kubectl.wait(…)`가 든 셀을 처음부터 다시 실행하십시오",
        en="run the whole cell with `kubectl.apply(…)` and `kubectl.wait(…)` once more",
    ),
)
MAKE = f"""
both = [{{"name": name, "image": "nginx:latest"}} for name in ("first", "second")]
kubectl.apply({{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "{TWINS}"}}, "spec": {{"containers": both}}}})
kubectl.wait("pod/{TWINS}", for_="jsonpath={{.status.containerStatuses[1].restartCount}}=1", timeout="180s")
check(kubectl, "01-port")
"""

CHECKS = (Check("port", _port, HINTS, MAKE),)

QUESTIONS = (
    Question(
        "localhost",
        Text(
            ko="한 파드 안의 두 컨테이너가 모두 80번 포트를 쓰려고 합니다. 어떻게 됩니까?",
            en="Two containers in one Pod both want to listen on port 80. What will happen?",
        ),
        (
            Option(
                Text(
                    ko="컨테이너마다 네트워크가 따로라서 둘 다 된다",
                    en="both can: each container has a network of its own",
                ),
                Text(ko="네트워크는 파드의 것입니다.", en="The network belongs to the Pod."),
            ),
            Option(
                Text(ko="나중에 시작한 쪽이 실패한다", en="the one that starts later fails"),
                Text(ko="IP 주소와 포트를 함께 쓰기 때문입니다.", en="They share one IP address and its ports."),
                right=True,
            ),
            Option(
                Text(ko="쿠버네티스가 포트를 바꿔 준다", en="Kubernetes gives one of them another port"),
                Text(ko="포트는 프로그램이 정합니다.", en="The program chooses its port, nobody else."),
            ),
        ),
        prediction=True,
        shown_by="port",
    ),
    Question(
        "unit",
        Text(
            ko="쿠버네티스가 배포하는 가장 작은 단위는 무엇입니까?",
            en="What is the smallest unit that Kubernetes deploys?",
        ),
        (
            Option(
                Text(ko="컨테이너", en="a container"),
                Text(ko="컨테이너는 늘 파드에 싸여 있습니다.", en="A container always comes wrapped in a Pod."),
            ),
            Option(
                Text(ko="파드", en="a Pod"),
                Text(
                    ko="컨테이너 하나를 실행할 때도 파드를 만듭니다.", en="Even for a single container you make a Pod."
                ),
                right=True,
            ),
            Option(
                Text(ko="노드", en="a node"),
                Text(ko="노드는 파드가 올라가는 컴퓨터입니다.", en="A node is a computer that Pods run on."),
            ),
        ),
    ),
    Question(
        "together",
        Text(ko="한 파드에 함께 넣기에 알맞은 것은 무엇입니까?", en="Which two belong together in one Pod?"),
        (
            Option(
                Text(ko="웹 서버와 데이터베이스", en="a web server and a database"),
                Text(
                    ko="따로 늘리고 따로 고쳐야 하니 파드도 따로 둡니다.",
                    en="You scale and update them apart, so keep them in Pods of their own.",
                ),
            ),
            Option(
                Text(
                    ko="웹 서버와, 그 로그를 모아 보내는 프로그램", en="a web server and a program that ships its log"
                ),
                Text(
                    ko="로그를 모으는 쪽은 사이드카입니다. 같은 파일을 보아야 하고, 함께 시작하고 함께 끝납니다.",
                    en="The log shipper is a sidecar: it needs the same files and lives and dies with the server.",
                ),
                right=True,
            ),
            Option(
                Text(ko="같은 웹 서버 셋", en="three copies of one web server"),
                Text(ko="여럿으로 늘릴 때는 파드를 여럿 만듭니다.", en="To have more of something, make more Pods."),
            ),
        ),
    ),
    Question(
        "node-fails",
        Text(
            ko="노드가 고장 났습니다. 그 위에 직접 만들어 둔 파드는 어떻게 됩니까?",
            en="A node breaks down. What becomes of a Pod on it that you had created directly?",
        ),
        (
            Option(
                Text(ko="다른 노드로 옮겨 간다", en="it moves to another node"),
                Text(ko="파드는 옮겨 다니지 않습니다.", en="Pods never move."),
            ),
            Option(
                Text(ko="kubelet이 다른 노드에서 다시 시작한다", en="the kubelet restarts it on another node"),
                Text(
                    ko="kubelet은 자기 노드의 컨테이너만 다시 시작합니다.",
                    en="A kubelet restarts containers on its own node only.",
                ),
            ),
            Option(
                Text(
                    ko="사라진다. 대신할 파드는 컨트롤러가 있어야 생긴다",
                    en="it is lost; only a controller would replace it",
                ),
                Text(
                    ko="그래서 실제로는 디플로이먼트 같은 컨트롤러로 파드를 만듭니다.",
                    en="Which is why in practice Pods are made by controllers such as Deployments.",
                ),
                right=True,
            ),
        ),
    ),
)
