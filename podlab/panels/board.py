"""PodBoard: every Pod of a namespace as a live row of NAME, READY, STATUS, RESTARTS and AGE."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from traitlets import List

from podlab.kubectl.duration import age
from podlab.panels.panel import Object, Panel, module
from podlab.panels.row import Row, row
from podlab.panels.selector import matcher
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client
    from podlab.kubectl import Kubectl

HEADS = ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
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
} | {f"{head.lower()}_head": Text(ko=head, en=head) for head in HEADS}
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

    _esm = module("board")
    rows: Any = List().tag(sync=True)

    def __init__(self, source: Kubectl | Client, namespace: str | None = None, selector: str | None = None) -> None:
        self._matches = matcher(selector)
        self._selector = selector
        wording = SELECTED if selector else CAPTION
        self._caption = wording.format(namespace=namespace or source.namespace, selector=selector)
        super().__init__(source, namespace, LABELS | {"caption": self._caption})

    def __repr__(self) -> str:
        selector = f", selector={self._selector!r}" if self._selector else ""
        return f"PodBoard(namespace={self._namespace!r}{selector})"

    def _rows(self, pods: list[Object]) -> list[Row]:
        return [row(pod) for pod in pods if self._matches(pod["metadata"].get("labels") or {})]

    def _draw(self, pods: list[Object]) -> Mapping[str, Any]:
        return {"rows": [each.as_dict() for each in self._rows(pods)]}

    def _twin(self, pods: list[Object], now: datetime) -> str:
        return twin(str(self._caption), self._rows(pods), now)


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
        restarts = str(LABELS["ago"].format(n=each.restarts, age=age(each.restarted, now)))
    cells = (each.ready, each.status, restarts, age(each.created, now))
    return f'<th scope="row">{escape(each.name)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
