"""Levels and versions, and the verdict on a Pod. Upstream: staging/src/k8s.io/pod-security-admission/{api,policy}"""

from __future__ import annotations

import re
from typing import NamedTuple

from podlab.embedded.apiserver.podsecurity.baseline import BASELINE
from podlab.embedded.apiserver.podsecurity.findings import Finding, Obj, PodView
from podlab.embedded.apiserver.podsecurity.restricted import OVERRIDDEN, RESTRICTED

PREFIX = "pod-security.kubernetes.io/"
MODES = ("enforce", "audit", "warn")
LEVELS = ("privileged", "baseline", "restricted")
LATEST = 1_000_000


class Standard(NamedTuple):
    """A level as of a version."""

    level: str = "privileged"
    version: str = "latest"

    def __str__(self) -> str:
        return f"{self.level}:{self.version}"

    def minor(self) -> int:
        """N of 1.N."""
        return LATEST if self.version == "latest" else int(self.version.removeprefix("v1."))


def standard(labels: Obj, mode: str) -> Standard:
    """What a namespace's labels say for a mode; warnings are as strict as what is enforced, unless labelled."""
    level, version = labels.get(PREFIX + mode), labels.get(f"{PREFIX}{mode}-version")
    fallback = standard(labels, "enforce") if mode != "enforce" else Standard()
    if level is None:
        return Standard(fallback.level, version or fallback.version)
    return Standard(level if level in LEVELS else "restricted", version or "latest")


def complaints(labels: Obj) -> dict[str, str]:
    """What is wrong with the labels, by label."""
    found = {}
    for mode in MODES:
        level, version = labels.get(PREFIX + mode), labels.get(f"{PREFIX}{mode}-version")
        if level is not None and level not in LEVELS:
            found[PREFIX + mode] = f"must be one of {', '.join(LEVELS)}"
        if version is not None and not re.fullmatch(r"latest|v1\.(0|[1-9][0-9]*)", version):
            found[f"{PREFIX}{mode}-version"] = 'must be "latest" or "v1.x"'
    return found


def findings(meta: Obj, spec: Obj, wanted: Standard) -> list[Finding]:
    """What keeps a Pod from a level."""
    if wanted.level == "privileged":
        return []
    pod, minor = PodView(meta, spec), wanted.minor()
    strict = wanted.level == "restricted"
    checks = [check for name, check in BASELINE.items() if not (strict and minor >= OVERRIDDEN.get(name, LATEST + 1))]
    checks += list(RESTRICTED.values()) if strict else []
    return [found for check in checks if (found := check(pod, minor))]


def stricter(new: Standard, old: Standard) -> bool:
    """Whether Pods that were good may no longer be."""
    if new == old or new.level == "privileged":
        return False
    return new.version != old.version or LEVELS.index(new.level) > LEVELS.index(old.level)
