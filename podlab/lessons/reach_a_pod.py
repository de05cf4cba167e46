"""Checks and questions of 08-reach-a-pod."""

from __future__ import annotations

from dataclasses import replace

from podlab.lessons.check import Check, Pod, Result, Seen, Test
from podlab.lessons.judge import NONE, answered, behind, both, filled, from_outside, named, past, ready
from podlab.lessons.ladders import reach_a_pod as ladders
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

COLORS = ("blue", "green", "yellow")
LABEL = {"app": "colors"}
SERVICES = ("colors", "typo", "only-blue")
KINDS = ("services", "endpointslices")
ABOVE = Text(ko="위의 셀을 처음부터 차례로 실행하십시오", en="run the cells above, in order")
ALL_THREE = Text(ko="`for color in …`이 있는 셀을 실행하십시오", en="run the cell with `for color in …`")
AGAIN = Text(ko="위의 셀을 다시 실행하십시오", en="run the cell above once more")


def _labels(pod: Pod | None) -> dict[str, str]:
    return dict(pod["metadata"].get("labels") or {}) if pod else {}


def _three(seen: Seen) -> Result:
    """All three carry the label that the Service will look for."""
    without = [name for name in COLORS if _labels(seen.pod(name)).get("app") != LABEL["app"]]
    if not without:
        return Result(True, Text(ko="파드 셋이 모두 Ready입니다", en="all three Pods are Ready"))
    told = Text(ko="{name} 파드에 app=colors 레이블이 없습니다", en="the Pod {name} lacks the label app=colors")
    return Result(False, told.format(name=without[0]), ABOVE, filled(ladders.NO_LABEL, without[0]))


def _named(names: set[str]) -> str | Text:
    return ", ".join(sorted(names)) or NONE


def _service(name: str, look: Text, hints: tuple[Text, ...] = ()) -> Test:
    """The Service is there."""

    def test(seen: Seen) -> Result:
        if seen.other("services", name):
            return Result(True, Text(ko="{name} 서비스가 있습니다", en="the Service {name} is there").format(name=name))
        none = Text(ko="{name} 서비스가 없습니다", en="there is no Service {name}").format(name=name)
        return Result(False, none, look, hints or filled(ladders.NO_SERVICE, name))

    return test


def _heard(want: set[str], good: Text) -> Test:
    """The answers that came in are those of exactly these Pods."""

    def test(seen: Seen) -> Result:
        got = set(seen.answer.split())
        if got == want:
            return Result(True, good)
        if not got:
            return Result(False, Text(ko="아무도 대답하지 않았습니다", en="nobody has answered"), ABOVE, ladders.NOBODY)
        told = Text(ko="{want}의 대답이어야 하는데 {got}입니다", en="{want} should have answered, but it was {got}")
        hints = tuple(step.format(want=_named(want)) for step in ladders.OTHERS)
        return Result(False, told.format(want=_named(want), got=_named(got)), AGAIN, hints)

    return test


def _address(seen: Seen) -> str:
    service = seen.other("services", "colors")
    return str((service.get("spec") or {}).get("clusterIP", "")) if service else ""


def _name(seen: Seen) -> Result:
    """The DNS server's answer has the Service's address."""
    if _address(seen) and _address(seen) in seen.answer.split():
        return Result(True, Text(ko="이름이 서비스의 IP로 바뀌었습니다", en="the name became the Service's IP"))
    none = Text(ko="대답에 서비스의 IP가 없습니다", en="the Service's IP is not in the answer")
    return Result(False, none, ABOVE, ladders.NAME)


def _mended(seen: Seen) -> Result:
    """The Service that found nobody now looks for the right label."""
    selector = ((seen.other("services", "typo") or {}).get("spec") or {}).get("selector") or {}
    if selector == LABEL:
        return _heard(set(COLORS), Text(ko="이제 파드 셋을 찾아냅니다", en="now it finds all three Pods"))(seen)
    told = Text(ko="셀렉터가 아직 {found}입니다", en="the selector still is {found}")
    look = Text(
        ko="`kubectl.patch(…)`로 셀렉터를 app=colors로 고치십시오", en="set it to app=colors with `kubectl.patch(…)`"
    )
    found = ",".join(f"{k}={v}" for k, v in selector.items()) or NONE
    return Result(False, told.format(found=found), look, ladders.SELECTOR)


def _out(seen: Seen) -> Result:
    """The Pod yellow runs on, but the Service no longer counts it in."""
    pod = seen.pod("yellow")
    if pod is None:
        return Result(False, Text(ko="yellow 파드가 없습니다", en="there is no Pod yellow"), ABOVE, ladders.NO_YELLOW)
    if "app" in _labels(pod):
        look = Text(
            ko='`kubectl.label("pod", "yellow", "app-")`를 실행하십시오',
            en='run `kubectl.label("pod", "yellow", "app-")`',
        )
        still = Text(ko="yellow에 아직 app 레이블이 있습니다", en="yellow still has the label app")
        return Result(False, still, look, ladders.LABELLED)
    told = Text(ko="yellow는 그대로 돌지만 요청을 받지 않습니다", en="yellow runs on, and gets no requests")
    return _heard({"blue", "green"}, told)(seen)


def _unready(seen: Seen) -> Result:
    """The Pod green is not Ready, was not restarted, and gets no requests."""
    pod = seen.pod("green")
    if pod is None:
        return READY[1](seen)
    if any(each.get("restartCount") for each in (pod.get("status") or {}).get("containerStatuses") or []):
        again = Text(
            ko="green의 컨테이너가 다시 시작되었습니다. 준비성 프로브가 하는 일은 그것이 아닙니다",
            en="green's container was restarted: that is not what a readiness probe does",
        )
        return Result(False, again, ALL_THREE, ladders.RESTARTED)
    conditions = (pod.get("status") or {}).get("conditions") or []
    if not any(each["type"] == "Ready" and each["status"] == "False" for each in conditions):
        look = Text(ko="`rm`이 있는 셀을 실행하고 기다리십시오", en="run the cell with `rm`, and wait")
        still = Text(ko="green이 아직 Ready입니다", en="green is still Ready")
        return Result(False, still, look, ladders.STILL_READY)
    told = Text(
        ko="green은 다시 시작하지도 않고 요청도 받지 않습니다", en="green was not restarted, and gets no requests"
    )
    return _heard({"blue", "yellow"}, told)(seen)


def _back(seen: Seen) -> Result:
    """All three stand behind the Service again."""
    if gone := next((READY[at] for at, name in enumerate(COLORS) if not seen.pod(name)), None):
        return gone(seen)
    there = behind(seen, "colors")
    if there == set(COLORS):
        return Result(True, Text(ko="서비스 뒤에 다시 셋이 있습니다", en="three Pods stand behind the Service again"))
    told = Text(ko="지금 서비스 뒤에 있는 파드: {names}", en="behind the Service now: {names}")
    return Result(False, told.format(names=_named(there)), AGAIN, ladders.NOT_BACK, settling=bool(there))


def _browser(seen: Seen) -> Result:
    """The learner has read a page in the browser."""
    where = Text(
        ko="위의 링크를 열고, 보이는 낱말을 `seen`에 적으십시오",
        en="open the link above and put the word that you see into `seen`",
    )
    said = seen.answer.lower()
    told = Text(ko="브라우저에 {answer}{이/가} 보였습니다", en="your browser has reached {answer}")
    found = answered(lambda _: said if said in COLORS else "", told, where)(Seen(answer=said))
    if not found or from_outside(seen.log):
        return found
    none = Text(
        ko="{answer} 파드의 로그에는 클러스터 밖에서 온 요청이 없습니다",
        en="in the log of the Pod {answer} there is no request from outside the cluster",
    )
    return Result(False, none.format(answer=said), where, ladders.UNREAD)


def _only_blue(seen: Seen) -> Result:
    """A Service of the learner's own: port 80, and the Pod blue alone."""
    spec = (seen.other("services", "only-blue") or {}).get("spec") or {}
    ports = [(each.get("port"), each.get("targetPort")) for each in spec.get("ports") or []]
    if (80, 80) not in ports:
        told = Text(
            ko="only-blue의 80번 포트가 컨테이너의 80번으로 이어지지 않습니다",
            en="port 80 of only-blue does not lead to port 80 of the container",
        )
        return Result(False, told, Text(ko="`spec.ports`를 보십시오", en="look at `spec.ports`"))
    there = behind(seen, "only-blue")
    if there == {"blue"}:
        return Result(
            True, Text(ko="`http://only-blue`는 blue에게만 갑니다", en="`http://only-blue` leads to blue alone")
        )
    told = Text(
        ko="blue만 있어야 하는데 뒤에 있는 파드: {names}", en="there should be blue alone behind it; there is: {names}"
    )
    look = Text(ko="blue에게만 있는 레이블로 고르십시오", en="select by the label that blue alone has")
    return Result(False, told.format(names=_named(there)), look)


def _tidy(seen: Seen) -> Result:
    """None of the lesson's Pods and Services is left."""
    left = [name for name in (*COLORS, "visitor") if seen.pod(name)]
    left += [name for name in SERVICES if seen.other("services", name)]
    if not left and past(seen, "blue"):
        told = Text(ko="이 수업의 파드와 서비스를 모두 지웠습니다", en="the lesson's Pods and Services are gone")
        return Result(True, told)
    if not left:
        none = Text(ko="지워진 blue 파드가 없습니다", en="no Pod blue has been deleted")
        return Result(False, none, ABOVE, ladders.NEVER)
    still = Text(ko="아직 남은 것: {names}", en="still there: {names}").format(names=", ".join(left))
    return Result(False, still, AGAIN, ladders.LEFT)


def _ready(name: str) -> Test:
    """Ready; where it is missing, all three are made by one cell, from blue's file."""

    def test(seen: Seen) -> Result:
        found = ready(name, "blue.yaml")(seen)
        return found if seen.pod(name) else replace(found, look=ALL_THREE, hints=ladders.NO_COLOUR)

    return test


READY = [_ready(name) for name in COLORS]
EMPTY = Text(ko="빈 편집기에 매니페스트를 쓰고 적용하십시오", en="write a manifest in the empty editor, and apply it")


def _check(name: str, test: Test, hints: tuple[Text, ...], *also: str, reads: bool = False) -> Check:
    return Check(name, test, hints, ladders.SOLUTIONS[name], also, reads)


def _everyone() -> Test:
    told = Text(ko="주소는 하나인데 셋이 대답했습니다", en="one address, and all three have answered")
    return both(_service("colors", ABOVE), _heard(set(COLORS), told))


CHOSEN = named(
    lambda _: {"pod/blue", "pod/green"},
    Text(ko="레이블로 두 파드만 골랐습니다", en="the labels gave just these two Pods"),
    Text(ko="blue와 green만 고르는 셀렉터를 쓰십시오", en="use a selector that fits blue and green only"),
)

CHECKS = (
    _check("three", both(READY[0], both(READY[1], both(READY[2], _three))), filled(ladders.NO_LABEL, "blue")),
    _check("chosen", both(READY[0], both(READY[1], CHOSEN)), ladders.CHOSEN),
    _check("everyone", _everyone(), ladders.NOBODY, *KINDS),
    _check("name", both(_service("colors", ABOVE), _name), ladders.NAME, *KINDS),
    _check("mended", both(_service("typo", ABOVE), _mended), ladders.SELECTOR, *KINDS),
    _check("out", _out, ladders.LABELLED),
    _check("unready", _unready, ladders.STILL_READY),
    _check("back", _back, ladders.NOT_BACK, *KINDS),
    _check("browser", _browser, ladders.BROWSER, reads=True),
    _check("alone", both(_service("only-blue", EMPTY, ladders.ALONE), _only_blue), ladders.ALONE, *KINDS),
    _check("tidy", _tidy, ladders.LEFT, *KINDS),
)

QUESTIONS = (
    Question(
        "who",
        Text(ko="서비스에 40번 물으면 누가 대답합니까?", en="Ask the Service 40 times. Who answers?"),
        (
            Option(
                Text(ko="언제나 첫째 파드인 blue", en="always blue, the first Pod"),
                Text(ko="서비스에게는 첫째가 없습니다.", en="To a Service, no Pod comes first."),
            ),
            Option(
                Text(ko="셋이 골고루, 그러나 순서 없이", en="all three, in no order"),
                Text(ko="연결마다 하나가 뽑힙니다.", en="For each connection, one is drawn."),
                right=True,
            ),
            Option(
                Text(ko="셋이 한꺼번에", en="all three at once"),
                Text(ko="요청 하나는 한 파드에만 갑니다.", en="One request goes to one Pod."),
            ),
        ),
        prediction=True,
        shown_by="everyone",
    ),
    Question(
        "label",
        Text(
            ko="yellow에서 `app` 레이블을 떼면 어떻게 됩니까?",
            en="You take the label `app` off yellow. What then?",
        ),
        (
            Option(
                Text(ko="yellow 파드가 지워진다", en="the Pod yellow is deleted"),
                Text(ko="레이블은 파드의 목숨과 상관이 없습니다.", en="A Pod does not live by its labels."),
            ),
            Option(
                Text(
                    ko="이미 셈에 들었으니 계속 요청을 받는다", en="it is counted in already, and still gets requests"
                ),
                Text(
                    ko="서비스는 셀렉터에 맞는 파드를 늘 다시 찾습니다.",
                    en="A Service never stops looking for Pods that fit.",
                ),
            ),
            Option(
                Text(ko="그대로 돌지만 요청을 받지 않는다", en="it runs on, but gets no requests"),
                Text(ko="셀렉터에 맞지 않기 때문입니다.", en="It no longer fits the selector."),
                right=True,
            ),
        ),
        prediction=True,
        shown_by="out",
    ),
    Question(
        "ready",
        Text(
            ko="green의 준비성 프로브가 실패하기 시작하면 어떻게 됩니까?",
            en="The readiness probe of green begins to fail. What then?",
        ),
        (
            Option(
                Text(ko="컨테이너가 다시 시작한다", en="its container is restarted"),
                Text(
                    ko="그것은 활성 프로브(`livenessProbe`)가 하는 일입니다.",
                    en="That is what a `livenessProbe` is for.",
                ),
            ),
            Option(
                Text(ko="그대로 돌지만 요청을 받지 않는다", en="it runs on, but gets no requests"),
                Text(ko="Ready가 아닌 파드에게는 보내지 않습니다.", en="Nothing is sent to a Pod that is not Ready."),
                right=True,
            ),
            Option(
                Text(ko="서비스가 오류를 돌려준다", en="the Service answers with an error"),
                Text(ko="남은 파드가 대답합니다.", en="The other Pods answer."),
            ),
        ),
        prediction=True,
        shown_by="unready",
    ),
    Question(
        "refused",
        Text(
            ko="`wget: can't connect … Connection refused`. 서비스의 이름은 찾았습니다. 먼저 무엇을 봅니까?",
            en="`wget: can't connect … Connection refused`. The Service's name was found. What do you look at first?",
        ),
        (
            Option(
                Text(ko="DNS 서버의 로그", en="the log of the DNS server"),
                Text(ko="이름은 이미 IP로 바뀌었습니다.", en="The name has become an IP already."),
            ),
            Option(
                Text(ko="`describe service`의 Endpoints", en="Endpoints in `describe service`"),
                Text(
                    ko="비어 있다면 셀렉터가 틀렸거나 Ready인 파드가 없습니다.",
                    en="If it is empty, the selector is wrong or no Pod is Ready.",
                ),
                right=True,
            ),
            Option(
                Text(ko="노드의 상태", en="the state of the node"),
                Text(ko="그럴 수도 있지만 훨씬 드문 일입니다.", en="Possible, but far less likely."),
            ),
        ),
    ),
    Question(
        "ports",
        Text(
            ko="`port: 8000`, `targetPort: 80`인 서비스입니다. 컨테이너는 몇 번 포트에서 요청을 기다립니까?",
            en="A Service says `port: 8000` and `targetPort: 80`. On which port does the container listen?",
        ),
        (
            Option(
                Text(ko="8000번", en="8000"),
                Text(ko="8000번은 서비스의 포트입니다.", en="8000 is the port of the Service."),
            ),
            Option(
                Text(ko="80번", en="80"),
                Text(ko="`targetPort`가 컨테이너의 포트입니다.", en="`targetPort` is the container's."),
                right=True,
            ),
            Option(
                Text(ko="8080번", en="8080"),
                Text(
                    ko="8080번은 port-forward가 여러분의 컴퓨터에서 흔히 쓰는 포트입니다.",
                    en="That is what port-forward often takes on your own computer.",
                ),
            ),
        ),
    ),
    Question(
        "restart",
        Text(
            ko="파드가 지워지고 새 파드가 다른 IP로 떴습니다. 부르는 쪽은 무엇을 고쳐야 합니까?",
            en="A Pod is gone, and a new one has another IP. What has to change in those who call it?",
        ),
        (
            Option(
                Text(ko="새 파드의 IP로 고친다", en="they need the new Pod's IP"),
                Text(ko="그 일을 하지 않으려고 서비스를 둡니다.", en="To be spared that, you have a Service."),
            ),
            Option(
                Text(ko="서비스를 지우고 다시 만든다", en="you delete the Service and make it anew"),
                Text(ko="서비스는 레이블로 새 파드를 찾아냅니다.", en="The Service finds the new Pod by its label."),
            ),
            Option(
                Text(ko="아무것도 고치지 않는다", en="nothing"),
                Text(ko="서비스의 이름과 IP는 그대로입니다.", en="The Service keeps its name and its IP."),
                right=True,
            ),
        ),
    ),
)
