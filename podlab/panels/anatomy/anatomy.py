"""PodAnatomy: one Pod drawn as what it is, a box with one IP address, containers inside and the volumes they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from traitlets import Dict

from podlab.panels.panel import Object, Panel, module, pod_named
from podlab.panels.row import row
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client
    from podlab.kubectl import Kubectl

TOKEN = "kube-api-access-"  # the volume that the API server adds to every Pod for its service account's token
LABELS = {
    "panel": Text(ko="파드 해부도", en="Pod anatomy"),
    "absent": Text(ko="{name} 파드는 지금 없습니다.", en="There is no Pod {name} right now."),
    "past": Text(
        ko="{name} 파드는 이제 없습니다. {time}에 마지막으로 본 모습입니다.",
        en="The Pod {name} is gone. This is how it was last seen, at {time}.",
    ),
    "node": Text(ko="노드 {node}", en="Node {node}"),
    "no_node": Text(ko="아직 노드가 정해지지 않았습니다", en="No node chosen yet"),
    "pod": Text(ko="파드 {name}", en="Pod {name}"),
    "ip": Text(ko="IP 주소 {ip}", en="IP address {ip}"),
    "no_ip": Text(ko="IP 주소는 아직 없습니다", en="No IP address yet"),
    "containers": Text(ko="컨테이너", en="Containers"),
    "main": Text(ko="컨테이너", en="container"),
    "sidecar": Text(ko="사이드카 컨테이너", en="sidecar container"),
    "init": Text(ko="초기화 컨테이너", en="init container"),
    "ephemeral": Text(ko="임시 컨테이너", en="ephemeral container"),
    "image": Text(ko="이미지", en="image"),
    "ports": Text(ko="포트", en="port"),
    "mounts": Text(ko="{path}에 볼륨 {volume} 마운트", en="volume {volume} at {path}"),
    "read_only": Text(ko="읽기 전용", en="read-only"),
    "localhost": Text(
        ko="컨테이너끼리는 localhost로 통합니다. 포트 공간은 하나입니다.",
        en="The containers reach each other as localhost; they share one port space.",
    ),
    "volumes": Text(ko="볼륨", en="Volumes"),
    "used_by": Text(ko="쓰는 컨테이너: {names}", en="used by {names}"),
    "unused": Text(ko="아무도 쓰지 않습니다", en="used by nobody"),
    "changed": Text(ko="{name} 파드: {status}, {ready} 준비됨.", en="Pod {name}: {status}, {ready} ready."),
}


class PodAnatomy(Panel):
    """One Pod as nested boxes: the node, the Pod with its IP address, its containers, the volumes they share.

    Args:
        source: the `Kubectl` that `start()` gave, or a `Client`.
        name: the Pod's name.
        namespace: another namespace than the source's own.
    """

    _esm = module("anatomy/anatomy")
    pod: Any = Dict(allow_none=True, default_value=None).tag(sync=True)
    last: Any = Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, source: Kubectl | Client, name: str, namespace: str | None = None) -> None:
        self._name = name = pod_named("PodAnatomy", name, namespace)
        self._last: Mapping[str, Any] | None = None
        texts = LABELS | {"absent": LABELS["absent"].format(name=name)}
        super().__init__(source, namespace, texts)

    def __repr__(self) -> str:
        return f"PodAnatomy({self._name!r}, namespace={self._namespace!r})"

    def _one(self, pods: list[Object]) -> Object | None:
        return next((pod for pod in pods if pod["metadata"]["name"] == self._name), None)

    def _draw(self, pods: list[Object]) -> Mapping[str, Any]:
        pod = self._one(pods)
        self._keep(pod, self._client.server_now())
        return {"pod": anatomy(pod) if pod else None, "last": None if pod else self._last}

    def _keep(self, pod: Object | None, now: datetime) -> None:
        """Keep how the Pod looks at `now` for when it is gone; a view may come only then."""
        if pod:
            self._last = {"pod": anatomy(pod), "at": now.timestamp() * 1000}

    def _twin(self, pods: list[Object], now: datetime) -> str:
        pod = self._one(pods)
        self._keep(pod, now)
        return twin(anatomy(pod)) if pod else f"<p>{escape(str(LABELS['absent'].format(name=self._name)))}</p>"


def anatomy(pod: Object) -> dict[str, Any]:
    """What a drawing of this Pod needs: its row, containers in the order they start, volumes and who mounts them."""
    line = row(pod)
    containers = list(_containers(pod))
    volumes = [volume for volume in pod["spec"].get("volumes") or [] if not volume["name"].startswith(TOKEN)]
    return {
        **{name: getattr(line, name) for name in ("uid", "name", "ready", "status", "tone", "ip", "node")},
        "containers": containers,
        "volumes": [_volume(volume, containers) for volume in volumes],
    }


def _containers(pod: Object) -> Iterator[dict[str, Any]]:
    status = pod.get("status", {})
    for key, seen in (
        ("initContainers", "initContainerStatuses"),
        ("containers", "containerStatuses"),
        ("ephemeralContainers", "ephemeralContainerStatuses"),
    ):
        statuses = {each["name"]: each for each in status.get(seen) or []}
        for container in pod["spec"].get(key) or []:
            yield _container(container, _kind(key, container), statuses.get(container["name"], {}))


def _kind(key: str, container: Object) -> str:
    if key == "initContainers":
        return "sidecar" if container.get("restartPolicy") == "Always" else "init"
    return "main" if key == "containers" else "ephemeral"


def _container(container: Object, kind: str, status: Object) -> dict[str, Any]:
    state, details = _state(status)
    reason = details.get("reason") or ""
    return {
        "name": container["name"],
        "kind": kind,
        "image": container.get("image", ""),
        "state": f"{state.capitalize()}: {reason}" if reason else state.capitalize(),
        "tone": _tone(state, reason, details.get("exitCode", 0), status.get("ready", False)),
        "restarts": status.get("restartCount", 0),
        "ports": [f"{port['containerPort']}/{port.get('protocol', 'TCP')}" for port in container.get("ports") or []],
        "mounts": [
            {"volume": each["name"], "path": each["mountPath"], "read_only": bool(each.get("readOnly"))}
            for each in container.get("volumeMounts") or []
            if not each["name"].startswith(TOKEN)
        ],
    }


def _state(status: Object) -> tuple[str, Object]:
    state: Object = status.get("state") or {}
    return next(((name, details or {}) for name, details in state.items()), ("waiting", {}))


def _tone(state: str, reason: str, code: int, ready: bool) -> str:
    if state == "terminated":
        return "failing" if code else "done"
    if state == "running":
        return "ready" if ready else "waiting"
    return "waiting" if reason in ("", "ContainerCreating", "PodInitializing") else "failing"


def _volume(volume: Object, containers: list[dict[str, Any]]) -> dict[str, Any]:
    kind = next((key for key in volume if key != "name"), "emptyDir")
    users = [c["name"] for c in containers if any(m["volume"] == volume["name"] for m in c["mounts"])]
    return {"name": volume["name"], "kind": kind, "used_by": users}


def twin(drawn: Mapping[str, Any]) -> str:
    """The same as nested lists; node and address stay out, because they differ from cluster to cluster."""
    containers = "".join(f"<li>{_sentence(each)}</li>" for each in drawn["containers"])
    volumes = "".join(
        f"<li><code>{escape(v['name'])}</code> ({escape(v['kind'])}): {_users(v)}</li>" for v in drawn["volumes"]
    )
    title = escape(str(LABELS["pod"].format(name=drawn["name"])))
    parts = [f"<p><strong>{title}</strong>: {drawn['status']}, {drawn['ready']}</p>"]
    parts.append(f"<p>{escape(str(LABELS['containers']))}</p><ul>{containers}</ul>")
    if len(drawn["containers"]) > 1:
        parts.append(f"<p>{escape(str(LABELS['localhost']))}</p>")
    if volumes:
        parts.append(f"<p>{escape(str(LABELS['volumes']))}</p><ul>{volumes}</ul>")
    return "\n".join(parts)


def _sentence(container: Mapping[str, Any]) -> str:
    facts = [f"{LABELS['image']} {container['image']}", container["state"]]
    facts += [f"{LABELS['ports']} {port}" for port in container["ports"]]
    facts += [str(LABELS["mounts"].format(volume=m["volume"], path=m["path"])) for m in container["mounts"]]
    name, kind = escape(container["name"]), escape(str(LABELS[container["kind"]]))
    return f"<code>{name}</code> ({kind}): {escape('; '.join(facts))}"


def _users(volume: Mapping[str, Any]) -> str:
    names = ", ".join(volume["used_by"])
    return escape(str(LABELS["used_by"].format(names=names) if names else LABELS["unused"]))
