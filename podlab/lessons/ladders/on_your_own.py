"""Hints and solutions of the eight tasks of 10-on-your-own."""

from __future__ import annotations

from podlab.text import Text

RESOURCES = {"cpu": "50m", "memory": "64Mi"}
LIMIT = "128Mi"

LABELLED = (
    Text(ko="레이블은 파드가 실행되는 동안에도 바꿀 수 있습니다", en="labels may be changed while the Pod runs"),
    Text(
        ko="레이블을 붙이는 명령은 `kubectl.label`입니다. 값을 바꿀 때는 `overwrite=True`를 더합니다",
        en="`kubectl.label` adds labels; `overwrite=True` lets it change one",
    ),
    Text(
        ko='`kubectl.label("pod", "badge", "team=red", "tier=web", overwrite=True)`를 실행하십시오',
        en='run `kubectl.label("pod", "badge", "team=red", "tier=web", overwrite=True)`',
    ),
)
AGAIN = (
    Text(
        ko="끝난 컨테이너를 다시 시작할지는 파드의 `restartPolicy`가 정합니다",
        en="whether a container that has ended is started again is up to the Pod's `restartPolicy`",
    ),
    Text(
        ko='기본값은 `Always`이고, 만든 뒤에는 바꿀 수 없습니다. `kubectl.explain("pod.spec.restartPolicy")`를 '
        "보십시오",
        en='the default is `Always`, and it cannot be changed later: see `kubectl.explain("pod.spec.restartPolicy")`',
    ),
    Text(
        ko='`kubectl.delete("pod", "once")`로 지우고, `restart="Never"`를 더해 다시 만드십시오',
        en='run `kubectl.delete("pod", "once")`, and make it anew with `restart="Never"`',
    ),
)
ENDED = (
    Text(ko="명령이 끝나야, 그것도 종료 코드 0으로 끝나야 합니다", en="its command has to end, with exit code 0"),
    Text(
        ko='종료 코드는 `kubectl.describe("pod", "once")`의 `Exit Code`에 있습니다',
        en='`kubectl.describe("pod", "once")` shows it as `Exit Code`',
    ),
    Text(
        ko='파드를 지우고, 명령을 `"echo", "done"`처럼 곧 끝나는 것으로 바꾸어 다시 만드십시오',
        en='delete the Pod, and make it with a command that ends soon, such as `"echo", "done"`',
    ),
)


SERVICE = (
    Text(
        ko="이름으로 부르려면 파드 앞에 서비스가 있어야 합니다. 서비스의 이름이 곧 DNS 이름입니다",
        en="to be called by a name, Pods need a Service before them: its name is the DNS name",
    ),
    Text(
        ko="`kubectl.expose`는 디플로이먼트의 레이블을 셀렉터로 하는 서비스를 만듭니다",
        en="`kubectl.expose` makes a Service whose selector is the Deployment's",
    ),
    Text(
        ko='`kubectl.expose("deployment", "team", port=80)`을 실행하십시오. team 서비스가 이미 있다면 먼저 지우십시오',
        en='run `kubectl.expose("deployment", "team", port=80)`; delete a Service team that is there already',
    ),
)
BEHIND = (
    Text(
        ko="서비스 뒤에는 셀렉터에 맞고 Ready인 파드만 섭니다",
        en="behind a Service stand only Pods that fit its selector and are Ready",
    ),
    Text(
        ko='`kubectl.describe("service", "team")`의 Selector와 Endpoints를 `kubectl.get("pods", show_labels=True)`와 '
        "견주어 보십시오",
        en='compare Selector and Endpoints of `kubectl.describe("service", "team")` with '
        '`kubectl.get("pods", show_labels=True)`',
    ),
    Text(
        ko='`kubectl.scale("deployment", "team", replicas=3)`으로 셋을 만들고, 셀렉터는 `app=team`, `targetPort`는 '
        "80으로 맞추십시오",
        en='make it three with `kubectl.scale("deployment", "team", replicas=3)`; the selector should be `app=team`, '
        "the `targetPort` 80",
    ),
)

STRANGERS = (
    Text(
        ko="서비스는 누가 만들었든 셀렉터에 맞는 파드를 모두 찾아냅니다",
        en="a Service finds every Pod that fits its selector, whoever made it",
    ),
    Text(
        ko='`kubectl.get("pods", show_labels=True)`에서 이름이 `team-`으로 시작하지 않는 파드의 레이블을 보십시오',
        en='see in `kubectl.get("pods", show_labels=True)` which labels the Pods have whose names do not begin with '
        "`team-`",
    ),
    Text(
        ko="따로 만든 파드를 `kubectl.delete`로 지우거나, `kubectl.label`로 그 레이블을 떼십시오",
        en="delete the Pods that you made beside it with `kubectl.delete`, or take off their label with "
        "`kubectl.label`",
    ),
)


def _steps(idea: tuple[str, str], where: str, nearly: tuple[str, str]) -> tuple[Text, ...]:
    """A task's hints: an idea, which field `kubectl.explain` is to be asked for, and nearly the answer."""
    asked = Text(
        ko='`kubectl.explain("{where}")`가 필드를 알려 줍니다', en='`kubectl.explain("{where}")` tells the fields'
    )
    return Text(*idea), asked.format(where=where), Text(*nearly)


HINTS = {
    "solo": (
        Text(ko="컨테이너가 하나라면 매니페스트 없이도 됩니다", en="for one container you need no manifest"),
        Text(
            ko="`kubectl.run`은 이름과 이미지로 파드를 하나 만듭니다", en="`kubectl.run` makes a Pod of name and image"
        ),
        Text(
            ko='`kubectl.run("solo", image="nginx:latest")`를 실행하십시오',
            en='run `kubectl.run("solo", image="nginx:latest")`',
        ),
    ),
    "badge": (
        Text(ko="레이블은 만들 때 붙여도 되고 나중에 붙여도 됩니다", en="labels can be given at once, or put on later"),
        Text(
            ko="`kubectl.run`의 `labels`, 아니면 `kubectl.label`을 쓰십시오",
            en="use `labels` of `kubectl.run`, or `kubectl.label`",
        ),
        Text(
            ko='`kubectl.run("badge", image="nginx:latest", labels="team=red,tier=web")`를 실행하십시오',
            en='run `kubectl.run("badge", image="nginx:latest", labels="team=red,tier=web")`',
        ),
    ),
    "once": (
        AGAIN[0],
        Text(
            ko="`kubectl.run`의 `restart`가 `restartPolicy`입니다. 명령은 이름 뒤에 적습니다",
            en="`restart` of `kubectl.run` is the `restartPolicy`; the command follows the name",
        ),
        Text(
            ko='`kubectl.run("once", "echo", "done", image="busybox:latest", restart="Never")`를 실행하십시오',
            en='run `kubectl.run("once", "echo", "done", image="busybox:latest", restart="Never")`',
        ),
    ),
    "words": _steps(
        (
            "컨피그맵이 먼저 있어야 하고, 파드는 그 안의 키 하나를 가리킵니다",
            "first there is a ConfigMap; the Pod then points at one of its keys",
        ),
        "pod.spec.containers.env.valueFrom.configMapKeyRef",
        (
            '`kubectl.create("configmap", "words", from_literal="greeting=hello")`로 만들고, `env`에서 '
            "`valueFrom: {configMapKeyRef: {name: words, key: greeting}}`로 가리키십시오",
            'run `kubectl.create("configmap", "words", from_literal="greeting=hello")`, and point at it from `env` by '
            "`valueFrom: {configMapKeyRef: {name: words, key: greeting}}`",
        ),
    ),
    "pair": _steps(
        (
            "볼륨은 파드의 것이고, 컨테이너마다 그것을 마운트합니다. busybox에는 끝나지 않는 명령도 필요합니다",
            "a volume is the Pod's, and each container mounts it; busybox also needs a command that does not end",
        ),
        "pod.spec.volumes.emptyDir",
        (
            "`volumes: [{name: shared, emptyDir: {}}]`를 적고, 두 컨테이너에 모두 "
            "`volumeMounts: [{name: shared, mountPath: /shared}]`를, busybox에는 "
            '`command: ["sleep", "3600"]`을 적으십시오',
            "write `volumes: [{name: shared, emptyDir: {}}]`, in both containers "
            '`volumeMounts: [{name: shared, mountPath: /shared}]`, and for busybox `command: ["sleep", "3600"]`',
        ),
    ),
    "modest": _steps(
        (
            "요청(requests)은 자리를 정할 때 쓰이고, 제한(limits)은 넘지 못하는 선입니다",
            "requests are for finding a place, limits are what it may not exceed",
        ),
        "pod.spec.containers.resources",
        (
            "컨테이너에 `resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 128Mi}}`를 적으십시오. "
            "파드가 이미 있다면 지우고 다시 만드십시오",
            "give the container `resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 128Mi}}`; delete a "
            "Pod that is there already, and make it anew",
        ),
    ),
    "probed": _steps(
        (
            "프로브 셋 가운데 Ready인지 정하는 것은 준비성 프로브입니다",
            "of the three probes it is the readiness probe that decides whether a Pod is Ready",
        ),
        "pod.spec.containers.readinessProbe.httpGet",
        (
            "컨테이너에 `readinessProbe: {httpGet: {path: /, port: 80}}`를 적으십시오. 파드가 이미 있다면 지우고 다시 "
            "만드십시오",
            "give the container `readinessProbe: {httpGet: {path: /, port: 80}}`; delete a Pod that is there already, "
            "and make it anew",
        ),
    ),
    "team": (
        Text(
            ko="수를 지키는 것은 디플로이먼트, 이름을 주는 것은 서비스입니다",
            en="it is a Deployment that keeps the number, and a Service that gives the name",
        ),
        Text(
            ko='`kubectl.create("deployment", …)`에는 `image`와 `replicas`를 줍니다',
            en='`kubectl.create("deployment", …)` takes `image` and `replicas`',
        ),
        Text(
            ko='`kubectl.create("deployment", "team", image="nginx:latest", replicas=3)`을 실행하고, '
            '`kubectl.expose("deployment", "team", port=80)`을 실행하십시오',
            en='run `kubectl.create("deployment", "team", image="nginx:latest", replicas=3)`, then '
            '`kubectl.expose("deployment", "team", port=80)`',
        ),
    ),
}


def _away(name: str) -> str:
    """The line that makes room: whoever asks for a solution has tried, and left something of that name."""
    return f'kubectl.delete("pod", "{name}", ignore_not_found=True, now=True)\n'


def _apply(name: str, spec: str) -> str:
    pod = f'{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "{name}"}}, "spec": spec}}'
    wait = f'kubectl.wait("pod/{name}", for_="condition=Ready", timeout="180s")'
    return f'{_away(name)}spec = {spec}\nkubectl.apply({pod})\n{wait}\ncheck(kubectl, "10-{name}")\n'


def _run(name: str, rest: str, until: str = "condition=Ready") -> str:
    wait = f'kubectl.wait("pod/{name}", for_="{until}", timeout="180s")'
    return f'{_away(name)}kubectl.run("{name}", {rest})\n{wait}\ncheck(kubectl, "10-{name}")\n'


def _nginx(rest: str) -> str:
    return f'{{"containers": [{{"name": "web", "image": "nginx:latest", {rest}}}]}}'


FROM = '{"configMapKeyRef": {"name": "words", "key": "greeting"}}'
MAP = """kubectl.delete("configmap", "words", ignore_not_found=True)
kubectl.create("configmap", "words", from_literal="greeting=hello")
"""
MOUNT = '"volumeMounts": [{"name": "shared", "mountPath": "/shared"}]'
PAIR = f"""{{"volumes": [{{"name": "shared", "emptyDir": {{}}}}], "containers": [
    {{"name": "web", "image": "nginx:latest", {MOUNT}}},
    {{"name": "helper", "image": "busybox:latest", "command": ["sleep", "3600"], {MOUNT}}}]}}"""
SOLUTIONS = {
    "solo": _run("solo", 'image="nginx:latest"'),
    "badge": _run("badge", 'image="nginx:latest", labels="team=red,tier=web"'),
    "once": _run(
        "once", '"echo", "done", image="busybox:latest", restart="Never"', "jsonpath={.status.phase}=Succeeded"
    ),
    "words": MAP + _apply("words", _nginx(f'"env": [{{"name": "GREETING", "valueFrom": {FROM}}}]')),
    "pair": _apply("pair", PAIR),
    "modest": _apply("modest", _nginx(f'"resources": {{"requests": {RESOURCES}, "limits": {{"memory": "{LIMIT}"}}}}')),
    "probed": _apply("probed", _nginx('"readinessProbe": {"httpGet": {"path": "/", "port": 80}}')),
    "team": """kubectl.delete("deployment/team", "service/team", ignore_not_found=True, cascade="foreground")
kubectl.create("deployment", "team", image="nginx:latest", replicas=3)
kubectl.expose("deployment", "team", port=80)
kubectl.rollout("status", "deployment/team", timeout="180s")
check(kubectl, "10-team")
""",
}
