"""Validation of what only one operating system knows. Upstream: validateOS, validateWindows, validateHostUsers"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes

Obj = dict[str, Any]
LINUX, WINDOWS = "linux", "windows"
NOT_IN_WINDOWS = "cannot be set for a windows pod"
NOT_IN_LINUX = "windows options cannot be set for a linux pod"
CONTEXT = "securityContext."
# In upstream's order; what begins with securityContext is looked up there, the rest in the spec.
OF_PODS = (
    "securityContext.appArmorProfile", "securityContext.seLinuxOptions", "hostUsers", "hostPID", "hostIPC",
    "securityContext.seccompProfile", "securityContext.fsGroup", "securityContext.fsGroupChangePolicy",
    "securityContext.sysctls", "shareProcessNamespace", "securityContext.runAsUser", "securityContext.runAsGroup",
    "securityContext.supplementalGroups", "securityContext.supplementalGroupsPolicy",
    "securityContext.seLinuxChangePolicy",
)  # fmt: skip
OF_CONTAINERS = (
    "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
    "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
)  # fmt: skip
UNSET_IF_FALSE = ("hostPID", "hostIPC", "securityContext.sysctls")


def every_container(spec: Obj, path: str) -> Iterator[tuple[str, Obj]]:
    """All containers of a Pod with their paths, in upstream's order."""
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(key) or []):
            yield f"{path}.{key}[{index}]", container


def system(spec: Obj, path: str) -> list[Cause]:
    """Return what is wrong with `os`, and what does not go with it."""
    given = spec.get("os")
    if given is None:
        return []
    name = given.get("name", "")
    if not name:
        return [causes.required(f"{path}.os.name")]
    if name not in (LINUX, WINDOWS):
        return [causes.unsupported(f"{path}.os", name, (LINUX, WINDOWS))]
    return _linux(spec, path) if name == LINUX else _windows(spec, path)


def _linux(spec: Obj, path: str) -> list[Cause]:
    places = [(path, spec), *every_container(spec, path)]
    return [
        causes.forbidden(f"{here}.securityContext.windowsOptions", NOT_IN_LINUX)
        for here, holder in places
        if (holder.get("securityContext") or {}).get("windowsOptions") is not None
    ]


def _windows(spec: Obj, path: str) -> list[Cause]:
    context, found = spec.get("securityContext") or {}, []
    for field in OF_PODS:
        value = context.get(field.removeprefix(CONTEXT)) if field.startswith(CONTEXT) else spec.get(field)
        if value is not None and (value or field not in UNSET_IF_FALSE):
            found.append(causes.forbidden(f"{path}.{field}", NOT_IN_WINDOWS))
    for here, container in every_container(spec, path):
        own = container.get("securityContext") or {}
        found += [
            causes.forbidden(f"{here}.securityContext.{field}", NOT_IN_WINDOWS)
            for field in OF_CONTAINERS
            if own.get(field) is not None
        ]
    return found


def host_users(spec: Obj, path: str) -> list[Cause]:
    """Return what does not go with users of a Pod's own."""
    if spec.get("hostUsers") is not False:
        return []
    spelt = {"hostNetwork": "hostNetwork", "hostPID": "HostPID", "hostIPC": "HostIPC"}  # as upstream spells them
    text = "when `hostUsers` is false"
    return [causes.forbidden(f"{path}.{shown}", text) for key, shown in spelt.items() if spec.get(key)]
