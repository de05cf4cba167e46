"""What a node refuses for its security: Pods it does not admit, and containers that it cannot create.

Upstream: pkg/kubelet/sysctl/allowlist.go, pkg/kubelet/lifecycle/handlers.go (NewAppArmorAdmitHandler),
pkg/kubelet/kuberuntime/security_context_others.go (verifyRunAsNonRoot)
"""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]

SAFE = frozenset(
    (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    )
)
"""Sysctls that every Pod may set for itself."""
SECCOMP = "/var/lib/kubelet/seccomp/"
"""Where a node has its seccomp profiles: this one has none."""


def rejection(pod: Obj) -> tuple[str, str] | None:
    """Reason and message with which the node does not admit a Pod; None if it does."""
    spec = pod["spec"]
    if any(_confined(each) for each in (spec, *_containers(spec))):
        return "AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host"
    for sysctl in (spec.get("securityContext") or {}).get("sysctls") or []:
        if why := _forbidden(sysctl["name"].replace("/", "."), spec):
            return "SysctlForbidden", f"forbidden sysctl: {why}"
    return None


def read_only(container: Obj) -> bool:
    """Whether a container may not write its own files."""
    return bool((container.get("securityContext") or {}).get("readOnlyRootFilesystem"))


def _containers(spec: Obj) -> list[Obj]:
    return [c for key in ("initContainers", "containers", "ephemeralContainers") for c in spec.get(key) or []]


def _confined(owner: Obj) -> bool:
    profile = (owner.get("securityContext") or {}).get("appArmorProfile") or {}
    return bool(profile.get("type", "Unconfined") != "Unconfined")


def _forbidden(name: str, spec: Obj) -> str:
    if name not in SAFE:
        return f'"{name}" not allowlisted'
    if name.startswith("net.") and spec.get("hostNetwork"):
        return f'"{name}" not allowed with host net enabled'
    if name.startswith("kernel.shm") and spec.get("hostIPC"):
        return f'"{name}" not allowed with host ipc enabled'
    return ""


def broken_policy(pod: Obj, container: Obj, user: str = "") -> str:
    """Why runAsNonRoot keeps a container from being configured; "" if it does not. `user` is the image's, by name."""
    wanted = (pod["spec"].get("securityContext") or {}) | (container.get("securityContext") or {})
    if not wanted.get("runAsNonRoot") or wanted.get("runAsUser"):
        return ""
    given = wanted.get("runAsUser") == 0
    why = "container's runAsUser breaks non-root policy"
    named = f"has non-numeric user ({user}), cannot verify user is non-root" if user else "will run as root"
    why = why if given else f"container has runAsNonRoot and image {named}"
    meta = pod["metadata"]
    return f'{why} (pod: "{meta["name"]}_{meta["namespace"]}({meta["uid"]})", container: {container["name"]})'


def missing_profile(pod: Obj, container: Obj) -> str:
    """The container runtime's complaint about a seccomp profile that the node does not have; "" without one."""
    wanted = (pod["spec"].get("securityContext") or {}) | (container.get("securityContext") or {})
    profile = wanted.get("seccompProfile") or {}
    if profile.get("type") != "Localhost" or wanted.get("privileged"):
        return ""
    path = SECCOMP + profile.get("localhostProfile", "")
    why = f'cannot load seccomp profile "{path}": open {path}: no such file or directory'
    return f"failed to create containerd container: {why}"
