"""StatefulSets. Upstream: pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import AGE, CONTAINERS, IMAGES, NAME, Column, age, head, inside
from podlab.embedded.apiserver.podspec.volumes import claims
from podlab.embedded.apiserver.podspec.volumes.persistentvolumes import claim_spec_warnings
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources import templates, workloads
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names
from podlab.embedded.apiserver.validation.statuses import replicacounts

RETAINED = "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"
POLICIES = ("OrderedReady", "Parallel")
MUTABLE = {
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
}
FIXED = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
COLUMNS = (
    NAME,
    Column("Ready", "Number of the pod with ready state"),
    AGE,
    CONTAINERS,
    IMAGES,
)


def row(obj: Obj, now: float) -> list[Any]:
    """READY is ready of wanted. Upstream: pkg/printers/internalversion/printers.go (printStatefulSet)"""
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
        workloads.put(claim.setdefault("spec", {}), volumeMode="Filesystem")
        workloads.put(claim["status"], phase="Pending")


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """The share of Pods that may be away at once is behind a gate that is off."""
    workloads.prepare(obj, old, ctx)
    ((obj["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).pop("maxUnavailable", None)


def warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of a StatefulSet."""
    spec, found = obj.get("spec") or {}, templates.workload_warnings(obj, old)
    below = "" if old is None else ".Spec"  # as upstream has it
    for index, claim in enumerate(spec.get("volumeClaimTemplates") or []):
        found += claim_spec_warnings(claim.get("spec") or {}, f"spec.volumeClaimTemplates[{index}]{below}")
    return found + ([RETAINED] if (spec.get("revisionHistoryLimit") or 0) < 0 else [])


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a StatefulSet, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old, names.label)
    if spec.get("podManagementPolicy") not in POLICIES:
        text = "must be 'OrderedReady' or 'Parallel'"
        found.append(causes.invalid("spec.podManagementPolicy", spec.get("podManagementPolicy"), text))
    found += _strategy(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    for key in ("whenDeleted", "whenScaled"):
        path = f"spec.persistentVolumeClaimRetentionPolicy.{key}"
        found += names.among(path, retention.get(key), ("Retain", "Delete"))
    given = spec.get("volumeClaimTemplates") or []
    for index, claim in enumerate(given if old is None else ()):  # nobody may change them anyway
        found += claims.spec(claim.get("spec") or {}, f"spec.volumeClaimTemplates[{index}].spec")
    for key in ("replicas", "minReadySeconds"):
        found += metadata.non_negative(f"spec.{key}", spec.get(key))
    found += metadata.non_negative("spec.ordinals.start", (spec.get("ordinals") or {}).get("start"))
    if spec.get("serviceName"):
        found += names.causes_of("spec.serviceName", spec["serviceName"], names.label(spec["serviceName"]))
    found += templates.selector(spec, "statefulset", "")
    if templates.unsound(spec.get("selector")):
        found += templates.lasting(spec.get("template") or {}, "spec.template", "StatefulSet")
    else:
        found += templates.template_of_replicas(_with_claims(spec, given), "spec.template", "StatefulSet")
    return found + (_changes(spec, old["spec"]) if old is not None else [])


def _changes(spec: Obj, old: Obj) -> list[Cause]:
    keys = (set(spec) | set(old)) - MUTABLE
    same = all(spec.get(key) == old.get(key) for key in keys)
    return [] if same else [causes.forbidden("spec", FIXED)]


def _with_claims(spec: Obj, given: list[Obj]) -> Obj:
    """The template as its Pods will be: with a volume for each claim."""
    wanted = []
    for claim in given:
        name = (claim.get("metadata") or {}).get("name", "")
        volume = {"name": name, "persistentVolumeClaim": {"claimName": name}}
        wanted += [] if volume in wanted else [volume]
    template = spec.get("template") or {}
    inner = template.get("spec") or {}
    taken = {volume["name"] for volume in wanted}
    volumes = [*wanted, *(v for v in inner.get("volumes") or [] if v.get("name") not in taken)]
    return {**spec, "template": {**template, "spec": {**inner, "volumes": volumes}}} if wanted else spec


def _strategy(strategy: Obj, path: str) -> list[Cause]:
    kind, rolling = strategy.get("type") or "", strategy.get("rollingUpdate")
    shown = (
        None
        if rolling is None
        else {"Partition": rolling.get("partition") or 0, "MaxUnavailable": rolling.get("maxUnavailable")}
    )
    if kind == "OnDelete":
        if shown is None:
            return []
        text = "only allowed for updateStrategy 'RollingUpdate'"
        return [causes.invalid(f"{path}.rollingUpdate", shown, text)]
    if kind == "RollingUpdate":
        return metadata.non_negative(f"{path}.rollingUpdate.partition", (rolling or {}).get("partition"))
    return [causes.invalid(path, {"Type": kind, "RollingUpdate": shown}, "must be 'RollingUpdate' or 'OnDelete'")]


STATEFUL_SETS = workloads.workload(
    "apps",
    "StatefulSet",
    "sts",
    scale=True,
    default=default,
    prepare=prepare,
    validate=validate,
    validate_status=replicacounts.stateful_set,
    warnings=warnings,
    columns=COLUMNS,
    row=row,
)
