"""Checks and questions of 03-get."""

from __future__ import annotations

from podlab.lessons.challenges import ALONE
from podlab.lessons.check import Check, Result, Seen
from podlab.lessons.judge import answered, both, brought, named, ready, was_and_is_gone
from podlab.lessons.lesson import MANIFEST, POD
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

MINE = "my-pod"


def address(seen: Seen) -> str:
    """The example Pod's IP address, empty while it has none."""
    pod = seen.pod(POD) or {}
    return str((pod.get("status") or {}).get("podIP", ""))


def policy(seen: Seen) -> str:
    """When the kubelet pulls the image of the example Pod."""
    pod = seen.pod(POD) or {"spec": {"containers": [{}]}}
    return str(pod["spec"]["containers"][0].get("imagePullPolicy", ""))


def _labelled(seen: Seen) -> Result:
    """The example Pod, and it alone, carries the label."""
    names = [
        pod["metadata"]["name"] for pod in seen.pods if (pod["metadata"].get("labels") or {}).get("app") == "webserver"
    ]
    if names == [POD]:
        only = Text(
            ko="레이블 app=webserver로 {pod} 하나만 골라집니다", en="the label app=webserver picks out {pod} alone"
        )
        return Result(True, only.format(pod=POD))
    found = Text(ko="레이블 app=webserver로 골라지는 파드: {names}", en="the label app=webserver picks out: {names}")
    look = Text(
        ko='`kubectl.get("pods", show_labels=True)`로 레이블을 보십시오',
        en='see the labels with `kubectl.get("pods", show_labels=True)`',
    )
    nobody = Text(ko="레이블이 app=webserver인 파드가 없습니다", en="no Pod has the label app=webserver")
    return Result(False, found.format(names=", ".join(names)) if names else nobody, look)


def _table(seen: Seen) -> Result:
    """The answer is a table with the example Pod in it and no column that found nothing anywhere."""
    lines = [line for line in seen.answer.splitlines() if not line.startswith("$")]
    row = next((line for line in lines[1:] if line.split()[:1] == [POD]), None)
    if row is None:
        missing = Text(ko="표에 {pod} 파드가 없습니다", en="{pod} is not in the table").format(pod=POD)
        return Result(
            False,
            missing,
            Text(ko="첫 열은 NAME:.metadata.name으로 두십시오", en="keep NAME:.metadata.name as the first column"),
        )
    if "<none>" in row.split():
        empty = Text(ko="`<none>`만 나오는 열이 있습니다", en="there is a column that only says `<none>`")
        return Result(
            False, empty, Text(ko="경로를 위의 YAML과 견주어 보십시오", en="compare its path with the YAML above")
        )
    good = Text(ko="{count}열짜리 표를 만들었습니다", en="your table has {count} columns")
    return Result(True, good.format(count=len(lines[0].split())))


def _practised(seen: Seen) -> Result:
    """The manifest is this lesson's, and mended: lesson 02 has deleted a Pod of the same name."""
    text = seen.files.get(f"{MINE}.yaml", "owner:")
    if "owner:" in text:
        other = Text(ko="my-pod.yaml이 아직 이 수업의 것이 아닙니다", en="my-pod.yaml is not this lesson's yet")
        write = Text(ko="`%%manifest my-pod.yaml` 셀을 실행하십시오", en="run the cell with `%%manifest my-pod.yaml`")
        return Result(False, other, write)
    if "imagee" in text:
        slip = Text(ko="my-pod.yaml에 아직 `imagee`가 있습니다", en="my-pod.yaml still says `imagee`")
        return Result(False, slip, TIDY[1])
    return Result(True, Text(ko="my-pod.yaml을 고쳤습니다", en="my-pod.yaml is mended"))


def _name(seen: Seen) -> set[str]:
    return {f"pod/{POD}"} if seen.pod(POD) else set()


ADDRESS = (
    Text(ko="주소는 관찰된 상태입니다. `status`에 있습니다", en="the address is observed state: it is in `status`"),
    Text(
        ko="표의 IP 열에 있고, NODE 열 옆의 값과는 다릅니다",
        en="it is in the column IP, and it is not the node's",
    ),
    Text(ko="경로는 `{.status.podIP}`입니다", en="the path is `{.status.podIP}`"),
)
LABEL = (
    Text(ko="레이블이 같은 파드가 둘이면 둘 다 골라집니다", en="of two Pods with the same label both are picked out"),
    Text(
        ko='`kubectl.get("pods", show_labels=True)`에서 `app=webserver`인 줄을 세십시오',
        en='count the rows with `app=webserver` in `kubectl.get("pods", show_labels=True)`',
    ),
    Text(
        ko='`start("03")` 셀을 다시 실행하면 이 수업의 파드가 제 레이블로 돌아옵니다. 남는 파드는 지우십시오',
        en='run the cell with `start("03")` again for the Pod of this lesson; delete the others',
    ),
)
DEFAULT = (
    Text(ko="여러분이 적지 않은 값입니다. 서버가 채웠습니다", en="you did not write it: the server filled it in"),
    Text(ko="`-o yaml`에서 `image:` 바로 아래 줄입니다", en="in `-o yaml` it is the line below `image:`"),
    Text(
        ko="경로는 `{.spec.containers[0].imagePullPolicy}`입니다",
        en="the path is `{.spec.containers[0].imagePullPolicy}`",
    ),
)
TIDY = (
    Text(ko="만들고 나서 치우는 단계입니다. 둘 다 해야 합니다", en="make the Pod, then clear it away: it takes both"),
    Text(
        ko="편집기에서 `imagee`를 `image`로 고치고 ‘저장하고 적용’을 누르거나, 그 아래 셀로 적용하십시오",
        en="mend `imagee` in the editor and press Save and apply, or apply it with the cell below",
    ),
    Text(
        ko='`kubectl.apply("my-pod.yaml")` 다음에 `kubectl.delete("pod", "my-pod", now=True)`를 실행하십시오',
        en='run `kubectl.apply("my-pod.yaml")`, then `kubectl.delete("pod", "my-pod", now=True)`',
    ),
)
COLUMNS = (
    Text(ko="열 하나는 `제목:경로`이고 쉼표로 잇습니다", en="a column is `HEADING:path`; commas join them"),
    Text(
        ko="경로는 점으로 시작하고, 목록의 첫째는 `[0]`입니다",
        en="a path begins with a dot; the first of a list is `[0]`",
    ),
    Text(
        ko="`NAME:.metadata.name,IMAGE:.spec.containers[0].image`로 시작해 한 열씩 더하십시오",
        en="begin with `NAME:.metadata.name,IMAGE:.spec.containers[0].image` and add one column at a time",
    ),
)
NAME = (
    Text(ko="온전한 이름에는 종류가 앞에 붙습니다", en="the full name has the kind in front of it"),
    Text(ko='`output="name"`이 그 꼴로 답합니다', en='`output="name"` answers in that form'),
    Text(
        ko='`kubectl.get("pods", selector="app=webserver", output="name")`의 답을 건네십시오',
        en='hand over what `kubectl.get("pods", selector="app=webserver", output="name")` answers',
    ),
)
MADE = f"""
from pathlib import Path

meta = 'metadata: {{name: {MINE}, labels: {{app: practice}}}}'
spec = 'spec: {{containers: [{{name: web, image: "nginx:latest"}}]}}'
Path("{MINE}.yaml").write_text(f"apiVersion: v1\\nkind: Pod\\n{{meta}}\\n{{spec}}\\n", encoding="utf-8")
kubectl.apply("{MINE}.yaml")
kubectl.delete("pod", "{MINE}", now=True)
check(kubectl, "03-tidy")
"""
READ = 'policy = kubectl.get("pod", "{pod}", output="jsonpath={{.spec.containers[0].imagePullPolicy}}")'
LIST = 'table = kubectl.get("pods", output="custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image")'

THERE = brought(POD, "03")
CHECKS = (
    Check("ready", both(THERE, ready(POD, MANIFEST)), solution='kubectl = start("03")\ncheck(kubectl, "03-ready")'),
    Check(
        "address",
        both(
            THERE,
            answered(
                address,
                Text(ko="이 파드의 IP는 {answer}입니다", en="the IP of this Pod is {answer}"),
                Text(ko="`-o wide` 표의 IP 열을 보십시오", en="look at the IP column of the `-o wide` table"),
            ),
        ),
        ADDRESS,
        f'address = kubectl.get("pod", "{POD}", output="jsonpath={{.status.podIP}}")\n'
        'check(kubectl, "03-address", address)',
    ),
    Check("label", both(THERE, _labelled), LABEL, 'kubectl = start("03")\ncheck(kubectl, "03-label")'),
    Check(
        "default",
        both(
            THERE,
            answered(
                policy,
                Text(
                    ko="적지 않아도 채워진 기본값은 {answer}입니다",
                    en="the default, filled in although you never wrote it, is {answer}",
                ),
                Text(
                    ko="YAML의 `spec.containers`에서 `imagePullPolicy`를 찾으십시오",
                    en="find `imagePullPolicy` under `spec.containers` in the YAML",
                ),
            ),
        ),
        DEFAULT,
        READ.format(pod=POD) + '\ncheck(kubectl, "03-default", policy)',
    ),
    Check(
        "tidy",
        both(
            _practised,
            was_and_is_gone(
                MINE, Text(ko="연습용 {pod} 파드를 치웠습니다", en="{pod}, made for practice, is gone").format(pod=MINE)
            ),
        ),
        TIDY,
        MADE,
    ),
    Check("columns", both(THERE, _table), COLUMNS, LIST + '\ncheck(kubectl, "03-columns", table)'),
    Check(
        "name",
        both(
            THERE,
            named(
                _name,
                Text(ko="온전한 이름은 {answer}입니다", en="the full name is {answer}"),
                Text(
                    ko='`kubectl.get("pods")`의 NAME 열을 보십시오',
                    en='look at the NAME column of `kubectl.get("pods")`',
                ),
            ),
        ),
        NAME,
        'name = kubectl.get("pods", selector="app=webserver", output="name")\ncheck(kubectl, "03-name", name)',
    ),
    ALONE["03"],
)

QUESTIONS = (
    Question(
        "case",
        Text(
            ko="파드의 레이블은 `app: webserver`입니다. `-l app=WebServer`로 고르면 무엇이 나옵니까?",
            en="The Pod is labelled `app: webserver`. What does `-l app=WebServer` print?",
        ),
        (
            Option(
                Text(ko="같은 파드 한 줄", en="one row, the same Pod"),
                Text(ko="레이블은 대소문자를 가립니다.", en="Labels are case-sensitive."),
            ),
            Option(
                Text(ko="레이블이 잘못되었다는 오류", en="an error about an unknown label"),
                Text(
                    ko="없는 값으로 고르는 것은 오류가 아닙니다.", en="Selecting a value that nobody has is no error."
                ),
            ),
            Option(
                Text(ko="아무것도 없다는 한 문장", en="a sentence saying that nothing was found"),
                Text(
                    ko="`WebServer`와 `webserver`는 다른 값입니다.",
                    en="`WebServer` and `webserver` are different values.",
                ),
                right=True,
            ),
        ),
        prediction=True,
        shown_by="label",
    ),
    Question(
        "running",
        Text(
            ko="STATUS는 `Running`, READY는 `0/1`입니다. 무슨 뜻입니까?",
            en="STATUS says `Running`, READY says `0/1`. What does that mean?",
        ),
        (
            Option(
                Text(
                    ko="컨테이너는 시작되었지만 아직 일할 준비가 안 되었다",
                    en="the container was started, but is not ready for work",
                ),
                Text(
                    ko="그래서 STATUS와 READY를 함께 읽습니다.", en="Which is why you read STATUS and READY together."
                ),
                right=True,
            ),
            Option(
                Text(ko="파드가 0개 있다", en="there are no Pods"),
                Text(
                    ko="READY는 파드가 아니라 파드 안의 컨테이너를 셉니다.",
                    en="READY counts containers inside the Pod, not Pods.",
                ),
            ),
            Option(
                Text(ko="컨테이너가 한 번도 다시 시작되지 않았다", en="the container was never restarted"),
                Text(ko="그것은 RESTARTS 열입니다.", en="That is the column RESTARTS."),
            ),
        ),
    ),
    Question(
        "status",
        Text(ko="YAML의 `status`는 거의 다 누가 씁니까?", en="Who writes nearly all of `status` in the YAML?"),
        (
            Option(
                Text(ko="내가 매니페스트에", en="you, in the manifest"),
                Text(ko="여러분이 쓰는 것은 `spec`입니다.", en="What you write is the `spec`."),
            ),
            Option(
                Text(ko="파드가 있는 노드의 kubelet", en="the kubelet of the node where the Pod is"),
                Text(
                    ko="컨테이너를 실제로 보는 것이 kubelet이기 때문입니다.",
                    en="It is the one that sees the containers.",
                ),
                right=True,
            ),
            Option(
                Text(ko="스케줄러", en="the scheduler"),
                Text(ko="스케줄러는 노드를 고릅니다.", en="The scheduler chooses the node."),
            ),
        ),
    ),
    Question(
        "ip",
        Text(
            ko="파드의 IP를 설정 파일에 적어 두면 왜 곤란합니까?",
            en="Why is it a bad idea to write a Pod's IP into a configuration file?",
        ),
        (
            Option(
                Text(ko="IP는 비밀이라서", en="the IP is a secret"),
                Text(
                    ko="비밀은 아닙니다. 누구나 `-o wide`로 봅니다.",
                    en="It is none: anybody can see it with `-o wide`.",
                ),
            ),
            Option(
                Text(ko="모든 파드의 IP가 같아서", en="all Pods have the same IP"),
                Text(ko="파드마다 자기 IP가 있습니다.", en="Every Pod has one of its own."),
            ),
            Option(
                Text(ko="파드가 새로 만들어지면 IP도 바뀌어서", en="a Pod that is made anew gets another IP"),
                Text(
                    ko="변하지 않는 주소가 필요하면 서비스를 씁니다.",
                    en="For an address that stays there are Services.",
                ),
                right=True,
            ),
        ),
    ),
)
