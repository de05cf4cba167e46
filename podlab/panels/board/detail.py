"""What a row tells when it is opened: containers, conditions, volumes, events, and the text of one pane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from podlab.apimachinery.yamlprinter import to_yaml
from podlab.kubectl.describe.containers import probe_text
from podlab.kubectl.describe.pod import describe_pod
from podlab.panels.anatomy.anatomy import anatomy
from podlab.text import Text

Object = Mapping[str, Any]

PROBES = {"startupProbe": "startup", "readinessProbe": "readiness", "livenessProbe": "liveness"}
LABELS = {
    "address": Text(ko="IP 주소", en="IP address"),
    "node_name": Text(ko="노드", en="Node"),
    "labels": Text(ko="레이블", en="Labels"),
    "none": Text(ko="없음", en="none"),
    "containers": Text(ko="컨테이너", en="Containers"),
    "image": Text(ko="이미지", en="image"),
    "ports": Text(ko="포트", en="port"),
    "exit_code": Text(ko="종료 코드 {code}", en="exit code {code}"),
    "last_state": Text(ko="직전 상태: {state}", en="last state: {state}"),
    "probe": Text(ko="프로브", en="probe"),
    "restarted_times": Text(ko="재시작 {n}번", en="{n} restarts"),
    "mounts": Text(ko="볼륨 {volume}: {path}", en="volume {volume} at {path}"),
    "conditions": Text(ko="조건", en="Conditions"),
    "volumes": Text(ko="볼륨", en="Volumes"),
    "used_by": Text(ko="쓰는 컨테이너: {names}", en="used by {names}"),
    "unused": Text(ko="아무도 쓰지 않습니다", en="used by nobody"),
    "events": Text(ko="이벤트", en="Events"),
    "no_events": Text(
        ko="이벤트가 없습니다(한 시간이 지나면 사라집니다).", en="No events (they vanish after an hour)."
    ),
    "times": Text(ko="{age} 전, {count}번", en="{age} ago, {count} times"),
    "once": Text(ko="{age} 전", en="{age} ago"),
    "main": Text(ko="컨테이너", en="container"),
    "sidecar": Text(ko="사이드카 컨테이너", en="sidecar container"),
    "init": Text(ko="초기화 컨테이너", en="init container"),
    "ephemeral": Text(ko="임시 컨테이너", en="ephemeral container"),
    "logs": Text(ko="로그", en="Logs"),
    "logs_of": Text(ko="{name} 컨테이너의 로그", en="Logs of container {name}"),
    "describe": Text(ko="describe", en="Describe"),
    "yaml": Text(ko="YAML", en="YAML"),
    "delete": Text(ko="삭제", en="Delete"),
    "really": Text(ko="{name} 파드를 정말 삭제합니까?", en="Really delete the Pod {name}?"),
    "confirm": Text(ko="예, 삭제합니다", en="Yes, delete it"),
    "cancel": Text(ko="아니요", en="No"),
    "copy": Text(ko="kubectl 명령 복사", en="Copy the kubectl line"),
    "copied": Text(ko="복사했습니다: {line}", en="Copied: {line}"),
    "not_copied": Text(ko="복사하지 못했습니다. 명령: {line}", en="Could not copy. The line: {line}"),
    "waiting_kernel": Text(
        ko="커널의 답을 기다립니다. 셀이 실행 중이면 끝난 뒤에 나타날 수 있습니다.",
        en="Waiting for the kernel. If a cell is running, this may come after it.",
    ),
}


def detail(pod: Object, events: Sequence[Object], pane: str, logs: str, now: datetime) -> dict[str, Any]:
    """Everything that an opened row shows.

    Args:
        events: the Events about this Pod.
        pane: which text is open: `describe`, `yaml`, `logs:CONTAINER`, or empty for none.
        logs: the log's text, if that is the open one.
        now: the server's time.
    """
    drawn = anatomy(pod)
    return {
        **{name: drawn[name] for name in ("ip", "node", "volumes")},
        "pod_labels": [f"{key}={value}" for key, value in (pod["metadata"].get("labels") or {}).items()],
        "containers": [each | _more(pod, each["name"]) for each in drawn["containers"]],
        "conditions": [
            {name: each.get(name, "") for name in ("type", "status", "reason", "message")}
            for each in pod.get("status", {}).get("conditions") or []
        ],
        "events": [_event(each) for each in sorted(events, key=_when)],
        "pane": pane,
        "line": line(pod, pane),
        "text": logs if pane.startswith("logs:") else text(pod, events, pane, now),
    }


def line(pod: Object, pane: str) -> str:
    """The kubectl line that says the same as the open pane."""
    metadata = pod["metadata"]
    name, namespace = metadata["name"], metadata.get("namespace", "default")
    where = "" if namespace == "default" else f" -n {namespace}"
    if pane.startswith("logs:"):
        return f"kubectl logs -f {name} -c {pane.partition(':')[2]}{where}"
    verbs = {"describe": f"describe pod {name}", "yaml": f"get pod {name} -o yaml"}
    return f"kubectl {verbs.get(pane, f'get pod {name}')}{where}"


def text(pod: Object, events: Sequence[Object], pane: str, now: datetime) -> str:
    """The text of a pane that is computed from objects, as kubectl prints it."""
    if pane == "describe":
        return describe_pod(dict(pod), [dict(each) for each in events], now)
    if pane == "yaml":
        metadata = {key: value for key, value in pod["metadata"].items() if key != "managedFields"}
        return to_yaml({"apiVersion": "v1", "kind": "Pod", **pod, "metadata": metadata})
    return ""


def about(pod: Object, events: Sequence[Object]) -> list[Object]:
    """The Events about this very Pod, not one of the same name before it."""
    return [each for each in events if (each.get("involvedObject") or {}).get("uid") == pod["metadata"].get("uid")]


def _more(pod: Object, name: str) -> dict[str, Any]:
    spec, status = pod["spec"], pod.get("status", {})
    all_specs = [*(spec.get("initContainers") or []), *spec["containers"], *(spec.get("ephemeralContainers") or [])]
    container = next(each for each in all_specs if each["name"] == name)
    keys = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
    seen: Object = next((s for key in keys for s in status.get(key) or [] if s["name"] == name), {})
    probes = [f"{word}: {probe_text(container[key])}" for key, word in PROBES.items() if key in container]
    return {
        "probes": probes,
        "message": _message(seen),
        "last": _ended(seen.get("lastState")),
        "exit": _ended(seen.get("state")),
    }


def _message(status: Object) -> str:
    state: Mapping[str, Object | None] = status.get("state") or {}
    details = next(iter(state.values()), None) or {}
    return str(details.get("message") or "").strip()


def _ended(state: Object | None) -> dict[str, Any] | None:
    ended = (state or {}).get("terminated")
    return {"reason": ended.get("reason") or "", "code": ended.get("exitCode", 0)} if ended else None


def _event(event: Object) -> dict[str, Any]:
    field = str((event.get("involvedObject") or {}).get("fieldPath") or "")
    return {
        "type": event.get("type", ""),
        "reason": event.get("reason", ""),
        "container": field.partition("{")[2].rstrip("}"),
        "message": (event.get("message") or "").strip(),
        "count": (event.get("series") or {}).get("count") or event.get("count") or 1,
        "time": _when(event),
    }


def _when(event: Object) -> str:
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return next((str(time) for time in times if time), str(event["metadata"].get("creationTimestamp", "")))
