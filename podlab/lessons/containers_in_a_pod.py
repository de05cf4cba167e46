"""Checks and questions of 06-containers-in-a-pod."""

from __future__ import annotations

import re

from podlab.apimachinery import times
from podlab.lessons.challenges import ALONE
from podlab.lessons.check import Check, Pod, Result, Seen
from podlab.lessons.judge import both, past, ready
from podlab.lessons.ladders import containers_in_a_pod as ladders
from podlab.lessons.ladders.containers_in_a_pod import SOLUTIONS
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

HELPER, TWINS, PAGE, COLLECTOR = "web-and-helper", "two-nginx", "web-with-page", "web-and-collector"
PODS = (HELPER, TWINS, PAGE, COLLECTOR, "clock")
READY = ready(HELPER, f"{HELPER}.yaml")

ASK = Text(ko='`kubectl.exec(…, "hostname", "-i", …)` 셀을 실행하십시오', en='run the cell with `"hostname", "-i"`')
SHORT = 60  # seconds: one that is to wait for commands runs longer


def _apply(name: str, where: Text, hints: tuple[Text, ...]) -> Result:
    missing = Text(ko="{name} 파드가 없습니다", en="there is no Pod {name}").format(name=name)
    return Result(False, missing, where, hints)


def _two(seen: Seen) -> Result:
    """Both containers are ready, in one Pod."""
    pod = seen.pod(HELPER)
    names = sorted(container["name"] for container in pod["spec"]["containers"]) if pod else []
    if names != ["helper", "web"]:
        return Result(
            False,
            Text(ko="컨테이너가 {names}입니다", en="its containers are {names}").format(names=", ".join(names)),
            Text(
                ko="매니페스트에 `web`과 `helper`를 적고, 파드를 지운 다음 다시 적용하십시오",
                en="write `web` and `helper` in the manifest, delete the Pod, and apply it again",
            ),
            ladders.NAMES,
        )
    if pod and _ends(pod, "helper"):
        return Result(
            False,
            Text(
                ko="`helper`의 프로그램이 곧 끝나서, 파드는 잠깐씩만 Ready입니다",
                en="the program of `helper` soon ends, so the Pod is Ready for a moment only",
            ),
            Text(
                ko='`helper`에 `command: ["sleep", "3600"]`을 적고, 파드를 지운 다음 다시 적용하십시오',
                en='give `helper` a `command: ["sleep", "3600"]`, delete the Pod, and apply it again',
            ),
            ladders.ENDS,
        )
    return Result(True, Text(ko="한 파드에서 컨테이너 둘이 준비되었습니다", en="two containers are ready in one Pod"))


def _ends(pod: Pod, name: str) -> bool:
    """Whether that container is Ready only until its program ends: none that lasts, or the last run was short."""
    told = next(each for each in pod["spec"]["containers"] if each["name"] == name)
    statuses = pod["status"].get("containerStatuses") or []
    states = [each.get("lastState") or {} for each in statuses if each["name"] == name]
    ended = [each["terminated"] for each in states if "terminated" in each]
    words = " ".join(map(str, [*(told.get("command") or []), *(told.get("args") or [])]))
    brief = re.fullmatch(r"sleep (\d+)", words)
    asleep = float(brief[1]) if brief else SHORT if words else 0
    return min([asleep, *map(_seconds, ended)]) < SHORT


def _seconds(run: Pod) -> float:
    """How long a run has taken that is over."""
    return times.seconds(run["finishedAt"]) - times.seconds(run["startedAt"])


def _address(seen: Seen) -> Result:
    """Each of the two has answered with the Pod's IP."""
    pod, answers = seen.pod(HELPER), seen.answer.split()
    ip = str(pod["status"].get("podIP", "")) if pod else ""
    if not answers:
        return Result(False, Text(ko="답이 비어 있습니다", en="the answer is empty"), ASK)
    if other := next((each for each in answers if each != ip), ""):
        wrong = Text(ko="{other}: 찾는 값이 아닙니다", en="{other} is not what we are looking for")
        return Result(False, wrong.format(other=other), ASK)
    if len(answers) == 1:
        one = Text(ko="파드의 IP가 맞지만, 하나만 답했습니다", en="that is the Pod's IP, but only one has answered")
        look = Text(ko="`web`과 `helper`에게 모두 물으십시오", en="ask both `web` and `helper`")
        return Result(False, one, look)
    return Result(True, Text(ko="둘 다 파드의 IP를 답했습니다", en="both answered with the Pod's IP"))


def _port(seen: Seen) -> Result:
    """The second nginx has ended at least once, the first runs."""
    pod = seen.pod(TWINS)
    if pod is None:
        return _apply(TWINS, Text(ko="바로 위의 셀을 실행하십시오", en="run the cell above"), ladders.NO_TWINS)
    restarts = {status["name"]: status["restartCount"] for status in pod["status"].get("containerStatuses") or []}
    if not any(restarts.values()):
        wait = Text(ko="`kubectl.wait(…)`가 끝나면 다시 확인하십시오", en="check again when `kubectl.wait(…)` is done")
        none = Text(ko="아직 다시 시작한 컨테이너가 없습니다", en="no container was restarted yet")
        return Result(False, none, wait, ladders.NO_RESTART, settling=True)
    name = max(restarts, key=lambda each: restarts[each])
    told = Text(
        ko="늦게 온 {name} 컨테이너는 80번을 얻지 못해 다시 시작하고 있습니다",
        en="{name} came too late for port 80 and is being restarted",
    )
    return Result(True, told.format(name=name))


def _page(seen: Seen) -> Result:
    """The page is what the init container wrote."""
    pod = seen.pod(PAGE)
    if pod is None:
        above = Text(ko="위의 두 셀을 차례로 실행하십시오", en="run the two cells above, in order")
        return _apply(PAGE, above, ladders.NO_PAGE)
    wrote = _command(pod, "prepare")
    if seen.answer and f"echo {seen.answer} >" in wrote:
        told = Text(ko="초기화 컨테이너가 쓴 글을 nginx가 보여 줍니다", en="nginx serves what the init container wrote")
        return Result(True, told)
    again = Text(
        ko="위의 두 셀을 처음부터 다시 실행하십시오", en="run the two cells above once more, the first one first"
    )
    other = Text(ko="페이지가 초기화 컨테이너가 쓴 글이 아닙니다", en="the page is not what the init container wrote")
    return Result(False, other, again, ladders.OTHER_PAGE)


def _command(pod: Pod, name: str) -> str:
    containers = pod["spec"].get("initContainers") or []
    return next((" ".join(each.get("command") or []) for each in containers if each["name"] == name), "")


def _log(seen: Seen) -> Result:
    """The sidecar's log has the request."""
    if seen.pod(COLLECTOR) is None:
        above = Text(ko="바로 위의 셀을 실행하십시오", en="run the cell before this one")
        return _apply(COLLECTOR, above, ladders.NO_COLLECTOR)
    if '"GET / HTTP' in seen.answer:
        return Result(True, Text(ko="사이드카가 요청을 적었습니다", en="the sidecar has printed the request"))
    again = Text(ko="몇 초 뒤에 이 셀을 다시 실행하십시오", en="run this cell again in a few seconds")
    none = Text(ko="로그에 요청이 없습니다", en="there is no request in the log")
    return Result(False, none, again, ladders.NO_REQUEST)


def _tidy(seen: Seen) -> Result:
    """None of the lesson's Pods is left, and Events tell that there was one."""
    left = [name for name in PODS if seen.pod(name)]
    if not left and not any(past(seen, name) for name in PODS):
        never = Text(ko="이 수업의 파드를 아직 하나도 만들지 않았습니다", en="no Pod of this lesson was ever made")
        above = Text(ko="위의 셀을 처음부터 차례로 실행하십시오", en="run the cells above, in order")
        return Result(False, never, above, ladders.NEVER)
    if not left:
        return Result(True, Text(ko="이 수업의 파드를 모두 지웠습니다", en="all Pods of this lesson are gone"))
    still = Text(ko="아직 남은 파드: {names}", en="still there: {names}").format(names=", ".join(left))
    look = Text(ko='`kubectl.delete("pod", "{name}")`를 실행하십시오', en='run `kubectl.delete("pod", "{name}")`')
    return Result(False, still, look.format(name=left[0]), ladders.LEFT)


CHECKS = (
    Check("two", both(READY, _two), ladders.NAMES, SOLUTIONS["two"]),
    Check("address", both(READY, _address), ladders.ADDRESS, SOLUTIONS["address"]),
    Check("port", _port, ladders.NO_RESTART, SOLUTIONS["port"]),
    Check("page", _page, ladders.OTHER_PAGE, SOLUTIONS["page"]),
    Check("log", _log, ladders.NO_REQUEST, SOLUTIONS["log"]),
    ALONE["06"],
    Check("tidy", _tidy, ladders.LEFT, SOLUTIONS["tidy"]),
)

QUESTIONS = (
    Question(
        "neighbour",
        Text(
            ko="`helper`에서 `wget localhost`를 하면 무엇이 옵니까?", en="What does `wget localhost` get in `helper`?"
        ),
        (
            Option(
                Text(ko="연결이 거부된다", en="the connection is refused"),
                Text(
                    ko="컨테이너마다 네트워크가 따로라면 그렇습니다.",
                    en="It would be so, had each a network of its own.",
                ),
            ),
            Option(
                Text(ko="이웃 컨테이너인 nginx의 페이지가 온다", en="the page of nginx, its neighbour"),
                Text(ko="네트워크는 파드에 하나입니다.", en="There is one network per Pod."),
                right=True,
            ),
            Option(
                Text(ko="노드의 웹 서버가 답한다", en="an answer from the node's web server"),
                Text(ko="`localhost`는 노드가 아니라 파드입니다.", en="`localhost` is the Pod, not the node."),
            ),
        ),
        prediction=True,
        shown_by="address",
    ),
    Question(
        "port",
        Text(
            ko="nginx 둘이 든 파드를 적용하면 어떻게 됩니까?",
            en="What happens to a Pod with two nginx containers when you apply it?",
        ),
        (
            Option(
                Text(ko="API 서버가 거절한다", en="the API server refuses it"),
                Text(
                    ko="API 서버는 무엇이 어느 포트를 쓸지 모릅니다.",
                    en="The API server does not know who will use which port.",
                ),
            ),
            Option(
                Text(ko="둘 다 실행되고 요청을 나누어 받는다", en="both run and share the requests"),
                Text(ko="포트 하나는 한 프로세스만 씁니다.", en="A port belongs to one process."),
            ),
            Option(
                Text(
                    ko="하나는 실행되고, 하나는 끝나고 다시 시작하기를 되풀이한다",
                    en="one runs, the other ends and is restarted again and again",
                ),
                Text(ko="포트는 먼저 온 쪽의 것입니다.", en="The port is with whoever came first."),
                right=True,
            ),
        ),
        prediction=True,
        shown_by="port",
    ),
    Question(
        "share",
        Text(
            ko="한 파드의 컨테이너들이 저마다 따로 가지는 것은 무엇입니까?",
            en="What do the containers of a Pod have each for themselves?",
        ),
        (
            Option(
                Text(ko="IP 주소", en="an IP address"),
                Text(ko="IP는 파드에 하나입니다.", en="There is one per Pod."),
            ),
            Option(
                Text(ko="이미지에서 온 파일 시스템", en="the file system that comes from their image"),
                Text(ko="볼륨을 붙인 곳만 함께 봅니다.", en="Only what is mounted from a volume is common to them."),
                right=True,
            ),
            Option(
                Text(ko="노드", en="a node"),
                Text(ko="언제나 같은 노드에 함께 놓입니다.", en="They always sit on the same node."),
            ),
        ),
    ),
    Question(
        "init",
        Text(
            ko="초기화 컨테이너가 실패하면(종료 코드 1) 어떻게 됩니까?",
            en="An init container fails, with exit code 1. What then?",
        ),
        (
            Option(
                Text(ko="주인공 컨테이너가 그냥 시작한다", en="the main containers start all the same"),
                Text(
                    ko="끝나야, 그것도 성공해야 다음으로 넘어갑니다.",
                    en="It has to finish, and to succeed, before anything follows.",
                ),
            ),
            Option(
                Text(
                    ko="성공할 때까지 다시 실행되고, 주인공은 기다린다",
                    en="it is run again until it succeeds, and the others wait",
                ),
                Text(
                    ko="`restartPolicy: Always`가 기본이기 때문입니다. STATUS에 `Init:Error`가 나타납니다.",
                    en="Because `restartPolicy: Always` is the default. Meanwhile STATUS says `Init:Error`.",
                ),
                right=True,
            ),
            Option(
                Text(ko="파드가 지워진다", en="the Pod is deleted"),
                Text(ko="파드는 그대로 있습니다.", en="The Pod stays."),
            ),
        ),
    ),
    Question(
        "sidecar",
        Text(
            ko="사이드카를 `containers`가 아니라 `initContainers`에 적으면 무엇이 좋습니까?",
            en="A sidecar can stand under `initContainers`. What is gained over `containers`?",
        ),
        (
            Option(
                Text(
                    ko="주인공보다 먼저 시작하고 나중에 끝난다",
                    en="it starts before the main container and ends after it",
                ),
                Text(
                    ko="그래서 첫 로그도 마지막 로그도 놓치지 않습니다.",
                    en="So it misses neither the first line of the log nor the last.",
                ),
                right=True,
            ),
            Option(
                Text(ko="IP를 따로 받는다", en="it gets an IP of its own"),
                Text(ko="IP는 언제나 파드의 것입니다.", en="The IP is always the Pod's."),
            ),
            Option(
                Text(ko="더 빠르게 실행된다", en="it runs faster"),
                Text(ko="똑같은 컨테이너입니다.", en="It is a container like any other."),
            ),
        ),
    ),
)
