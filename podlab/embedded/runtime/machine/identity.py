"""Who the processes of a container run as, and what the kernel lets them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Obj = dict[str, Any]

CAPABILITIES = """
    CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
    NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
    SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
    MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE
"""
"""Linux's capabilities, without CAP_."""
ALL = frozenset(CAPABILITIES.split())
GIVEN = ALL & frozenset(
    """AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID
    SYS_CHROOT""".split()  # noqa: SIM905
)
"""What a container has unless it drops it, as containerd gives it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a container's processes run as: user, group and all groups; `bounds` are the capabilities that root has.

    `filtered`: a seccomp profile says which system calls there are.
    """

    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = (0,)
    bounds: frozenset[str] = GIVEN
    no_new_privileges: bool = False
    filtered: bool = False

    def holds(self, capability: str) -> bool:
        """Whether a capability is effective: the kernel takes them from whoever is not root."""
        return self.uid == 0 and capability in self.bounds


def identity(
    pod: Obj, container: Obj, usual: tuple[int, int] = (0, 0), group_of: Callable[[int], int] = lambda uid: 0
) -> Identity:
    """Who a container runs as, by its own security context and its Pod's.

    `usual` is its image's user and group, and `group_of` what the image says of another user's group.
    """
    of_pod = pod["spec"].get("securityContext") or {}
    context = of_pod | (container.get("securityContext") or {})
    user = usual[0] if context.get("runAsUser") is None else context["runAsUser"]
    usual_group = group_of(user) if context.get("runAsUser") else usual[1]
    group = usual_group if context.get("runAsGroup") is None else context["runAsGroup"]
    groups = {group, *(of_pod.get("supplementalGroups") or [])}
    if of_pod.get("fsGroup") is not None:
        groups.add(of_pod["fsGroup"])
    return _identity(
        user,
        group,
        tuple(sorted(groups)),
        bounds(container),
        (container.get("securityContext") or {}).get("allowPrivilegeEscalation") is False,
        (context.get("seccompProfile") or {}).get("type", "Unconfined") != "Unconfined"
        and not context.get("privileged"),
    )


_identity = lru_cache(256)(Identity)
"""One for all containers that run alike."""


def bounds(container: Obj) -> frozenset[str]:
    """The capabilities that a container may have. Upstream: containerd/internal/cri/opts WithCapabilities"""
    context = container.get("securityContext") or {}
    if context.get("privileged"):
        return ALL
    wanted = context.get("capabilities") or {}
    drop = {name.removeprefix("CAP_") for name in wanted.get("drop") or []}
    add = {name.removeprefix("CAP_") for name in wanted.get("add") or []}
    held = frozenset() if "ALL" in drop else GIVEN - drop
    return (ALL if "ALL" in add else held | add) & ALL
