"""Timeline: one Pod's life on a time axis, from its watch events and its Events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from traitlets import Dict

from podlab.apimachinery.duration import human_duration
from podlab.panels import writer
from podlab.panels.board.detail import about
from podlab.panels.feed import feed
from podlab.panels.panel import Object, Panel, module, pod_named
from podlab.panels.timeline.life import Moment, Seen, Span, moments, spans
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client
    from podlab.kubectl import Kubectl

MOST = 500  # observations that are kept of one Pod: its beginning, and what came last
WORDS = {
    "created": Text(ko="파드가 만들어짐", en="Pod created"),
    "unscheduled": Text(ko="스케줄하지 못함", en="could not be scheduled"),
    "scheduled": Text(ko="노드에 스케줄됨", en="scheduled to a node"),
    "pulling": Text(ko="이미지를 내려받기 시작", en="pulling the image"),
    "pulled": Text(ko="이미지가 준비됨", en="image is there"),
    "failed": Text(ko="실패", en="failed"),
    "started": Text(ko="컨테이너 시작", en="container started"),
    "ended": Text(ko="컨테이너 종료", en="container ended"),
    "backoff": Text(ko="다시 시작하기 전에 기다림", en="waiting before the next try"),
    "unhealthy": Text(ko="프로브 실패", en="probe failed"),
    "ready": Text(ko="Ready가 됨", en="Ready"),
    "unready": Text(ko="Ready가 아님", en="not Ready"),
    "terminating": Text(ko="삭제 시작(Terminating)", en="deletion began (Terminating)"),
    "gone": Text(ko="사라짐", en="gone"),
}
PHASES = {
    "pending": (Text(ko="노드를 기다림", en="waiting for a node"), "waiting"),
    "preparing": (Text(ko="준비 중", en="being prepared"), "waiting"),
    "starting": (Text(ko="시작됨, 아직 Ready 아님", en="started, not Ready yet"), "waiting"),
    "serving": (Text(ko="Ready", en="Ready"), "ready"),
    "down": (Text(ko="Ready 아님", en="not Ready"), "failing"),
    "terminating": (Text(ko="Terminating", en="Terminating"), "leaving"),
    "pulling": (Text(ko="이미지 내려받기", en="pulling the image"), "waiting"),
    "made": (Text(ko="컨테이너 만들기", en="being created"), "waiting"),
    "running": (Text(ko="실행 중", en="running"), "ready"),
    "done": (Text(ko="끝남", en="ended"), "done"),
    "failed": (Text(ko="실패", en="failed"), "failing"),
    "backoff": (Text(ko="재시작 대기(back-off)", en="back-off"), "failing"),
}
LABELS = {
    "panel": Text(ko="파드 타임라인", en="Pod timeline"),
    "title": Text(ko="{name} 파드의 일생", en="The life of Pod {name}"),
    "absent": Text(ko="{name} 파드는 지금 없습니다.", en="There is no Pod {name} right now."),
    "pod": Text(ko="파드", en="Pod"),
    "happened": Text(ko="있었던 일", en="What happened"),
    "since": Text(ko="만들어진 뒤", en="SINCE CREATION"),
    "what": Text(ko="있었던 일", en="WHAT HAPPENED"),
    "replay": Text(ko="다시 보기", en="Replay"),
    "position": Text(ko="시점", en="Point in time"),
    "took": Text(ko="{phase}: {age}", en="{phase}: {age}"),
    "many": Text(ko="일이 {count}건 있었습니다.", en="{count} things happened."),
}
COLOURS = {"ready": "#2e7d4f", "waiting": "#b7791f", "failing": "#b3261e", "done": "#33567d", "leaving": "#6b6b76"}


class Timeline(Panel):
    """One Pod's life: scheduled, pulled, started, ready, restarted, terminating, gone, with durations and a replay.

    Args:
        source: the `Kubectl` that `start()` gave, or a `Client`.
        name: the Pod's name; of two that follow each other under one name, the later one is shown.
        namespace: another namespace than the source's own.
    """

    _esm = module("timeline/timeline")
    life: Any = Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, source: Kubectl | Client, name: str, namespace: str | None = None) -> None:
        self._name = name = pod_named("Timeline", name, namespace)
        self._pods: list[Seen] = []
        self._told: list[Seen] = []
        named = {key: LABELS[key].format(name=name) for key in ("title", "absent")}
        super().__init__(source, namespace, LABELS | named)
        self._events = feed(self._client, f"/api/v1/namespaces/{self._namespace}/events")

    def __repr__(self) -> str:
        return f"Timeline({self._name!r}, namespace={self._namespace!r})"

    def svg(self) -> str:
        """The Pod's life until now as one SVG picture, to scale; empty where there is no such Pod."""
        self._take_lists()
        return svg(self._name, self._moments(), self._client.server_now())

    def _moments(self) -> list[Moment]:
        return moments(list(self._pods), list(self._told))

    def _changed(self, event: Object) -> None:
        """What a watch tells in this moment, Pod or Event."""
        obj = event.get("object")
        if obj is not None:
            seen = Seen(self._client.server_now(), obj, live=True, deleted=event["type"] == "DELETED")
            self._take(seen)
        writer.schedule(self)

    def _take(self, seen: Seen) -> None:
        obj, uid = seen.obj, self._pods[-1].obj["metadata"]["uid"] if self._pods else ""
        if "involvedObject" in obj:
            if not seen.deleted and obj["involvedObject"].get("name") == self._name:
                _keep(self._told, seen)
        elif obj["metadata"]["name"] == self._name:
            if uid not in ("", obj["metadata"]["uid"]):
                self._pods.clear()
            _keep(self._pods, seen)

    def _take_lists(self, pods: Sequence[Object] = (), events: Sequence[Object] = ()) -> None:
        """What a list tells, which nobody saw happen."""
        now = self._client.server_now()
        for obj in [*(pods or self._feed.objects()), *(events or self._events.objects())]:
            known = self._told if "involvedObject" in obj else self._pods
            version = obj["metadata"].get("resourceVersion")
            if not any(seen.obj["metadata"].get("resourceVersion") == version for seen in known):
                self._take(Seen(now, obj))

    def _draw(self, pods: list[Object]) -> Mapping[str, Any]:
        self._follow_too(self._events)
        self._take_lists()
        if not self._pods:
            return {"life": None}
        uid = self._pods[-1].obj["metadata"]["uid"]
        told = [seen for seen in self._told if seen.obj["involvedObject"].get("uid") == uid]
        return {"life": layout(moments(list(self._pods), told))}

    def _release(self) -> None:
        self._events.leave(self._changed)

    def _twin(self, pods: list[Object], now: datetime) -> str:
        pod = next((each for each in pods if each["metadata"]["name"] == self._name), None)
        if pod is None:
            return f"<p>{escape(str(LABELS['absent'].format(name=self._name)))}</p>"
        events = about(pod, self._client.get(self._events.path)["items"])
        return twin(self._name, moments([Seen(now, pod)], [Seen(now, each) for each in events]))


def _keep(known: list[Seen], seen: Seen) -> None:
    known.append(seen)
    if len(known) > MOST:
        del known[MOST // 2]


def layout(happened: Sequence[Moment]) -> dict[str, Any]:
    """What the drawing needs: lanes of spans and the moments, in milliseconds of the server's clock and in words."""
    drawn = spans(happened)
    lanes = list(dict.fromkeys(span.lane for span in drawn))
    return {
        "begin": _ms(happened[0].at),
        "end": _ms(happened[-1].at) if happened[-1].kind == "gone" else None,
        "lanes": [{"name": name, "spans": [_span(s) for s in drawn if s.lane == name]} for name in lanes],
        "moments": [{"at": _ms(m.at), "kind": m.kind, "lane": m.container, "text": sentence(m)} for m in happened],
    }


def _span(span: Span) -> dict[str, Any]:
    word, tone = PHASES[span.phase]
    end = None if span.end is None else _ms(span.end)
    return {"phase": span.phase, "word": str(word), "tone": tone, "start": _ms(span.start), "end": end}


def _ms(time: datetime) -> float:
    return round(time.timestamp() * 1000)


def sentence(moment: Moment) -> str:
    """The moment in words: `nginx-container: container ended (Error 1)`."""
    where = f"{moment.container}: " if moment.container else ""
    note = f" ({moment.note})" if moment.note and moment.kind in ("ended", "failed", "unscheduled", "unhealthy") else ""
    return f"{where}{WORDS[moment.kind]}{note}"


def twin(name: str, happened: Sequence[Moment]) -> str:
    """The same as a table: when after the Pod's creation, and what."""
    lines = [
        f"<tr><td>{human_duration(m.at - happened[0].at)}</td><td>{escape(sentence(m))}</td></tr>" for m in happened
    ]
    head = "".join(f'<th scope="col">{escape(str(LABELS[key]))}</th>' for key in ("since", "what"))
    caption = escape(str(LABELS["title"].format(name=name)))
    top = ["<table>", f"<caption>{caption}</caption>", f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    return "\n".join([*top, *lines, "</tbody>", "</table>"])


def svg(name: str, happened: Sequence[Moment], now: datetime) -> str:
    """The life to scale, as a picture that needs neither script nor style sheet; "" for no life."""
    if not happened:
        return ""
    drawn = spans(happened)
    begin, end = happened[0].at, happened[-1].at if happened[-1].kind == "gone" else max(now, happened[-1].at)
    whole = max((end - begin).total_seconds(), 0.001)
    lanes = list(dict.fromkeys(span.lane for span in drawn))
    parts = []
    for row, lane in enumerate(lanes):
        top = 40 + 34 * row
        parts.append(f'<text x="8" y="{top + 15}">{escape(lane or str(LABELS["pod"]))}</text>')
        for span in (each for each in drawn if each.lane == lane):
            left = (span.start - begin).total_seconds() / whole
            width = ((span.end or end) - span.start).total_seconds() / whole
            word, tone = PHASES[span.phase]
            took = human_duration((span.end or end) - span.start)
            parts.append(
                f'<rect x="{160 + 620 * left:.1f}" y="{top}" width="{max(2.0, 620 * width):.1f}" height="22" '
                f'fill="{COLOURS[tone]}"><title>{escape(str(word))}: {took}</title></rect>'
            )
    height = 60 + 34 * len(lanes)
    title = escape(str(LABELS["title"].format(name=name)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" role="img" aria-label="{title}" '
        f'font-family="sans-serif" font-size="13"><rect width="800" height="{height}" fill="#ffffff"/>'
        f'<text x="8" y="22" font-weight="bold">{title}</text>{"".join(parts)}'
        f'<text x="160" y="{height - 6}">0s</text><text x="780" y="{height - 6}" text-anchor="end">'
        f"{human_duration(end - begin)}</text></svg>"
    )
