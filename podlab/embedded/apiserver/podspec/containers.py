"""Validation of containers, in upstream's order. Upstream: pkg/apis/core/validation/validation.go"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from podlab.embedded.apiserver.podspec import environment, probes, requirements
from podlab.embedded.apiserver.podspec.security import contexts
from podlab.embedded.apiserver.podspec.volumes import mounts
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
PROTOCOLS = ("SCTP", "TCP", "UDP")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")
MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
RESTART_POLICIES = ("Always", "Never", "OnFailure")
RESTART_ACTIONS = ("Restart", "RestartAllContainers")
RESIZED = ("cpu", "memory")
RESIZE_POLICIES = ("NotRequired", "RestartContainer")
MOST_RULES, MOST_CODES = 20, 255
NO_INIT_PROBE = "may not be set for init containers without restartPolicy=Always"


@dataclass(frozen=True, slots=True)
class Around:
    """What the Pod says that matters to its containers: valid volumes by name, names of claims, a few settings."""

    volumes: dict[str, Obj]
    claims: Collection[str] = ()
    grace: int | None = None
    restart_policy: str = "Always"
    host_users: bool = True


def containers(given: list[Obj], around: Around, path: str) -> list[Cause]:
    """Return what is wrong with the main containers."""
    if not given:
        return [causes.required(path)]
    found: list[Cause] = []
    seen: set[str] = set()
    for index, container in enumerate(given):
        here = f"{path}[{index}]"
        found += common(container, around, here)
        found += unique_name(container, seen, here)
        found += probes.lifecycle(container.get("lifecycle"), around.grace, f"{here}.lifecycle")
        found += probes.of_container(container, around.grace, here)
        found += _restart_policy(container, here)
    return found + host_ports(given, path)


def init_containers(given: list[Obj], mains: list[Obj], around: Around, path: str) -> list[Cause]:
    """Return what is wrong with init containers."""
    found: list[Cause] = []
    seen = {container.get("name", "") for container in mains}
    for index, container in enumerate(given):
        here = f"{path}[{index}]"
        found += common(container, around, here)
        found += _restart_policy(container, here)
        found += unique_name(container, seen, here, nameless=False)
        found += host_ports([container], path)
        if container.get("restartPolicy") == "Always":
            found += probes.lifecycle(container.get("lifecycle"), around.grace, f"{here}.lifecycle")
            found += probes.of_container(container, around.grace, here)
        else:
            keys = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
            found += [
                causes.forbidden(f"{here}.{key}", NO_INIT_PROBE) for key in keys if container.get(key) is not None
            ]
    return found


def unique_name(container: Obj, seen: set[str], path: str, *, nameless: bool = True) -> list[Cause]:
    """Return a cause if another container has the name; `seen` gets it otherwise, also where there is none."""
    name = container.get("name", "")
    if name in seen:
        return [causes.duplicate(f"{path}.name", name)]
    if name or nameless:
        seen.add(name)
    return []


def _restart_policy(container: Obj, path: str) -> list[Cause]:
    policy, rules, here = container.get("restartPolicy"), container.get("restartPolicyRules") or [], path
    found = names.among(f"{path}.restartPolicy", policy, RESTART_POLICIES)
    if rules and policy is None:
        found.append(causes.required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used"))
    if len(rules) > MOST_RULES:
        found.append(causes.too_many(f"{path}.restartPolicyRules", len(rules), MOST_RULES))
    for index, rule in enumerate(rules):
        here, codes = f"{path}.restartPolicyRules[{index}]", rule.get("exitCodes")
        found += names.among(f"{here}.action", rule.get("action", ""), RESTART_ACTIONS)
        if codes is None:
            found.append(causes.required(f"{here}.exitCodes", "must be specified"))
            continue
        found += names.among(f"{here}.exitCodes.operator", codes.get("operator", ""), ("In", "NotIn"))
        if len(codes.get("values") or []) > MOST_CODES:
            found.append(causes.too_many(f"{here}.exitCodes.values", len(codes["values"]), MOST_CODES))
    return found


def common(container: Obj, around: Around, path: str) -> list[Cause]:
    """Return what is wrong with a container of any kind."""
    name, found = container.get("name", ""), []
    if name:
        found += names.causes_of(f"{path}.name", name, names.label(name))
    else:
        found.append(causes.required(f"{path}.name"))
    if not container.get("image"):
        found.append(causes.required(f"{path}.image"))
    policy = container.get("terminationMessagePolicy")
    found += names.one_of(f"{path}.terminationMessagePolicy", policy, MESSAGE_POLICIES)
    found += ports(container.get("ports") or [], f"{path}.ports")
    found += environment.environment(container.get("env") or [], around.volumes, f"{path}.env")
    found += environment.environment_from(container.get("envFrom") or [], f"{path}.envFrom")
    found += mounts.mounts(container, around.volumes, f"{path}.volumeMounts")
    found += mounts.devices(container, around.volumes, f"{path}.volumeDevices")
    found += names.one_of(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), PULL_POLICIES)
    found += requirements.requirements(container.get("resources") or {}, around.claims, f"{path}.resources")
    found += _resize(container.get("resizePolicy") or [], around, f"{path}.resizePolicy")
    context = container.get("securityContext") or {}
    return found + contexts.of_container(context, f"{path}.securityContext", host_users=around.host_users)


def only_in_pods(given: list[Obj], path: str) -> list[Cause]:
    """Return what a Pod refuses and a template accepts."""
    text = "must not have leading or trailing whitespace"
    images = [(index, container.get("image", "")) for index, container in enumerate(given)]
    return [causes.invalid(f"{path}[{index}].image", image, text) for index, image in images if image != image.strip()]


def ports(given: list[Obj], path: str) -> list[Cause]:
    """Return what is wrong with ports."""
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
        found += names.one_of(f"{here}.protocol", port.get("protocol"), PROTOCOLS)
    return found


def host_ports(given: list[Obj], path: str) -> list[Cause]:
    """Return which ports of the node are asked for twice."""
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


def _resize(given: list[Obj], around: Around, path: str) -> list[Cause]:
    found, seen = [], set()
    for index, policy in enumerate(given):
        name, restart = policy.get("resourceName", ""), policy.get("restartPolicy", "")
        if name in seen:
            found.append(causes.duplicate(f"{path}[{index}]", name))
        seen.add(name)
        found += names.one_of(path, name, RESIZED) + names.one_of(path, restart, RESIZE_POLICIES)
        if around.restart_policy == "Never" and restart != "NotRequired":
            text = "must be 'NotRequired' when `restartPolicy` is 'Never'"
            found.append(causes.invalid(path, restart, text))
    return found
