"""Controllers: who keeps which Pods there, as a live tree: Deployment, ReplicaSets old and new side by side, Pods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from traitlets import List, Unicode

from podlab.errors import ApiError
from podlab.panels.controllers.tree import tree
from podlab.panels.feed import feed
from podlab.panels.panel import Object, Panel, module
from podlab.panels.simulated import NOTE, is_simulated
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client
    from podlab.kubectl import Kubectl

PATHS = {
    "Deployment": "/apis/apps/v1/namespaces/{namespace}/deployments",
    "StatefulSet": "/apis/apps/v1/namespaces/{namespace}/statefulsets",
    "DaemonSet": "/apis/apps/v1/namespaces/{namespace}/daemonsets",
    "CronJob": "/apis/batch/v1/namespaces/{namespace}/cronjobs",
    "Job": "/apis/batch/v1/namespaces/{namespace}/jobs",
    "ReplicaSet": "/apis/apps/v1/namespaces/{namespace}/replicasets",
}
LABELS = {
    "panel": Text(ko="컨트롤러", en="Controllers"),
    "empty": Text(ko="지금은 컨트롤러도 파드도 없습니다.", en="There are no controllers and no Pods right now."),
    "pods": Text(ko="파드", en="Pods"),
    "no_pods": Text(ko="파드 없음", en="no Pods"),
    "appeared": Text(ko="새 파드", en="new Pod"),
    "deleted": Text(ko="삭제됨", en="deleted"),
    "emptied": Text(ko="비워서 남겨 둠", en="emptied, and kept"),
    "restarts": Text(ko="재시작 {n}번", en="restarts: {n}"),
    "left": Text(ko="{kind} {name}: 삭제되었습니다.", en="{kind} {name} is gone."),
    "changed": Text(ko="{kind} {name}: {said}.", en="{kind} {name}: {said}."),
    "many": Text(ko="컨트롤러 변화 {count}건.", en="{count} changes of controllers."),
}
CAPTION = Text(
    ko="네임스페이스 {namespace}의 컨트롤러와 파드", en="Controllers and their Pods in namespace {namespace}"
)
REFUSED = Text(ko="서버가 보여 주지 않은 것: {kinds}", en="The server refused to show: {kinds}")


class Controllers(Panel):
    """The controllers of a namespace and the Pods that they keep there, as a live tree.

    Args:
        source: the `Kubectl` that `start()` gave, or a `Client`.
        namespace: another namespace than the source's own.
    """

    _esm = module("controllers/controllers")
    controllers: Any = List(allow_none=True, default_value=None).tag(sync=True)
    refused = Unicode("").tag(sync=True)

    def __init__(self, source: Kubectl | Client, namespace: str | None = None) -> None:
        self._caption = CAPTION.format(namespace=namespace or source.namespace)
        super().__init__(source, namespace, LABELS | {"caption": self._caption})
        if is_simulated(self._client):
            self.labels = {**self.labels, "note": str(NOTE)}
        paths = {kind: path.format(namespace=self._namespace) for kind, path in PATHS.items()}
        self._owners = {kind: feed(self._client, path) for kind, path in paths.items()}

    def __repr__(self) -> str:
        return f"Controllers(namespace={self._namespace!r})"

    def _draw(self, pods: list[Object]) -> Mapping[str, Any]:
        for each in self._owners.values():
            self._follow_too(each)
        if any(each.connection == "connecting" for each in (self._feed, *self._owners.values())):
            return {}
        hidden = [kind for kind, each in self._owners.items() if each.connection == "refused"]
        lists = {kind: each.objects() for kind, each in self._owners.items()}
        return {"controllers": tree(pods, lists), "refused": refusal(hidden)}

    def _release(self) -> None:
        for each in self._owners.values():
            each.leave(self._changed)

    def _twin(self, pods: list[Object], now: datetime) -> str:
        lists: dict[str, list[Object]] = {}
        hidden = []
        for kind, each in self._owners.items():
            try:
                lists[kind] = self._client.get(each.path)["items"]
            except ApiError:
                hidden.append(kind)
        return twin(str(self._caption), tree(staying(pods), lists), refusal(hidden))


def refusal(kinds: list[str]) -> str:
    """What is missing in the tree, because the server does not let this user see it."""
    return str(REFUSED.format(kinds=", ".join(kinds))) if kinds else ""


def staying(pods: list[Object]) -> list[Object]:
    """Those that nobody is deleting: how long the others linger differs from run to run, and they count no more."""
    return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]


def twin(caption: str, roots: Sequence[Mapping[str, Any]], refused: str = "") -> str:
    """The tree as nested lists. Names that were drawn by lot stay out: they differ from run to run."""
    lines = [f"<p>{escape(refused)}</p>"] if refused else []
    if not roots:
        return "\n".join([f"<p>{escape(caption)}: {escape(str(LABELS['empty']))}</p>", *lines])
    items = [f"<li>{_told(each)}</li>" for each in roots]
    return "\n".join([f"<p><strong>{escape(caption)}</strong></p>", "<ul>", *items, "</ul>", *lines])


def _told(node: Mapping[str, Any]) -> str:
    drawn = node["kind"] == "ReplicaSet" and node["note"]
    names = [node["kind"], node["note"] if drawn else node["name"], node["mark"], node["image"]]
    head = ", ".join(each for each in (" ".join(filter(None, names[:2])), *names[2:]) if each)
    inside = [_told(child) for child in node["children"]]
    inside += _pods(node)
    inside += [escape(node["kept"])] if node["kept"] else []
    listed = "".join(f"<li>{each}</li>" for each in inside)
    words = f": {escape(node['said'])}" if node["said"] else ""
    return f"<strong>{escape(head)}</strong>{words}" + (f"<ul>{listed}</ul>" if listed else "")


def _pods(node: Mapping[str, Any]) -> list[str]:
    """Pods whose names last are named; the others are counted by what they are."""
    if node["kind"] in ("StatefulSet", ""):
        return [f"<code>{escape(pod['name'])}</code> {escape(_state(pod))}" for pod in node["pods"]]
    counted = Counter(_state(pod) for pod in node["pods"])
    return [f"{count} × {escape(state)}" for state, count in sorted(counted.items())]


def _state(pod: Mapping[str, Any]) -> str:
    return f"{pod['status']} {pod['ready']}"
