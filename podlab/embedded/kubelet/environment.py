"""A container's environment and command line, from its spec, its image and what it refers to.

Upstream: pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables), pkg/fieldpath
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.runtime.images import Image
from podlab.embedded.runtime.images.library import PATH

Obj = dict[str, Any]
Lookup = Callable[[str, str], Obj | None]
"""(`configmaps` or `secrets`, name) → the object in the Pod's namespace."""


class ConfigError(Exception):
    """A container that cannot be configured: the message of CreateContainerConfigError."""


def environment(
    pod: Obj,
    container: Obj,
    image: Image,
    lookup: Lookup,
    services: Sequence[Obj],
    facts: Mapping[str, str],
    home: str = "/root",
    of_file: Callable[[Obj], str | None] = lambda reference: None,
) -> dict[str, str]:
    """All variables of a container. `facts` are hostIP, podIP, nodeName and node's allocatable, `of_file` says what
    a `fileKeyRef` means. Raises ConfigError."""
    own = str(pod["spec"].get("nodeName", "")) if pod["spec"].get("hostNetwork") else hostname(pod)
    env = {"PATH": image.env.get("PATH", PATH), **({"TERM": "xterm"} if container.get("tty") else {}), "HOSTNAME": own}
    given: dict[str, str] = {}
    for source in container.get("envFrom") or []:
        given |= _from(pod, source, lookup)
    service_env = _services(services)
    for entry in container.get("env") or []:
        known = service_env | given
        reference = (entry.get("valueFrom") or {}).get("fileKeyRef")
        value = of_file(reference) if reference else _value(pod, container, entry, lookup, facts)
        if value is not None:
            given[entry["name"]] = expand(value, known) if "valueFrom" not in entry else value
    return env | given | {k: v for k, v in service_env.items() if k not in given} | _rest(image, given, home)


def sendable(env: Mapping[str, str]) -> bool:
    """Whether the runtime can be told of the variables: what Secrets keep need not be UTF-8, but has to be here."""
    try:
        "".join(env.values()).encode()
    except UnicodeEncodeError:
        return False
    return True


def _rest(image: Image, given: Mapping[str, str], home: str) -> dict[str, str]:
    return {k: v for k, v in {**image.env, "HOME": home}.items() if k not in given and k != "PATH"}


def domain(pod: Obj) -> str:
    """The full name of a Pod that has a subdomain, with its hostname or its own name; "" for others."""
    spec = pod["spec"]
    if not spec.get("subdomain"):
        return ""
    name = spec.get("hostname") or pod["metadata"]["name"]
    return f"{name}.{spec['subdomain']}.{pod['metadata']['namespace']}.svc.cluster.local"


def hostname(pod: Obj) -> str:
    """What `hostname` says in a Pod."""
    if pod["spec"].get("setHostnameAsFQDN") and domain(pod):
        return domain(pod)
    return str(pod["spec"].get("hostname") or pod["metadata"]["name"])[:63]


def _from(pod: Obj, source: Obj, lookup: Lookup) -> dict[str, str]:
    prefix = source.get("prefix", "")
    for key, plural, word in (("configMapRef", "configmaps", "configmap"), ("secretRef", "secrets", "secret")):
        if reference := source.get(key):
            found = lookup(plural, reference["name"])
            if found is None and not reference.get("optional"):
                raise ConfigError(f'{word} "{reference["name"]}" not found')
            return {prefix + name: value for name, value in _data(found or {}).items()}
    return {}


def _data(obj: Obj) -> dict[str, str]:
    if obj.get("kind") == "Secret":
        return {k: base64.b64decode(v).decode(errors="surrogateescape") for k, v in (obj.get("data") or {}).items()}
    return dict(obj.get("data") or {})


def _value(pod: Obj, container: Obj, entry: Obj, lookup: Lookup, facts: Mapping[str, str]) -> str | None:
    source = entry.get("valueFrom")
    if not source:
        return str(entry.get("value", ""))
    if field := source.get("fieldRef"):
        return field_value(pod, field["fieldPath"], facts)
    if field := source.get("resourceFieldRef"):
        return resource_value(pod, container, field, facts)
    for key, plural, kind in (("configMapKeyRef", "configmaps", "ConfigMap"), ("secretKeyRef", "secrets", "Secret")):
        if reference := source.get(key):
            return _key(pod, reference, lookup(plural, reference["name"]), kind)
    return ""


def _key(pod: Obj, reference: Obj, found: Obj | None, kind: str) -> str | None:
    if found is None:
        if reference.get("optional"):
            return None
        raise ConfigError(f'{kind.lower()} "{reference["name"]}" not found')
    data = _data(found)
    if reference["key"] not in data:
        if reference.get("optional"):
            return None
        where = f"{pod['metadata']['namespace']}/{reference['name']}"
        raise ConfigError(f"couldn't find key {reference['key']} in {kind} {where}")
    return data[reference["key"]]


def field_value(pod: Obj, path: str, facts: Mapping[str, str]) -> str:
    """The downward API's value of a field path."""
    meta, spec = pod["metadata"], pod["spec"]
    if match := re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path):
        return str((meta.get(match[1]) or {}).get(match[2], ""))
    if path in ("metadata.labels", "metadata.annotations"):
        values = meta.get(path.split(".")[1]) or {}
        if path == "metadata.annotations" and "creationTimestamp" in meta:  # the kubelet's own, which nobody else sees
            seen = meta["creationTimestamp"].replace("Z", ".000000000Z")
            values = values | {"kubernetes.io/config.seen": seen, "kubernetes.io/config.source": "api"}
        return "\n".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in sorted(values.items()))
    table = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", ""),
    }
    status = {"status.podIP": "podIP", "status.podIPs": "podIP", "status.hostIP": "hostIP", "status.hostIPs": "hostIP"}
    return str(table[path] if path in table else facts.get(status.get(path, ""), ""))


def resource_value(pod: Obj, container: Obj, field: Obj, facts: Mapping[str, str]) -> str:
    """The downward API's value of a resource: in units of the divisor, rounded up."""
    name = field.get("containerName")
    if name:
        container = next((c for c in pod["spec"]["containers"] if c["name"] == name), container)
    kind, _, resource = field["resource"].partition(".")
    given = ((container.get("resources") or {}).get(kind) or {}).get(resource)
    if given is None:
        given = facts.get(resource, "0") if kind == "limits" else "0"
    divisor = quantity.nano(field.get("divisor") or "1") or quantity.NANO
    return str(-(-quantity.nano(given) // divisor))


def _services(services: Sequence[Obj]) -> dict[str, str]:
    env: dict[str, str] = {}
    for service in services:
        ip, ports = service["spec"].get("clusterIP"), service["spec"].get("ports") or []
        if not ip or ip == "None" or not ports:
            continue
        told = ((port.get("name", ""), str(port["port"]), port.get("protocol", "TCP")) for port in ports)
        env |= _service(service["metadata"]["name"], ip, tuple(told))
    return env


@lru_cache(256)
def _service(name: str, ip: str, ports: tuple[tuple[str, str, str], ...]) -> Mapping[str, str]:
    """What is told of a Service of these ports (name, number, protocol): once, for all containers that hear of it."""
    prefix, first = name.upper().replace("-", "_"), ports[0][1]
    env = {f"{prefix}_SERVICE_HOST": ip, f"{prefix}_SERVICE_PORT": first}
    env |= {f"{prefix}_SERVICE_PORT_{called.upper()}": number for called, number, _ in ports if called}
    env[f"{prefix}_PORT"] = f"tcp://{ip}:{first}"
    for _, number, protocol in ports:
        base, proto = f"{prefix}_PORT_{number}_{protocol}", protocol.lower()
        env |= {base: f"{proto}://{ip}:{number}", f"{base}_PROTO": proto, f"{base}_PORT": number, f"{base}_ADDR": ip}
    return env


def expand(text: str, env: Mapping[str, str]) -> str:
    """Replace `$(NAME)`; `$$` is a dollar. Upstream: third_party/forked/golang/expansion"""

    def replace(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return env.get(match[1], match[0])

    return re.sub(r"\$\$|\$\(([\w.-]+)\)", replace, text)


def command_line(container: Obj, image: Image, env: Mapping[str, str]) -> list[str]:
    """What runs as process 1: the spec's command and args, or the image's entry point and command."""
    command, args = container.get("command") or [], container.get("args") or []
    words = [*command, *args] if command else [*image.entrypoint, *(args or image.command)]
    return [expand(word, env) for word in words]
