"""Hints and solutions of what is made alone at the end of the lessons."""

from __future__ import annotations

from podlab.lessons.ladders.steps import steps

SKELETON = (
    "`apiVersion: v1`, `kind: Pod`, `metadata`, `spec`의 네 줄로 시작하십시오. `metadata` 아래에 `name`이, "
    "`spec` 아래에 `containers`가 있습니다",
    "begin with four lines: `apiVersion: v1`, `kind: Pod`, `metadata`, `spec`; below `metadata` there is `name`, below "
    "`spec` there is `containers`",
)
HINTS = {
    "02": steps(
        ("이 수업의 `nginx-pod.yaml`과 뼈대가 같습니다", "it has the same skeleton as `nginx-pod.yaml` of this lesson"),
        SKELETON,
        (
            "`name: reception`, `labels: {app: hello}`, 컨테이너는 `- name: front`, `image: nginx:latest`, "
            "`ports: [{containerPort: 80}]`입니다. ‘저장하고 적용’을 누르고 Ready를 기다리십시오",
            "`name: reception`, `labels: {app: hello}`, and the container `- name: front`, `image: nginx:latest`, "
            "`ports: [{containerPort: 80}]`; press “Save and apply”, and wait until it is Ready",
        ),
    ),
    "03": steps(
        (
            "쉼표는 ‘그리고’입니다. 세 물음에 모두 맞아야 합니다",
            "a comma means “and”: all three questions have to be met",
        ),
        (
            "`size`는 값이 무엇이든 있어야 하고, `large`만 아니면 됩니다",
            "there has to be a `size`, of any value but `large`",
        ),
        (
            "이름이 `pick`이고 `labels: {shelf: books, size: small}`인 nginx 파드를 적용하십시오",
            "apply an nginx Pod with `name: pick` and `labels: {shelf: books, size: small}`",
        ),
    ),
    "04": steps(
        (
            "describe의 구역마다 매니페스트의 필드가 하나씩 있습니다",
            "each section of describe stands for a field of the manifest",
        ),
        (
            "Limits는 `resources.limits`, Environment는 `env`, Port의 괄호 안은 `ports[0].name`입니다",
            "Limits is `resources.limits`, Environment is `env`, the word in brackets behind Port is `ports[0].name`",
        ),
        (
            "컨테이너에 `ports: [{containerPort: 80, name: http}]`, `resources: {limits: {memory: 128Mi}}`, "
            "`env: [{name: COLOR, value: blue}]`를, `spec`에 `restartPolicy: OnFailure`를 적으십시오",
            "give the container `ports: [{containerPort: 80, name: http}]`, `resources: {limits: {memory: 128Mi}}`, "
            "`env: [{name: COLOR, value: blue}]`, and the `spec` `restartPolicy: OnFailure`",
        ),
    ),
    "05": steps(
        ("매니페스트는 하나이고, 두 번 적용합니다", "there is one manifest, and it is applied twice"),
        (
            "첫 파드를 지운 다음에 레이블을 고쳐 다시 적용합니다. 그래야 같은 이름의 새 파드입니다",
            "delete the first Pod, then change the label and apply again: only so it is a new Pod of the same name",
        ),
        (
            "이름이 `phoenix`이고 `labels: {life: one}`인 nginx 파드를 적용하십시오. Ready가 되면 "
            '`kubectl.delete("pod", "phoenix")`를 실행하고, `life: two`로 고쳐 다시 적용하십시오',
            "apply an nginx Pod with `name: phoenix` and `labels: {life: one}`; when it is Ready run "
            '`kubectl.delete("pod", "phoenix")`, change it to `life: two`, and apply it again',
        ),
    ),
    "06": steps(
        (
            "쓰는 컨테이너와 내보내는 컨테이너가 볼륨 하나를 함께 씁니다",
            "one container writes, the other serves, and they share a volume",
        ),
        (
            "nginx는 `/usr/share/nginx/html`에 있는 것을 내보냅니다. 볼륨을 거기에 마운트하십시오",
            "nginx serves what is in `/usr/share/nginx/html`: mount the volume there",
        ),
        (
            '`command: ["sh", "-c", "while true; do date > /pages/index.html; sleep 1; done"]`인 busybox에는 '
            "같은 볼륨을 `/pages`에 마운트하십시오",
            'mount the same volume at `/pages` of a busybox with `command: ["sh", "-c", "while true; do date > '
            '/pages/index.html; sleep 1; done"]`',
        ),
    ),
    "07": steps(
        (
            "롤아웃하는 동안 몇 개까지 줄어도 되는지는 `strategy`가 정합니다",
            "how many may be missing during a rollout is up to the `strategy`",
        ),
        (
            '`kubectl.explain("deployment.spec.strategy.rollingUpdate")`에 두 필드가 있습니다',
            '`kubectl.explain("deployment.spec.strategy.rollingUpdate")` shows two fields',
        ),
        (
            "`web.yaml`을 본떠 `name: shop`, `replicas: 4`, `strategy: {rollingUpdate: {maxUnavailable: 0}}`, "
            "`nginx:1.27`로 적용하고, 이미지를 `nginx:latest`로 바꾸어 다시 적용하십시오",
            "start from `web.yaml`: apply `name: shop`, `replicas: 4`, "
            "`strategy: {rollingUpdate: {maxUnavailable: 0}}` and `nginx:1.27`; then change the image to "
            "`nginx:latest` and apply it again",
        ),
    ),
    "09": steps(
        (
            "다시 시작하게 하지 않으면서 Ready만 막는 프로브가 하나 있습니다",
            "one of the probes keeps a Pod from being Ready without ever restarting it",
        ),
        (
            '`kubectl.explain("pod.spec.containers.readinessProbe")`를 보십시오',
            'see `kubectl.explain("pod.spec.containers.readinessProbe")`',
        ),
        (
            "`name: gremlin`인 nginx 파드에 `readinessProbe: {httpGet: {path: /no-such-page, port: 80}}`를 "
            "적어 적용하십시오",
            "apply an nginx Pod with `name: gremlin` and `readinessProbe: {httpGet: {path: /no-such-page, port: 80}}`",
        ),
    ),
}
UNPICKED = steps(
    ("셀렉터의 물음은 셋입니다. 하나씩 대어 보십시오", "the selector asks three things: try them one by one"),
    (
        '`kubectl.get("pods", selector="size")`처럼 물음 하나만 넣어 보면 어디서 빠지는지 보입니다',
        'with one question alone, as in `kubectl.get("pods", selector="size")`, you see which one fails',
    ),
    (
        '`kubectl.label("pod", "pick", "shelf=books", "size=small", overwrite=True)`를 실행하십시오',
        'run `kubectl.label("pod", "pick", "shelf=books", "size=small", overwrite=True)`',
    ),
)
FIRST_LIFE = steps(
    ("지금 있는 것은 첫 번째 파드입니다", "what is there now is the first Pod"),
    (
        "레이블만 고쳐 다시 적용하면 같은 파드입니다. uid가 그대로입니다",
        "if you only change the label and apply again it stays the same Pod, with the same uid",
    ),
    (
        '`kubectl.delete("pod", "phoenix")`를 실행한 뒤 `life: two`로 다시 적용하십시오',
        'run `kubectl.delete("pod", "phoenix")`, then apply it again with `life: two`',
    ),
)
SECOND_LIFE = steps(
    ("두 번째 파드는 왔지만 레이블이 다릅니다", "the second Pod has come, with another label"),
    ("레이블은 파드가 실행되는 동안에도 고칠 수 있습니다", "labels may be changed while a Pod runs"),
    (
        "매니페스트의 레이블을 `life: two`로 고쳐 다시 적용하십시오",
        "write `life: two` in the manifest, and apply it again",
    ),
)
UNSERVED = steps(
    (
        "볼륨의 이름이 두 컨테이너의 `volumeMounts`에 모두 있어야 합니다",
        "the volume's name has to stand in the `volumeMounts` of both containers",
    ),
    (
        "nginx 쪽의 `mountPath`는 `/usr/share/nginx/html`이어야 합니다",
        "on the side of nginx, `mountPath` has to be `/usr/share/nginx/html`",
    ),
    (
        '마운트는 나중에 바꿀 수 없습니다. `kubectl.delete("pod", "clock", now=True)` 다음에 고쳐서 다시 적용하십시오',
        'mounts cannot be changed later: run `kubectl.delete("pod", "clock", now=True)`, mend it, apply it again',
    ),
)
UNWRITTEN = steps(
    (
        "폴더는 함께 쓰지만 busybox가 거기에 시각을 쓰지 않습니다",
        "they share a folder, but busybox writes no time to it",
    ),
    (
        "쓰는 일은 busybox 컨테이너의 `command`에 적은 셸 명령이 합니다. 명령은 `date`입니다",
        "the writing is done by a shell's command in `command` of the busybox container; `date` tells the time",
    ),
    (
        '`kubectl.delete("pod", "clock", now=True)` 다음에 busybox의 `command`를 '
        '`["sh", "-c", "while true; do date > /pages/index.html; sleep 1; done"]`로 고쳐 다시 적용하십시오. '
        "`/pages`는 볼륨의 `mountPath`입니다",
        'run `kubectl.delete("pod", "clock", now=True)`, make the `command` of busybox '
        '`["sh", "-c", "while true; do date > /pages/index.html; sleep 1; done"]`, where `/pages` is the volume\'s '
        "`mountPath`, and apply it again",
    ),
)
FEWER = steps(
    (
        "따로 적지 않으면 넷 가운데 하나까지 없어도 됩니다(25%)",
        "if nothing is said, one of four may be missing (25%)",
    ),
    (
        '`kubectl.get("deployment", "shop", output="yaml")`의 `maxUnavailable`을 보십시오',
        'look at `maxUnavailable` in `kubectl.get("deployment", "shop", output="yaml")`',
    ),
    (
        "`spec`에 `strategy: {rollingUpdate: {maxUnavailable: 0}}`를 더해 다시 적용하십시오",
        "add `strategy: {rollingUpdate: {maxUnavailable: 0}}` to the `spec`, and apply it again",
    ),
)
NOT_ROLLED = steps(
    (
        "`nginx:1.27`에서 시작해 `nginx:latest`로 옮겨 가야 합니다",
        "it has to begin with `nginx:1.27` and go to `nginx:latest`",
    ),
    (
        '`kubectl.get("replicasets", output="wide")`에 레플리카셋이 버전마다 하나씩 있어야 합니다',
        'in `kubectl.get("replicasets", output="wide")` there should be one for each version',
    ),
    (
        '`kubectl.set_image("deployment/shop", "*=nginx:1.27")`, 끝나면 '
        '`kubectl.set_image("deployment/shop", "*=nginx:latest")`를 실행하십시오',
        'run `kubectl.set_image("deployment/shop", "*=nginx:1.27")`, and when that is done '
        '`kubectl.set_image("deployment/shop", "*=nginx:latest")`',
    ),
)
NOT_FOUR = steps(
    ("`replicas`가 4이고 롤아웃이 끝나야 합니다", "`replicas` has to be 4, and the rollout done"),
    (
        '`kubectl.rollout("status", "deployment/shop")`이 무엇을 기다리는지 보십시오',
        'see what `kubectl.rollout("status", "deployment/shop")` is waiting for',
    ),
    (
        '`kubectl.scale("deployment/shop", replicas=4)`를 실행하고 롤아웃이 끝나면 다시 확인하십시오',
        'run `kubectl.scale("deployment/shop", replicas=4)`, and check again when the rollout is done',
    ),
)
RESTARTED = steps(
    ("컨테이너가 끝났거나 활성 프로브가 실패했습니다", "the container has ended, or a liveness probe has failed"),
    (
        "RESTARTS가 늘지 않으려면 `livenessProbe`가 없고 프로세스가 끝나지 않아야 합니다",
        "for RESTARTS to stay 0 there must be no `livenessProbe`, and a process that does not end",
    ),
    (
        '`kubectl.delete("pod", "gremlin", now=True)`로 지우고, `readinessProbe`만 남겨 다시 적용하십시오',
        'run `kubectl.delete("pod", "gremlin", now=True)`, keep only the `readinessProbe`, and apply it again',
    ),
)
NOT_BROKEN = steps(
    ("STATUS는 Running, READY는 `0/1`이어야 합니다", "STATUS should be Running, and READY `0/1`"),
    (
        "준비성 프로브는 실패해야 하고, 이미지는 nginx처럼 계속 실행되는 것이어야 합니다",
        "the readiness probe has to fail, and the image has to be one that goes on running, as nginx does",
    ),
    (
        "`readinessProbe: {httpGet: {path: /no-such-page, port: 80}}`를 적고, 파드를 지운 다음 다시 적용하십시오",
        "write `readinessProbe: {httpGet: {path: /no-such-page, port: 80}}`, delete the Pod, and apply it again",
    ),
)


def _apply(name: str, spec: str, labels: str = "{}") -> str:
    return f"""kubectl.delete("pod", "{name}", ignore_not_found=True, now=True)
spec = {spec}
metadata = {{"name": "{name}", "labels": {labels}}}
kubectl.apply({{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}})
"""


def _ready(name: str) -> str:
    return f'kubectl.wait("pod/{name}", for_="condition=Ready", timeout="180s")\n'


def _nginx(name: str, rest: str = "") -> str:
    return f'{{"containers": [{{"name": "{name}", "image": "nginx:latest"{rest}}}]}}'


SKETCHED = (
    ', "ports": [{"containerPort": 80, "name": "http"}], "resources": {"limits": {"memory": "128Mi"}},\n'
    '    "env": [{"name": "COLOR", "value": "blue"}]'
)
CLOCK = """{
    "volumes": [{"name": "pages", "emptyDir": {}}],
    "containers": [
        {"name": "web", "image": "nginx:latest",
         "volumeMounts": [{"name": "pages", "mountPath": "/usr/share/nginx/html"}]},
        {"name": "writer", "image": "busybox:latest",
         "command": ["sh", "-c", "while true; do date > /pages/index.html; sleep 1; done"],
         "volumeMounts": [{"name": "pages", "mountPath": "/pages"}]}]}"""
SHOP = """labels = {"app": "shop"}
for image in ("nginx:1.27", "nginx:latest"):
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}
    spec = {"replicas": 4, "selector": {"matchLabels": labels}, "template": template}
    spec["strategy"] = {"rollingUpdate": {"maxUnavailable": 0}}
    kubectl.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop"}, "spec": spec})
    kubectl.rollout("status", "deployment/shop", timeout="180s")
check(kubectl, "07-alone")"""
SOLUTIONS = {
    "02": _apply("reception", _nginx("front", ', "ports": [{"containerPort": 80}]'), '{"app": "hello"}')
    + _ready("reception")
    + 'check(kubectl, "02-alone")',
    "03": _apply("pick", _nginx("web"), '{"shelf": "books", "size": "small"}')
    + _ready("pick")
    + 'check(kubectl, "03-alone")',
    "04": _apply("sketch", _nginx("web", SKETCHED), '{"stage": "test"}').replace(
        "\nmetadata", '\nspec["restartPolicy"] = "OnFailure"\nmetadata'
    )
    + _ready("sketch")
    + 'check(kubectl, "04-alone")',
    "05": _apply("phoenix", _nginx("web"), '{"life": "one"}')
    + _ready("phoenix")
    + _apply("phoenix", _nginx("web"), '{"life": "two"}')
    + _ready("phoenix")
    + 'check(kubectl, "05-alone")',
    "06": _apply("clock", CLOCK) + _ready("clock") + 'check(kubectl, "06-alone")',
    "07": SHOP,
    "09": _apply("gremlin", _nginx("web", ', "readinessProbe": {"httpGet": {"path": "/no-such-page", "port": 80}}'))
    + 'kubectl.wait("pod/gremlin", for_="jsonpath={.status.phase}=Running", timeout="180s")\n'
    + 'check(kubectl, "09-alone")',
}
