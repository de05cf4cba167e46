"""Pods that wait: one that runs and is never ready, and three that find no node."""

from __future__ import annotations

from podlab.apimachinery import quantity
from podlab.lessons.check import Pod
from podlab.lessons.faults.fault import Fault, container, no_nginx
from podlab.lessons.faults.probing import NO_PROBE, probe, wrong_page
from podlab.lessons.faults.restarting import UNHEALTHY
from podlab.lessons.quiz import Option
from podlab.text import Text

TAINT = "bakery.example/oven-cleaning"
UNPLACED = 'jsonpath={.status.conditions[?(@.type=="PodScheduled")].reason}=Unschedulable'
SCHEDULER = Text(
    ko='`kubectl.describe("pod", "{name}")`의 Events에서 `FailedScheduling` 줄을 읽으십시오. 스케줄러가 이유를 '
    "말합니다",
    en='read the line `FailedScheduling` in the Events of `kubectl.describe("pod", "{name}")`: the scheduler says why',
)
NO_IMAGE = Option(
    Text(ko="이미지를 내려받지 못한다", en="the image cannot be pulled"),
    Text(
        ko="내려받는 것은 노드의 kubelet인데, 이 파드에는 아직 노드가 없습니다.",
        en="It is the kubelet of a node that pulls, and this Pod does not have a node yet.",
    ),
)
STOPPED = Option(
    Text(ko="스케줄러가 멈추었다", en="the scheduler has stopped"),
    Text(
        ko="`FailedScheduling`이라는 이벤트를 남긴 것이 바로 스케줄러입니다.",
        en="It is the scheduler that wrote the event `FailedScheduling`.",
    ),
)


def _unready(pod: Pod) -> Text | None:
    """What is amiss with the till's readiness probe."""
    asked = probe(pod, "readinessProbe")
    return NO_PROBE.format(probe="readinessProbe") if asked is None else wrong_page(asked)


def _greedy(pod: Pod) -> Text | None:
    """What is amiss with the storeroom's request: 64Mi at least."""
    wanted = ((container(pod).get("resources") or {}).get("requests") or {}).get("memory")
    if wanted is not None and quantity.nano(wanted) >= quantity.nano("64Mi"):
        return None
    told = Text(
        ko="메모리 요청이 {wanted}입니다. 적어도 64Mi는 요청해야 자리가 보장됩니다",
        en="it requests {wanted} of memory; only a request of 64Mi keeps that much for it",
    )
    return told.format(wanted=wanted or "0")


def _anywhere(pod: Pod) -> Text | None:
    """What is amiss with the courier's nodeSelector."""
    wanted = (pod["spec"].get("nodeSelector") or {}).get("kubernetes.io/os")
    if wanted == "linux":
        return None
    if wanted is None:
        return Text(
            ko="nodeSelector가 없어졌습니다. 윈도우 노드가 들어오면 이 파드가 그리로 갈 수 있습니다",
            en="the nodeSelector is gone: once there are Windows nodes, this Pod may land on one",
        )
    told = Text(
        ko="kubernetes.io/os가 {wanted}인 노드를 찾고 있습니다",
        en="it looks for a node whose kubernetes.io/os is {wanted}",
    )
    return told.format(wanted=wanted)


def _intolerant(pod: Pod) -> Text | None:
    """What is amiss with the night shift's tolerations."""
    found = pod["spec"].get("tolerations") or []
    if any(each.get("key") == TAINT and each.get("effect") in (None, "NoSchedule") for each in found):
        return None
    if any(not each.get("key") for each in found):
        return Text(
            ko="키(key)가 없는 톨러레이션은 모든 테인트를 용인합니다. 고장 난 노드의 테인트까지 용인합니다",
            en="a toleration without a key tolerates every taint, even that of a broken node",
        )
    return Text(
        ko="이 파드는 테인트 bakery.example/oven-cleaning을 용인하지 않습니다",
        en="this Pod does not tolerate the taint bakery.example/oven-cleaning",
    )


TILL = Fault(
    key="till",
    story=Text(
        ko="계산대입니다. STATUS는 Running인데 손님이 한 명도 오지 않습니다. 준비성 프로브는 남겨 두어야 합니다.",
        en="The till. Its STATUS is Running, and yet not one customer gets through to it. The readiness probe has to "
        "stay.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: till
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: till
    image: nginx:1.27
    readinessProbe:
      httpGet: {path: /, port: 8080}
      periodSeconds: 2
""",
    sign="READY 0/1 STATUS Running",
    until="jsonpath={.status.phase}=Running",
    guesses=(
        Option(
            Text(ko="nginx가 자꾸 다시 시작된다", en="nginx is restarted again and again"),
            Text(
                ko="RESTARTS가 0입니다. 준비성 프로브는 아무것도 다시 시작하지 않습니다.",
                en="RESTARTS is 0. A readiness probe never restarts anything.",
            ),
        ),
        Option(
            Text(ko="프로브가 아무도 없는 포트에 묻는다", en="a probe asks at a port where nobody answers"),
            Text(
                ko="`Readiness probe failed: … :8080 … connection refused`. nginx는 80번에 있습니다.",
                en="`Readiness probe failed: … :8080 … connection refused`. nginx is at port 80.",
            ),
            right=True,
        ),
        Option(
            Text(ko="노드에 자리가 없다", en="no node has room for it"),
            Text(ko="Running이라면 이미 노드에 있습니다.", en="It is Running, so it is on a node already."),
        ),
    ),
    amiss=lambda pod: no_nginx(pod) or _unready(pod),
    learned=Text(
        ko="프로브가 맞는 포트에 묻자 READY가 1/1이 되었습니다", en="asked at the right port, it is ready: READY 1/1"
    ),
    hints=(
        UNHEALTHY.format(name="till"),
        Text(
            ko="`connection refused`는 그 포트에 아무도 없다는 뜻입니다. nginx의 포트는 몇 번입니까?",
            en="`connection refused` means that nobody is at that port. Which port is nginx at?",
        ),
        Text(
            ko='till.yaml의 `port: 8080`을 `port: 80`으로 고치고 `kubectl.replace("till.yaml", force=True)`를 '
            "실행하십시오",
            en='make `port: 8080` in till.yaml `port: 80` and run `kubectl.replace("till.yaml", force=True)`',
        ),
    ),
    repair=(("port: 8080", "port: 80"),),
)

STOREROOM = Fault(
    key="storeroom",
    story=Text(
        ko="창고 관리 프로그램입니다. 메모리가 64Mi는 있어야 하고, 그만큼은 요청(requests)해 두어야 합니다. "
        "매니페스트를 쓴 사람은 넉넉한 쪽이 좋다고 생각했습니다.",
        en="It keeps the storeroom's books. It needs 64Mi of memory and has to request as much. Whoever wrote the "
        "manifest thought that more is better.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: storeroom
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: storeroom
    image: nginx:1.27
    resources:
      requests: {memory: 64Ti}
""",
    sign="STATUS Pending",
    until=UNPLACED,
    guesses=(
        NO_IMAGE,
        STOPPED,
        Option(
            Text(ko="어느 노드에도 그만한 메모리가 없다", en="no node has that much memory"),
            Text(
                ko="`Insufficient memory`. 64Ti면 64테비바이트입니다. Mi와 Ti는 백만 배쯤 차이가 납니다.",
                en="`Insufficient memory`. 64Ti are 64 tebibytes, about a million times 64Mi.",
            ),
            right=True,
        ),
    ),
    amiss=_greedy,
    learned=Text(ko="요청이 노드에 들어갈 만해지자 자리를 얻었습니다", en="with a request that fits, it got its place"),
    hints=(
        SCHEDULER.format(name="storeroom"),
        Text(
            ko='`kubectl.describe("nodes")`의 Allocatable과 이 파드의 requests를 견주어 보십시오',
            en='compare Allocatable in `kubectl.describe("nodes")` with what this Pod requests',
        ),
        Text(
            ko='storeroom.yaml의 `64Ti`를 `64Mi`로 고치고 `kubectl.replace("storeroom.yaml", force=True)`를 '
            "실행하십시오",
            en='make `64Ti` in storeroom.yaml `64Mi` and run `kubectl.replace("storeroom.yaml", force=True)`',
        ),
    ),
    repair=(("64Ti", "64Mi"),),
)

COURIER = Fault(
    key="courier",
    story=Text(
        ko="배달을 맡은 파드입니다. 다음 달에 윈도우 노드가 들어오므로 리눅스 노드에만 놓이도록 적었습니다. "
        "그 약속은 지켜야 합니다.",
        en="It sends out deliveries. Windows nodes will join the cluster next month, so its manifest says that it goes "
        "to Linux nodes only. That has to stay.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: courier
spec:
  terminationGracePeriodSeconds: 1
  nodeSelector:
    kubernetes.io/os: linus
  containers:
  - name: courier
    image: nginx:1.27
""",
    sign="STATUS Pending",
    until=UNPLACED,
    guesses=(
        Option(
            Text(ko="맞는 레이블을 가진 노드가 없다", en="no node has the label that it asks for"),
            Text(
                ko="`didn't match Pod's node affinity/selector`. 노드의 레이블은 `kubernetes.io/os=linux`입니다.",
                en="`didn't match Pod's node affinity/selector`. The nodes' label is `kubernetes.io/os=linux`.",
            ),
            right=True,
        ),
        NO_IMAGE,
        Option(
            Text(ko="모든 노드의 메모리가 찼다", en="all nodes have run out of memory"),
            Text(
                ko="그랬다면 스케줄러가 `Insufficient memory`라고 말합니다.",
                en="Then the scheduler would say `Insufficient memory`.",
            ),
        ),
    ),
    amiss=_anywhere,
    learned=Text(
        ko="레이블을 바로 쓰자 리눅스 노드에 놓였습니다", en="with the label spelt right, it got a Linux node"
    ),
    hints=(
        SCHEDULER.format(name="courier"),
        Text(
            ko='`kubectl.get("nodes", show_labels=True)`에서 `kubernetes.io/os`를 찾아 nodeSelector와 견주어 보십시오',
            en='find `kubernetes.io/os` in `kubectl.get("nodes", show_labels=True)` and compare it with the '
            "nodeSelector",
        ),
        Text(
            ko='courier.yaml의 `linus`를 `linux`로 고치고 `kubectl.replace("courier.yaml", force=True)`를 실행하십시오',
            en='make `linus` in courier.yaml `linux` and run `kubectl.replace("courier.yaml", force=True)`',
        ),
    ),
    repair=(("linus", "linux"),),
)

NIGHT_SHIFT = Fault(
    key="night-shift",
    story=Text(
        ko="밤에 일하는 파드입니다. 밤에는 노드마다 오븐을 청소하고 있어서 보통의 파드는 받지 않습니다. "
        "이 파드만은 들여보내 달라고 했습니다. 다른 파드까지 들어와서는 안 됩니다.",
        en="It works at night. That is when the ovens are cleaned, on every node, and nodes take no ordinary Pods. "
        "This one is to be let in all the same; but no others.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: night-shift
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: night-shift
    image: nginx:1.27
""",
    sign="STATUS Pending",
    until=UNPLACED,
    guesses=(
        STOPPED,
        Option(
            Text(
                ko="노드에 이 파드가 용인하지 않는 테인트가 있다", en="the nodes have a taint that it does not tolerate"
            ),
            Text(
                ko="`untolerated taint(s)`. 노드의 테인트를 용인하는 파드만 그 노드에 놓입니다.",
                en="`untolerated taint(s)`. Only Pods that tolerate a node's taint are placed there.",
            ),
            right=True,
        ),
        Option(
            Text(ko="nodeSelector가 틀렸다", en="its nodeSelector is wrong"),
            Text(ko="이 파드에는 nodeSelector가 없습니다.", en="This Pod does not have one."),
        ),
    ),
    amiss=_intolerant,
    learned=Text(
        ko="테인트는 그대로이고, 이 파드만 들어왔습니다", en="the taint is still there, and only this Pod was let in"
    ),
    hints=(
        SCHEDULER.format(name="night-shift"),
        Text(
            ko='`kubectl.describe("nodes")`의 Taints를 보십시오. 파드에 key와 effect가 같은 톨러레이션이 있어야 합니다',
            en='look at Taints in `kubectl.describe("nodes")`. The Pod needs a toleration with that key and effect',
        ),
        Text(
            ko="night-shift.yaml의 spec에 "
            "`tolerations: [{key: bakery.example/oven-cleaning, operator: Exists, effect: NoSchedule}]`를 더하고 "
            '`kubectl.apply("night-shift.yaml")`을 실행하십시오',
            en="give the spec in night-shift.yaml "
            "`tolerations: [{key: bakery.example/oven-cleaning, operator: Exists, effect: NoSchedule}]` and run "
            '`kubectl.apply("night-shift.yaml")`',
        ),
    ),
    repair=(
        (
            "  containers:",
            f"  tolerations:\n  - {{key: {TAINT}, operator: Exists, effect: NoSchedule}}\n  containers:",
        ),
    ),
    taint=f"{TAINT}:NoSchedule",
)

WAITING = (TILL, STOREROOM, COURIER)
