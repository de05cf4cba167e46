"""What variables of a container stand for: `set env --list --resolve`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/set/env/env_resolve.go
"""

from __future__ import annotations

import base64
import re
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.resources.listing import read_one

Object = dict[str, Any]
KINDS = {"secretKeyRef": ("secrets", "Secret"), "configMapKeyRef": ("configmaps", "ConfigMap")}
PLAIN = ("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
         "status.hostIP", "status.podIP")  # fmt: skip


def value_from(command: Command, store: dict[str, Object], obj: Object, container: Object, source: Object) -> str:
    """The value that a reference leads to, read from the server once for each object.

    Raises:
        PodlabError: there is none.
    """
    for reference, (plural, kind) in KINDS.items():
        if reference in source:
            name, key = source[reference]["name"], source[reference]["key"]
            at = f"{plural}/{name}"
            mapping = command.mapper.by_name(plural)
            found = store.get(at) or read_one(command.client, mapping, command.namespace, name)
            store[at] = found
            data = found.get("data") or {}
            if key not in data:
                raise PodlabError(f"error: key {key} not found in {kind} {name}")
            return base64.b64decode(data[key]).decode("utf-8", "replace") if kind == "Secret" else str(data[key])
    if "fieldRef" in source:
        return _field(obj, source["fieldRef"]["fieldPath"])
    if "resourceFieldRef" in source:
        kind, _, resource = source["resourceFieldRef"]["resource"].partition(".")
        return str(((container.get("resources") or {}).get(kind) or {}).get(resource, "0"))
    raise PodlabError("error: invalid valueFrom")


def _field(obj: Object, path: str) -> str:
    mapped = re.fullmatch(r"metadata\.(labels|annotations)\['(.*)'\]", path)
    metadata = obj.get("metadata") or {}
    if mapped:
        return str((metadata.get(mapped[1]) or {}).get(mapped[2], ""))
    if path in ("metadata.labels", "metadata.annotations"):
        values = metadata.get(path.partition(".")[2]) or {}
        return "\n".join(f'{key}="{values[key]}"' for key in sorted(values))
    if path not in PLAIN:
        raise PodlabError(f"error: unsupported fieldPath: {path}")
    value: Any = obj
    for key in path.split("."):
        value = (value or {}).get(key)
    return str(value or "")
