"""Hints and solutions of 06-containers-in-a-pod."""

from __future__ import annotations

from podlab.lessons.ladders.steps import steps

NAMES = steps(
    ("파드 하나에 컨테이너가 둘 있어야 합니다", "there should be two containers in the one Pod"),
    (
        '`kubectl.get("pod", "web-and-helper", output="yaml")`의 `containers`에서 이름을 보십시오',
        'see their names below `containers` in `kubectl.get("pod", "web-and-helper", output="yaml")`',
    ),
    (
        '실행 중인 파드의 컨테이너는 늘릴 수 없습니다. `kubectl.delete("pod", "web-and-helper", now=True)`로 지우고, '
        "이름을 `web`과 `helper`로 적어 다시 적용하십시오",
        "a Pod that is there cannot get another container: delete it with "
        '`kubectl.delete("pod", "web-and-helper", now=True)`, name them `web` and `helper`, and apply it again',
    ),
)
ENDS = steps(
    (
        "컨테이너는 그 프로그램이 실행되는 동안만 있습니다. 끝나면 kubelet이 다시 시작합니다",
        "a container lasts as long as its program; when that ends, the kubelet starts it again",
    ),
    (
        '`kubectl.get("pod", "web-and-helper")`의 RESTARTS가 늘어납니다. busybox는 시키는 일이 없으면 곧 끝납니다',
        'RESTARTS goes up in `kubectl.get("pod", "web-and-helper")`: a busybox that is told nothing ends at once',
    ),
    (
        '`kubectl.delete("pod", "web-and-helper", now=True)`로 지우고, `helper`에 `command: ["sleep", "3600"]`을 적어 '
        "다시 적용하십시오",
        'delete it with `kubectl.delete("pod", "web-and-helper", now=True)`, give `helper` a '
        '`command: ["sleep", "3600"]`, and apply it again',
    ),
)
ADDRESS = steps(
    ("두 컨테이너는 네트워크를 함께 쓰므로 IP도 하나입니다", "the two share one network, and so one IP"),
    (
        '`hostname -i`가 답하는 값은 `kubectl.get("pods", output="wide")`의 IP 열과 같습니다',
        'what `hostname -i` answers is the column IP of `kubectl.get("pods", output="wide")`',
    ),
    (
        '`kubectl.exec("web-and-helper", "hostname", "-i", container="helper")`와 `container="web"`의 두 답을 이어서 '
        "확인에 건네십시오",
        'run `kubectl.exec("web-and-helper", "hostname", "-i", container="helper")`, once more with '
        '`container="web"`, and hand the check both answers, one after the other',
    ),
)
NO_TWINS = steps(
    ("이 확인은 `two-nginx` 파드가 있는 동안에만 통과합니다", "this check passes while there is a Pod `two-nginx`"),
    (
        "바로 위의 셀이 nginx 컨테이너 둘로 된 파드를 적용하고 기다립니다",
        "the cell above applies a Pod of two nginx containers, and waits",
    ),
    (
        '그 셀을 실행하고, `kubectl.delete("pod", "two-nginx")`보다 먼저 확인하십시오',
        'run that cell, and check before `kubectl.delete("pod", "two-nginx")`',
    ),
)
NO_RESTART = steps(
    (
        "포트를 얻지 못한 컨테이너는 끝나고, kubelet이 다시 시작합니다",
        "the container that gets no port ends, and the kubelet starts it again",
    ),
    (
        '`kubectl.get("pod", "two-nginx")`의 RESTARTS를 보십시오. 몇 초 걸립니다',
        'watch RESTARTS in `kubectl.get("pod", "two-nginx")`; it takes a few seconds',
    ),
    (
        "RESTARTS가 0에서 움직이지 않으면 두 컨테이너의 `image`가 모두 `nginx:latest`인지 보십시오",
        "if RESTARTS stays 0, see whether the `image` of both containers is `nginx:latest`",
    ),
)
NO_PAGE = steps(
    ("페이지는 초기화 컨테이너가 있는 파드에서 옵니다", "the page comes from a Pod with an init container"),
    (
        "`mine`이 있는 셀이 `web-with-page` 파드를 적용합니다",
        "the cell with `mine` applies the Pod `web-with-page`",
    ),
    (
        "`mine`이 있는 셀을 실행하고, 이어서 `page`를 받는 셀을 실행하십시오",
        "run the cell with `mine`, and then the one that fetches `page`",
    ),
)
OTHER_PAGE = steps(
    (
        "페이지는 `prepare`가 `index.html`에 쓴 글이어야 합니다",
        "the page should be what `prepare` wrote to `index.html`",
    ),
    (
        '`kubectl.logs("web-with-page", container="prepare")`와, 두 컨테이너가 붙인 `volumeMounts`를 보십시오',
        'look at `kubectl.logs("web-with-page", container="prepare")`, and at the `volumeMounts` of both',
    ),
    (
        "`mine`을 바꾸었다면 두 셀을 모두 다시 실행하고, `page`를 그대로 확인에 건네십시오",
        "if you changed `mine`, run both cells again, and hand `page` to the check as it is",
    ),
)
NO_COLLECTOR = steps(
    ("로그를 모으는 컨테이너가 아직 없습니다", "there is no container yet that collects the log"),
    (
        "`collector`가 있는 셀이 `web-and-collector` 파드를 적용합니다",
        "the cell with `collector` applies the Pod `web-and-collector`",
    ),
    (
        "그 셀을 실행하고, 이어서 `ask`가 있는 셀을 실행하십시오",
        "run that cell, and then the one with `ask`",
    ),
)
NO_REQUEST = steps(
    (
        "로그에는 요청이 온 뒤에야 줄이 생깁니다",
        "there is no line in the log before there was a request",
    ),
    (
        '`wget`으로 요청을 보내고, `kubectl.logs("web-and-collector", container="collector")`에서 `GET`을 찾으십시오',
        'send one with `wget`, and look for `GET` in `kubectl.logs("web-and-collector", container="collector")`',
    ),
    (
        '`kubectl.exec("web-and-collector", "wget", "-qO-", "localhost", container="collector")`를 실행하고, 3초 뒤의 '
        "로그를 확인에 건네십시오",
        'run `kubectl.exec("web-and-collector", "wget", "-qO-", "localhost", container="collector")`, and hand the '
        "check the log three seconds later",
    ),
)
NEVER = steps(
    ("치우려면 먼저 만들어야 합니다", "to clear away there has to be something first"),
    (
        "이 수업의 셀을 처음부터 차례로 실행하십시오",
        "run the cells of this lesson, in order",
    ),
    (
        '`%%manifest web-and-helper.yaml` 셀과 `kubectl.apply("web-and-helper.yaml")` 셀부터 실행하십시오',
        'begin with `%%manifest web-and-helper.yaml` and `kubectl.apply("web-and-helper.yaml")`',
    ),
)
LEFT = steps(
    ("이 수업에서 만든 파드가 아직 남아 있습니다", "a Pod that was made in this lesson is still there"),
    (
        '`kubectl.get("pods")`로 무엇이 남았는지 보십시오',
        'see what is left with `kubectl.get("pods")`',
    ),
    (
        '남은 이름을 모두 `kubectl.delete("pod", …, now=True)`에 건네십시오',
        'hand all the names that are left to `kubectl.delete("pod", …, now=True)`',
    ),
)

BUSY = '{"name": "helper", "image": "busybox:latest", "command": ["sleep", "3600"]'


def _apply(name: str, until: str = "condition=Ready") -> str:
    """The lines that make a Pod of `spec` anew, and wait."""
    return f"""kubectl.delete("pod", "{name}", ignore_not_found=True, now=True)
kubectl.apply({{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "{name}"}}, "spec": spec}})
kubectl.wait("pod/{name}", for_="{until}", timeout="180s")
"""


TWO = f"""spec = {{"containers": [{{"name": "web", "image": "nginx:latest"}}, {BUSY}}}]}}
{_apply("web-and-helper")}"""
TWINS = f"""spec = {{"containers": [{{"name": name, "image": "nginx:latest"}} for name in ("first", "second")]}}
{_apply("two-nginx", "jsonpath={.status.containerStatuses[1].lastState.terminated.reason}=Error")}"""
PAGE = f"""folder = {{"name": "pages", "mountPath": "/pages"}}
write = ["sh", "-c", "echo written before nginx began > /pages/index.html"]
first = {{"name": "prepare", "image": "busybox:latest", "command": write, "volumeMounts": [folder]}}
there = [{{"name": "pages", "mountPath": "/usr/share/nginx/html"}}]
web = {{"name": "web", "image": "nginx:latest", "volumeMounts": there}}
spec = {{"initContainers": [first], "containers": [web, {BUSY}, "volumeMounts": [folder]}}]}}
spec["volumes"] = [{{"name": "pages", "emptyDir": {{}}}}]
{_apply("web-with-page")}page = kubectl.exec("web-with-page", "wget", "-qO-", "localhost", container="helper")
"""
LOG = f"""folder = {{"name": "logs", "mountPath": "/var/log/nginx"}}
collector = {{"name": "collector", "image": "busybox:latest", "restartPolicy": "Always", "volumeMounts": [folder]}}
collector["command"] = ["tail", "-F", "/var/log/nginx/access.log"]
web = {{"name": "web", "image": "nginx:latest", "volumeMounts": [folder]}}
spec = {{"initContainers": [collector], "containers": [web], "volumes": [{{"name": "logs", "emptyDir": {{}}}}]}}
{_apply("web-and-collector")}ask = "wget -qO- localhost > /dev/null; sleep 3"
kubectl.exec("web-and-collector", "sh", "-c", ask, container="collector")
log = str(kubectl.logs("web-and-collector", container="collector"))
"""
PODS = '"web-and-helper", "two-nginx", "web-with-page", "web-and-collector", "clock"'
SOLUTIONS = {
    "two": f'{TWO}check(kubectl, "06-two")',
    "address": f"""{TWO}ask = ("web-and-helper", "hostname", "-i")
answers = [str(kubectl.exec(*ask, container=name)) for name in ("web", "helper")]
check(kubectl, "06-address", "".join(answers))""",
    "port": f'{TWINS}check(kubectl, "06-port")',
    "page": f'{PAGE}check(kubectl, "06-page", page)',
    "log": f'{LOG}check(kubectl, "06-log", log)',
    "tidy": f"""{TWO}kubectl.delete("pod", {PODS}, ignore_not_found=True, now=True)
check(kubectl, "06-tidy")""",
}
