"""The level `restricted`. Upstream: staging/src/k8s.io/pod-security-admission/policy/check_*.go"""

from __future__ import annotations

from podlab.embedded.apiserver.podsecurity.baseline import Check, any_proc_mount
from podlab.embedded.apiserver.podsecurity.findings import Finding, PodView, containers, plural, quoted, setters

VOLUMES = frozenset(
    [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ]
)
PROFILES = ("RuntimeDefault", "Localhost")
WINDOWS_EXEMPT = 25


def escalation(pod: PodView, version: int) -> Finding | None:
    """No container may gain more privileges than its parent (check_allowPrivilegeEscalation.go)."""
    if version < 8 or (version >= WINDOWS_EXEMPT and pod.windows()):
        return None
    bad = [name for name, own, _ in pod.containers() if own.get("allowPrivilegeEscalation") is not False]
    detail = f"{containers(bad)} must set securityContext.allowPrivilegeEscalation=false"
    return Finding("allowPrivilegeEscalation != false", detail) if bad else None


def capabilities(pod: PodView, version: int) -> Finding | None:
    """All are dropped, and only NET_BIND_SERVICE is added (check_capabilities_restricted.go)."""
    if version < 22 or (version >= WINDOWS_EXEMPT and pod.windows()):
        return None
    given = {name: own.get("capabilities") or {} for name, own, _ in pod.containers()}
    kept = [name for name, each in given.items() if "ALL" not in (each.get("drop") or ())]
    added = {name: set(each.get("add") or ()) - {"NET_BIND_SERVICE"} for name, each in given.items()}
    bad = [name for name in added if added[name]]
    told = [f'{containers(kept)} must set securityContext.capabilities.drop=["ALL"]'] if kept else []
    if bad:
        names = quoted(sorted(set().union(*added.values())))
        told.append(f"{containers(bad)} must not include {names} in securityContext.capabilities.add")
    return Finding("unrestricted capabilities", "; ".join(told)) if told else None


def proc_mount(pod: PodView, version: int) -> Finding | None:
    """Since 1.35 only this level says it of Pods with users of their own."""
    return any_proc_mount(pod, version) if version >= 35 and pod.own_users() else None


def volumes(pod: PodView, version: int) -> Finding | None:
    """Only volumes of the types that hold no part of the host (check_restrictedVolumes.go)."""
    used = [(volume["name"], _source(volume)) for volume in pod.spec.get("volumes") or ()]
    bad = [name for name, kind in used if kind not in VOLUMES]
    if not bad:
        return None
    kinds = sorted({kind for _, kind in used} - VOLUMES)
    verb, what = plural("uses", len(bad), "use"), plural("restricted volume type", len(kinds))
    return Finding(
        "restricted volume types", f"{plural('volume', len(bad))} {quoted(bad)} {verb} {what} {quoted(kinds)}"
    )


def _source(volume: dict[str, object]) -> str:
    return next((key for key, value in volume.items() if key != "name" and value is not None), "emptyDir")


def non_root(pod: PodView, version: int) -> Finding | None:
    """Containers must say that they do not run as root (check_runAsNonRoot.go)."""
    if version >= 35 and pod.own_users():
        return None
    own = pod.context.get("runAsNonRoot")
    given = {name: each.get("runAsNonRoot") for name, each, _ in pod.containers()}
    wrong = [name for name, value in given.items() if value is False]
    unset = [name for name, value in given.items() if value is None and not own]
    if wrong or own is False:
        detail = f"{setters(own is False, wrong)} must not set securityContext.runAsNonRoot=false"
        return Finding("runAsNonRoot != true", detail) if wrong or unset else None
    detail = f"pod or {containers(unset)} must set securityContext.runAsNonRoot=true"
    return Finding("runAsNonRoot != true", detail) if unset else None


def as_user(pod: PodView, version: int) -> Finding | None:
    """No container may name root as its user (check_runAsUser.go)."""
    if version < 23 or (version >= 35 and pod.own_users()):
        return None
    own = pod.context.get("runAsUser") == 0
    bad = [name for name, each, _ in pod.containers() if each.get("runAsUser") == 0]
    return Finding("runAsUser=0", f"{setters(own, bad)} must not set runAsUser=0") if own or bad else None


def seccomp(pod: PodView, version: int) -> Finding | None:
    """Each container has a seccomp profile, its own or the Pod's (check_seccompProfile_restricted.go)."""
    if version < 19 or (version >= WINDOWS_EXEMPT and pod.windows()):
        return None
    own = (pod.context.get("seccompProfile") or {}).get("type")
    given = {name: (each.get("seccompProfile") or {}).get("type") for name, each, _ in pod.containers()}
    wrong = [name for name, kind in given.items() if kind and kind not in PROFILES]
    bad = sorted({kind for kind in (own, *given.values()) if kind and kind not in PROFILES})
    if bad:
        who = setters(own in bad, wrong)
        return Finding("seccompProfile", f"{who} must not set securityContext.seccompProfile.type to {quoted(bad)}")
    unset = [name for name, kind in given.items() if not kind and not own]
    detail = (
        f'pod or {containers(unset)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    )
    return Finding("seccompProfile", detail) if unset else None


RESTRICTED: dict[str, Check] = {
    "allowPrivilegeEscalation": escalation,
    "capabilities_restricted": capabilities,
    "procMount_restricted": proc_mount,
    "restrictedVolumes": volumes,
    "runAsNonRoot": non_root,
    "runAsUser": as_user,
    "seccompProfile_restricted": seccomp,
}
OVERRIDDEN = {"capabilities_baseline": 22, "hostPathVolumes": 0, "seccompProfile_baseline": 19}
"""What `restricted` says more strictly itself, and since which 1.N."""
