"""The health of the control plane's parts, as `kubectl get componentstatuses` still asks for it.

Upstream: pkg/registry/core/componentstatus/rest.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.columns import NAME, Column
from podlab.embedded.apiserver.resource import Obj, Resource

COLUMNS = (
    NAME,
    Column(
        "Status",
        "Status of the component conditions",
    ),
    Column(
        "Message",
        "Message of the component conditions",
    ),
    Column(
        "Error",
        "Error of the component conditions",
    ),
)
PARTS = ("controller-manager", "scheduler", "etcd-0")


def row(obj: Obj, now: float) -> list[Any]:
    """Healthy, and what was found; nothing here is ever unhealthy.

    Upstream: pkg/printers/internalversion/printers.go (printComponentStatus)
    """
    (condition,) = obj["conditions"]
    return [obj["metadata"]["name"], "Healthy", condition["message"], ""]


def component(name: str) -> Obj:
    """One part of the control plane: it runs, or nobody would answer."""
    condition = {"type": "Healthy", "status": "True", "message": "ok"}
    return {"kind": "ComponentStatus", "apiVersion": "v1", "metadata": {"name": name}, "conditions": [condition]}


COMPONENT_STATUSES = Resource(
    group="",
    version="v1",
    kind="ComponentStatus",
    plural="componentstatuses",
    singular="componentstatus",
    short_names=("cs",),
    namespaced=False,
    verbs=("get", "list"),
    columns=COLUMNS,
    row=row,
    deprecated="v1 ComponentStatus is deprecated in v1.19+",
)
BINDINGS = Resource(group="", version="v1", kind="Binding", plural="bindings", singular="binding", verbs=("create",))
