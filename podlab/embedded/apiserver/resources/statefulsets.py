"""StatefulSets. Upstream: pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, CONTAINERS, IMAGES, NAME, Column, age, head, inside
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources import workloads

COLUMNS = (
    NAME,
    Column("Ready", "Number of the pod with ready state"),
    AGE,
    CONTAINERS,
    IMAGES,
)


def row(obj: Obj, now: float) -> list[Any]:
    name, spec, status = head(obj)
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    return [name, ready, age(obj, now), *inside(spec.get("template"))]


def default(obj: Obj) -> None:
    """Defaults of a StatefulSet."""
    spec, _ = workloads.default_template(obj)
    workloads.put(spec, podManagementPolicy="OrderedReady", replicas=1, revisionHistoryLimit=10)
    strategy = spec.setdefault("updateStrategy", {})
    workloads.put(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        workloads.put(strategy.setdefault("rollingUpdate", {}), partition=0)
    workloads.put(
        spec.setdefault("persistentVolumeClaimRetentionPolicy", {}), whenDeleted="Retain", whenScaled="Retain"
    )
    for claim in spec.get("volumeClaimTemplates") or []:
        workloads.put(claim, apiVersion="v1", kind="PersistentVolumeClaim", status={})
        workloads.put(claim["spec"], volumeMode="Filesystem")
        workloads.put(claim["status"], phase="Pending")


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """maxUnavailable is dropped: its feature gate, MaxUnavailableStatefulSet, is off."""
    workloads.prepare(obj, old, ctx)
    ((obj["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).pop("maxUnavailable", None)


STATEFUL_SETS = workloads.workload(
    "apps",
    "StatefulSet",
    "sts",
    scale=True,
    default=default,
    prepare=prepare,
    validate=workloads.validation("statefulset"),
    columns=COLUMNS,
    row=row,
)
