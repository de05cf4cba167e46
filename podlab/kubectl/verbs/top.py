"""`kubectl top node` and `top pod`: what they use, where the cluster measures it.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/top, pkg/metricsutil
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.quantity import milli, whole
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.formats.tabwriter import align
from podlab.text import Text

Object = dict[str, Any]
ROOT = "/apis/metrics.k8s.io/v1beta1"
NO_METRICS = Text(
    ko="이 클러스터에는 metrics-server가 없어서 사용량을 재지 않습니다. kind와 내장 클러스터도 그렇습니다.",
    en="This cluster has no metrics-server, so nothing measures usage; neither kind nor the embedded cluster has one.",
)
UNITS = {"cpu": milli, "memory": whole}


def top_node(
    command: Command,
    *arguments: str,
    selector: str = "",
    sort_by: str = "",
    no_headers: bool = False,
    show_capacity: bool = False,
    show_swap: bool = False,
    use_protocol_buffers: bool = True,
) -> None:
    """Print what Nodes use."""
    _check(arguments, selector, sort_by, "--selector")
    _has_metrics(command)
    path = f"{ROOT}/nodes"
    found = _read(command, path, arguments, selector)
    nodes = {n["metadata"]["name"]: n["status"] for n in command.client.get("/api/v1/nodes")["items"]}
    if not found:
        raise PodlabError("error: metrics not available yet")
    rows = [] if no_headers else ["NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)"]
    for each in _sorted(found, sort_by, lambda one: one["usage"]):
        of = nodes.get(each["metadata"]["name"], {}).get("capacity" if show_capacity else "allocatable", {})
        cpu, memory = milli(each["usage"]["cpu"]), whole(each["usage"]["memory"])
        shares = (cpu * 100 // milli(of.get("cpu", "1")), memory * 100 // whole(of.get("memory", "1Gi")))
        rows.append(f"{each['metadata']['name']}\t{cpu}m\t{shares[0]}%\t{memory // 1048576}Mi\t{shares[1]}%")
    command.out(align("".join(f"{row}\t\n" for row in rows), min_width=6, padding=3))


def top_pod(
    command: Command,
    *arguments: str,
    selector: str = "",
    field_selector: str = "",
    all_namespaces: bool = False,
    sort_by: str = "",
    no_headers: bool = False,
    containers: bool = False,
    sum_: bool = False,
    show_swap: bool = False,
    use_protocol_buffers: bool = True,
) -> None:
    """Print what Pods use."""
    _check(arguments, selector, sort_by, "selector")
    _has_metrics(command)
    path = f"{ROOT}/pods" if all_namespaces else f"{ROOT}/namespaces/{command.namespace}/pods"
    found = _read(command, path, arguments, selector)
    if not found:
        command.err(
            f"No resources found in {command.namespace} namespace.\n" if not all_namespaces else "No resources found\n"
        )
        return
    head = "POD\tNAME" if containers else "NAME"
    rows = [] if no_headers else [f"{'NAMESPACE	' if all_namespaces else ''}{head}\tCPU(cores)\tMEMORY(bytes)"]
    for each in _sorted(found, sort_by, _total):
        name = each["metadata"]["name"]
        where = f"{each['metadata']['namespace']}\t" if all_namespaces else ""
        parts = (
            [(f"{name}\t{c['name']}", c["usage"]) for c in each["containers"]] if containers else [(name, _total(each))]
        )
        rows += [f"{where}{label}\t{milli(use['cpu'])}m\t{whole(use['memory']) // 1048576}Mi" for label, use in parts]
    command.out(align("".join(f"{row}\t\n" for row in rows), min_width=6, padding=3))


def _check(arguments: tuple[str, ...], selector: str, sort_by: str, named: str) -> None:
    if sort_by not in ("", "cpu", "memory"):
        raise PodlabError("error: --sort-by accepts only cpu or memory")
    if arguments and selector:
        raise PodlabError(f"error: only one of NAME or {named} can be provided")


def _has_metrics(command: Command) -> None:
    groups = {group["name"] for group in command.client.get("/apis").get("groups") or []}
    if "metrics.k8s.io" not in groups:
        raise PodlabError("error: Metrics API not available", NO_METRICS)


def _read(command: Command, path: str, names: tuple[str, ...], selector: str) -> list[Object]:
    if names:
        return [command.client.get(f"{path}/{name}") for name in names]
    found: list[Object] = command.client.get(path, labelSelector=selector or None)["items"]
    return found


def _total(pod: Object) -> Object:
    cpu = sum(milli(c["usage"]["cpu"]) for c in pod["containers"])
    return {"cpu": f"{cpu}m", "memory": str(sum(whole(c["usage"]["memory"]) for c in pod["containers"]))}


def _sorted(found: list[Object], sort_by: str, usage: Any) -> list[Object]:
    if sort_by:
        return sorted(found, key=lambda each: -UNITS[sort_by](usage(each)[sort_by]))
    return sorted(found, key=lambda each: (each["metadata"].get("namespace", ""), each["metadata"]["name"]))
