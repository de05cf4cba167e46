"""Validation of annotations in which Pods once said what fields say now. Upstream: ValidatePodSpecificAnnotations"""

from __future__ import annotations

import re
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.podspec.security.systems import every_container
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
MIRROR = "kubernetes.io/config.mirror"
DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
SECCOMP_POD, SECCOMP = "seccomp.security.alpha.kubernetes.io/pod", "container.seccomp.security.alpha.kubernetes.io/"
LOCALHOST = "localhost/"
OF_SECCOMP = {"runtime/default": "RuntimeDefault", "docker/default": "RuntimeDefault", "unconfined": "Unconfined"}
OF_APP_ARMOR = {"runtime/default": "RuntimeDefault", "unconfined": "Unconfined"}


def validate(given: Obj | None, spec: Obj, path: str) -> list[Cause]:
    """Return what is wrong with annotations that mean something for a Pod with this spec."""
    given = given or {}
    found = []
    if MIRROR in given and not spec.get("nodeName"):
        text = "must set spec.nodeName if mirror pod annotation is set"
        found.append(causes.invalid(f"{path}[{MIRROR}]", given[MIRROR], text))
    cost = given.get(DELETION_COST)
    if cost is not None and not _cost(cost):
        found.append(causes.invalid(f"{path}[{DELETION_COST}]", cost, "must be a 32bit integer"))
    for key in (SECCOMP_POD, *(key for key in given if key.startswith(SECCOMP))):
        if key in given:
            found += _seccomp(given[key], f"{path}.{key}")
    containers = {container.get("name") for _, container in every_container(spec, "")}
    for key in (key for key in given if key.startswith(APP_ARMOR)):
        name, profile, here = key.removeprefix(APP_ARMOR), given[key], f"{path}[{key}]"
        if name not in containers:
            found.append(causes.invalid(here, name, "container not found"))
        if profile and profile not in OF_APP_ARMOR and not profile.startswith(LOCALHOST):
            found.append(causes.invalid(here, profile, f"invalid AppArmor profile name: {quote(profile)}"))
    return found


def _cost(text: str) -> bool:
    plain = re.fullmatch(r"-?(0|[1-9][0-9]*)", text, re.ASCII)
    return bool(plain) and -(2**31) <= int(text) < 2**31


def _seccomp(profile: str, path: str) -> list[Cause]:
    if profile in OF_SECCOMP:
        return []
    if profile.startswith(LOCALHOST):
        return names.descending(path, profile.removeprefix(LOCALHOST))
    return [causes.invalid(path, profile, "must be a valid seccomp profile")]


def matching(given: Obj | None, spec: Obj, path: str) -> list[Cause]:
    """Return where annotations and fields say different things."""
    given, context = given or {}, spec.get("securityContext") or {}
    found, here = [], f"{path}.securityContext.seccompProfile"
    if context.get("seccompProfile") is not None and SECCOMP_POD in given:
        found += _same(given[SECCOMP_POD], context["seccompProfile"], OF_SECCOMP, here, "seccomp")
    containers = list(every_container(spec, path))
    for place, container in containers:
        own = (container.get("securityContext") or {}).get("seccompProfile")
        written = given.get(SECCOMP + container.get("name", ""))
        if own is not None and written is not None:
            found += _same(written, own, OF_SECCOMP, f"{place}.securityContext.seccompProfile", "seccomp")
    if (spec.get("os") or {}).get("name") == "windows":
        return found
    for place, container in containers:
        own = (container.get("securityContext") or {}).get("appArmorProfile") or context.get("appArmorProfile")
        written = given.get(APP_ARMOR + container.get("name", ""))
        if own is not None and written is not None:
            found += _same(written, own, OF_APP_ARMOR, f"{place}.securityContext.appArmorProfile", "apparmor")
    return found


def _same(written: str, field: Obj, known: dict[str, str], path: str, what: str) -> list[Cause]:
    kind = field.get("type")
    if kind != "Localhost":
        same = known.get(written) == kind
        return [] if same else [causes.forbidden(f"{path}.type", f"{what} type in annotation and field must match")]
    if not written.startswith(LOCALHOST):
        return [causes.forbidden(f"{path}.type", f"{what} type in annotation and field must match")]
    if written.removeprefix(LOCALHOST) != field.get("localhostProfile"):
        text = f"{what} profile in annotation and field must match"
        return [causes.forbidden(f"{path}.localhostProfile", text)]
    return []
