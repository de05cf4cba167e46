"""Validation of a Pod's spec, alone or in a template. Upstream: pkg/apis/core/validation/validation.go"""

from __future__ import annotations

import re
from typing import Any

from podlab.embedded.apiserver.podspec.containers import containers, init_containers, one_of, seccomp
from podlab.embedded.apiserver.podspec.volumes import volumes
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
SYSCTL = rf"({SEGMENT}[\./])*{SEGMENT}"
KEYLESS = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'


def validate(spec: Obj, path: str) -> list[Cause]:
    """Return what is wrong with a defaulted PodSpec, in upstream's order."""
    grace = spec.get("terminationGracePeriodSeconds")
    found = [causes.required(f"{path}.terminationGracePeriodSeconds")] if grace is None else []
    valid, wrong = volumes(spec.get("volumes") or [], f"{path}.volumes")
    mains, inits = spec.get("containers") or [], spec.get("initContainers") or []
    found += wrong
    found += containers(mains, valid, grace, f"{path}.containers")
    found += init_containers(inits, mains, valid, grace, f"{path}.initContainers")
    found += _host_network(spec, f"{path}.containers")
    found += one_of(spec.get("restartPolicy"), RESTART_POLICIES, f"{path}.restartPolicy")
    found += one_of(spec.get("dnsPolicy"), DNS_POLICIES, f"{path}.dnsPolicy")
    found += metadata.labels(spec.get("nodeSelector"), f"{path}.nodeSelector")
    found += _security(spec, f"{path}.securityContext")
    found += _pull_secrets(spec.get("imagePullSecrets") or [], f"{path}.imagePullSecrets")
    found += _affinity(spec.get("affinity") or {}, f"{path}.affinity")
    found += _dns(spec, f"{path}.dnsConfig")
    found += _gates(spec, path)
    found += _spread(spec.get("topologySpreadConstraints") or [], f"{path}.topologySpreadConstraints")
    found += _names(spec, path)
    found += tolerations(spec.get("tolerations") or [], f"{path}.tolerations")
    return found + _last(spec, path)


def _host_network(spec: Obj, path: str) -> list[Cause]:
    if not spec.get("hostNetwork"):
        return []
    text = "must match `containerPort` when `hostNetwork` is true"
    return [
        causes.invalid(f"{path}[{index}].ports[{number}].hostPort", port.get("hostPort", 0), text)
        for index, container in enumerate(spec.get("containers") or [])
        for number, port in enumerate(container.get("ports") or [])
        if port.get("hostPort", 0) != port.get("containerPort", 0)
    ]


def _security(spec: Obj, path: str) -> list[Cause]:
    given = spec.get("securityContext") or {}
    keys = ("fsGroup", "runAsUser", "runAsGroup")
    values = [(key, given[key]) for key in keys if given.get(key) is not None]
    values += [
        (f"supplementalGroups[{index}]", group) for index, group in enumerate(given.get("supplementalGroups") or [])
    ]
    text = names.between(0, 2**31 - 1)
    found = [causes.invalid(f"{path}.{key}", value, text) for key, value in values if not 0 <= value <= 2**31 - 1]
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        text = "ShareProcessNamespace and HostPID cannot both be enabled"
        found.append(causes.invalid(f"{path}.shareProcessNamespace", True, text))
    found += _sysctls(spec, given.get("sysctls") or [], f"{path}.sysctls")
    return found + seccomp(given.get("seccompProfile"), f"{path}.seccompProfile")


def _sysctls(spec: Obj, given: list[Obj], path: str) -> list[Cause]:
    found: list[Cause] = []
    seen: set[str] = set()
    for index, sysctl in enumerate(given):
        here, name = f"{path}[{index}].name", sysctl.get("name", "")
        if not name:
            found.append(causes.required(here))
        elif len(name) > 253 or not re.fullmatch(SYSCTL, name):
            text = f"must have at most 253 characters and match regex ^{SYSCTL}$"
            found.append(causes.invalid(here, name, text))
        elif name in seen:
            found.append(causes.duplicate(here, name))
        seen.add(name)
        flat = name.replace("/", ".")
        if spec.get("hostNetwork") and flat.startswith("net."):
            found.append(causes.invalid(here, name, "may not be specified when 'hostNetwork' is true"))
        if spec.get("hostIPC") and flat.startswith(("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")):
            found.append(causes.invalid(here, name, "may not be specified when 'hostIPC' is true"))
    return found


def _pull_secrets(given: list[Obj], path: str) -> list[Cause]:
    return [
        causes.invalid(f"{path}[{index}]", secret, "LocalObjectReference must have exactly one field set: `name`")
        for index, secret in enumerate(given)
        if set(secret) - {"name"}
    ]


def _affinity(given: Obj, path: str) -> list[Cause]:
    found: list[Cause] = []
    node = given.get("nodeAffinity") or {}
    required = node.get("requiredDuringSchedulingIgnoredDuringExecution")
    here = f"{path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    if required is not None:
        terms = required.get("nodeSelectorTerms") or []
        if not terms:
            found.append(causes.required(f"{here}.nodeSelectorTerms", "must have at least one node selector term"))
        for index, term in enumerate(terms):
            found += _node_term(term, f"{here}.nodeSelectorTerms[{index}]")
    here = f"{path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution"
    for index, term in enumerate(node.get("preferredDuringSchedulingIgnoredDuringExecution") or []):
        if not 1 <= term.get("weight", 0) <= 100:
            found.append(causes.invalid(f"{here}[{index}].weight", term.get("weight", 0), "must be in the range 1-100"))
        found += _node_term(term.get("preference") or {}, f"{here}[{index}].preference")
    for kind in ("podAffinity", "podAntiAffinity"):
        found += _pod_affinity(given.get(kind) or {}, f"{path}.{kind}")
    return found


def _node_term(term: Obj, path: str) -> list[Cause]:
    found = []
    for index, rule in enumerate(term.get("matchExpressions") or []):
        here, operator, values = f"{path}.matchExpressions[{index}]", rule.get("operator", ""), rule.get("values") or []
        if operator in ("In", "NotIn") and not values:
            found.append(causes.required(f"{here}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
        elif operator in ("Exists", "DoesNotExist") and values:
            text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            found.append(causes.forbidden(f"{here}.values", text))
        elif operator in ("Gt", "Lt") and len(values) != 1:
            text = "must be specified single value when `operator` is 'Lt' or 'Gt'"
            found.append(causes.required(f"{here}.values", text))
        elif operator not in OPERATORS:
            found.append(causes.invalid(f"{here}.operator", operator, "not a valid selector operator"))
        found += names.causes_of(f"{here}.key", rule.get("key", ""), names.qualified(rule.get("key", "")))
    return found


def _pod_affinity(given: Obj, path: str) -> list[Cause]:
    found = []
    key = "requiredDuringSchedulingIgnoredDuringExecution"
    for index, term in enumerate(given.get(key) or []):
        found += _pod_term(term, f"{path}.{key}[{index}]")
    key = "preferredDuringSchedulingIgnoredDuringExecution"
    for index, term in enumerate(given.get(key) or []):
        here = f"{path}.{key}[{index}]"
        if not 1 <= term.get("weight", 0) <= 100:
            found.append(causes.invalid(f"{here}.weight", term.get("weight", 0), "must be in the range 1-100"))
        found += _pod_term(term.get("podAffinityTerm") or {}, f"{here}.podAffinityTerm")
    return found


def _pod_term(term: Obj, path: str) -> list[Cause]:
    found = metadata.selector(term.get("labelSelector"), f"{path}.labelSelector")
    found += metadata.selector(term.get("namespaceSelector"), f"{path}.namespaceSelector")
    key = term.get("topologyKey", "")
    if not key:
        found.append(causes.required(f"{path}.topologyKey", "can not be empty"))
    return found + names.causes_of(f"{path}.topologyKey", key, names.qualified(key))


def _dns(spec: Obj, path: str) -> list[Cause]:
    given = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None" and given is None:
        return [causes.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
    servers = (given or {}).get("nameservers") or []
    if spec.get("dnsPolicy") == "None" and not servers:
        text = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        return [causes.required(f"{path}.nameservers", text)]
    found = (
        [causes.invalid(f"{path}.nameservers", servers, "must not have more than 3 nameservers")]
        if len(servers) > 3
        else []
    )
    for index, server in enumerate(servers):
        found += names.address(f"{path}.nameservers[{index}]", server)
    return found


def _gates(spec: Obj, path: str) -> list[Cause]:
    found: list[Cause] = []
    for index, gate in enumerate(spec.get("readinessGates") or []):
        kind = gate.get("conditionType", "")
        found += names.causes_of(f"{path}.readinessGates[{index}].conditionType", kind, names.qualified(kind))
    seen = set()
    for index, gate in enumerate(spec.get("schedulingGates") or []):
        name, here = gate.get("name", ""), f"{path}.schedulingGates[{index}]"
        found += names.causes_of(here, name, names.qualified(name))
        if name in seen:
            found.append(causes.duplicate(here, name))
        seen.add(name)
    return found


def _spread(given: list[Obj], path: str) -> list[Cause]:
    found = []
    for index, rule in enumerate(given):
        here = f"{path}[{index}]"
        if rule.get("maxSkew", 0) <= 0:
            found.append(causes.invalid(f"{here}.maxSkew", rule.get("maxSkew", 0), "must be greater than zero"))
        if not rule.get("topologyKey"):
            found.append(causes.required(f"{here}.topologyKey", "can not be empty"))
        when = rule.get("whenUnsatisfiable", "")
        if when not in ("DoNotSchedule", "ScheduleAnyway"):
            found.append(causes.unsupported(f"{here}.whenUnsatisfiable", when, ("DoNotSchedule", "ScheduleAnyway")))
        found += metadata.selector(rule.get("labelSelector"), f"{here}.labelSelector")
    return found


def _names(spec: Obj, path: str) -> list[Cause]:
    found: list[Cause] = []
    for key in ("serviceAccountName", "nodeName"):
        if spec.get(key):
            found += names.causes_of(f"{path}.{key}", spec[key], names.subdomain(spec[key]))
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= 2**31 - 1:
        found.append(causes.invalid(f"{path}.activeDeadlineSeconds", deadline, names.between(1, 2**31 - 1)))
    for key in ("hostname", "subdomain"):
        if spec.get(key):
            found += names.causes_of(f"{path}.{key}", spec[key], names.label(spec[key]))
    return found


def tolerations(given: list[Obj], path: str) -> list[Cause]:
    found = []
    for index, toleration in enumerate(given):
        here = f"{path}[{index}]"
        key, operator = toleration.get("key", ""), toleration.get("operator", "")
        value, effect = toleration.get("value", ""), toleration.get("effect", "")
        if key:
            found += names.causes_of(f"{here}.key", key, names.qualified(key))
        elif operator != "Exists":
            found.append(causes.invalid(f"{here}.operator", operator, KEYLESS))
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            found.append(causes.invalid(f"{here}.effect", effect, text))
        if operator in ("Equal", ""):
            wrong = names.label_value(value)
            found += [causes.invalid(f"{here}.operator", value, ";".join(wrong))] if wrong else []
        elif operator == "Exists" and value:
            found.append(causes.invalid(f"{here}.operator", value, "value must be empty when `operator` is 'Exists'"))
        elif operator in ("Lt", "Gt"):
            found.append(causes.unsupported(f"{here}.operator", operator, ("Equal", "Exists", "Lt", "Gt")))
        elif operator != "Exists":
            found.append(causes.unsupported(f"{here}.operator", operator, ("Equal", "Exists")))
        if effect and effect not in EFFECTS:
            found.append(causes.unsupported(f"{here}.effect", effect, EFFECTS))
    return found


def _last(spec: Obj, path: str) -> list[Cause]:
    found = []
    for index, alias in enumerate(spec.get("hostAliases") or []):
        found += names.address(f"{path}.hostAliases[{index}].ip", alias.get("ip", ""))
        for number, name in enumerate(alias.get("hostnames") or []):
            here = f"{path}.hostAliases[{index}].hostnames[{number}]"
            found += names.causes_of(here, name, names.subdomain(name))
    for key in ("priorityClassName", "runtimeClassName"):
        if spec.get(key):
            found += names.causes_of(f"{path}.{key}", spec[key], names.subdomain(spec[key]))
    policy = spec.get("preemptionPolicy")
    if policy is not None and policy not in ("PreemptLowerPriority", "Never"):
        supported = ("PreemptLowerPriority", "Never")
        found.append(causes.unsupported(f"{path}.preemptionPolicy", policy, supported))
    system = (spec.get("os") or {}).get("name", "")
    if spec.get("os") is not None and system not in ("linux", "windows"):
        found.append(causes.unsupported(f"{path}.os", system, ("linux", "windows")))
    return found
