"""The level `baseline`. Upstream: staging/src/k8s.io/pod-security-admission/policy/check_*.go"""

from __future__ import annotations

from collections.abc import Callable

from podlab.embedded.apiserver.podsecurity.findings import Finding, PodView, containers, plural, quoted, setters

Check = Callable[[PodView, int], Finding | None]
"""A check of a Pod by the standards of 1.N."""

ADDABLE = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)
SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t")
SYSCTLS = {
    0: (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
    ),
    27: ("net.ipv4.ip_local_reserved_ports",),
    29: (
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ),
    32: ("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
}
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def app_armor(pod: PodView, version: int) -> Finding | None:
    """An annotation of old says the same of its container."""
    kind = (pod.context.get("appArmorProfile") or {}).get("type", "")
    notes = {key: value for key, value in (pod.meta.get("annotations") or {}).items() if key.startswith(APPARMOR)}
    wrong = {name: (own.get("appArmorProfile") or {}).get("type", "") for name, own, _ in pod.containers()}
    wrong |= {name: "Unconfined" for name in wrong if not _confined(notes.get(APPARMOR + name, ""))}
    wrong = {name: each for name, each in wrong.items() if each == "Unconfined"}
    told = [f'{key}="{value}"' for key, value in sorted(notes.items()) if not _confined(value)]
    values = sorted({kind, *wrong.values()} & {"Unconfined"}) + told
    if not values:
        return None
    who = [*([setters(kind == "Unconfined", list(wrong))] if kind == "Unconfined" or wrong else [])]
    who += [plural("annotation", len(told))] if told else []
    what = plural("forbidden AppArmor profile", len(values))
    return Finding(what, f"{' and '.join(who)} must not set AppArmor profile type to {quoted(values)}")


def _confined(value: str) -> bool:
    return value in ("", "runtime/default") or value.startswith("localhost/")


def capabilities(pod: PodView, version: int) -> Finding | None:
    """Only capabilities that containers have anyway are added (check_capabilities_baseline.go)."""
    added = {name: set((own.get("capabilities") or {}).get("add") or ()) - ADDABLE for name, own, _ in pod.containers()}
    bad = [name for name in added if added[name]]
    if not bad:
        return None
    names = quoted(sorted(set().union(*added.values())))
    detail = f"{containers(bad)} must not include {names} in securityContext.capabilities.add"
    return Finding("non-default capabilities", detail)


def host_namespaces(pod: PodView, version: int) -> Finding | None:
    """No network, processes or IPC of the host (check_hostNamespaces.go)."""
    used = [f"{key}=true" for key in ("hostNetwork", "hostPID", "hostIPC") if pod.spec.get(key)]
    return Finding("host namespaces", ", ".join(used)) if used else None


def host_path(pod: PodView, version: int) -> Finding | None:
    """No folder of the host (check_hostPathVolumes.go)."""
    names = [volume["name"] for volume in pod.spec.get("volumes") or () if volume.get("hostPath") is not None]
    return Finding("hostPath volumes", f"{plural('volume', len(names))} {quoted(names)}") if names else None


def host_ports(pod: PodView, version: int) -> Finding | None:
    """No port of the host (check_hostPorts.go)."""
    used = {
        name: [port["hostPort"] for port in whole.get("ports") or () if port.get("hostPort")]
        for name, _, whole in pod.containers()
    }
    bad = [name for name in used if used[name]]
    ports = sorted({str(port) for given in used.values() for port in given})
    if not bad:
        return None
    verb, what = plural("uses", len(bad), "use"), plural("hostPort", len(ports))
    return Finding("hostPort", f"{containers(bad)} {verb} {what} {', '.join(ports)}")


def probe_hosts(pod: PodView, version: int) -> Finding | None:
    """No probe and no hook asks another host than the Pod (check_hostProbesAndhostLifecycle.go)."""
    if version < 34:
        return None
    used: dict[str, list[str]] = {}
    for name, _, whole in pod.containers():
        hooks = whole.get("lifecycle") or {}
        asked = [whole.get(key) for key in ("livenessProbe", "readinessProbe", "startupProbe")]
        for handler in (*asked, hooks.get("postStart"), hooks.get("preStop")):
            for kind in ("httpGet", "tcpSocket"):
                if host := ((handler or {}).get(kind) or {}).get("host"):
                    used.setdefault(name, []).append(host)
    if not used:
        return None
    hosts = sorted({host for given in used.values() for host in given})
    verb, what = plural("uses", len(used), "use"), plural("probe or lifecycle host", len(hosts))
    return Finding("probe or lifecycle host", f"{containers(list(used))} {verb} {what} {quoted(hosts)}")


def privileged(pod: PodView, version: int) -> Finding | None:
    """No container with all the rights of the host (check_privileged.go)."""
    bad = [name for name, own, _ in pod.containers() if own.get("privileged")]
    return Finding("privileged", f"{containers(bad)} must not set securityContext.privileged=true") if bad else None


def proc_mount(pod: PodView, version: int) -> Finding | None:
    """A Pod with users of its own may see all of /proc, since 1.35."""
    return None if version >= 35 and pod.own_users() else any_proc_mount(pod, version)


def any_proc_mount(pod: PodView, version: int) -> Finding | None:
    """/proc as the runtime masks it (check_procMount.go)."""
    used = {name: own.get("procMount") for name, own, _ in pod.containers()}
    bad = [name for name in used if used[name] not in (None, "Default")]
    if not bad:
        return None
    values = quoted(sorted({str(used[name]) for name in bad}))
    return Finding("procMount", f"{containers(bad)} must not set securityContext.procMount to {values}")


def selinux(pod: PodView, version: int) -> Finding | None:
    """Only types that containers have anyway, no user and no role (check_seLinuxOptions.go)."""
    known = (*SELINUX_TYPES, *(("container_engine_t",) if version >= 31 else ()))
    given = {"": pod.context.get("seLinuxOptions") or {}}
    given |= {name: own.get("seLinuxOptions") or {} for name, own, _ in pod.containers()}
    bad = [
        name
        for name, options in given.items()
        if options.get("type", "") not in known or options.get("user") or options.get("role")
    ]
    if not bad:
        return None
    types = sorted({options.get("type", "") for options in given.values()} - set(known))
    told = [f"{plural('type', len(types))} {quoted(types)}"] if types else []
    told += [f"{key} may not be set" for key in ("user", "role") if any(each.get(key) for each in given.values())]
    who = setters("" in bad, [name for name in bad if name])
    return Finding("seLinuxOptions", f"{who} set forbidden securityContext.seLinuxOptions: {'; '.join(told)}")


def seccomp(pod: PodView, version: int) -> Finding | None:
    """No container without any seccomp profile that says so (check_seccompProfile_baseline.go)."""
    if version < 19:
        return None
    own = (pod.context.get("seccompProfile") or {}).get("type") == "Unconfined"
    bad = [name for name, each, _ in pod.containers() if (each.get("seccompProfile") or {}).get("type") == "Unconfined"]
    if not own and not bad:
        return None
    return Finding(
        "seccompProfile", f'{setters(own, bad)} must not set securityContext.seccompProfile.type to "Unconfined"'
    )


def sysctls(pod: PodView, version: int) -> Finding | None:
    """Only kernel parameters that are a Pod's own (check_sysctls.go)."""
    allowed = {name for since, names in SYSCTLS.items() if version >= since for name in names}
    names = [each["name"] for each in pod.context.get("sysctls") or () if each["name"] not in allowed]
    return Finding("forbidden sysctls", ", ".join(names)) if names else None


def host_process(pod: PodView, version: int) -> Finding | None:
    """No Windows container that is a process of the host (check_windowsHostProcess.go)."""
    own = bool((pod.context.get("windowsOptions") or {}).get("hostProcess"))
    bad = [name for name, each, _ in pod.containers() if (each.get("windowsOptions") or {}).get("hostProcess")]
    if not own and not bad:
        return None
    return Finding("hostProcess", f"{setters(own, bad)} must not set securityContext.windowsOptions.hostProcess=true")


BASELINE: dict[str, Check] = {
    "appArmorProfile": app_armor,
    "capabilities_baseline": capabilities,
    "hostNamespaces": host_namespaces,
    "hostPathVolumes": host_path,
    "hostPorts": host_ports,
    "hostProbesAndHostLifecycle": probe_hosts,
    "privileged": privileged,
    "procMount": proc_mount,
    "seLinuxOptions": selinux,
    "seccompProfile_baseline": seccomp,
    "sysctls": sysctls,
    "windowsHostProcess": host_process,
}
"""By the checks' ids, in the order in which they are told."""
