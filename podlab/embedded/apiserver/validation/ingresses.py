"""What is wrong with an Ingress. Upstream: pkg/apis/networking/validation/validation.go"""

from __future__ import annotations

import re
from typing import Any

from podlab.apimachinery.validation import SUBDOMAIN
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]

LONGEST_CONTROLLER = 250
CLASS = "kubernetes.io/ingress.class"
PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
WILDCARD = r"\*\." + SUBDOMAIN
WILDCARD_TEXT = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', "
    f"regex used for validation is '{WILDCARD}')"
)
SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
ENDS = ("/..", "/.")


def warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of an Ingress that is created."""
    if old is None and CLASS in (obj["metadata"].get("annotations") or {}):
        return [f"annotation \"{CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"]
    return []


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with an Ingress, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    rules, backend, name = spec.get("rules") or [], spec.get("defaultBackend"), spec.get("ingressClassName")
    if not rules and backend is None:
        found.append(causes.invalid("spec", spec.get("rules"), "either `defaultBackend` or `rules` must be specified"))
    if backend is not None:
        found += _backend(backend, "spec.defaultBackend")
    for index, rule in enumerate(rules):
        found += _rule(rule, f"spec.rules[{index}]")
    for index, entry in enumerate(spec.get("tls") or []):
        for place, host in enumerate(entry.get("hosts") or []):
            found += _host(host, f"spec.tls[{index}].hosts[{place}]")
        if secret := entry.get("secretName"):
            found += names.causes_of(f"spec.tls[{index}].secretName", secret, names.subdomain(secret))
    if name is not None:
        found += names.causes_of("spec.ingressClassName", name, names.subdomain(name))
    given = (obj["metadata"].get("annotations") or {}).get(CLASS)
    if old is None and None not in (given, name) and given != name:
        text = "must match `ingressClassName` when both are specified"
        found.append(causes.invalid(f"annotations.{CLASS}", given, text))
    return found


def validate_class(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with an IngressClass. Upstream: ValidateIngressClass, ValidateIngressClassUpdate"""
    spec, found = obj.get("spec") or {}, []
    name = spec.get("controller") or ""
    if old is not None:
        found += metadata.immutable("spec.controller", name, (old.get("spec") or {}).get("controller"))
        return metadata.validate(obj, old) + found + _parameters(spec.get("parameters") or {}, "spec.parameters")
    found = metadata.validate(obj, old)
    if len(name) > LONGEST_CONTROLLER:
        found.append(causes.too_long("spec.controller", LONGEST_CONTROLLER))
    found += names.prefixed("spec.controller", name)
    return found + _parameters(spec.get("parameters") or {}, "spec.parameters")


def _parameters(given: Obj, path: str) -> list[Cause]:
    if not given:
        return []
    scope, space, here = given.get("scope"), given.get("namespace"), f"{path}.namespace"
    found = _resource(given, path) + names.one_of(f"{path}.scope", scope, ("Cluster", "Namespace"))
    if scope == "Namespace" and not space:
        found.append(causes.required(here, "`parameters.scope` is set to 'Namespace'"))
    elif scope == "Namespace":
        found += names.causes_of(here, space, names.label(str(space)))
    elif scope == "Cluster" and space is not None:
        found.append(causes.forbidden(here, "`parameters.scope` is set to 'Cluster'"))
    return found


def _host(host: str, path: str) -> list[Cause]:
    if "*" not in host:
        return names.causes_of(path, host, names.subdomain(host))
    return [] if re.fullmatch(WILDCARD, host) else [causes.invalid(path, host, WILDCARD_TEXT)]


def _rule(rule: Obj, path: str) -> list[Cause]:
    host, found = rule.get("host"), []
    if host:
        if names.is_address(host):
            found.append(causes.invalid(f"{path}.host", host, "must be a DNS name, not an IP address"))
        found += _host(host, f"{path}.host")
    if rule.get("http") is None:
        return found
    paths = rule["http"].get("paths") or []
    if not paths:
        found.append(causes.required(f"{path}.http.paths"))
    for index, entry in enumerate(paths):
        found += _path(entry, f"{path}.http.paths[{index}]")
    return found


def _path(entry: Obj, path: str) -> list[Cause]:
    kind, text, here = entry.get("pathType"), entry.get("path") or "", f"{path}.path"
    found: list[Cause] = []
    if kind is None:
        return [causes.required(f"{path}.pathType", "pathType must be specified")]
    if kind in ("Exact", "Prefix"):
        if not text.startswith("/"):
            found.append(causes.invalid(here, text, "must be an absolute path"))
        found += [causes.invalid(here, text, f"must not contain '{part}'") for part in SEQUENCES if part in text]
        found += [causes.invalid(here, text, f"cannot end with '{end}'") for end in ENDS if text.endswith(end)]
    elif kind == "ImplementationSpecific":
        if text and not text.startswith("/"):
            found.append(causes.invalid(here, text, "must be an absolute path"))
    else:
        found.append(causes.unsupported(f"{path}.pathType", kind, PATH_TYPES))
    return found + _backend(entry.get("backend") or {}, f"{path}.backend")


def _backend(backend: Obj, path: str) -> list[Cause]:
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        return [causes.invalid(path, "", "cannot set both resource and service backends")]
    if resource is not None:
        return _resource(resource, f"{path}.resource")
    if service is None:
        return [causes.invalid(path, "", "resource or service backend is required")]
    name, port = service.get("name"), service.get("port") or {}
    here = f"{path}.service.name"
    found = names.causes_of(here, name, names.label(name)) if name else [causes.required(here)]
    if port.get("name") and port.get("number"):
        found.append(causes.invalid(path, "", "cannot set both port name & port number"))
    elif value := port.get("name") or port.get("number"):
        found += names.port(f"{path}.service.port.{'name' if port.get('name') else 'number'}", value)
    else:
        found.append(causes.required(path, "port name or number is required"))
    return found


def _resource(resource: Obj, path: str) -> list[Cause]:
    group = resource.get("apiGroup")
    found = [] if group is None else names.causes_of(f"{path}.apiGroup", group, names.subdomain(group))
    for key in ("kind", "name"):
        value, here = resource.get(key), f"{path}.{key}"
        found += names.causes_of(here, value, names.path_segment(value)) if value else [causes.required(here)]
    return found
