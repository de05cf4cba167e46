"""Hints and solutions of 08-reach-a-pod."""

from __future__ import annotations

from podlab.lessons.ladders.steps import steps

NO_LABEL = steps(
    ("서비스는 파드를 이름이 아니라 레이블로 찾습니다", "a Service finds Pods by their labels, not by their names"),
    (
        '`kubectl.get("pods", show_labels=True)`에서 {name}의 레이블을 보십시오',
        'look at the labels of {name} in `kubectl.get("pods", show_labels=True)`',
    ),
    (
        '`kubectl.label("pod", "{name}", "app=colors", overwrite=True)`를 실행하십시오',
        'run `kubectl.label("pod", "{name}", "app=colors", overwrite=True)`',
    ),
)
NO_COLOUR = steps(
    ("세 파드는 한 파일에서 이름과 색만 바꾸어 만듭니다", "all three come from one file, each with another name"),
    (
        "`blue.yaml`을 읽어 셋을 적용하는 셀이 있습니다",
        "there is a cell that reads `blue.yaml` and applies all three",
    ),
    (
        "`%%manifest blue.yaml` 셀을 실행하고, 이어서 `for color in …`이 있는 셀을 실행하십시오",
        "run the cell `%%manifest blue.yaml`, and then the one with `for color in …`",
    ),
)
RESTARTED = steps(
    (
        "컨테이너를 끝내지 않고, 프로브가 받아 보는 파일만 지워야 합니다",
        "only the file that the probe fetches has to go: the container should not end",
    ),
    (
        "다시 시작한 횟수는 새 파드에서만 0으로 돌아갑니다. 그러니 green을 새로 만들어야 합니다",
        "only a new Pod begins at 0 restarts again: so green has to be made anew",
    ),
    (
        '`kubectl.delete("pod", "green", now=True)`를 실행하고, `for color in …`이 있는 셀부터 다시 실행하십시오',
        'run `kubectl.delete("pod", "green", now=True)`, and go on from the cell with `for color in …`',
    ),
)
CHOSEN = steps(
    ("두 파드에는 있고 yellow에는 없는 것을 물어야 합니다", "ask for what two Pods have and yellow has not"),
    (
        "`color`의 값은 저마다 다릅니다. 여러 값을 묻는 꼴은 표의 셋째 줄에 있습니다",
        "each has another value of `color`; the third row of the table asks for several values",
    ),
    (
        '`kubectl.get("pods", selector="color in (blue, green)", output="name")`의 답을 건네십시오',
        'hand over what `kubectl.get("pods", selector="color in (blue, green)", output="name")` answers',
    ),
)
NO_SERVICE = steps(
    ("이 이름의 서비스가 아직 없습니다", "there is no Service of this name yet"),
    (
        '`kubectl.get("services")`에 {name}{이/가} 있는지 보십시오',
        'see whether `kubectl.get("services")` has {name}',
    ),
    (
        "{name} 서비스를 적용하는 셀을 실행하십시오. 매니페스트의 `metadata.name`이 {name}{이어야/여야} 합니다",
        "run the cell that applies the Service {name}; its `metadata.name` has to be {name}",
    ),
)
NOBODY = steps(
    ("물었지만 대답이 하나도 없었습니다", "it was asked, and there was not one answer"),
    (
        '`kubectl.describe("service", "…")`의 Endpoints가 비어 있는지, `visitor` 파드가 Ready인지 보십시오',
        'see whether Endpoints is empty in `kubectl.describe("service", "…")`, and whether `visitor` is Ready',
    ),
    (
        "파드 셋과 `visitor`가 모두 Ready인 것을 보고, 묻는 셀을 다시 실행하십시오",
        "see the three Pods and `visitor` Ready, then run the cell that asks once more",
    ),
)
OTHERS = steps(
    (
        "서비스 뒤에는 셀렉터에 맞고 Ready인 파드만 섭니다",
        "behind a Service stand only Pods that fit its selector and are Ready",
    ),
    (
        '`kubectl.get("pods", show_labels=True)`로 레이블과 READY를 함께 보십시오. 바뀐 것이 퍼지는 데 1, 2초 걸립니다',
        'see labels and READY together in `kubectl.get("pods", show_labels=True)`; a change takes a second or two',
    ),
    (
        "`app=colors`이고 Ready인 파드는 {want}뿐이어야 합니다. 그렇게 한 뒤 묻는 셀을 다시 실행하십시오",
        "{want}, and nobody else, should have `app=colors` and be Ready; then ask once more",
    ),
)
NAME = steps(
    (
        "DNS는 이름을 파드가 아니라 서비스의 IP로 바꿉니다",
        "DNS turns the name into the IP of the Service, not of a Pod",
    ),
    (
        '`kubectl.get("service", "colors")`의 CLUSTER-IP가 `nslookup`의 답에 있어야 합니다',
        'CLUSTER-IP of `kubectl.get("service", "colors")` should be in the answer of `nslookup`',
    ),
    (
        '`kubectl.exec("visitor", "nslookup", "-type=a", f"colors.{kubectl.namespace}.svc.cluster.local")`의 답을 '
        "건네십시오",
        'hand over what `kubectl.exec("visitor", "nslookup", "-type=a", '
        'f"colors.{kubectl.namespace}.svc.cluster.local")` answers',
    ),
)
SELECTOR = steps(
    (
        "셀렉터와 파드의 레이블이 한 글자라도 다르면 남남입니다",
        "one letter of difference, and selector and label are strangers",
    ),
    (
        '`kubectl.describe("service", "typo")`의 Selector를 파드의 레이블과 견주어 보십시오',
        'compare Selector in `kubectl.describe("service", "typo")` with the labels of the Pods',
    ),
    (
        '`kubectl.patch("service", "typo", patch={"spec": {"selector": {"app": "colors"}}})`를 실행하고 다시 '
        "물어보십시오",
        'run `kubectl.patch("service", "typo", patch={"spec": {"selector": {"app": "colors"}}})`, and ask again',
    ),
)
NO_YELLOW = steps(
    ("레이블만 떼야 합니다. 파드는 남아 있어야 합니다", "only the label has to go: the Pod should stay"),
    (
        '`kubectl.get("pods")`에 yellow가 없습니다. 파드 셋을 띄우는 셀을 다시 실행하십시오',
        'there is no yellow in `kubectl.get("pods")`: run the cell that starts the three once more',
    ),
    (
        '그다음 `kubectl.label("pod", "yellow", "app-")`를 실행하고 다시 물어보십시오',
        'then run `kubectl.label("pod", "yellow", "app-")`, and ask again',
    ),
)
LABELLED = steps(
    ("yellow가 아직 서비스의 셀렉터에 맞습니다", "yellow still fits the Service's selector"),
    ("레이블을 떼는 명령은 이름 뒤에 `-`를 붙입니다", "to take a label off, put `-` behind its key"),
    (
        '`kubectl.label("pod", "yellow", "app-")`를 실행하고 다시 물어보십시오',
        'run `kubectl.label("pod", "yellow", "app-")`, and ask again',
    ),
)
STILL_READY = steps(
    (
        "프로브가 받아 보는 파일이 있는 한 Ready입니다",
        "it is Ready as long as the file is there that the probe fetches",
    ),
    (
        "프로브는 세 번 이어서 실패해야 합니다. 파일을 지우고 3초쯤 걸립니다",
        "the probe has to fail three times in a row, some three seconds after the file is gone",
    ),
    (
        '`kubectl.exec("green", "rm", "-f", "/usr/share/nginx/html/ready")`, 그다음 '
        '`kubectl.wait("pod/green", for_="condition=Ready=false", timeout="60s")`를 실행하십시오',
        'run `kubectl.exec("green", "rm", "-f", "/usr/share/nginx/html/ready")`, then '
        '`kubectl.wait("pod/green", for_="condition=Ready=false", timeout="60s")`',
    ),
)
NOT_BACK = steps(
    ("셋이 모두 레이블을 가지고 Ready여야 합니다", "all three have to carry the label and be Ready"),
    (
        '`kubectl.get("pods", show_labels=True)`에서 빠진 파드의 READY와 레이블을 보십시오',
        'look at READY and labels of the missing one in `kubectl.get("pods", show_labels=True)`',
    ),
    (
        '`kubectl.exec("green", "sh", "-c", "echo ok > /usr/share/nginx/html/ready")`를 실행하고, yellow에 '
        '레이블이 없으면 `kubectl.label("pod", "yellow", "app=colors")`도 실행하십시오',
        'run `kubectl.exec("green", "sh", "-c", "echo ok > /usr/share/nginx/html/ready")`; if yellow lacks its label, '
        '`kubectl.label("pod", "yellow", "app=colors")`, too',
    ),
)
BROWSER = steps(
    ("페이지에는 낱말이 하나뿐입니다", "there is just one word on the page"),
    (
        "`PortForward` 셀의 링크를 여십시오. 열리지 않으면 그 셀을 다시 실행하십시오",
        "open the link of the cell with `PortForward`; if it does not open, run that cell again",
    ),
    (
        '보이는 낱말이 blue라면 `seen = "blue"`라고 적고 셀을 실행하십시오',
        'if the word is blue, write `seen = "blue"`, and run the cell',
    ),
)
UNREAD = steps(
    (
        "페이지를 보여 준 파드의 로그에는 그 요청이 남습니다",
        "the Pod that serves a page has the request in its log",
    ),
    (
        "`PortForward` 셀에는 어느 파드로 이어지는지도 적혀 있습니다. 그 링크를 여십시오",
        "the cell with `PortForward` also says which Pod it leads to: open the link",
    ),
    (
        "`PortForward` 셀을 다시 실행하고, 새 링크를 열어 보이는 낱말을 `seen`에 적으십시오",
        "run the cell with `PortForward` again, open the new link, and put the word that you see into `seen`",
    ),
)
ALONE = steps(
    (
        "서비스에는 셀렉터와 포트가 있어야 합니다. `colors.yaml`에서 시작하십시오",
        "a Service needs a selector and a port: begin with `colors.yaml`",
    ),
    (
        "blue만 가진 레이블은 `color=blue`이고, 부르는 포트는 80번입니다",
        "blue alone has the label `color=blue`, and callers use port 80",
    ),
    (
        "`name: only-blue`, `selector: {color: blue}`, `port: 80`, `targetPort: 80`인 서비스를 적용하십시오",
        "apply a Service with `name: only-blue`, `selector: {color: blue}`, `port: 80`, `targetPort: 80`",
    ),
)
LEFT = steps(
    ("서비스를 지워도 파드는 남습니다. 둘 다 지워야 합니다", "Pods outlive their Service: both have to be deleted"),
    (
        '`kubectl.get("pods")`와 `kubectl.get("services")`에 무엇이 남았는지 보십시오',
        'see what is left in `kubectl.get("pods")` and in `kubectl.get("services")`',
    ),
    (
        '서비스는 `kubectl.delete("service", …)`, 파드는 `kubectl.delete("pod", …, now=True)`에 이름을 건네십시오',
        'hand the names to `kubectl.delete("service", …)`, and to `kubectl.delete("pod", …, now=True)`',
    ),
)
NEVER = steps(
    ("치우려면 먼저 만들어야 합니다", "to clear away there has to be something first"),
    ("blue 파드가 있었던 적이 없습니다", "there has been no Pod blue"),
    (
        "이 수업의 셀을 처음부터 차례로 실행한 뒤 다시 치우십시오",
        "run the cells of this lesson in order, then clear away again",
    ),
)

THREE = """serve = "cd /usr/share/nginx/html; hostname > index.html; echo ok > ready; exec nginx -g 'daemon off;'"
web = {"name": "web", "image": "nginx:latest", "command": ["sh", "-c", serve]}
web["readinessProbe"] = {"httpGet": {"path": "/ready", "port": 80}, "periodSeconds": 1}
for color in ("blue", "green", "yellow"):
    metadata = {"name": color, "labels": {"app": "colors", "color": color}}
    kubectl.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [web]}})
kubectl.wait("pod", selector="app=colors", for_="condition=Ready", timeout="180s")
"""
VISIT = """visitor = {"name": "visitor", "image": "busybox:latest", "command": ["sleep", "3600"]}
pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "visitor"}, "spec": {"containers": [visitor]}}
kubectl.apply(pod)
kubectl.wait("pod/visitor", for_="condition=Ready", timeout="180s")
"""


def _service(name: str, selector: str, port: int = 8000) -> str:
    return f"""spec = {{"selector": {selector}, "ports": [{{"port": {port}, "targetPort": 80}}]}}
kubectl.apply({{"apiVersion": "v1", "kind": "Service", "metadata": {{"name": "{name}"}}, "spec": spec}})
"""


def _ask(service: str = "colors") -> str:
    return f"""ask = "sleep 2; for i in $(seq 40); do wget -qO- {service}:8000; done | sort -u"
answers = kubectl.exec("visitor", "sh", "-c", ask)
"""


COLORS = f'{THREE}{VISIT}{_service("colors", """{"app": "colors"}""")}'
OUT = 'kubectl.label("pod", "yellow", "app-")\n'
UNREADY = """kubectl.exec("green", "rm", "-f", "/usr/share/nginx/html/ready")
kubectl.wait("pod/green", for_="condition=Ready=false", timeout="60s")
"""
BACK = """kubectl.exec("green", "sh", "-c", "echo ok > /usr/share/nginx/html/ready")
kubectl.wait("pod/green", for_="condition=Ready", timeout="60s")
kubectl.exec("visitor", "sleep", "2")
"""
SOLUTIONS = {
    "three": f'{THREE}check(kubectl, "08-three")',
    "chosen": f"""{THREE}chosen = kubectl.get("pods", selector="color in (blue, green)", output="name")
check(kubectl, "08-chosen", chosen)""",
    "everyone": f'{COLORS}{_ask()}check(kubectl, "08-everyone", answers)',
    "name": f"""{COLORS}full = f"colors.{{kubectl.namespace}}.svc.cluster.local"
found = kubectl.exec("visitor", "nslookup", "-type=a", full)
check(kubectl, "08-name", found)""",
    "mended": f'{THREE}{VISIT}{_service("typo", """{"app": "colors"}""")}{_ask("typo")}'
    'check(kubectl, "08-mended", answers)',
    "out": f'{COLORS}{OUT}{_ask()}check(kubectl, "08-out", answers)',
    "unready": f'{COLORS}{UNREADY}{_ask()}check(kubectl, "08-unready", answers)',
    "back": f'{COLORS.replace(THREE, THREE[: THREE.index("kubectl.wait")])}{BACK}check(kubectl, "08-back")',
    "browser": f"""{THREE}page = kubectl.get(raw=f"/api/v1/namespaces/{{kubectl.namespace}}/pods/blue:80/proxy/")
seen = str(page).strip()  # what the browser shows
check(kubectl, "08-browser", seen)""",
    "alone": f'{THREE}{_service("only-blue", """{"color": "blue"}""", 80)}check(kubectl, "08-alone")',
    "tidy": f"""{THREE}kubectl.delete("service", "colors", "typo", "only-blue", ignore_not_found=True)
kubectl.delete("pod", "blue", "green", "yellow", "visitor", ignore_not_found=True, now=True)
check(kubectl, "08-tidy")""",
}
