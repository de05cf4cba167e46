"""What is wrong with a Service's addresses, families and ways in. Upstream: pkg/apis/core/validation ValidateService"""

from __future__ import annotations

import ipaddress
from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names
from podlab.embedded.apiserver.validation.networkpolicies import cidr

Obj = dict[str, Any]

FAMILIES = ("IPv4", "IPv6")
FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")
BALANCER = "may only be used when `type` is 'LoadBalancer'"
CHECK_PORT = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
SEVERAL = "must be 'RequireDualStack' or 'PreferDualStack' when multiple {} are specified"
RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
HINTS = "service.kubernetes.io/topology-aware-hints"
OLD_HINTS = f"annotation {HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead"
IGNORED = 'spec.externalName is ignored when spec.type is not "ExternalName"'
EXTERNAL = "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
HEADLESS = "is ignored for headless services"
NOWHERE = 'spec.externalIPs is ignored when spec.type is "ExternalName"'
CLOSE = 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def warnings(service: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of a Service. Upstream: pkg/api/service/warnings.go"""
    spec = service.get("spec") or {}
    headless, elsewhere = spec.get("clusterIP") == "None", spec.get("type") == "ExternalName"
    sticky = spec.get("sessionAffinity", "None") != "None"
    checks = (
        (HINTS in (service["metadata"].get("annotations") or {}), OLD_HINTS),
        (headless and spec.get("loadBalancerIP"), f"spec.loadBalancerIP {HEADLESS}"),
        (headless and spec.get("externalIPs"), f"spec.externalIPs {HEADLESS}"),
        (headless and sticky, f"spec.SessionAffinity {HEADLESS}"),
        (spec.get("externalIPs") and not headless and not elsewhere, EXTERNAL),
        (spec.get("externalIPs") and elsewhere, NOWHERE),
        (spec.get("externalName") and spec.get("type") != "ExternalName", IGNORED),
        (spec.get("trafficDistribution") == "PreferClose", CLOSE),
    )
    return [text for given, text in checks if given]


def addresses(spec: Obj) -> list[Cause]:
    """Return what is wrong with a list of addresses. Upstream: ValidateServiceClusterIPsRelatedFields"""
    given, found = spec.get("clusterIPs") or [], []
    if spec.get("type") == "ExternalName":
        return []
    address = spec.get("clusterIP") or ""
    if given and not address:
        found.append(causes.invalid("spec.clusterIPs", given, "must be empty when `clusterIP` is not specified"))
    elif given and given[0] != address:
        found.append(causes.invalid("spec.clusterIPs", given, "first value must match `clusterIP`"))
    found += families(spec)
    wrong = []
    if len(given) > 1 and given[0] == "None":
        wrong.append(causes.invalid("spec.clusterIPs", given, "'None' must be the first and only value"))
    for index, text in enumerate(given or [address]):
        if index or text not in ("", "None"):
            wrong += names.address(f"spec.clusterIPs[{index}]", text)
    found += wrong
    if len(given) > len(FAMILIES):
        found.append(causes.invalid("spec.clusterIPs", given, "may only hold up to 2 values"))
    return found if wrong else found + _in_families(given, spec.get("ipFamilies") or [])


def _in_families(given: list[str], wanted: list[str]) -> list[Cause]:
    """Return what is wrong with addresses that are some, each for itself."""
    found, of = [], ["IPv6" if ":" in text else "IPv4" for text in given]
    if len(given) > 1 and len(set(of)) < len(FAMILIES):
        text = "may specify no more than one IP for each IP family"
        found.append(causes.invalid("spec.clusterIPs", given, text))
    for index, (text, family, expected) in enumerate(zip(given, of, wanted, strict=False)):
        if "None" not in given and expected in FAMILIES and family != expected:
            why = f"expected an {expected} value as indicated by `ipFamilies[{index}]`"
            found.append(causes.invalid(f"spec.clusterIPs[{index}]", text, why))
    return found


def first(spec: Obj, old: Obj) -> list[Cause]:
    """Return what is looked at before the rest: families and addresses. Upstream: initIPFamilyFields"""
    return addresses(spec) or single(spec) or cluster(spec, old)


def families(spec: Obj) -> list[Cause]:
    """Return what is wrong with families of addresses."""
    given, policy, found = spec.get("ipFamilies") or [], spec.get("ipFamilyPolicy"), []
    for index, family in enumerate(given):
        here = f"spec.ipFamilies[{index}]"
        if family not in FAMILIES:
            found.append(causes.unsupported(here, family, FAMILIES))
        elif family in given[:index]:
            found.append(causes.duplicate(here, family))
    return found + names.among("spec.ipFamilyPolicy", policy, FAMILY_POLICIES)


def single(spec: Obj) -> list[Cause]:
    """Return what is too much where there is one family. Upstream: registry/core/service/storage alloc.go"""
    found: list[Cause] = []
    if spec.get("type") != "ExternalName" and spec.get("ipFamilyPolicy") in (None, "SingleStack"):
        for key, words in (("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")):
            if len(spec.get(key) or ()) == len(FAMILIES):
                found.append(causes.invalid("spec.ipFamilyPolicy", "SingleStack", SEVERAL.format(words)))
    return found


def cluster(spec: Obj, old: Obj) -> list[Cause]:
    """Return what a cluster with addresses of one family cannot do. Upstream: registry/core/service/storage alloc.go"""
    address, given = spec.get("clusterIP") or "", spec.get("ipFamilies") or []
    if spec.get("type") == "ExternalName":
        return []
    own = [text for text in spec.get("clusterIPs") or [address] if text]
    found = [
        causes.invalid(f"spec.clusterIPs[{index}]", own, "IPv6 is not configured on this cluster")
        for index, text in enumerate(own)
        if index >= len(given) and ":" in text
    ]
    if found or (address == "None" and not spec.get("selector")):
        return found
    if given[:1] == ["IPv6"] and old.get("clusterIP") and address not in ("", "None") and ":" not in address:
        text = "expected an IPv6 value as indicated by `ipFamilies[0]`"
        return [causes.invalid("spec.clusterIPs[0]", address, text)]
    if spec.get("ipFamilyPolicy") == "RequireDualStack":
        text = "this cluster is not configured for dual-stack services"
        found.append(causes.invalid("spec.ipFamilyPolicy", "RequireDualStack", text))
    return found + [
        causes.invalid(f"spec.ipFamilies[{index}]", family, "not configured on this cluster")
        for index, family in enumerate(given)
        if family == "IPv6"
    ]


def external(spec: Obj) -> list[Cause]:
    """Return what is wrong with addresses from outside."""
    found = []
    for index, text in enumerate(spec.get("externalIPs") or []):
        here = f"spec.externalIPs[{index}]"
        wrong = names.address(here, text)
        found += wrong or names.causes_of(here, text, special(text))
    return found


def special(text: str) -> list[str]:
    """Return why an address reaches nobody from elsewhere. Upstream: ValidateEndpointIP"""
    address = ipaddress.ip_address(text)
    local = address in ipaddress.ip_network("224.0.0.0/24") if address.version == 4 else text.lower().startswith("ff02")
    checks = (
        (address.is_unspecified, f"may not be unspecified ({text})"),
        (address.is_loopback, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        (address.is_link_local, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        (local, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"),
    )
    return [why for bad, why in checks if bad]


def balancer(spec: Obj, annotations: Obj) -> list[Cause]:
    """Return what is wrong with what only load balancers have."""
    if not spec.get("loadBalancerSourceRanges") and RANGES in annotations:
        path, text = f"metadata.annotations[{RANGES}]", annotations[RANGES].strip()
        found = [] if spec.get("type") == "LoadBalancer" else [causes.forbidden(path, BALANCER)]
        return found + [cause for part in text.split(",") if text for cause in cidr(part.strip(), path)[1]]
    found, kind, path = [], spec.get("type"), "spec.LoadBalancerSourceRanges"
    ranges = spec.get("loadBalancerSourceRanges") or []
    if ranges and kind != "LoadBalancer":
        found.append(causes.forbidden(path, BALANCER))
    for index, text in enumerate(ranges):
        found += cidr(text.strip(), f"{path}[{index}]")[1]
    return found


def balancer_class(spec: Obj) -> list[Cause]:
    """Return what is wrong with a load balancer's class."""
    name = spec.get("loadBalancerClass")
    if name is None:
        return []
    if spec.get("type") != "LoadBalancer":
        return [causes.forbidden("spec.loadBalancerClass", BALANCER)]
    return names.causes_of("spec.loadBalancerClass", name, names.qualified(name))


def checks_health(spec: Obj) -> bool:
    """Whether each node says on a port of its own if it has Pods. Upstream: pkg/api/service/util.go"""
    return bool(spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local")


def kept_check_port(spec: Obj, old: Obj) -> list[Cause]:
    """Return what is wrong with a change of the port for checks of health."""
    changed = spec.get("healthCheckNodePort") != old.get("healthCheckNodePort")
    kept = checks_health(spec) and checks_health(old) and changed
    return [causes.forbidden("spec.healthCheckNodePort", "field is immutable")] if kept else []


def check_port(spec: Obj) -> list[Cause]:
    """Return what is wrong with the port for checks of health."""
    port = spec.get("healthCheckNodePort") or 0
    if not port or checks_health(spec):
        return metadata.non_negative("spec.healthCheckNodePort", port)
    return [causes.invalid("spec.healthCheckNodePort", port, CHECK_PORT)]
