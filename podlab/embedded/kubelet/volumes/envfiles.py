"""Files of variables in volumes, for `fileKeyRef`. Upstream: pkg/kubelet/util/env/env_util.go (ParseEnv)"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from podlab.embedded.kubelet.environment import ConfigError
from podlab.embedded.runtime.volume import Volume

Obj = dict[str, Any]
KINDS = ("initContainers", "containers", "ephemeralContainers")
"""A volume that none of these mounts is not set up."""


class NoEnvFile(ValueError):
    """A file that is no file of variables."""


def value(text: str, key: str) -> str:
    """The value of a key: within single quotes, of as many lines as they hold; "" if it has none. Raises NoEnvFile."""
    lines = iter(text.splitlines())
    for line in lines:
        line = line.lstrip(" \t")
        if not line or line.startswith("#"):
            continue
        name, equals, rest = line.partition("=")
        if not equals or not name or name != name.rstrip(" \t"):
            raise NoEnvFile
        if rest != rest.lstrip(" \t"):
            if name == key:
                return ""
            continue
        if not rest.startswith("'"):
            raise NoEnvFile
        found = _quoted(rest[1:], lines)
        if name == key:
            return found
    return ""


def _quoted(rest: str, lines: Iterator[str]) -> str:
    found = ""
    while "'" not in rest:
        found += rest + "\n"
        line = next(lines, None)
        if line is None:
            raise NoEnvFile
        rest = line
    inner, _, after = rest.partition("'")
    if after.lstrip(" \t") and not after.lstrip(" \t").startswith("#"):
        raise NoEnvFile
    return found + inner


def of_reference(pod: Obj, volumes: Mapping[str, Volume], reference: Obj) -> str | None:
    """The value that a `fileKeyRef` means; None for one that may be missing. Raises ConfigError."""
    mounted = {m["name"] for kind in KINDS for c in pod["spec"].get(kind) or [] for m in c.get("volumeMounts") or []}
    volume = volumes.get(reference["volumeName"]) if reference["volumeName"] in mounted else None
    path = posixpath.normpath(f"/{reference['path']}")
    if volume is None:
        raise ConfigError(f'cannot find the volume "{reference["volumeName"]}" referenced by FileKeyRef')
    try:
        data = volume.entries.get(path)
        found = value((data or b"").decode(errors="replace"), reference["key"])
        if data is None:
            raise NoEnvFile
    except NoEnvFile:
        raise ConfigError("couldn't parse env file") from None
    if not found and not reference.get("optional"):
        folder = f"/var/lib/kubelet/pods/{pod['metadata']['uid']}/volumes/kubernetes.io~empty-dir"
        where = f"{folder}/{reference['volumeName']}{path}"
        raise ConfigError(f'environment variable key "{reference["key"]}" not found in file "{where}"')
    return found or None
