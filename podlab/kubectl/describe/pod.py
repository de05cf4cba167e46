"""`kubectl describe pod`.

Upstream: staging/src/k8s.io/kubectl/pkg/describe/describe.go (describePod)
"""

from __future__ import annotations

from datetime import datetime

from podlab.apimachinery.times import age, rfc1123
from podlab.kubectl.describe.containers import containers, resources
from podlab.kubectl.describe.sections import (
    Object,
    annotation_lines,
    controller,
    labels,
    page,
    tolerations,
    topology_spread,
)
from podlab.kubectl.describe.volumes import volumes

ENDED = ("Failed", "Succeeded")


def describe_pod(pod: Object, events: list[Object] | None, now: datetime) -> str:
    """The whole description of a Pod.

    Args:
        events: the Pod's own Events; None leaves the section out (`--show-events=false`).
        now: the server's time, for ages.
    """
    spec, status = pod["spec"], pod.get("status") or {}
    lines = [*_identity(pod), *_status(pod, now), *controller(pod)]
    if status.get("nominatedNodeName"):
        lines.append(f"NominatedNodeName:\t{status['nominatedNodeName']}")
    if "resources" in spec:
        lines += ["Resources:", *(f"  {line}" for line in resources(spec["resources"]))]
    if spec.get("initContainers"):
        lines += containers("Init Containers", spec["initContainers"], status.get("initContainerStatuses"), pod)
    lines += containers("Containers", spec.get("containers"), status.get("containerStatuses"), pod)
    if spec.get("ephemeralContainers"):
        lines += containers(
            "Ephemeral Containers", spec["ephemeralContainers"], status.get("ephemeralContainerStatuses"), pod
        )
    lines += [*_readiness_gates(pod), *_conditions(status.get("conditions")), *volumes(spec.get("volumes"))]
    lines.append(f"QoS Class:\t{status.get('qosClass') or 'BestEffort'}")
    lines += labels("Node-Selectors", spec.get("nodeSelector"))
    lines += tolerations("Tolerations", spec.get("tolerations"))
    lines += topology_spread(spec.get("topologySpreadConstraints"))
    if spec.get("schedulingGroup"):
        lines += ["SchedulingGroup:", f"  PodGroupName:\t{spec['schedulingGroup'].get('podGroupName', '')}"]
    return page(lines, events, now)


def _identity(pod: Object) -> list[str]:
    metadata, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    lines = [f"Name:\t{metadata['name']}", f"Namespace:\t{metadata.get('namespace', '')}"]
    if spec.get("priority") is not None:
        lines.append(f"Priority:\t{spec['priority']}")
    for title, key in (
        ("Priority Class Name", "priorityClassName"),
        ("Runtime Class Name", "runtimeClassName"),
        ("Service Account", "serviceAccountName"),
    ):
        lines += [f"{title}:\t{spec[key]}"] if spec.get(key) else []
    lines.append(f"Node:\t{spec['nodeName']}/{status.get('hostIP', '')}" if spec.get("nodeName") else "Node:\t<none>")
    if status.get("startTime"):
        lines.append(f"Start Time:\t{rfc1123(status['startTime'])}")
    return [
        *lines,
        *labels("Labels", metadata.get("labels")),
        *annotation_lines("Annotations", metadata.get("annotations")),
    ]


def _status(pod: Object, now: datetime) -> list[str]:
    metadata, status = pod["metadata"], pod.get("status") or {}
    if metadata.get("deletionTimestamp") and status.get("phase") not in ENDED:
        lines = [
            f"Status:\tTerminating (lasts {age(metadata['deletionTimestamp'], now)})",
            f"Termination Grace Period:\t{metadata.get('deletionGracePeriodSeconds', 0)}s",
        ]
    else:
        lines = [f"Status:\t{status.get('phase', '')}"]
    lines += [
        f"{title}:\t{status[key]}" for title, key in (("Reason", "reason"), ("Message", "message")) if status.get(key)
    ]
    seccomp = (pod["spec"].get("securityContext") or {}).get("seccompProfile")
    if seccomp:
        lines.append(f"SeccompProfile:\t{seccomp['type']}")
        if seccomp["type"] == "Localhost":
            lines.append(f"LocalhostProfile:\t{seccomp.get('localhostProfile', '')}")
    lines.append(f"IP:\t{status.get('podIP', '')}")
    ips = status.get("podIPs") or []
    return [*lines, *(["IPs:", *(f"  IP:\t{ip.get('ip', '')}" for ip in ips)] if ips else ["IPs:\t<none>"])]


def _readiness_gates(pod: Object) -> list[str]:
    gates = pod["spec"].get("readinessGates") or []
    states = {c["type"]: c["status"] for c in reversed((pod.get("status") or {}).get("conditions") or [])}
    rows = [f"  {gate['conditionType']} \t{states.get(gate['conditionType'], '<none>')} " for gate in gates]
    return ["Readiness Gates:", "  Type\tStatus", *rows] if rows else []


def _conditions(conditions: list[Object] | None) -> list[str]:
    rows = [f"  {condition['type']} \t{condition['status']} " for condition in conditions or []]
    return ["Conditions:", "  Type\tStatus", *rows] if rows else []
