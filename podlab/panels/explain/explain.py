"""Explain: what is going on with one Pod, in a sentence, with the evidence and one next step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from traitlets import Dict

from podlab.diagnosis import Finding, diagnose
from podlab.errors import PodlabError
from podlab.panels import background, writer
from podlab.panels.board.detail import about
from podlab.panels.feed import feed
from podlab.panels.panel import Object, Panel, coded, module, pod_named
from podlab.panels.row import Tone, row
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client
    from podlab.kubectl import Kubectl

LABELS = {
    "panel": Text(ko="파드 진단", en="Pod diagnosis"),
    "title": Text(ko="{name} 파드에 무슨 일이 있습니까?", en="What is going on with Pod {name}?"),
    "absent": Text(ko="{name} 파드는 지금 없습니다.", en="There is no Pod {name} right now."),
    "evidence": Text(ko="근거", en="Evidence"),
    "last_line": Text(ko="로그의 마지막 줄: {line}", en="last line of the log: {line}"),
    "next": Text(ko="다음 할 일", en="Next step"),
    "copy": Text(ko="kubectl 명령 복사", en="Copy the kubectl line"),
    "copied": Text(ko="복사했습니다: {line}", en="Copied: {line}"),
    "not_copied": Text(ko="복사하지 못했습니다. 명령: {line}", en="Could not copy. The line: {line}"),
    "many": Text(ko="상태가 {count}번 바뀌었습니다.", en="The state changed {count} times."),
}
NO_LOG = "unable to retrieve container logs for "
"""What the kubelet answers for a log that is not there any more, which is no evidence."""
LOG = re.compile(r"kubectl logs \S+ -c (?P<container>\S+)(?P<previous> --previous)?")


class Explain(Panel):
    """What is going on with one Pod: a sentence, where it is seen, the one thing to do next with its kubectl line.

    Args:
        source: the `Kubectl` that `start()` gave, or a `Client`.
        name: the Pod's name.
        namespace: another namespace than the source's own.
    """

    _esm = module("explain/explain")
    finding: Any = Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, source: Kubectl | Client, name: str, namespace: str | None = None) -> None:
        self._name = name = pod_named("Explain", name, namespace)
        self._lines: dict[tuple[object, ...], str] = {}
        named = {key: LABELS[key].format(name=name) for key in ("title", "absent")}
        super().__init__(source, namespace, LABELS | named)
        self._events = feed(self._client, f"/api/v1/namespaces/{self._namespace}/events")

    def __repr__(self) -> str:
        return f"Explain({self._name!r}, namespace={self._namespace!r})"

    def _one(self, pods: list[Object]) -> Object | None:
        return next((pod for pod in pods if pod["metadata"]["name"] == self._name), None)

    def _draw(self, pods: list[Object]) -> Mapping[str, Any]:
        self._follow_too(self._events)
        pod = self._one(pods)
        if pod is None:
            return {"finding": None}
        found = diagnose(dict(pod), [dict(each) for each in about(pod, self._events.objects())])
        return {"finding": told(pod, found, self._last_line(pod, found))}

    def _last_line(self, pod: Object, found: Finding) -> str:
        """The last line of the log that the next step names; asked for once for each run of the container."""
        asked = log_query(found)
        if asked is None:
            return ""
        key = (pod["metadata"]["uid"], row(pod).restarts, *asked.values())
        if key not in self._lines:
            self._lines = {key: ""}
            background.begin(lambda: self._read(key, asked), "podlab-last-line")
        return self._lines[key]

    def _read(self, key: tuple[object, ...], asked: Mapping[str, object]) -> None:
        self._lines[key] = self._tail(asked)
        writer.schedule(self)

    def _tail(self, asked: Mapping[str, object]) -> str:
        path = f"{self._feed.path}/{self._name}/log"
        try:
            line = self._client.request("GET", path, query=asked, timeout=5.0).text.strip().rpartition("\n")[2]
        except PodlabError:
            return ""
        return "" if line.startswith(NO_LOG) else line

    def _release(self) -> None:
        self._events.leave(self._changed)

    def _twin(self, pods: list[Object], now: datetime) -> str:
        pod = self._one(pods)
        if pod is None:
            return f"<p>{escape(str(LABELS['absent'].format(name=self._name)))}</p>"
        events = about(pod, self._client.get(self._events.path)["items"])
        found = diagnose(dict(pod), [dict(each) for each in events])
        asked = log_query(found)
        return twin(told(pod, found, self._tail(asked) if asked else ""))


def told(pod: Object, found: Finding, last_line: str = "") -> dict[str, Any]:
    """What the panel shows of a finding, in the language of now."""
    line = row(pod)
    evidence: Sequence[str] = [*found.evidence]
    if last_line:
        evidence = [*evidence, str(LABELS["last_line"].format(line=last_line))]
    return {
        **{name: getattr(line, name) for name in ("name", "ready", "status")},
        "tone": _tone(line.tone, found.healthy),
        "id": found.id,
        "healthy": found.healthy,
        "sentence": str(found.sentence),
        "evidence": evidence,
        "next_step": str(found.next_step),
        "command": found.command + _where(pod),
    }


def _tone(seen: Tone, healthy: bool) -> Tone:
    """The row's own, unless the finding knows better: a container that runs again may have been killed before."""
    if healthy:
        return "waiting" if seen == "failing" else seen
    return "failing" if seen == "ready" else seen


def _where(pod: Object) -> str:
    namespace = pod["metadata"].get("namespace", "default")
    return "" if namespace == "default" else f" -n {namespace}"


def log_query(found: Finding) -> dict[str, object] | None:
    """The query for the last line of the log that the finding's next step reads, if it reads one container's."""
    named = LOG.fullmatch(found.command)
    if named is None or found.healthy:
        return None
    previous = "true" if named["previous"] else "false"
    return {"container": named["container"], "previous": previous, "tailLines": 1}


def twin(drawn: Mapping[str, Any]) -> str:
    """The same as plain HTML."""
    evidence = "".join(f"<li>{escape(line)}</li>" for line in drawn["evidence"])
    return "\n".join(
        [
            f"<p><strong>{escape(drawn['name'])}</strong> ({escape(drawn['status'])}, {escape(drawn['ready'])}): "
            f"{escape(drawn['sentence'])}</p>",
            f"<p>{escape(str(LABELS['evidence']))}</p><ul>{evidence}</ul>" if evidence else "",
            f"<p>{escape(str(LABELS['next']))}: {coded(drawn['next_step'])}<br>"
            f"<code>{escape(drawn['command'])}</code></p>",
        ]
    )
