"""Dynamic resource allocation: kept and shown; there is no driver, so nothing is ever allocated.

Upstream: pkg/apis/resource/v1/defaults.go, pkg/printers/internalversion/printers.go
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, UNSET, Column, age, aged, head
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored

GROUP = "resource.k8s.io"
COLUMNS = (
    NAME,
    AGE,
)
CLAIM_COLUMNS = (
    NAME,
    Column("State", "A summary of the current state (allocated, pending, reserved, etc.)."),
    AGE,
)
SLICE_COLUMNS = (
    NAME,
    Column(
        "Node",
        "NodeName identifies the node which provides the resources in this pool. A field selector can be used to "
        "list only ResourceSlice objects belonging to a certain node.\n\nThis field can be used to limit access from "
        "nodes to ResourceSlices with the same node name. It also indicates to autoscalers that adding new nodes of "
        "the same type as some old node might also make new resources available.\n\nExactly one of NodeName, "
        "NodeSelector, AllNodes, and PerDeviceNodeSelection must be set. This field is immutable.",
    ),
    Column(
        "Driver",
        "Driver identifies the DRA driver providing the capacity information. A field selector can be used to list "
        "only ResourceSlice objects with a certain driver name.\n\nMust be a DNS subdomain and should end with a DNS "
        "domain owned by the vendor of the driver. It should use only lower case characters. This field is "
        "immutable.",
    ),
    Column(
        "Pool",
        "Name is used to identify the pool. For node-local devices, this is often the node name, but this is not "
        "required.\n\nIt must not be longer than 253 characters and must consist of one or more DNS sub-domains "
        "separated by slashes. This field is immutable.",
    ),
    AGE,
)


def claim_row(obj: Obj, now: float) -> list[Any]:
    """STATE is pending, or all that it is: deleted, allocated, reserved.

    Upstream: pkg/printers/internalversion/printers.go (printResourceClaim)
    """
    name, _, status = head(obj)
    states = ["deleted"] if obj["metadata"].get("deletionTimestamp") else []
    if status.get("allocation"):
        states += ["allocated", *(["reserved"] if status.get("reservedFor") else [])]
    return [name, ",".join(states or ["pending"]), age(obj, now)]


def slice_row(obj: Obj, now: float) -> list[Any]:
    """The node is `<unset>` where the devices are not of one node.

    Upstream: pkg/printers/internalversion/printers.go (printResourceSlice)
    """
    name, spec, _ = head(obj)
    return [name, spec.get("nodeName") or UNSET, spec["driver"], (spec.get("pool") or {}).get("name"), age(obj, now)]


def _selectable(obj: Obj) -> dict[str, str]:
    spec = obj.get("spec") or {}
    return {"spec.nodeName": spec.get("nodeName") or "", "spec.driver": spec.get("driver") or ""}


def _requests(spec: Obj) -> None:
    """Upstream: SetDefaults_ExactDeviceRequest, SetDefaults_DeviceSubRequest"""
    for request in (spec.get("devices") or {}).get("requests") or ():
        found: Iterable[Obj] = [request["exactly"]] if request.get("exactly") else request.get("firstAvailable") or ()
        for wanted in found:
            wanted["allocationMode"] = wanted.get("allocationMode") or "ExactCount"
            if wanted["allocationMode"] == "ExactCount":
                wanted["count"] = wanted.get("count") or 1


def _claim(obj: Obj) -> None:
    _requests(obj.setdefault("spec", {}))


def _template(obj: Obj) -> None:
    _requests(obj.setdefault("spec", {}).setdefault("spec", {}))


DEVICES = (
    stored(
        GROUP,
        "DeviceClass",
        plural="deviceclasses",
        namespaced=False,
        generation=True,
        columns=COLUMNS,
        row=aged,
    ),
    stored(GROUP, "ResourceClaim", status=True, default=_claim, columns=CLAIM_COLUMNS, row=claim_row),
    stored(GROUP, "ResourceClaimTemplate", default=_template, columns=COLUMNS, row=aged),
    stored(
        GROUP,
        "ResourceSlice",
        namespaced=False,
        generation=True,
        columns=SLICE_COLUMNS,
        row=slice_row,
        fields=_selectable,
    ),
)
