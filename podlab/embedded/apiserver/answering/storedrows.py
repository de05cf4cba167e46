"""Rows of kinds that are stored and not acted on. Upstream: pkg/printers/internalversion/printers.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import times
from podlab.embedded.apiserver.answering.rowtexts import labels, selector
from podlab.embedded.apiserver.resource import Obj

NONE, UNSET, UNKNOWN = "<none>", "<unset>", "<unknown>"


def _parts(obj: Obj, now: float) -> tuple[str, Obj, Obj, str]:
    meta = obj["metadata"]
    age = times.since(meta.get("creationTimestamp"), now)
    return meta.get("name", ""), obj.get("spec") or {}, obj.get("status") or {}, age


def _containers(template: Obj) -> list[str]:
    given = (template.get("spec") or {}).get("containers") or []
    return [",".join(container.get(key, "") for container in given) for key in ("name", "image")]


def replica_set(obj: Obj, now: float) -> list[Any]:
    name, spec, status, age = _parts(obj, now)
    counts = [spec.get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [name, *counts, age, *_containers(spec.get("template") or {}), selector(spec.get("selector"))]


def replication_controller(obj: Obj, now: float) -> list[Any]:
    return [*replica_set(obj, now)[:-1], labels((obj.get("spec") or {}).get("selector"))]


def stateful_set(obj: Obj, now: float) -> list[Any]:
    name, spec, status, age = _parts(obj, now)
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    return [name, ready, age, *_containers(spec.get("template") or {})]


def daemon_set(obj: Obj, now: float) -> list[Any]:
    name, spec, status, age = _parts(obj, now)
    keys = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")
    counts = [status.get(key, 0) for key in (*keys, "numberAvailable")]
    template = spec.get("template") or {}
    where = labels((template.get("spec") or {}).get("nodeSelector"))
    return [name, *counts, where, age, *_containers(template), selector(spec.get("selector"))]


def controller_revision(obj: Obj, now: float) -> list[Any]:
    name, _, _, age = _parts(obj, now)
    owner = next((o for o in obj["metadata"].get("ownerReferences") or [] if o.get("controller")), None)
    group = owner["apiVersion"].rpartition("/")[0] if owner else ""
    kind = f"{owner['kind'].lower()}{'.' + group if group else ''}/{owner['name']}" if owner else NONE
    return [name, kind, obj.get("revision", 0), age]


def job(obj: Obj, now: float) -> list[Any]:
    name, spec, status, age = _parts(obj, now)
    conditions = {c["type"] for c in status.get("conditions") or [] if c.get("status") == "True"}
    words = {"Complete": "Complete", "Failed": "Failed", "Suspended": "Suspended", "FailureTarget": "FailureTarget"}
    state = next((word for type_, word in words.items() if type_ in conditions), "Running")
    wanted, done = spec.get("completions"), status.get("succeeded", 0)
    parallel = spec.get("parallelism") or 0
    rest = f"1 of {parallel}" if parallel > 1 else "1"
    completions = f"{done}/{wanted if wanted is not None else rest}"
    started, ended = status.get("startTime"), status.get("completionTime")
    lasted = times.since(started, times.seconds(ended) if ended else now) if started else ""
    template = spec.get("template") or {}
    return [name, state, completions, lasted, age, *_containers(template), selector(spec.get("selector"))]


def cron_job(obj: Obj, now: float) -> list[Any]:
    name, spec, status, age = _parts(obj, now)
    last = times.since(status["lastScheduleTime"], now) if status.get("lastScheduleTime") else NONE
    template = ((spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}
    active, suspended = len(status.get("active") or []), str(spec.get("suspend")) if "suspend" in spec else UNSET
    inside = [*_containers(template), selector(((spec.get("jobTemplate") or {}).get("spec") or {}).get("selector"))]
    return [name, spec.get("schedule", ""), spec.get("timeZone") or NONE, suspended, active, last, age, *inside]


def endpoints(obj: Obj, now: float) -> list[Any]:
    name, _, _, age = _parts(obj, now)
    found = [
        f"{address['ip']}:{port['port']}" if port else address["ip"]
        for subset in obj.get("subsets") or []
        for port in subset.get("ports") or [None]
        for address in subset.get("addresses") or []
    ]
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return [name, ",".join(found[:3]) + more if found else NONE, age]


def endpoint_slice(obj: Obj, now: float) -> list[Any]:
    name, _, _, age = _parts(obj, now)
    ports = [str(port.get("port", "*")) for port in obj.get("ports") or []]
    addresses = [a for endpoint in obj.get("endpoints") or [] for a in endpoint.get("addresses") or []]
    return [name, obj.get("addressType", ""), _few(ports, UNSET), _few(addresses, UNSET), age]


def _few(given: list[str], none: str) -> str:
    more = f" + {len(given) - 3} more..." if len(given) > 3 else ""
    return ",".join(given[:3]) + more if given else none


def autoscaler(obj: Obj, now: float) -> list[Any]:
    """A row of an autoscaling/v2 HorizontalPodAutoscaler."""
    name, spec, status, age = _parts(obj, now)
    target = spec.get("scaleTargetRef") or {}
    least = spec.get("minReplicas")
    return [
        name, f"{target.get('kind', '')}/{target.get('name', '')}", _targets(spec.get("metrics") or []),
        NONE if least is None else str(least), spec.get("maxReplicas", 0), status.get("currentReplicas", 0), age,
    ]  # fmt: skip


def _targets(metrics: list[Obj]) -> str:
    found = []
    for metric in metrics:
        source = next((value for value in metric.values() if isinstance(value, dict)), {})
        target = source.get("target") or {}
        percent = target.get("averageUtilization")
        shown = f"{percent}%" if percent is not None else target.get("averageValue") or target.get("value") or ""
        label = f"{source.get('name', '')}: " if metric.get("type") == "Resource" else ""
        found.append(f"{label}{UNKNOWN}/{shown}")
    return ", ".join(found[:2]) + (f" + {len(found) - 2} more..." if len(found) > 2 else "") or NONE


def disruption_budget(obj: Obj, now: float) -> list[Any]:
    name, spec, status, age = _parts(obj, now)
    least, most = (str(spec[key]) if key in spec else "N/A" for key in ("minAvailable", "maxUnavailable"))
    return [name, least, most, status.get("disruptionsAllowed", 0), age]


def ingress(obj: Obj, now: float) -> list[Any]:
    name, spec, status, age = _parts(obj, now)
    hosts = [rule["host"] for rule in spec.get("rules") or [] if rule.get("host")]
    entries = (status.get("loadBalancer") or {}).get("ingress") or []
    addresses = ",".join(entry.get("ip") or entry.get("hostname", "") for entry in entries)
    ports = "80, 443" if spec.get("tls") else "80"
    return [name, spec.get("ingressClassName") or NONE, _few(hosts, "*"), addresses, ports, age]


def network_policy(obj: Obj, now: float) -> list[Any]:
    name, spec, _, age = _parts(obj, now)
    return [name, selector(spec.get("podSelector")), age]


def priority_class(obj: Obj, now: float) -> list[Any]:
    name, _, _, age = _parts(obj, now)
    return [name, obj.get("value", 0), bool(obj.get("globalDefault")), age, obj.get("preemptionPolicy", "")]


def storage_class(obj: Obj, now: float) -> list[Any]:
    name, _, _, age = _parts(obj, now)
    default = (obj["metadata"].get("annotations") or {}).get("storageclass.kubernetes.io/is-default-class") == "true"
    policy, mode = obj.get("reclaimPolicy", "Delete"), obj.get("volumeBindingMode", UNSET)
    shown = f"{name} (default)" if default else name
    return [shown, obj.get("provisioner", ""), policy, mode, bool(obj.get("allowVolumeExpansion")), age]


def custom_resource_definition(obj: Obj, now: float) -> list[Any]:
    return [obj["metadata"]["name"], obj["metadata"].get("creationTimestamp")]


def api_service(obj: Obj, now: float) -> list[Any]:
    name, _, _, age = _parts(obj, now)
    return [name, "Local", "True", age]


ROWS = {
    ("", "endpoints"): endpoints,
    ("", "replicationcontrollers"): replication_controller,
    ("apiextensions.k8s.io", "customresourcedefinitions"): custom_resource_definition,
    ("apiregistration.k8s.io", "apiservices"): api_service,
    ("apps", "controllerrevisions"): controller_revision,
    ("apps", "daemonsets"): daemon_set,
    ("apps", "replicasets"): replica_set,
    ("apps", "statefulsets"): stateful_set,
    ("autoscaling", "horizontalpodautoscalers"): autoscaler,
    ("batch", "cronjobs"): cron_job,
    ("batch", "jobs"): job,
    ("discovery.k8s.io", "endpointslices"): endpoint_slice,
    ("networking.k8s.io", "ingresses"): ingress,
    ("networking.k8s.io", "networkpolicies"): network_policy,
    ("policy", "poddisruptionbudgets"): disruption_budget,
    ("scheduling.k8s.io", "priorityclasses"): priority_class,
    ("storage.k8s.io", "storageclasses"): storage_class,
}
