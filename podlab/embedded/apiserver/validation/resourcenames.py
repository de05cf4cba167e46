"""What resources may be called. Upstream: pkg/apis/core/helper/helpers.go, pkg/apis/core/validation/validation.go"""

from __future__ import annotations

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

COMPUTE = ("cpu", "memory", "ephemeral-storage")
COUNTED = (
    "pods",
    "services",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
)
QUOTA = (
    *COMPUTE,
    *(f"{key}.{name}" for key in ("requests", "limits") for name in COMPUTE),
    *COUNTED,
    "requests.storage",
)
STANDARD = (*QUOTA, "storage")
CONTAINER = COMPUTE
HUGE, REQUESTED_HUGE = "hugepages-", "requests.hugepages-"


def resource_name(name: str, path: str) -> list[Cause]:
    """Any resource: a standard one, or one with a domain."""
    wrong = names.causes_of(path, name, names.qualified(name))
    if wrong or "/" in name or name in STANDARD or name.startswith((HUGE, REQUESTED_HUGE)):
        return wrong
    return [causes.invalid(path, name, "must be a standard resource type or fully qualified")]


def container_resource(name: str, path: str) -> list[Cause]:
    """What a container can request."""
    found = resource_name(name, path)
    if "/" not in name and name not in CONTAINER and not name.startswith(HUGE):
        found.append(causes.invalid(path, name, "must be a standard resource for containers"))
    elif "/" in name and not is_extended(name) and not is_native(name):
        found.append(causes.invalid(path, name, "doesn't follow extended resource name standard"))
    return found


def quota_resource(name: str, path: str) -> list[Cause]:
    """What a quota can limit."""
    found = resource_name(name, path)
    if "/" not in name and name not in QUOTA and not name.startswith((HUGE, REQUESTED_HUGE)):
        found.append(causes.invalid(path, name, "must be a standard resource for quota"))
    return found


def is_native(name: str) -> bool:
    """Whether Kubernetes itself knows the resource."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Whether it is somebody's own, such as `example.com/gpu`."""
    return not is_native(name) and not name.startswith("requests.")


def is_whole(name: str) -> bool:
    """Whether only whole numbers of it exist."""
    return name in COUNTED or is_extended(name)
