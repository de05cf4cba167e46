"""The Containers section: what each container is, was and waits for."""

from __future__ import annotations

import math
from urllib.parse import quote

from podlab.apimachinery.times import rfc1123
from podlab.kubectl.describe.sections import Object, or_none, small, truth
from podlab.kubectl.quantity import parse_quantity

RESOLVED = ("metadata.name", "metadata.namespace")


def containers(
    title: str, values: list[Object] | None, statuses: list[Object] | None, pod: Object | None = None, space: str = ""
) -> list[str]:
    """The containers of a Pod, or (with `space`, without statuses) of a Pod template."""
    by_name = {status["name"]: status for status in statuses or []}
    lines = [f"{space}{title}:{'' if values else ' <none>'}"]
    for container in values or []:
        status = by_name.get(container["name"])
        lines.append(f"  {' ' if space else ''}{container['name']}:")
        lines += [f"    {line}" for line in _container(container, status, pod)]
    return lines


def _container(container: Object, status: Object | None, pod: Object | None) -> list[str]:
    return [
        *_identity(container, status),
        *_words("Command", container.get("command")),
        *_words("Args", container.get("args")),
        *(_states(status) if status else ()),
        *resources(container.get("resources")),
        *(
            f"{title}:\t{probe_text(container[key])}"
            for title, key in (
                ("Liveness", "livenessProbe"),
                ("Readiness", "readinessProbe"),
                ("Startup", "startupProbe"),
            )
            if container.get(key)
        ),
        *_environment_from(container.get("envFrom")),
        *_environment(container, pod),
        *_mounts(container),
    ]


def _identity(container: Object, status: Object | None) -> list[str]:
    lines = [f"Container ID:\t{status.get('containerID', '')}"] if status else []
    lines.append(f"Image:\t{container.get('image', '')}")
    lines += [f"Image ID:\t{status.get('imageID', '')}"] if status else []
    for title, key in (("Port", "containerPort"), ("Host Port", "hostPort")):
        ports = [_port(port, key) for port in container.get("ports") or []]
        lines.append(f"{title}{'s' if len(ports) > 1 else ''}:\t{or_none(', '.join(ports))}")
    seccomp = (container.get("securityContext") or {}).get("seccompProfile")
    if seccomp:
        lines.append(f"SeccompProfile:\t{seccomp['type']}")
        if seccomp["type"] == "Localhost":
            lines.append(f"  LocalhostProfile:\t{seccomp.get('localhostProfile', '')}")
    return lines


def _port(port: Object, key: str) -> str:
    text = f"{port.get(key, 0)}/{port.get('protocol', '')}"
    return f"{text} ({port['name']})" if port.get("name") else text


def _words(title: str, values: list[str] | None) -> list[str]:
    return [f"{title}:", *(f"  {line}" for value in values for line in value.split("\n"))] if values else []


def resources(values: Object | None) -> list[str]:
    """Limits and requests, sorted by name."""
    lines: list[str] = []
    for title, key in (("Limits", "limits"), ("Requests", "requests")):
        quantities = (values or {}).get(key) or {}
        lines += [f"{title}:", *(f"  {name}:\t{quantities[name]}" for name in sorted(quantities))] if quantities else []
    return lines


def _states(status: Object) -> list[str]:
    last = status.get("lastState") or {}
    return [
        *_state("State", status.get("state") or {}),
        *(_state("Last State", last) if last.get("terminated") else ()),
        f"Ready:\t{truth(status.get('ready'))}",
        f"Restart Count:\t{status.get('restartCount', 0)}",
    ]


def _state(title: str, state: Object) -> list[str]:
    if "running" in state:
        return [f"{title}:\tRunning", f"  Started:\t{rfc1123((state['running'] or {}).get('startedAt'))}"]
    if "terminated" not in state:
        reason = (state.get("waiting") or {}).get("reason")
        return [f"{title}:\tWaiting", *([f"  Reason:\t{reason}"] if reason else [])]
    end = state["terminated"]
    lines = [f"{title}:\tTerminated"]
    lines += [f"  {name}:\t{end[key]}" for name, key in (("Reason", "reason"), ("Message", "message")) if end.get(key)]
    lines.append(f"  Exit Code:\t{end.get('exitCode', 0)}")
    lines += [f"  Signal:\t{end['signal']}"] if end.get("signal", 0) > 0 else []
    return [*lines, f"  Started:\t{rfc1123(end.get('startedAt'))}", f"  Finished:\t{rfc1123(end.get('finishedAt'))}"]


def probe_text(probe: Object) -> str:
    """A probe on one line: what is asked, then its timing."""
    timing = (
        f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 0)}s "
        f"period={probe.get('periodSeconds', 0)}s #success={probe.get('successThreshold', 0)} "
        f"#failure={probe.get('failureThreshold', 0)}"
    )
    if "exec" in probe:
        return f"exec [{' '.join(probe['exec'].get('command') or [])}] {timing}"
    if "httpGet" in probe:
        get = probe["httpGet"]
        host = f"[{get['host']}]" if ":" in get.get("host", "") else get.get("host", "")
        path = get.get("path", "")
        path = "/" + path if path and not path.startswith("/") else path
        url = f"{get.get('scheme', '').lower()}://{host}:{get['port']}{quote(path, safe='/$&+,:;=@!*()~')}"
        return f"http-get {url} {timing}"
    if "tcpSocket" in probe:
        return f"tcp-socket {probe['tcpSocket'].get('host', '')}:{probe['tcpSocket']['port']} {timing}"
    if "grpc" in probe:
        return f"grpc <pod>:{probe['grpc']['port']} {probe['grpc'].get('service', '')} {timing}"
    return f"unknown {timing}"


def _environment_from(sources: list[Object] | None) -> list[str]:
    lines = ["Environment Variables from:"] if sources else []
    for source in sources or []:
        kind, ref = (
            ("ConfigMap", source["configMapRef"])
            if "configMapRef" in source
            else ("Secret", source.get("secretRef") or {})
        )
        prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
        lines.append(f"  {ref.get('name', '')}\t{kind}{prefix}\tOptional: {small(ref.get('optional'))}")
    return lines


def _environment(container: Object, pod: Object | None) -> list[str]:
    variables = container.get("env") or []
    lines = ["Environment:"] if variables else ["Environment:\t<none>"]
    for variable in variables:
        if "valueFrom" in variable:
            lines += [f"  {variable['name']}:\t{text}" for text in _value_from(variable["valueFrom"], container, pod)]
        else:
            first, *rest = variable.get("value", "").split("\n")
            lines += [f"  {variable['name']}:\t{first}", *(f"  \t{line}" for line in rest)]
    return lines


def _value_from(source: Object, container: Object, pod: Object | None) -> list[str]:
    if "fieldRef" in source:
        ref = source["fieldRef"]
        value = field_value(pod, ref["fieldPath"]) if pod else ""
        return [f"{value} ({ref.get('apiVersion', 'v1')}:{ref['fieldPath']})"]
    if "resourceFieldRef" in source:
        ref = source["resourceFieldRef"]
        value = _resource_value(ref, container)
        value = "node allocatable" if value == "0" and ref["resource"] in ("limits.cpu", "limits.memory") else value
        return [f"{value} ({ref['resource']})"]
    if "secretKeyRef" in source:
        return [_key_of(source["secretKeyRef"], "in secret")]
    if "configMapKeyRef" in source:
        return [_key_of(source["configMapKeyRef"], "of config map")]
    return []


def _key_of(ref: Object, where: str) -> str:
    return f"<set to the key '{ref['key']}' {where} '{ref.get('name', '')}'>\tOptional: {small(ref.get('optional'))}"


def field_value(pod: Object, path: str) -> str:
    """The value of a `fieldRef`, as far as kubectl works it out: the name and the namespace only."""
    return str(pod["metadata"].get(path.partition(".")[2], "")) if path in RESOLVED else ""


def _resource_value(ref: Object, container: Object) -> str:
    which, _, name = ref["resource"].partition(".")
    if which not in ("limits", "requests"):
        return ""
    amount = parse_quantity(((container.get("resources") or {}).get(which) or {}).get(name, "0"))
    divisor = parse_quantity(ref.get("divisor") or "1") or parse_quantity("1")
    return str(math.ceil(amount / divisor))


def _mounts(container: Object) -> list[str]:
    mounts = sorted(container.get("volumeMounts") or [], key=lambda mount: str(mount["mountPath"]))
    lines = ["Mounts:"] if mounts else ["Mounts:\t<none>"]
    for mount in mounts:
        flags = "ro" if mount.get("readOnly") else "rw"
        flags += f',path="{mount["subPath"]}"' if mount.get("subPath") else ""
        lines.append(f"  {mount['mountPath']} from {mount['name']} ({flags})")
    devices = sorted(container.get("volumeDevices") or [], key=lambda device: str(device["devicePath"]))
    if devices:
        lines.append("Devices:" if mounts else "Devices:\t<none>")
        lines += [f"  {device['devicePath']} from {device['name']}" for device in devices]
    return lines
