"""Validation of containers, in upstream's order. Upstream: pkg/apis/core/validation/validation.go"""

from __future__ import annotations

import re
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.apiserver.podspec import internal, probes
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
PROTOCOLS = ("SCTP", "TCP", "UDP")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")
MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
STANDARD = ("cpu", "memory", "ephemeral-storage", "storage", "pods", "services", "secrets", "configmaps")
OF_CONTAINERS = ("cpu", "memory", "ephemeral-storage")
ENV_FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
    "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
)  # fmt: skip
VOLUME_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
OTHER_FIELDS = ("spec.host", "spec.restartPolicy", "spec.schedulerName", "status.phase")
SUBSCRIPTED = re.compile(r"(metadata\.(?:labels|annotations))\['(.*)'\]", re.S)
RESOURCE_FIELDS = (
    "limits.cpu", "limits.ephemeral-storage", "limits.memory",
    "requests.cpu", "requests.ephemeral-storage", "requests.memory",
)  # fmt: skip
NO_INIT_PROBE = "may not be set for init containers without restartPolicy=Always"
VALUE_FROM = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
MANY_FROM = "may not have more than one field specified at a time"


def containers(given: list[Obj], volumes: dict[str, Obj], grace: int | None, path: str) -> list[Cause]:
    """Return what is wrong with the main containers; `volumes` are the valid ones by name."""
    if not given:
        return [causes.required(path)]
    found: list[Cause] = []
    seen: set[str] = set()
    for index, container in enumerate(given):
        here = f"{path}[{index}]"
        found += common(container, volumes, here)
        found += unique_name(container, seen, here)
        found += probes.lifecycle(container.get("lifecycle"), grace, f"{here}.lifecycle")
        found += probes.of_container(container, grace, here)
        found += _restart_policy(container, here)
    return found + host_ports(given, path)


def init_containers(
    given: list[Obj], mains: list[Obj], volumes: dict[str, Obj], grace: int | None, path: str
) -> list[Cause]:
    """Return what is wrong with init containers."""
    found: list[Cause] = []
    seen = {container.get("name", "") for container in mains}
    for index, container in enumerate(given):
        here = f"{path}[{index}]"
        found += common(container, volumes, here)
        found += _restart_policy(container, here)
        found += unique_name(container, seen, here)
        found += host_ports([container], path)
        if container.get("restartPolicy") == "Always":
            found += probes.lifecycle(container.get("lifecycle"), grace, f"{here}.lifecycle")
            found += probes.of_container(container, grace, here)
        else:
            keys = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
            found += [
                causes.forbidden(f"{here}.{key}", NO_INIT_PROBE) for key in keys if container.get(key) is not None
            ]
    return found


def unique_name(container: Obj, seen: set[str], path: str) -> list[Cause]:
    """Return a cause if another container has the name; `seen` gets it otherwise."""
    name = container.get("name", "")
    if name in seen:
        return [causes.duplicate(f"{path}.name", name)]
    if name:
        seen.add(name)
    return []


def _restart_policy(container: Obj, path: str) -> list[Cause]:
    policy = container.get("restartPolicy")
    rules = container.get("restartPolicyRules") or []
    found = []
    if policy is not None and policy not in ("Always", "OnFailure", "Never"):
        found.append(causes.unsupported(f"{path}.restartPolicy", policy, ("Always", "Never", "OnFailure")))
    if rules and policy is None:
        found.append(causes.required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used"))
    for index, rule in enumerate(rules):
        if rule.get("exitCodes") is None:
            found.append(causes.required(f"{path}.restartPolicyRules[{index}].exitCodes", "must be specified"))
    return found


def common(container: Obj, volumes: dict[str, Obj], path: str) -> list[Cause]:
    """Return what is wrong with a container of any kind; `volumes` are the valid ones by name."""
    name, found = container.get("name", ""), []
    if name:
        found += names.causes_of(f"{path}.name", name, names.label(name))
    else:
        found.append(causes.required(f"{path}.name"))
    if not container.get("image"):
        found.append(causes.required(f"{path}.image"))
    found += one_of(container.get("terminationMessagePolicy"), MESSAGE_POLICIES, f"{path}.terminationMessagePolicy")
    found += ports(container.get("ports") or [], f"{path}.ports")
    found += environment(container.get("env") or [], f"{path}.env")
    found += _environment_from(container.get("envFrom") or [], f"{path}.envFrom")
    found += _mounts(container, volumes, f"{path}.volumeMounts")
    found += _devices(container, volumes, f"{path}.volumeDevices")
    found += one_of(container.get("imagePullPolicy"), PULL_POLICIES, f"{path}.imagePullPolicy")
    found += resources(container.get("resources") or {}, f"{path}.resources")
    found += _resize(container.get("resizePolicy") or [], f"{path}.resizePolicy")
    return found + _security(container.get("securityContext") or {}, f"{path}.securityContext")


def one_of(value: str | None, allowed: tuple[str, ...], path: str) -> list[Cause]:
    """Return a cause unless the value is one of those allowed."""
    if not value:
        return [causes.required(path)]
    return [] if value in allowed else [causes.unsupported(path, value, allowed)]


def only_in_pods(given: list[Obj], path: str) -> list[Cause]:
    """Return what a Pod refuses and a template accepts."""
    text = "must not have leading or trailing whitespace"
    images = [(index, container.get("image", "")) for index, container in enumerate(given)]
    return [causes.invalid(f"{path}[{index}].image", image, text) for index, image in images if image != image.strip()]


def ports(given: list[Obj], path: str) -> list[Cause]:
    found, seen = [], set()
    for index, port in enumerate(given):
        here, name = f"{path}[{index}]", port.get("name", "")
        complaints = names.port_name(name) if name else []
        found += names.causes_of(f"{here}.name", name, complaints)
        if name in seen and not complaints:
            found.append(causes.duplicate(f"{here}.name", name))
        if name and not complaints:
            seen.add(name)
        number, host = port.get("containerPort", 0), port.get("hostPort", 0)
        if number:
            found += names.causes_of(f"{here}.containerPort", number, names.port_number(number))
        else:
            found.append(causes.required(f"{here}.containerPort"))
        if host:
            found += names.causes_of(f"{here}.hostPort", host, names.port_number(host))
        found += one_of(port.get("protocol"), PROTOCOLS, f"{here}.protocol")
    return found


def host_ports(given: list[Obj], path: str) -> list[Cause]:
    found, seen = [], set()
    for index, container in enumerate(given):
        for number, port in enumerate(container.get("ports") or []):
            if not port.get("hostPort"):
                continue
            text = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
            if text in seen:
                found.append(causes.duplicate(f"{path}[{index}].ports[{number}].hostPort", text))
            seen.add(text)
    return found


def environment(given: list[Obj], path: str) -> list[Cause]:
    found = []
    for index, variable in enumerate(given):
        here, name = f"{path}[{index}]", variable.get("name", "")
        if name:
            found += names.causes_of(f"{here}.name", name, names.environment(name))
        else:
            found.append(causes.required(f"{here}.name"))
        found += _value_from(variable, f"{here}.valueFrom")
    return found


def _value_from(variable: Obj, path: str) -> list[Cause]:
    source = variable.get("valueFrom")
    if source is None:
        return []
    found, sources = [], [key for key in VALUE_FROM if source.get(key) is not None]
    for key in sources:
        value, here = source[key], f"{path}.{key}"
        if key == "fieldRef":
            found += field_reference(value, ENV_FIELDS, here)
        elif key == "resourceFieldRef":
            found += _resource_reference(value, here)
        elif key in ("configMapKeyRef", "secretKeyRef"):
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


def field_reference(value: Obj, allowed: tuple[str, ...], path: str) -> list[Cause]:
    """Return what is wrong with a reference to a field of the Pod itself."""
    label = value.get("fieldPath", "")
    if not value.get("apiVersion"):
        return [causes.required(f"{path}.apiVersion")]
    if not label:
        return [causes.required(f"{path}.fieldPath")]
    if value["apiVersion"] != "v1":
        text = f"error converting fieldPath: unsupported pod version: {value['apiVersion']}"
        return [causes.invalid(f"{path}.fieldPath", label, text)]
    if match := SUBSCRIPTED.fullmatch(label):
        key = match[2] if match[1] == "metadata.labels" else match[2].lower()
        return names.causes_of(path, key, names.qualified(key))
    if label not in (*ENV_FIELDS, *VOLUME_FIELDS, *OTHER_FIELDS):
        text = f"error converting fieldPath: field label not supported: {label}"
        return [causes.invalid(f"{path}.fieldPath", label, text)]
    return [] if label in allowed else [causes.unsupported(f"{path}.fieldPath", label, allowed)]


def _resource_reference(value: Obj, path: str) -> list[Cause]:
    resource = value.get("resource", "")
    if not resource:
        return [causes.required(f"{path}.resource")]
    if resource in RESOURCE_FIELDS or resource.startswith(("limits.hugepages-", "requests.hugepages-")):
        return []
    return [causes.unsupported(f"{path}.resource", resource, RESOURCE_FIELDS)]


def _environment_from(given: list[Obj], path: str) -> list[Cause]:
    found = []
    for index, source in enumerate(given):
        here = f"{path}[{index}]"
        if source.get("prefix"):
            found += names.causes_of(f"{here}.prefix", source["prefix"], names.environment(source["prefix"]))
        sources = [key for key in ("configMapRef", "secretRef") if source.get(key) is not None]
        for key in sources:
            name = source[key].get("name", "")
            wrong = names.causes_of(f"{here}.{key}.name", name, names.subdomain(name))
            found += wrong if name else [causes.required(f"{here}.{key}.name")]
        if not sources:
            found.append(causes.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        elif len(sources) > 1:
            found.append(causes.invalid(path, "", MANY_FROM))
    return found


def _mounts(container: Obj, volumes: dict[str, Obj], path: str) -> list[Cause]:
    found: list[Cause] = []
    seen: set[str] = set()
    for index, mount in enumerate(container.get("volumeMounts") or []):
        here, name, place = f"{path}[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            found.append(causes.required(f"{here}.name"))
        if name not in volumes:
            found.append(causes.not_found(f"{here}.name", name))
        if not place:
            found.append(causes.required(f"{here}.mountPath"))
        if place in seen:
            found.append(causes.invalid(f"{here}.mountPath", place, "must be unique"))
        seen.add(place)
        for key in ("subPath", "subPathExpr"):
            if mount.get(key):
                found += descending(mount[key], f"{path}.{key}")
        if mount.get("subPath") and mount.get("subPathExpr"):
            text = "subPathExpr and subPath are mutually exclusive"
            found.append(causes.invalid(f"{here}.subPathExpr", mount["subPathExpr"], text))
    return found


def descending(text: str, path: str) -> list[Cause]:
    """Return causes unless the path is relative and stays below its start."""
    found = [causes.invalid(path, text, "must be a relative path")] if text.startswith("/") else []
    if ".." in text.split("/"):
        found.append(causes.invalid(path, text, "must not contain '..'"))
    return found


def resources(given: Obj, path: str) -> list[Cause]:
    """Return what is wrong with requests and limits."""
    found, limits = [], given.get("limits") or {}
    for name, amount in limits.items():
        found += _amount(name, amount, f"{path}.limits[{name}]")
    for name, amount in (given.get("requests") or {}).items():
        found += _amount(name, amount, f"{path}.requests[{name}]")
        scarce = "/" in name or name.startswith("hugepages-")
        if scarce and name in limits and quantity.nano(amount) != quantity.nano(limits[name]):
            text = f"must be equal to {name} limit of {limits[name]}"
            found.append(causes.invalid(f"{path}.requests", amount, text))
        elif name in limits and quantity.nano(amount) > quantity.nano(limits[name]):
            text = f"must be less than or equal to {name} limit of {limits[name]}"
            found.append(causes.invalid(f"{path}.requests", amount, text))
        elif name not in limits and scarce:
            found.append(causes.required(f"{path}.limits", "Limit must be set for non overcommitable resources"))
    return found


def _amount(name: str, amount: str, path: str) -> list[Cause]:
    found = names.causes_of(path, name, names.qualified(name))
    if "/" not in name and not found and name not in OF_CONTAINERS and not name.startswith("hugepages-"):
        if name not in STANDARD:
            found.append(causes.invalid(path, name, "must be a standard resource type or fully qualified"))
        found.append(causes.invalid(path, name, "must be a standard resource for containers"))
    elif "/" in name and found:
        found.append(causes.invalid(path, name, "doesn't follow extended resource name standard"))
    if quantity.nano(amount) < 0:
        found.append(causes.invalid(path, amount, "must be greater than or equal to 0"))
    if "/" in name and quantity.milli(amount) % 1000:
        found.append(causes.invalid(path, amount, "must be an integer"))
    return found


def _security(given: Obj, path: str) -> list[Cause]:
    found = [
        causes.invalid(f"{path}.{key}", given[key], names.between(0, 2**31 - 1))
        for key in ("runAsUser", "runAsGroup")
        if given.get(key) is not None and not 0 <= given[key] <= 2**31 - 1
    ]
    if given.get("procMount") not in (None, "Default", "Unmasked"):
        found.append(causes.unsupported(f"{path}.procMount", given["procMount"], ("Default", "Unmasked")))
    found += seccomp(given.get("seccompProfile"), f"{path}.seccompProfile")
    if given.get("allowPrivilegeEscalation") is False:
        other = "`privileged` to true" if given.get("privileged") else ""
        if "CAP_SYS_ADMIN" in ((given.get("capabilities") or {}).get("add") or []):
            other = "`capabilities.Add` CAP_SYS_ADMIN"
        if other:
            text = f"cannot set `allowPrivilegeEscalation` to false and {other}"
            found.append(causes.invalid(path, internal.struct(given, "SecurityContext"), text))
    return found


def seccomp(profile: Obj | None, path: str) -> list[Cause]:
    """Return what is wrong with a seccomp profile."""
    kinds = ("Localhost", "RuntimeDefault", "Unconfined")
    if profile is None or profile.get("type") in kinds:
        return []
    return [causes.unsupported(f"{path}.type", profile.get("type", ""), kinds)]


def _devices(container: Obj, volumes: dict[str, Obj], path: str) -> list[Cause]:
    found = []
    for index, device in enumerate(container.get("volumeDevices") or []):
        here, name = f"{path}[{index}]", device.get("name", "")
        if not name:
            found.append(causes.required(f"{here}.name"))
        if name not in volumes:
            found.append(causes.not_found(f"{here}.name", name))
        if not device.get("devicePath"):
            found.append(causes.required(f"{here}.devicePath"))
    return found


def _resize(given: list[Obj], path: str) -> list[Cause]:
    allowed = (("resourceName", ("cpu", "memory")), ("restartPolicy", ("NotRequired", "RestartContainer")))
    return [
        causes.unsupported(path, policy.get(key, ""), values)
        for policy in given
        for key, values in allowed
        if policy.get(key, "") not in values
    ]
