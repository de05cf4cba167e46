"""How an object becomes a row of its kind's Table. Upstream: pkg/printers/internalversion/printers.go"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.apimachinery import times
from podlab.embedded.apiserver.answering import storedrows
from podlab.embedded.apiserver.answering.podrow import pod
from podlab.embedded.apiserver.answering.rowtexts import NONE, labels, selector
from podlab.embedded.apiserver.resource import Obj


def _meta(obj: Obj) -> tuple[str, Obj, Obj, Obj]:
    return obj["metadata"].get("name", ""), obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}


def _age(obj: Obj, now: float) -> str:
    return times.since(obj["metadata"].get("creationTimestamp"), now)


def _containers(spec: Obj) -> list[str]:
    given = spec.get("containers") or []
    return [",".join(container.get(key, "") for container in given) for key in ("name", "image")]


def node(obj: Obj, now: float) -> list[Any]:
    name, meta, spec, status = _meta(obj)
    ready = [c for c in status.get("conditions") or [] if c.get("type") == "Ready"]
    state = [("Ready" if c.get("status") == "True" else "NotReady") for c in ready[-1:]] or ["Unknown"]
    if spec.get("unschedulable"):
        state.append("SchedulingDisabled")
    info = status.get("nodeInfo") or {}
    kernel = info.get("kernelVersion") or "<unknown>"
    if info.get("architecture"):
        kernel += f" ({info['architecture']})"
    addresses = {a.get("type"): a.get("address") for a in reversed(status.get("addresses") or [])}
    return [
        name, ",".join(state), _roles(meta.get("labels") or {}), _age(obj, now), info.get("kubeletVersion", ""),
        addresses.get("InternalIP", NONE), addresses.get("ExternalIP", NONE), info.get("osImage") or "<unknown>",
        kernel, info.get("containerRuntimeVersion") or "<unknown>",
    ]  # fmt: skip


def _roles(given: Obj) -> str:
    prefix = "node-role.kubernetes.io/"
    roles = {key.removeprefix(prefix) for key in given if key.startswith(prefix) and key != prefix}
    if given.get("kubernetes.io/role"):
        roles.add(given["kubernetes.io/role"])
    return ",".join(sorted(roles)) or NONE


def deployment(obj: Obj, now: float) -> list[Any]:
    name, _, spec, status = _meta(obj)
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    inside = _containers((spec.get("template") or {}).get("spec") or {})
    return [name, ready, updated, available, _age(obj, now), *inside, selector(spec.get("selector"))]


def service(obj: Obj, now: float) -> list[Any]:
    name, _, spec, _ = _meta(obj)
    address = (spec.get("clusterIPs") or [spec.get("clusterIP") or NONE])[0]
    ports = ",".join(_port(port) for port in spec.get("ports") or []) or NONE
    cells = [name, spec.get("type", ""), address, _external(obj), ports, _age(obj, now)]
    return [*cells, labels(spec.get("selector"))]


def _port(port: Obj) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port', 0)}{node_port}/{port.get('protocol', '')}"


def _external(obj: Obj) -> str:
    _, _, spec, status = _meta(obj)
    given = list(spec.get("externalIPs") or [])
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName", ""))
    if spec.get("type") == "LoadBalancer":
        ingress = (status.get("loadBalancer") or {}).get("ingress") or []
        found = [entry.get("ip") or entry.get("hostname", "") for entry in ingress] + given
        return ",".join(found) or "<pending>"
    return ",".join(given) or NONE


def event(obj: Obj, now: float) -> list[Any]:
    about, series = obj.get("involvedObject") or {}, obj.get("series")
    first = times.since(obj.get("firstTimestamp") or obj.get("eventTime"), now)
    last = times.since(obj["lastTimestamp"], now) if obj.get("lastTimestamp") else first
    count = obj.get("count", 0) or 1
    if series is not None:
        last, count = times.since(series.get("lastObservedTime"), now), series.get("count", 0)
    kind = about.get("kind", "").lower()
    target = f"{kind}/{about['name']}" if about.get("name") else kind
    return [
        last, obj.get("type", ""), obj.get("reason", ""), target, about.get("fieldPath", ""), _source(obj),
        obj.get("message", "").strip(), first, count, obj["metadata"].get("name", ""),
    ]  # fmt: skip


def _source(obj: Obj) -> str:
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent", "")
    instance = source.get("host") or obj.get("reportingInstance", "")
    return f"{component}, {instance}" if instance else str(component)


def namespace(obj: Obj, now: float) -> list[Any]:
    name, _, _, status = _meta(obj)
    return [name, status.get("phase", ""), _age(obj, now)]


def config_map(obj: Obj, now: float) -> list[Any]:
    return [_meta(obj)[0], len(obj.get("data") or {}) + len(obj.get("binaryData") or {}), _age(obj, now)]


def secret(obj: Obj, now: float) -> list[Any]:
    return [_meta(obj)[0], obj.get("type", ""), len(obj.get("data") or {}), _age(obj, now)]


def service_account(obj: Obj, now: float) -> list[Any]:
    return [_meta(obj)[0], _age(obj, now)]


def lease(obj: Obj, now: float) -> list[Any]:
    name, _, spec, _ = _meta(obj)
    return [name, spec.get("holderIdentity", ""), _age(obj, now)]


def pod_template(obj: Obj, now: float) -> list[Any]:
    template = obj.get("template") or {}
    inside = _containers(template.get("spec") or {})
    return [_meta(obj)[0], *inside, labels((template.get("metadata") or {}).get("labels"))]


ROWS: dict[tuple[str, str], Callable[[Obj, float], list[Any]]] = {
    ("", "pods"): pod,
    ("", "nodes"): node,
    ("", "services"): service,
    ("", "events"): event,
    ("events.k8s.io", "events"): event,
    ("", "namespaces"): namespace,
    ("", "configmaps"): config_map,
    ("", "secrets"): secret,
    ("", "serviceaccounts"): service_account,
    ("", "podtemplates"): pod_template,
    ("apps", "deployments"): deployment,
    ("coordination.k8s.io", "leases"): lease,
    **storedrows.ROWS,
}
