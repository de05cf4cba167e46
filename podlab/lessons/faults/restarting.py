"""Pods that start, and start again: a program that gives up, too little memory, two probes that ask too much."""

from __future__ import annotations

from podlab.apimachinery import quantity
from podlab.lessons.check import Pod
from podlab.lessons.faults.fault import Fault, container, no_nginx
from podlab.lessons.faults.probing import NO_PROBE, probe, wrong_page
from podlab.lessons.quiz import Option
from podlab.text import Text

NEEDED = 20 * 10**6  # bytes: what kneading takes, measured on a real node: 12Mi are too few, 24Mi are enough
BACKING_OFF = "jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff"
RESTARTED = "jsonpath={.status.containerStatuses[0].restartCount}=1"
LAST_STATE = Text(
    ko='`kubectl.describe("pod", "{name}")`의 Last State에서 Reason과 Exit Code를 보십시오',
    en='look at Reason and Exit Code under Last State in `kubectl.describe("pod", "{name}")`',
)
UNHEALTHY = Text(
    ko='`kubectl.describe("pod", "{name}")`의 Events에서 `Unhealthy` 줄을 읽으십시오. 어느 프로브인지 적혀 있습니다',
    en='read the line `Unhealthy` in the Events of `kubectl.describe("pod", "{name}")`: it says which probe it was',
)


def _unnamed(pod: Pod) -> Text | None:
    """What is amiss with the greeter."""
    if "SHOP_NAME" not in " ".join(container(pod).get("command") or []):
        return Text(
            ko="프로그램이 바뀌어서 이제 아무에게도 인사하지 않습니다. command는 그대로 두십시오",
            en="the program is another one and greets nobody now; leave the command as it is",
        )
    if any(
        each["name"] == "SHOP_NAME" and (each.get("value") or each.get("valueFrom"))
        for each in container(pod).get("env") or []
    ):
        return None
    return Text(ko="환경 변수 SHOP_NAME이 아직 없습니다", en="the variable SHOP_NAME is still not set")


def _hungry(pod: Pod) -> Text | None:
    """What is amiss with the oven."""
    limit = ((container(pod).get("resources") or {}).get("limits") or {}).get("memory")
    if limit is None:
        return Text(
            ko="메모리 제한이 없습니다. 이제 이 파드 하나가 노드의 메모리를 모두 쓸 수 있습니다",
            en="there is no memory limit now, so this one Pod may use up its whole node",
        )
    if quantity.nano(limit) >= NEEDED * 10**9:
        return None
    told = Text(
        ko="메모리 제한이 {limit}입니다. 반죽에는 20MB가 필요합니다",
        en="the memory limit is {limit}; the dough needs 20 MB",
    )
    return told.format(limit=limit)


def _impatient(pod: Pod) -> Text | None:
    """What is amiss with the stock's startup probe: 12 seconds of counting have to fit in."""
    asked = probe(pod, "startupProbe")
    if asked is None:
        return NO_PROBE.format(probe="startupProbe")
    patience = asked.get("initialDelaySeconds", 0) + asked.get("periodSeconds", 10) * asked.get("failureThreshold", 3)
    if patience > 12:
        return wrong_page(asked)
    told = Text(
        ko="startupProbe가 {patience}초만 기다립니다. 세는 데 12초가 걸립니다",
        en="the startupProbe waits for {patience} s; the counting takes 12 s",
    )
    return told.format(patience=patience)


def _unwell(pod: Pod) -> Text | None:
    """What is amiss with the counter's liveness probe."""
    asked = probe(pod, "livenessProbe")
    return NO_PROBE.format(probe="livenessProbe") if asked is None else wrong_page(asked)


GREETER = Fault(
    key="greeter",
    story=Text(
        ko="손님에게 인사말을 보여 주는 프로그램입니다. 개발자의 컴퓨터에서는 잘 되었다고 합니다. "
        "프로그램(`command`)은 바꾸지 마십시오.",
        en="It greets the customers. On the developer's own computer it worked, they say. Leave the program "
        "(`command`) as it is.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: greeter
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: greeter
    image: busybox:latest
    command: ["sh", "-c", "echo opening; echo Welcome to ${SHOP_NAME:?is not set}; sleep 3600"]
""",
    sign="STATUS CrashLoopBackOff",
    until=BACKING_OFF,
    guesses=(
        Option(
            Text(ko="이미지에 sh라는 명령이 없다", en="the image has no command sh"),
            Text(
                ko="그랬다면 로그가 비어 있었을 것입니다. 로그에 `opening`이 있으니 sh는 실행되었습니다.",
                en="Then the log would be empty. It says `opening`, so sh did run.",
            ),
        ),
        Option(
            Text(ko="노드의 메모리가 모자란다", en="the node is short of memory"),
            Text(
                ko="종료 코드가 137이 아닙니다. 이 프로그램은 스스로 끝났습니다.",
                en="The exit code is not 137: this program ended by itself.",
            ),
        ),
        Option(
            Text(ko="프로그램에 필요한 환경 변수가 없다", en="a variable that the program needs is not set"),
            Text(
                ko="로그의 마지막 줄이 `SHOP_NAME: is not set`입니다.",
                en="The last line of its log is `SHOP_NAME: is not set`.",
            ),
            right=True,
        ),
    ),
    amiss=_unnamed,
    learned=Text(ko="변수가 생기자 프로그램이 끝나지 않고 일합니다", en="with its variable set, the program stays up"),
    hints=(
        Text(
            ko='끝난 컨테이너의 로그를 읽으십시오: `kubectl.logs("greeter", previous=True)`',
            en='read the log of the run that ended: `kubectl.logs("greeter", previous=True)`',
        ),
        Text(
            ko="프로그램이 마지막 줄에 무엇이 없는지 말하고 끝났습니다. 컨테이너의 `env`를 보십시오",
            en="its last line says what is missing. Look at the `env` of the container",
        ),
        Text(
            ko='greeter.yaml의 컨테이너에 `env: [{name: SHOP_NAME, value: "Podlab Bakery"}]`를 더하고 '
            '`kubectl.replace("greeter.yaml", force=True)`를 실행하십시오',
            en='give the container in greeter.yaml `env: [{name: SHOP_NAME, value: "Podlab Bakery"}]` and run '
            '`kubectl.replace("greeter.yaml", force=True)`',
        ),
    ),
    repair=(("    command:", '    env: [{name: SHOP_NAME, value: "Podlab Bakery"}]\n    command:'),),
)

OVEN = Fault(
    key="oven",
    story=Text(
        ko="반죽을 개는 프로그램입니다. 한 번에 20MB쯤 씁니다. 메모리 제한은 남겨 두어야 합니다. "
        "이웃 파드들도 먹고살아야 하기 때문입니다.",
        en="It kneads dough, which takes about 20 MB. There has to be a memory limit: other Pods live on this node, "
        "too.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: oven
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: oven
    image: busybox:latest
    command: ["sh", "-c", "d=flour; while [ ${#d} -lt 10000000 ]; do d=$d$d; done; echo kneaded; sleep 3600"]
    resources:
      limits: {memory: 8Mi}
""",
    sign="STATUS CrashLoopBackOff",
    until=BACKING_OFF,
    guesses=(
        Option(
            Text(ko="메모리 제한을 넘어 죽는다", en="it goes over its memory limit and is killed"),
            Text(
                ko="Last State의 Reason이 `OOMKilled`, 종료 코드가 137(= 128 + 9, SIGKILL)입니다.",
                en="Last State says `OOMKilled`, with exit code 137 (128 + 9, and 9 is SIGKILL).",
            ),
            right=True,
        ),
        Option(
            Text(ko="활성 프로브가 실패한다", en="its liveness probe fails"),
            Text(
                ko="이 파드에는 프로브가 없습니다. Events에도 `Unhealthy`가 없습니다.",
                en="This Pod has no probe, and no `Unhealthy` among its Events.",
            ),
        ),
        Option(
            Text(ko="할 일을 마치고 끝난다", en="it has done its work and ends"),
            Text(
                ko="그랬다면 종료 코드가 0이고 로그에 `kneaded`가 있었을 것입니다.",
                en="Then its exit code would be 0, and its log would say `kneaded`.",
            ),
        ),
    ),
    amiss=_hungry,
    learned=Text(ko="제한 안에서 반죽을 끝냈습니다", en="the dough is done, within the limit"),
    hints=(
        LAST_STATE.format(name="oven"),
        Text(
            ko="`OOMKilled`는 메모리 제한을 넘었다는 뜻입니다. Limits를 이야기에 나온 양과 견주어 보십시오",
            en="`OOMKilled` means that it went over its memory limit. Compare Limits with what the story says it needs",
        ),
        Text(
            ko='oven.yaml의 `memory: 8Mi`를 `64Mi`로 고치고 `kubectl.replace("oven.yaml", force=True)`를 실행하십시오',
            en='make `memory: 8Mi` in oven.yaml `64Mi` and run `kubectl.replace("oven.yaml", force=True)`',
        ),
    ),
    repair=(("memory: 8Mi", "memory: 64Mi"),),
)

STOCK = Fault(
    key="stock",
    story=Text(
        ko="재고를 보여 주는 웹 서버입니다. 문을 열기 전에 밀가루 포대를 세는데, 12초가 걸립니다. 더 빨리는 못 셉니다. "
        "시작을 확인하는 프로브는 남겨 두어야 합니다.",
        en="It shows what is in stock. Before it opens it counts the sacks of flour, which takes 12 seconds and cannot "
        "be made faster. The probe that watches over its start has to stay.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: stock
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: stock
    image: nginx:1.27
    command: ["sh", "-c", "echo counting; sleep 12; exec nginx -g 'daemon off;'"]
    startupProbe:
      httpGet: {path: /, port: 80}
      periodSeconds: 2
      failureThreshold: 3
""",
    sign="RESTARTS 1",
    until=RESTARTED,
    guesses=(
        Option(
            Text(ko="nginx의 설정이 틀렸다", en="nginx is set up wrongly"),
            Text(
                ko="nginx는 시작할 기회가 없었습니다. 로그에는 `counting`뿐입니다.",
                en="nginx never got the chance to start: `counting` is all there is in the log.",
            ),
        ),
        Option(
            Text(ko="시작을 기다려 주는 시간이 너무 짧다", en="it is not given enough time to start"),
            Text(
                ko="`Startup probe failed`가 세 번이면 끝입니다. 2초마다 세 번이니 6초인데, 12초가 필요합니다.",
                en="After three times `Startup probe failed` it is over: 3 times 2 s are 6 s, and it needs 12.",
            ),
            right=True,
        ),
        Option(
            Text(ko="메모리 제한을 넘는다", en="it goes over its memory limit"),
            Text(
                ko="제한이 없습니다. Last State의 Reason도 OOMKilled가 아닙니다.",
                en="It has none, and the Reason under Last State is not OOMKilled.",
            ),
        ),
    ),
    amiss=lambda pod: no_nginx(pod) or _impatient(pod),
    learned=Text(ko="다 셀 때까지 기다려 주자 문을 열었습니다", en="given the time to count, it opened"),
    hints=(
        UNHEALTHY.format(name="stock"),
        Text(
            ko="startupProbe가 기다리는 시간은 `periodSeconds` × `failureThreshold`입니다. 지금은 몇 초입니까?",
            en="a startupProbe waits for `periodSeconds` times `failureThreshold`. How long is that now?",
        ),
        Text(
            ko="stock.yaml의 `failureThreshold: 3`을 `15`로 고치고 "
            '`kubectl.replace("stock.yaml", force=True)`를 실행하십시오',
            en='make `failureThreshold: 3` in stock.yaml `15` and run `kubectl.replace("stock.yaml", force=True)`',
        ),
    ),
    repair=(("failureThreshold: 3", "failureThreshold: 15"),),
)

COUNTER = Fault(
    key="counter",
    story=Text(
        ko="주문을 받는 웹 서버입니다. 멀쩡히 답하다가도 몇 초마다 다시 시작됩니다. 정말로 멈추었을 때는 다시 "
        "시작되어야 하니 "
        "활성 프로브는 남겨 두십시오.",
        en="It takes orders. It answers all right, and yet it is started again every few seconds. Leave it a liveness "
        "probe: should it really hang, it has to be restarted.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: counter
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: counter
    image: nginx:1.27
    livenessProbe:
      httpGet: {path: /health, port: 80}
      periodSeconds: 2
      failureThreshold: 2
""",
    sign="RESTARTS 1",
    until=RESTARTED,
    guesses=(
        Option(
            Text(ko="프로브가 없는 페이지를 묻는다", en="a probe asks for a page that does not exist"),
            Text(
                ko="`Liveness probe failed: … statuscode: 404`. nginx는 살아 있지만 `/health`라는 페이지가 없습니다.",
                en="`Liveness probe failed: … statuscode: 404`. nginx is alive, but has no page `/health`.",
            ),
            right=True,
        ),
        Option(
            Text(ko="nginx가 오류로 끝난다", en="nginx ends with an error"),
            Text(
                ko="스스로 끝난 것이 아닙니다. Events에 `Killing`이 있습니다. kubelet이 끝냈습니다.",
                en="It did not end by itself. The Events say `Killing`: it was the kubelet.",
            ),
        ),
        Option(
            Text(ko="시작하는 데 너무 오래 걸린다", en="it takes too long to start"),
            Text(
                ko="시작은 곧바로 됩니다. 404라고 답했다는 것은 서버가 이미 일하고 있다는 뜻입니다.",
                en="It starts at once. That it answers 404 shows that the server is up.",
            ),
        ),
    ),
    amiss=lambda pod: no_nginx(pod) or _unwell(pod),
    learned=Text(ko="있는 페이지를 묻자 더는 다시 시작되지 않습니다", en="asked for a page that exists, it stays up"),
    hints=(
        UNHEALTHY.format(name="counter"),
        Text(
            ko="404는 “그런 페이지가 없다”는 답입니다. 프로브가 묻는 `path`를 보십시오",
            en="404 is the answer “there is no such page”. Look at the `path` that the probe asks for",
        ),
        Text(
            ko='counter.yaml의 `path: /health`를 `path: /`로 고치고 `kubectl.replace("counter.yaml", force=True)`를 '
            "실행하십시오",
            en='make `path: /health` in counter.yaml `path: /` and run `kubectl.replace("counter.yaml", force=True)`',
        ),
    ),
    repair=(("path: /health", "path: /"),),
)

RESTARTING = (GREETER, OVEN, STOCK, COUNTER)
