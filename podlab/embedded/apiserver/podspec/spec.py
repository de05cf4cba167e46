"""Validation of a Pod's spec, alone or in a template. Upstream: pkg/apis/core/validation (ValidatePodSpec)"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec import ephemeral, requirements
from podlab.embedded.apiserver.podspec.containers import Around, containers, init_containers
from podlab.embedded.apiserver.podspec.dns import dns, host_aliases
from podlab.embedded.apiserver.podspec.scheduling.affinity import affinity
from podlab.embedded.apiserver.podspec.scheduling.spreading import gates, spread, tolerations
from podlab.embedded.apiserver.podspec.security import contexts, systems, windows
from podlab.embedded.apiserver.podspec.volumes.volumes import volumes
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
PREEMPTION = ("PreemptLowerPriority", "Never")
HIGHEST = 2**31 - 1
LONGEST_HOSTNAME = 64


def validate(spec: Obj, path: str, *, pod: str = "", template: bool = False) -> list[Cause]:
    """Return what is wrong with a defaulted PodSpec, in upstream's order.

    Args:
        pod: the Pod's name, where the spec is a Pod's.
        template: whether it is a template's: ports of the node may be left out there.
    """
    grace = spec.get("terminationGracePeriodSeconds")
    found = [causes.required(f"{path}.terminationGracePeriodSeconds")] if grace is None else []
    valid, wrong = volumes(spec.get("volumes") or [], f"{path}.volumes", pod)
    found += wrong + _claims(spec.get("resourceClaims") or [], f"{path}.resourceClaims")
    around = surroundings(spec, valid)
    mains, inits = spec.get("containers") or [], spec.get("initContainers") or []
    found += containers(mains, around, f"{path}.containers")
    found += init_containers(inits, mains, around, f"{path}.initContainers")
    found += ephemeral.containers(spec, around, f"{path}.ephemeralContainers")
    found += requirements.of_whole_pod(spec, around.claims, f"{path}.resources")
    found += _host_network(spec, f"{path}.containers", template=template)
    found += names.one_of(f"{path}.restartPolicy", spec.get("restartPolicy"), RESTART_POLICIES)
    found += names.one_of(f"{path}.dnsPolicy", spec.get("dnsPolicy"), DNS_POLICIES)
    found += metadata.labels(spec.get("nodeSelector"), f"{path}.nodeSelector")
    found += contexts.of_pod(spec, f"{path}.securityContext")
    found += _pull_secrets(spec.get("imagePullSecrets") or [], f"{path}.imagePullSecrets")
    found += affinity(spec.get("affinity") or {}, f"{path}.affinity")
    found += dns(spec, f"{path}.dnsConfig")
    found += gates(spec, path)
    found += spread(spec.get("topologySpreadConstraints") or [], f"{path}.topologySpreadConstraints")
    found += windows.host_process(spec, list(systems.every_container(spec, path)), path)
    found += systems.host_users(spec, path)
    found += _hostname_override(spec, f"{path}.hostnameOverride")
    found += _names(spec, path)
    found += tolerations(spec.get("tolerations") or [], f"{path}.tolerations")
    found += host_aliases(spec.get("hostAliases") or [], f"{path}.hostAliases")
    return found + _last(spec, path)


def surroundings(spec: Obj, valid: dict[str, Obj]) -> Around:
    """Return what matters to the containers of a Pod with these valid volumes."""
    return Around(
        volumes=valid,
        claims={claim["name"] for claim in spec.get("resourceClaims") or [] if claim.get("name")},
        grace=spec.get("terminationGracePeriodSeconds"),
        restart_policy=spec.get("restartPolicy", ""),
        host_users=spec.get("hostUsers") is not False,
    )


def _claims(given: list[Obj], path: str) -> list[Cause]:
    found: list[Cause] = []
    seen: set[str] = set()
    for index, claim in enumerate(given):
        here, name = f"{path}[{index}]", claim.get("name", "")
        one, template = claim.get("resourceClaimName"), claim.get("resourceClaimTemplateName")
        if not name:
            found.append(causes.required(f"{here}.name"))
        elif name in seen:
            found.append(causes.duplicate(f"{here}.name", name))
        else:
            found += names.causes_of(f"{here}.name", name, names.label(name))
            seen.add(name)
        shown = {"Name": name, "ResourceClaimName": one, "ResourceClaimTemplateName": template}
        if one is not None and template is not None:
            text = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            found.append(causes.invalid(here, shown, text))
        if one is None and template is None:
            text = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
            found.append(causes.invalid(here, shown, text))
        for key, value in (("resourceClaimName", one), ("resourceClaimTemplateName", template)):
            found += [] if value is None else names.causes_of(f"{here}.{key}", value, names.subdomain(value))
    return found


def _host_network(spec: Obj, path: str, *, template: bool) -> list[Cause]:
    if not spec.get("hostNetwork"):
        return []
    text = "must match `containerPort` when `hostNetwork` is true"
    return [
        causes.invalid(f"{path}[{index}].ports[{number}].hostPort", port.get("hostPort", 0), text)
        for index, container in enumerate(spec.get("containers") or [])
        for number, port in enumerate(container.get("ports") or [])
        if port.get("hostPort", 0) != port.get("containerPort", 0) and (port.get("hostPort", 0) or not template)
    ]


def _pull_secrets(given: list[Obj], path: str) -> list[Cause]:
    return [
        causes.invalid(f"{path}[{index}]", secret, "LocalObjectReference must have exactly one field set: `name`")
        for index, secret in enumerate(given)
        if set(secret) - {"name"}
    ]


def _names(spec: Obj, path: str) -> list[Cause]:
    found: list[Cause] = []
    for key in ("serviceAccountName", "nodeName"):
        if spec.get(key):
            found += names.causes_of(f"{path}.{key}", spec[key], names.subdomain(spec[key]))
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= HIGHEST:
        found.append(causes.invalid(f"{path}.activeDeadlineSeconds", deadline, names.between(1, HIGHEST)))
    for key in ("hostname", "subdomain"):
        if spec.get(key):
            found += names.causes_of(f"{path}.{key}", spec[key], names.label(spec[key]))
    return found


def _hostname_override(spec: Obj, path: str) -> list[Cause]:
    name = spec.get("hostnameOverride")
    if name is None:
        return []
    found = [
        causes.forbidden(path, f"may not be specified when {key} is true")
        for key in ("setHostnameAsFQDN", "hostNetwork")
        if spec.get(key)
    ]
    if len(name) > LONGEST_HOSTNAME:
        found.append(causes.too_long(path, LONGEST_HOSTNAME))
    return found + names.causes_of(path, name, names.subdomain(name))


def _last(spec: Obj, path: str) -> list[Cause]:
    found = []
    for key, needed in (("priorityClassName", False), ("runtimeClassName", True)):
        if spec.get(key) or (needed and spec.get(key) is not None):
            found += names.causes_of(f"{path}.{key}", spec[key], names.subdomain(spec[key]))
    policy = spec.get("preemptionPolicy")
    if policy is not None:
        found += names.one_of(f"{path}.preemptionPolicy", policy, PREEMPTION)
    if spec.get("overhead") is not None:
        found += requirements.requirements({"limits": spec["overhead"]}, (), f"{path}.overhead")
    return found + systems.system(spec, path)
