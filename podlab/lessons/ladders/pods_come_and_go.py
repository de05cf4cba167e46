"""Hints and solutions of 07-pods-come-and-go."""

from __future__ import annotations

from podlab.lessons.ladders.steps import steps

NO_RESTART = steps(
    ("컨테이너는 1번 프로세스가 끝나면 끝납니다", "a container ends when its process number 1 does"),
    (
        "파드가 아니라 프로세스를 끝내야 합니다. 파드를 지우면 다시 시작하는 것이 아니라 사라집니다",
        "it is the process that has to end, not the Pod: a Pod that is deleted is not restarted, it is gone",
    ),
    (
        '`kubectl.exec("nginx-pod-example", "sh", "-c", "kill 1")`을 실행하고 RESTARTS가 1이 될 때까지 기다리십시오',
        'run `kubectl.exec("nginx-pod-example", "sh", "-c", "kill 1")`, and wait until RESTARTS says 1',
    ),
)
NO_PODS = steps(
    (
        "디플로이먼트가 없으면 파드를 만들 이도 없습니다",
        "where there is no Deployment, nobody makes the Pods",
    ),
    (
        '`kubectl.get("deployments")`에 `web`이 있는지 보십시오',
        'see whether `kubectl.get("deployments")` has `web`',
    ),
    (
        '`%%manifest web.yaml` 셀을 실행하고, `kubectl.apply("web.yaml")`을 실행하십시오',
        'run the cell `%%manifest web.yaml`, then `kubectl.apply("web.yaml")`',
    ),
)
NUMBER = steps(
    (
        "파드의 수는 디플로이먼트의 `replicas`가 정합니다",
        "how many Pods there are is up to `replicas` of the Deployment",
    ),
    (
        '`kubectl.get("deployment", "web")`의 READY를 보십시오. 빗금 뒤가 원하는 수입니다',
        'look at READY of `kubectl.get("deployment", "web")`: behind the slash is how many are wanted',
    ),
    (
        '`kubectl.scale("deployment/web", replicas={wanted})`를 실행하고, '
        '`kubectl.rollout("status", "deployment/web")`가 끝나면 다시 확인하십시오',
        'run `kubectl.scale("deployment/web", replicas={wanted})`, and check again when '
        '`kubectl.rollout("status", "deployment/web")` is done',
    ),
)
ALONE = steps(
    (
        "디플로이먼트의 레이블을 가진 파드를 누군가 따로 만들었습니다",
        "somebody has made a Pod that carries the Deployment's label",
    ),
    (
        '`kubectl.get("pods", show_labels=True)`에서 `app=web`이면서 이름이 다르게 생긴 파드를 찾으십시오',
        'find a Pod with `app=web` and another kind of name in `kubectl.get("pods", show_labels=True)`',
    ),
    ('`kubectl.delete("pod", "{name}")`를 실행하십시오', 'run `kubectl.delete("pod", "{name}")`'),
)
NO_VICTIM = steps(
    ("지운 파드의 이름을 확인에 건네야 합니다", "the check wants the name of the Pod that you deleted"),
    (
        '파드의 이름은 지우기 전에 `kubectl.get("pods", selector="app=web")`에서 적어 둡니다',
        'take the name from `kubectl.get("pods", selector="app=web")` before you delete it',
    ),
    (
        '`victim = "web-…"`에 온전한 이름을 적고, `kubectl.delete("pod", victim)`을 실행하십시오',
        'put the whole name into `victim = "web-…"`, and run `kubectl.delete("pod", victim)`',
    ),
)
ALIVE = steps(
    ("이 파드는 아직 지워지지 않았습니다", "this Pod has not been deleted"),
    (
        "`victim`에 담긴 이름과 지운 파드의 이름이 같은지 보십시오",
        "see whether `victim` holds the name of the Pod that you deleted",
    ),
    ('`kubectl.delete("pod", victim)`을 실행하십시오', 'run `kubectl.delete("pod", victim)`'),
)
NO_NUMBER = steps(
    ("원하는 수를 확인에 건네야 합니다", "the check wants the number that you asked for"),
    ("`wanted`는 따옴표 없는 정수입니다", "`wanted` is a whole number, without quotation marks"),
    ("`wanted = 2`로 두고 셀을 다시 실행하십시오", "let `wanted = 2`, and run the cell again"),
)
IMAGE = steps(
    (
        "롤아웃은 템플릿의 이미지를 바꿀 때 시작됩니다",
        "a rollout begins when the image in the template is changed",
    ),
    (
        '`kubectl.get("pods", selector="app=web", output="custom-columns=NAME:.metadata.name,'
        'IMAGE:.spec.containers[0].image")`로 누가 아직 옛 버전인지 보십시오',
        'see who is still of the old version with `kubectl.get("pods", selector="app=web", '
        'output="custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image")`',
    ),
    (
        '`kubectl.set_image("deployment/web", "web={image}")`를 실행하고, '
        '`kubectl.rollout("status", "deployment/web")`가 끝날 때까지 기다리십시오',
        'run `kubectl.set_image("deployment/web", "web={image}")`, and wait for '
        '`kubectl.rollout("status", "deployment/web")`',
    ),
)
NO_BAD = steps(
    ("되돌리려면 먼저 잘못된 버전을 내보내야 합니다", "to go back, there has to be a bad version first"),
    (
        '`nginx:no-such-version`이 있는 셀이 그 일을 합니다. `kubectl.get("replicasets")`에 하나가 더 생깁니다',
        'the cell with `nginx:no-such-version` rolls it out: there will be one more in `kubectl.get("replicasets")`',
    ),
    (
        '`kubectl.set_image("deployment/web", "web=nginx:no-such-version")`, 그다음 '
        '`kubectl.rollout("undo", "deployment/web")`를 실행하십시오',
        'run `kubectl.set_image("deployment/web", "web=nginx:no-such-version")`, then '
        '`kubectl.rollout("undo", "deployment/web")`',
    ),
)
ORDER = steps(
    (
        "스테이트풀셋은 0번부터 차례로, 앞의 것이 Ready가 되면 다음 것을 만듭니다",
        "a StatefulSet begins with number 0, and makes the next when the one before is Ready",
    ),
    (
        '`kubectl.get("pods", selector="app=db")`에서 어디까지 왔는지 보십시오',
        'see how far it is in `kubectl.get("pods", selector="app=db")`',
    ),
    (
        '`kubectl.scale("statefulset/db", replicas=3)`으로 셋을 만들고, '
        '`kubectl.rollout("status", "statefulset/db")`가 끝나면 다시 확인하십시오',
        'make it three with `kubectl.scale("statefulset/db", replicas=3)`, and check again when '
        '`kubectl.rollout("status", "statefulset/db")` is done',
    ),
)
KEPT = steps(
    ("셋이 모두 있지만 지워진 db-1이 없습니다", "all three are there, but no db-1 was ever deleted"),
    ("지워야 같은 이름으로 돌아오는지 알 수 있습니다", "only when it is deleted you see under which name it returns"),
    (
        '`kubectl.delete("pod", "db-1")`을 실행하고 `kubectl.rollout("status", "statefulset/db")`를 기다리십시오',
        'run `kubectl.delete("pod", "db-1")`, and wait for `kubectl.rollout("status", "statefulset/db")`',
    ),
)
FARM = steps(
    (
        "이 확인은 여러분의 클러스터가 아니라 연습 클러스터를 봅니다",
        "this check looks at the practice cluster, not at yours",
    ),
    (
        '`farm.get("pods", output="wide")`의 NODE 열을 보십시오. 데몬셋의 파드는 워커 노드마다 하나입니다',
        'look at the column NODE in `farm.get("pods", output="wide")`: a DaemonSet has one Pod on each worker',
    ),
    (
        '`farm = practice.start("farm", workers=2)`, 그다음 `farm.apply("agent.yaml")`을 실행하십시오',
        'run `farm = practice.start("farm", workers=2)`, then `farm.apply("agent.yaml")`',
    ),
)
PLUGGED = steps(
    ("아직 아무 노드도 고장 나지 않았습니다", "no node has failed yet"),
    (
        '`farm.get("nodes")`에서 `farm-worker`의 STATUS를 보십시오',
        'look at the STATUS of `farm-worker` in `farm.get("nodes")`',
    ),
    (
        '`practice.unplug(farm, "farm-worker")`를 실행하고, 이어지는 `farm.wait(…)`를 모두 실행하십시오',
        'run `practice.unplug(farm, "farm-worker")`, and all the `farm.wait(…)` that follow',
    ),
)
WAITING = steps(
    (
        "컨트롤 플레인은 노드가 곧 돌아올지도 모른다고 생각하고 기다립니다",
        "the control plane waits: the node may come back soon",
    ),
    (
        "노드가 NotReady가 되고 `tolerationSeconds` 300초가 지나야 파드가 지워집니다",
        "only 300 `tolerationSeconds` after the node is NotReady its Pods are deleted",
    ),
    (
        '`farm.wait("deployment/web", for_="jsonpath={.status.availableReplicas}=2", timeout="600s")`를 실행하십시오',
        'run `farm.wait("deployment/web", for_="jsonpath={.status.availableReplicas}=2", timeout="600s")`',
    ),
)
JOB = steps(
    ("잡의 파드는 명령이 종료 코드 0으로 끝나야 성공입니다", "a Job succeeds when its command ends with exit code 0"),
    (
        '`kubectl.get("job", "once")`의 COMPLETIONS와 `kubectl.logs("job/once")`를 보십시오',
        'look at COMPLETIONS of `kubectl.get("job", "once")`, and at `kubectl.logs("job/once")`',
    ),
    (
        '`kubectl.delete("job", "once", ignore_not_found=True)`로 치우고 '
        '`kubectl.create("job", "once", "--", "echo", "done", image="busybox:latest")`로 다시 만드십시오',
        'take it away with `kubectl.delete("job", "once", ignore_not_found=True)`, and make it with '
        '`kubectl.create("job", "once", "--", "echo", "done", image="busybox:latest")`',
    ),
)
LEFT = steps(
    (
        "컨트롤러가 있는 동안에는 파드를 지워도 다시 생깁니다",
        "as long as the controller is there, Pods that you delete come back",
    ),
    (
        '`kubectl.get("deployments,statefulsets,jobs")`에 무엇이 남았는지 보십시오',
        'see what is left in `kubectl.get("deployments,statefulsets,jobs")`',
    ),
    (
        '`kubectl.delete("deployment/web", "deployment/shop", "statefulset/db", "job/once", ignore_not_found=True, '
        'cascade="foreground")`를 실행하십시오',
        'run `kubectl.delete("deployment/web", "deployment/shop", "statefulset/db", "job/once", '
        'ignore_not_found=True, cascade="foreground")`',
    ),
)
NEVER = steps(
    ("치우려면 먼저 만들어야 합니다", "to clear away there has to be something first"),
    (
        "이 수업의 컨트롤러가 만든 파드가 하나도 없었습니다",
        "not one Pod was made by a controller of this lesson",
    ),
    (
        "이 수업의 셀을 처음부터 차례로 실행한 뒤 다시 치우십시오",
        "run the cells of this lesson in order, then clear away again",
    ),
)


def _controlled(kind: str, name: str, app: str, more: str = "") -> str:
    """The lines that apply three nginx of a Deployment or StatefulSet, and wait for them."""
    return f"""labels = {{"app": "{app}"}}
containers = [{{"name": "{app}", "image": "nginx:1.27"}}]
template = {{"metadata": {{"labels": labels}}, "spec": {{"containers": containers}}}}
spec = {{"replicas": 3, "selector": {{"matchLabels": labels}}, "template": template{more}}}
kubectl.apply({{"apiVersion": "apps/v1", "kind": "{kind}", "metadata": {{"name": "{name}"}}, "spec": spec}})
kubectl.rollout("status", "{kind.lower()}/{name}", timeout="180s")
"""


WEB = _controlled("Deployment", "web", "web")
LATEST = """kubectl.set_image("deployment/web", "web=nginx:latest")
kubectl.rollout("status", "deployment/web", timeout="180s")
"""
UNDO = """kubectl.patch("deployment", "web", patch={"spec": {"progressDeadlineSeconds": 10}})
kubectl.set_image("deployment/web", "web=nginx:no-such-version")
stuck = "jsonpath={.status.conditions[?(@.type=='Progressing')].reason}=ProgressDeadlineExceeded"
kubectl.wait("deployment/web", for_=stuck, timeout="120s")
kubectl.rollout("undo", "deployment/web")
kubectl.rollout("status", "deployment/web", timeout="60s")
"""
BORROW = """from podlab.lessons import practice

farm = practice.start("farm", workers=2)
farm.apply("agent.yaml")
farm.create("deployment", "web", image="nginx:1.27", replicas=2)
farm.rollout("status", "daemonset/agent", timeout="60s")
farm.rollout("status", "deployment/web", timeout="60s")
"""
FAIL = """practice.unplug(farm, "farm-worker")
farm.wait("node/farm-worker", for_="condition=Ready=Unknown", timeout="120s")
farm.wait("deployment/web", for_="jsonpath={.status.availableReplicas}=1", timeout="120s")
farm.wait("deployment/web", for_="jsonpath={.status.availableReplicas}=2", timeout="600s")
"""
JOBS = """kubectl.delete("job", "once", ignore_not_found=True)
kubectl.create("job", "once", "--", "echo", "done", image="busybox:latest")
kubectl.wait("job/once", for_="condition=Complete", timeout="180s")
"""
POD = "nginx-pod-example"
SOLUTIONS = {
    "restarted": f"""kubectl.delete("pod", "{POD}", ignore_not_found=True)
kubectl.apply("nginx-pod.yaml")
kubectl.wait("pod/{POD}", for_="condition=Ready", timeout="180s")
kubectl.exec("{POD}", "sh", "-c", "kill 1")
kubectl.wait("pod/{POD}", for_="jsonpath={{.status.containerStatuses[0].restartCount}}=1", timeout="60s")
kubectl.wait("pod/{POD}", for_="condition=Ready", timeout="60s")
check(kubectl, "07-restarted")""",
    "three": f'{WEB}check(kubectl, "07-three")',
    "refilled": f"""{WEB}first = "jsonpath={{.items[0].metadata.name}}"
victim = str(kubectl.get("pods", selector="app=web", output=first))
kubectl.delete("pod", victim)
kubectl.rollout("status", "deployment/web", timeout="60s")
check(kubectl, "07-refilled", victim)""",
    "scaled": f"""{WEB}wanted = 2
kubectl.scale("deployment/web", replicas=wanted)
kubectl.wait("deployment/web", for_=f"jsonpath={{{{.status.replicas}}}}={{wanted}}", timeout="60s")
check(kubectl, "07-scaled", wanted)""",
    "latest": f'{WEB}{LATEST}check(kubectl, "07-latest")',
    "undone": f'{WEB}{LATEST}{UNDO}check(kubectl, "07-undone")',
    "ordered": _controlled("StatefulSet", "db", "db", ', "serviceName": "db"')
    + """kubectl.delete("pod", "db-1")
kubectl.rollout("status", "statefulset/db", timeout="60s")
check(kubectl, "07-ordered")""",
    "every-node": f'{BORROW}check(farm, "07-every-node")',
    "moved": f'{BORROW}{FAIL}check(farm, "07-moved")',
    "job": f'{JOBS}check(kubectl, "07-job")',
    "tidy": f"""{JOBS}names = ["deployment/web", "deployment/shop", "statefulset/db", "job/once"]
kubectl.delete(*names, ignore_not_found=True, cascade="foreground")
check(kubectl, "07-tidy")""",
}
