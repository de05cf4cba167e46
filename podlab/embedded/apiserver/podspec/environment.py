"""Validation of env and envFrom. Upstream: pkg/apis/core/validation/validation.go ValidateEnv, ValidateEnvFrom"""

from __future__ import annotations

import re
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
ENV_FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
    "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
)  # fmt: skip
VOLUME_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
OTHER_FIELDS = ("spec.host", "spec.restartPolicy", "spec.schedulerName", "status.phase")
SUBSCRIPTED = re.compile(r"(.*)\['(.*)'\]", re.S)
RESOURCE_FIELDS = (
    "limits.cpu", "limits.ephemeral-storage", "limits.memory",
    "requests.cpu", "requests.ephemeral-storage", "requests.memory",
)  # fmt: skip
DIVISORS = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
DIVIDED = {"memory": "memory", "ephemeral-storage": "local ephemeral storage"}
VALUE_FROM = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
MANY_FROM = "may not have more than one field specified at a time"


def environment(given: list[Obj], volumes: dict[str, Obj], path: str) -> list[Cause]:
    """Return what is wrong with variables."""
    found = []
    for index, variable in enumerate(given):
        here, name = f"{path}[{index}]", variable.get("name", "")
        if name:
            found += names.causes_of(f"{here}.name", name, names.environment(name))
        else:
            found.append(causes.required(f"{here}.name"))
        found += _value_from(variable, volumes, f"{here}.valueFrom")
    return found


def _value_from(variable: Obj, volumes: dict[str, Obj], path: str) -> list[Cause]:
    source = variable.get("valueFrom")
    if source is None:
        return []
    found, sources = [], [key for key in VALUE_FROM if source.get(key) is not None]
    for key in sources:
        value, here = source[key], f"{path}.{key}"
        if key == "fieldRef":
            found += field_reference(value, ENV_FIELDS, here)
        elif key == "resourceFieldRef":
            found += resource_reference(value, here, named=False)
        elif key == "fileKeyRef":
            found += _file_key(value, volumes, here)
        else:
            found += _key_reference(value, here)
    if not sources:
        options = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        found.append(causes.invalid(path, "", f"must specify one of: {options}"))
    elif variable.get("value"):
        found.append(causes.invalid(path, "", "may not be specified when `value` is not empty"))
    elif len(sources) > 1:
        found.append(causes.invalid(path, "", MANY_FROM))
    return found


def _key_reference(value: Obj, path: str) -> list[Cause]:
    found = names.causes_of(f"{path}.name", value.get("name", ""), names.subdomain(value.get("name", "")))
    if not value.get("key"):
        return [*found, causes.required(f"{path}.key")]
    return found + names.causes_of(f"{path}.key", value["key"], names.config_key(value["key"]))


def _file_key(value: Obj, volumes: dict[str, Obj], path: str) -> list[Cause]:
    key, volume, file = (value.get(name, "") for name in ("key", "volumeName", "path"))
    found = names.causes_of(f"{path}.key", key, names.environment(key)) if key else [causes.required(f"{path}.key")]
    found += [] if volume else [causes.required(f"{path}.volumeName")]
    found += names.no_backsteps(f"{path}.path", file) if file else [causes.required(f"{path}.path")]
    if volume not in volumes:
        found.append(causes.not_found(f"{path}.volumeName", volume))
    elif volumes[volume].get("emptyDir") is None:
        text = "referenced volume must be of type emptyDir"
        found.append(causes.invalid(f"{path}.volumeName", volume, text))
    return found


def field_reference(value: Obj, allowed: tuple[str, ...], path: str) -> list[Cause]:
    """Return what is wrong with a reference to a field of the Pod itself."""
    label = value.get("fieldPath", "")
    for key in ("apiVersion", "fieldPath"):
        if not value.get(key):
            return [causes.required(f"{path}.{key}")]
    if problem := _unconverted(value["apiVersion"], label):
        return [causes.invalid(f"{path}.fieldPath", label, f"error converting fieldPath: {problem}")]
    if match := SUBSCRIPTED.fullmatch(label):
        key = match[2] if match[1] == "metadata.labels" else match[2].lower()
        return names.causes_of(path, key, names.qualified(key))
    return [] if label in allowed else [causes.unsupported(f"{path}.fieldPath", label, allowed)]


def _unconverted(version: str, label: str) -> str:
    """Say why a label is none. Upstream: pkg/apis/core/pods/helpers.go ConvertDownwardAPIFieldLabel"""
    if version != "v1":
        return f"unsupported pod version: {version}"
    if match := SUBSCRIPTED.fullmatch(label):
        known = match[1] in ("metadata.annotations", "metadata.labels")
        return "" if known else f"field label does not support subscript: {label}"
    known = label in (*ENV_FIELDS, *VOLUME_FIELDS, *OTHER_FIELDS)
    return "" if known else f"field label not supported: {label}"


def resource_reference(value: Obj, path: str, *, named: bool) -> list[Cause]:
    """Return what is wrong with a reference to requests or limits; in volumes it names a container."""
    resource = value.get("resource", "")
    found = []
    if named and not value.get("containerName"):
        found.append(causes.required(f"{path}.containerName"))
    elif not resource:
        found.append(causes.required(f"{path}.resource"))
    elif resource not in RESOURCE_FIELDS and not resource.startswith(("limits.hugepages-", "requests.hugepages-")):
        found.append(causes.unsupported(f"{path}.resource", resource, RESOURCE_FIELDS))
    divisor = str(value.get("divisor") or "0")
    return found + _divisor(resource, divisor, f"{path}.divisor") if quantity.nano(divisor) else found


def _divisor(resource: str, divisor: str, path: str) -> list[Cause]:
    _, _, kind = resource.partition(".")
    if kind == "cpu":
        text = "only divisor's values 1m and 1 are supported with the cpu resource"
        return [] if divisor in ("1m", "1") else [causes.invalid(path, resource, text)]
    kind = "hugepages" if kind.startswith("hugepages-") else DIVIDED.get(kind, "")
    if not kind or divisor in DIVISORS:
        return []
    text = f"only divisor's values {', '.join(DIVISORS)} are supported with the {kind} resource"
    return [causes.invalid(path, resource, text)]


def environment_from(given: list[Obj], path: str) -> list[Cause]:
    """Return what is wrong with envFrom."""
    found = []
    for index, source in enumerate(given):
        here = f"{path}[{index}]"
        if source.get("prefix"):
            found += names.causes_of(f"{here}.prefix", source["prefix"], names.environment(source["prefix"]))
        sources = [key for key in ("configMapRef", "secretRef") if source.get(key) is not None]
        for key in sources:
            name = source[key].get("name", "")
            wrong = names.causes_of(f"{here}.{key}.name", name, names.prefix(names.subdomain, name))
            found += wrong if name else [causes.required(f"{here}.{key}.name")]
        if not sources:
            found.append(causes.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        elif len(sources) > 1:
            found.append(causes.invalid(path, "", MANY_FROM))
    return found
