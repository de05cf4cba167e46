"""Validation of security contexts. Upstream: validatePodSpecSecurityContext, ValidateSecurityContext"""

from __future__ import annotations

import re
from typing import Any

from podlab.embedded.apiserver.podspec import internal
from podlab.embedded.apiserver.podspec.security import windows
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
HIGHEST = 2**31 - 1
SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
SYSCTL = rf"({SEGMENT}[\./])*{SEGMENT}"
LONGEST_SYSCTL, LONGEST_PROFILE = 253, 4095
IPC = ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")


def _numbers(given: Obj, keys: tuple[str, ...], path: str) -> list[Cause]:
    text = names.between(0, HIGHEST)
    values = [(key, given[key]) for key in keys if given.get(key) is not None]
    return [causes.invalid(f"{path}.{key}", value, text) for key, value in values if not 0 <= value <= HIGHEST]


def of_pod(spec: Obj, path: str) -> list[Cause]:
    """Return what is wrong with the security context of a Pod."""
    given = spec.get("securityContext") or {}
    found = _numbers(given, ("fsGroup", "runAsUser", "runAsGroup"), path)
    groups = {f"supplementalGroups[{i}]": group for i, group in enumerate(given.get("supplementalGroups") or [])}
    found += _numbers(groups, tuple(groups), path)
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        text = "ShareProcessNamespace and HostPID cannot both be enabled"
        found.append(causes.invalid(f"{path}.shareProcessNamespace", True, text))
    found += _sysctls(spec, given.get("sysctls") or [], f"{path}.sysctls")
    policies = ("Always", "OnRootMismatch")
    found += names.among(f"{path}.fsGroupChangePolicy", given.get("fsGroupChangePolicy"), policies)
    found += _profiles(given, path)
    policies = ("Merge", "Strict")
    found += names.among(f"{path}.supplementalGroupsPolicy", given.get("supplementalGroupsPolicy"), policies)
    # MountOption is behind a gate that is off.
    return found + names.among(f"{path}.seLinuxChangePolicy", given.get("seLinuxChangePolicy"), ("Recursive",))


def _profiles(given: Obj, path: str) -> list[Cause]:
    found = seccomp(given.get("seccompProfile"), f"{path}.seccompProfile")
    found += windows.options(given.get("windowsOptions"), f"{path}.windowsOptions")
    return found + app_armor(given.get("appArmorProfile"), f"{path}.appArmorProfile")


def _sysctls(spec: Obj, given: list[Obj], path: str) -> list[Cause]:
    found: list[Cause] = []
    seen: set[str] = set()
    for index, sysctl in enumerate(given):
        here, name = f"{path}[{index}].name", sysctl.get("name", "")
        if not name:
            found.append(causes.required(here))
        elif len(name) > LONGEST_SYSCTL or not re.fullmatch(SYSCTL, name):
            text = f"must have at most {LONGEST_SYSCTL} characters and match regex ^{SYSCTL}$"
            found.append(causes.invalid(here, name, text))
        elif name in seen:
            found.append(causes.duplicate(here, name))
        seen.add(name)
        flat = name.replace("/", ".")
        if spec.get("hostNetwork") and flat.startswith("net."):
            found.append(causes.invalid(here, name, "may not be specified when 'hostNetwork' is true"))
        if spec.get("hostIPC") and flat.startswith(IPC):
            found.append(causes.invalid(here, name, "may not be specified when 'hostIPC' is true"))
    return found


def of_container(given: Obj, path: str, *, host_users: bool) -> list[Cause]:
    """Return what is wrong with the security context of a container; `host_users`: it runs as the node's users."""
    found = _numbers(given, ("runAsUser", "runAsGroup"), path)
    mount = given.get("procMount")
    found += names.among(f"{path}.procMount", mount, ("Default", "Unmasked"))
    if mount == "Unmasked" and host_users:
        found.append(causes.invalid(f"{path}.procMount", mount, "`hostUsers` must be false to use `Unmasked`"))
    found += seccomp(given.get("seccompProfile"), f"{path}.seccompProfile")
    if given.get("allowPrivilegeEscalation") is False:
        others = ["`privileged` to true"] if given.get("privileged") else []
        added = (given.get("capabilities") or {}).get("add") or []
        others += ["`capabilities.Add` CAP_SYS_ADMIN" for name in added if name == "CAP_SYS_ADMIN"]
        shown = internal.struct(given, "SecurityContext")
        for other in others:
            text = f"cannot set `allowPrivilegeEscalation` to false and {other}"
            found.append(causes.invalid(path, shown, text))
    found += windows.options(given.get("windowsOptions"), f"{path}.windowsOptions")
    return found + app_armor(given.get("appArmorProfile"), f"{path}.appArmorProfile")


def seccomp(profile: Obj | None, path: str) -> list[Cause]:
    """Return what is wrong with a seccomp profile."""
    if profile is None:
        return []
    kind, file, here = profile.get("type", ""), profile.get("localhostProfile"), f"{path}.localhostProfile"
    found = []
    if not kind:
        found.append(causes.required(f"{path}.type", "type is required when seccompProfile is set"))
    elif kind not in PROFILES:
        found.append(causes.unsupported(f"{path}.type", kind, PROFILES))
    if kind != "Localhost":
        if file is not None:
            shown = internal.struct(profile, "SeccompProfile")
            found.append(causes.invalid(here, shown, "can only be set when seccomp type is Localhost"))
    elif file is None:
        found.append(causes.required(here, "must be set when seccomp type is Localhost"))
    else:
        found += names.descending(here, file)
    return found


def app_armor(profile: Obj | None, path: str) -> list[Cause]:
    """Return what is wrong with an AppArmor profile."""
    if profile is None:
        return []
    kind, file, here = profile.get("type", ""), profile.get("localhostProfile"), f"{path}.localhostProfile"
    if not kind:
        return [causes.required(f"{path}.type", "type is required when appArmorProfile is set")]
    if kind not in PROFILES:
        return [causes.unsupported(f"{path}.type", kind, PROFILES)]
    if kind != "Localhost":
        text = "can only be set when AppArmor type is Localhost"
        return [causes.invalid(here, file, text)] if file is not None else []
    if file is None or not file:
        return [causes.required(here, "must be set when AppArmor type is Localhost")]
    found = []
    if file != file.strip():
        found.append(causes.invalid(here, file, "must not be padded with whitespace"))
    if len(file) > LONGEST_PROFILE:
        found.append(causes.too_long(here, LONGEST_PROFILE))
    return found
