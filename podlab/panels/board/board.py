"""PodBoard: every Pod of a namespace as a live row, as `kubectl get pods -o wide` has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from traitlets import Dict, List

from podlab.apimachinery.times import age
from podlab.errors import PodlabError
from podlab.panels import background, writer
from podlab.panels.board.detail import LABELS as DETAIL_LABELS
from podlab.panels.board.detail import about, detail
from podlab.panels.feed import feed
from podlab.panels.logs import Tail
from podlab.panels.panel import Object, Panel, module, spoken
from podlab.panels.row import Row, row
from podlab.panels.selector import matcher
from podlab.panels.simulated import NOTE, is_simulated
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client
    from podlab.kubectl import Kubectl

HEADS = ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
WIDE = (*HEADS, "IP", "NODE")  # IP and node stay out of the twin: they differ from cluster to cluster
LABELS = {
    "panel": Text(ko="파드 현황판", en="Pod board"),
    "empty": Text(ko="지금은 파드가 없습니다.", en="There are no Pods right now."),
    "appeared": Text(ko="새 파드", en="new"),
    "deleted": Text(ko="삭제됨", en="Deleted"),
    "changed": Text(ko="{name} 파드: {status}, {ready} 준비됨.", en="Pod {name}: {status}, {ready} ready."),
    "left": Text(ko="{name} 파드가 삭제되었습니다.", en="Pod {name} is gone."),
    "many": Text(ko="파드 변화 {count}건.", en="{count} changes of Pods."),
    "ago": Text(ko="{n} ({age} 전)", en="{n} ({age} ago)"),
    "ready_word": Text(ko="모든 컨테이너가 준비되었습니다", en="every container is ready"),
    "waiting_word": Text(ko="아직 준비되는 중입니다", en="still getting ready"),
    "failing_word": Text(ko="문제가 있습니다", en="something is wrong"),
    "done_word": Text(ko="할 일을 마쳤습니다", en="has finished its work"),
    "leaving_word": Text(ko="종료되는 중입니다", en="is shutting down"),
} | {f"{head.lower()}_head": Text(ko=head, en=head) for head in WIDE}
CAPTION = Text(ko="네임스페이스 {namespace}의 파드", en="Pods in namespace {namespace}")
SELECTED = Text(
    ko="네임스페이스 {namespace}에서 레이블이 {selector}인 파드", en="Pods in namespace {namespace} with {selector}"
)


class PodBoard(Panel):
    """Live rows of the Pods in a namespace, as `kubectl get pods --watch` would tell them.

    Args:
        source: the `Kubectl` that `start()` gave, or a `Client`.
        namespace: another namespace than the source's own.
        selector: only Pods with these labels, such as `app=webserver`.

    Raises:
        ValueError: `selector` is no label selector.
    """

    _esm = module("board/detail", "board/board")
    details: Any = Dict().tag(sync=True)
    rows: Any = List().tag(sync=True)

    def __init__(self, source: Kubectl | Client, namespace: str | None = None, selector: str | None = None) -> None:
        self._matches = matcher(selector)
        self._selector = selector
        wording = SELECTED if selector else CAPTION
        self._caption = wording.format(namespace=namespace or source.namespace, selector=selector)
        self._open: dict[str, str] = {}
        self._tails: dict[str, Tail] = {}
        self._drawn: dict[tuple[str, str], dict[str, Any]] = {}
        super().__init__(source, namespace, DETAIL_LABELS | LABELS | {"caption": self._caption})
        if is_simulated(self._client):
            self.labels = {**self.labels, "note": str(NOTE)}
        self._events = feed(self._client, f"/api/v1/namespaces/{self._namespace}/events")

    def __repr__(self) -> str:
        selector = f", selector={self._selector!r}" if self._selector else ""
        return f"PodBoard(namespace={self._namespace!r}{selector})"

    def _rows(self, pods: list[Object]) -> list[Row]:
        return [row(pod) for pod in self._chosen(pods)]

    def _chosen(self, pods: list[Object]) -> list[Object]:
        return [pod for pod in pods if self._matches(pod["metadata"].get("labels") or {})]

    def _draw(self, pods: list[Object]) -> Mapping[str, Any]:
        before, chosen = self._drawn, self._chosen(pods)
        self._drawn = {_version(pod): before.get(_version(pod)) or row(pod).as_dict() for pod in chosen}
        rows = list(self._drawn.values())
        opened = dict(self._open)
        return {"rows": rows, "details": dict(self._details(pods, opened))}

    def _details(self, pods: list[Object], opened: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
        events, now = self._events.objects(), self._client.server_now()
        for pod in pods:
            uid = pod["metadata"]["uid"]
            if uid in opened:
                tail = self._tails.get(uid)
                yield uid, detail(pod, about(pod, events), opened[uid], tail.text if tail else "", now)

    def _act(self, content: Mapping[str, Any]) -> None:
        uid, event = str(content.get("uid")), content.get("event")
        pod = next((each for each in self._feed.objects() if each["metadata"]["uid"] == uid), None)
        if event == "shut" or pod is None:
            self._open.pop(uid, None)
            self._follow_log(uid, None, "")
        elif event in ("open", "pane"):
            self._open[uid] = pane = str(content.get("pane", ""))
            self._follow_log(uid, pod, pane.partition(":")[2])
        elif event == "delete":
            background.begin(lambda: self._delete(pod), "podlab-delete")
        follow = self._events.follow if self._open else self._events.leave
        follow(self._changed)

    def _follow_log(self, uid: str, pod: Object | None, container: str) -> None:
        if tail := self._tails.pop(uid, None):
            tail.stop()
        if pod is not None and container:
            path = f"{self._feed.path}/{pod['metadata']['name']}"
            self._tails[uid] = Tail(self._client, path, container, lambda: writer.schedule(self))

    def _delete(self, pod: Object) -> None:
        """Delete the Pod and say so in its row; in the background, because a button must answer at once."""
        name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
        try:
            self._client.request("DELETE", f"{self._feed.path}/{name}", body={"preconditions": {"uid": uid}})
            said = f"$ kubectl delete pod {name}" + (f" -n {self._namespace}" if self._namespace != "default" else "")
        except PodlabError as error:
            said = str(error)
        self.send({"event": "said", "uid": uid, "text": said})
        self._hear_while_busy()

    def _release(self) -> None:
        for uid in list(self._tails):
            self._follow_log(uid, None, "")
        self._open.clear()
        self._events.leave(self._changed)

    def _twin(self, pods: list[Object], now: datetime) -> str:
        return twin(str(self._caption), self._rows(pods), now)


def _version(pod: Object) -> tuple[str, str]:
    """What tells one state of a Pod from all others, so that a row is made once for each."""
    return pod["metadata"]["uid"], str(pod["metadata"].get("resourceVersion", ""))


def twin(caption: str, rows: list[Row], now: datetime) -> str:
    """The board as a plain HTML table, for GitHub, nbviewer and paper."""
    if not rows:
        return f"<p>{escape(caption)}: {escape(str(LABELS['empty']))}</p>"
    head = "".join(f'<th scope="col">{name}</th>' for name in HEADS)
    lines = [f"<tr>{_cells(each, now)}</tr>" for each in rows]
    top = ["<table>", f"<caption>{escape(caption)}</caption>", f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    return "\n".join([*top, *lines, "</tbody>", "</table>"])


def _cells(each: Row, now: datetime) -> str:
    restarts = str(each.restarts)
    if each.restarts and each.restarted:
        restarts = str(LABELS["ago"].format(n=each.restarts, age=spoken(age(each.restarted, now))))
    cells = (each.ready, each.status, restarts, age(each.created, now))
    return f'<th scope="row">{escape(each.name)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
