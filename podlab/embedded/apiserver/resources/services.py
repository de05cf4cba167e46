"""Services: stored, with addresses given. Upstream: pkg/registry/core/service/{strategy,storage/alloc}.go"""

from __future__ import annotations

import ipaddress
from typing import Any

from podlab.apimachinery.labels import format_labels
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.columns import AGE, NAME, NONE, Column, age, head
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.resources import healthchecks, nodeports
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names
from podlab.embedded.apiserver.validation import services as rules
from podlab.embedded.apiserver.validation.statuses import corestatuses

NETWORK = ipaddress.ip_network("10.96.0.0/16")
RESERVED = 256  # the low addresses are given only to those who ask for one
TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
MOST_STICKY = 86400
"""Seconds that a client may stay with one Pod."""


def default(service: Obj) -> None:
    """Fill in what a manifest leaves out."""
    spec = service.setdefault("spec", {})
    spec.setdefault("sessionAffinity", "None")
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    if spec["sessionAffinity"] == "ClientIP":
        client = spec.setdefault("sessionAffinityConfig", {}).setdefault("clientIP", {})
        client.setdefault("timeoutSeconds", 10800)
    kind = spec.setdefault("type", "ClusterIP")
    for port in spec.get("ports") or []:
        port.setdefault("protocol", "TCP")
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port", 0)
    if kind in nodeports.EXPOSED or (kind == "ClusterIP" and spec.get("externalIPs")):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if kind in ("ClusterIP", *nodeports.EXPOSED):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is None:
        spec["allocateLoadBalancerNodePorts"] = True
    service.setdefault("status", {"loadBalancer": {}})


def prepare(service: Obj, old: Obj | None, ctx: Context) -> None:
    """Give addresses and node ports; keep those that were given. Raises StatusError 422."""
    spec = service.get("spec") or {}
    if ctx.subresource == "status":
        corestatuses.default_modes(service)
        return
    if old is None:
        service["status"] = {"loadBalancer": {}}
    else:
        _keep(spec, old.get("spec") or {})
        if spec.get("type") != (old.get("spec") or {}).get("type"):
            _drop(spec, old["spec"])
        healthchecks.release(spec, old.get("spec") or {})
    if found := rules.first(spec, (old or {}).get("spec") or {}) + _headless_but_exposed(spec):
        raise status.invalid(ctx.resource.qualified_kind, service["metadata"].get("name", ""), found)
    if validate(service, old):
        if found := (
            _refused_address(spec, {other.get("clusterIP") for other in _others(service, ctx)}, ctx)
            or nodeports.out_of_range(spec)
            or nodeports.twice(spec, ctx)
        ):
            raise status.invalid(ctx.resource.qualified_kind, service["metadata"].get("name", ""), found)
        return
    if found := _allocate(service, old, ctx):
        raise status.invalid(ctx.resource.qualified_kind, service["metadata"].get("name", ""), found)


def _headless_but_exposed(spec: Obj) -> list[Cause]:
    """What is looked at before anything is allocated."""
    refused = spec.get("type") in nodeports.EXPOSED and spec.get("clusterIP") == "None"
    text = f"may not be set to 'None' for {spec.get('type')} services"
    return [causes.invalid("spec.clusterIPs[0]", "None", text)] if refused else []


def _keep(spec: Obj, old: Obj) -> None:
    """An update that leaves out what the cluster gave means to keep it; ports are known by their names.

    Upstream: pkg/registry/core/service/storage/storage.go (patchAllocatedValues, normalizeClusterIPs)
    """
    if spec.get("type") == "ExternalName" or old.get("type") == "ExternalName":
        return
    for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"):
        if not spec.get(key) and old.get(key):
            spec[key] = old[key]
    if spec.get("clusterIP") != old.get("clusterIP") and spec.get("clusterIPs") == old.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]  # who changes one means both
    before, after = old.get("ports") or [], spec.get("ports") or []
    given = {port.get("name") or "": port.get("nodePort") for port in before}
    used = {port.get("nodePort") for port in before} & {port.get("nodePort") for port in after}
    for port in after if spec.get("type") in nodeports.EXPOSED else []:
        kept = given.get(port.get("name") or "")
        if not port.get("nodePort") and kept and kept not in used:
            port["nodePort"] = kept


def _drop(spec: Obj, old: Obj) -> None:
    """What a former type left behind."""
    kind = spec.get("type")
    if kind == "ExternalName":
        for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
            spec.pop(key, None)
    if kind not in nodeports.EXPOSED:
        spec.pop("externalTrafficPolicy", None)
        numbers = {port.get("nodePort") for port in old.get("ports") or []}
        for port in spec.get("ports") or [] if old.get("type") in nodeports.EXPOSED else []:
            if port.get("nodePort") in numbers:
                port.pop("nodePort", None)
    if kind != "LoadBalancer":
        spec.pop("allocateLoadBalancerNodePorts", None)
        if spec.get("loadBalancerClass") == old.get("loadBalancerClass"):
            spec.pop("loadBalancerClass", None)


def _allocate(service: Obj, old: Obj | None, ctx: Context) -> list[Cause]:
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return []
    others = _others(service, ctx)
    both = spec.get("clusterIP") == "None" and not spec.get("selector")  # whoever has no Pods may have any address
    spec.setdefault("ipFamilies", ["IPv4", "IPv6"] if both else ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "RequireDualStack" if both else "SingleStack")
    found = _address(spec, {other.get("clusterIP") for other in others}, ctx)
    used = {port.get("nodePort") for other in others for port in other.get("ports") or []}
    used |= {other.get("healthCheckNodePort") for other in others}
    if spec["type"] in nodeports.EXPOSED and spec.get("allocateLoadBalancerNodePorts") is not False:
        found += nodeports.allocate(spec.get("ports") or [], used, ctx)
    if not found:
        healthchecks.allocate(spec, (old or {}).get("spec") or {}, used, ctx)
    return found


def _others(service: Obj, ctx: Context) -> list[Obj]:
    own = (service["metadata"].get("name"), service["metadata"].get("namespace"))
    found = ctx.registry.list(ctx.resource)
    return [one.get("spec") or {} for one in found if (one["metadata"]["name"], one["metadata"]["namespace"]) != own]


def _refused_address(spec: Obj, used: set[Any], ctx: Context) -> list[Cause]:
    """An address that cannot be given is told of before node ports, and before what else is wrong."""
    address, why = _asked_address(spec), ""
    if address in ("", "None") or spec.get("type") == "ExternalName" or names.address("", address):
        return []
    if ipaddress.ip_address(address) not in NETWORK and not ctx.by.dry_run:
        why = "the provided network does not match the current range"
    elif ipaddress.ip_address(address) not in NETWORK:
        why = f"the provided IP ({address}) is not in the valid range. The range of valid IPs is {NETWORK}"
    elif address in used and not ctx.by.dry_run:  # a dry run takes nothing, and does not look at what is taken
        why = "provided IP is already allocated"
    text = f"failed to allocate IP {address}: {why}"
    return [causes.invalid("spec.clusterIPs", [address], text)] if why else []


def _asked_address(spec: Obj) -> str:
    return str(spec.get("clusterIP") or (spec.get("clusterIPs") or [""])[0])


def _address(spec: Obj, used: set[Any], ctx: Context) -> list[Cause]:
    address = _asked_address(spec)
    if refused := _refused_address(spec, used, ctx):
        return refused
    if not address:
        size = NETWORK.num_addresses
        number = int(ctx.registry.randomness.uniform(RESERVED, size - 1))
        while str(NETWORK[number]) in used:
            number = RESERVED + (number + 1 - RESERVED) % (size - 1 - RESERVED)
        address = str(NETWORK[number])
    spec["clusterIP"], spec["clusterIPs"] = address, [address]
    return []


def validate(service: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a Service, in upstream's order."""
    spec = service.get("spec") or {}
    kind, address = spec.get("type", ""), spec.get("clusterIP", "")
    found = metadata.validate(service, old, names.label)
    if not spec.get("ports") and address != "None" and kind != "ExternalName":
        found.append(causes.required("spec.ports"))
    found += _headless_but_exposed(spec)
    if kind == "ExternalName":
        if address or spec.get("clusterIPs"):
            found.append(causes.forbidden("spec.clusterIPs", "may not be set for ExternalName services"))
        name = spec.get("externalName", "").removesuffix(".")
        wrong = names.causes_of("spec.externalName", name, names.subdomain(name))
        found += wrong if name else [causes.required("spec.externalName")]
    found += _ports(spec.get("ports") or [])
    found += metadata.labels(spec.get("selector"), "spec.selector")
    found += _affinity(spec)
    found += _kept_ip(spec, (old or {}).get("spec") or {}) + rules.kept_check_port(spec, (old or {}).get("spec") or {})
    found += rules.external(spec)
    if kind not in TYPES:
        found.append(causes.unsupported("spec.type", kind, TYPES))
    found += _numbers(spec) + rules.balancer(spec, service["metadata"].get("annotations") or {}) + _traffic(spec)
    return found + names.among("spec.trafficDistribution", spec.get("trafficDistribution"), rules.DISTRIBUTIONS)


def _ports(ports: list[Obj]) -> list[Cause]:
    found, seen = [], set()
    for index, port in enumerate(ports):
        here, name = f"spec.ports[{index}]", port.get("name", "")
        if name:
            found += names.causes_of(f"{here}.name", name, names.label(name))
            if name in seen:
                found.append(causes.duplicate(f"{here}.name", name))
            seen.add(name)
        elif len(ports) > 1:
            found.append(causes.required(f"{here}.name"))
        number, protocol = port.get("port", 0), port.get("protocol", "")
        found += names.causes_of(f"{here}.port", number, names.port_number(number))
        if protocol not in ("SCTP", "TCP", "UDP"):
            found.append(causes.unsupported(f"{here}.protocol", protocol, ("SCTP", "TCP", "UDP")))
        found += names.port(f"{here}.targetPort", port.get("targetPort", 0))
        if (inside := port.get("appProtocol")) is not None:
            found += names.causes_of(f"{here}.appProtocol", inside, names.qualified(inside))
    return found


def _affinity(spec: Obj) -> list[Cause]:
    affinity = spec.get("sessionAffinity", "")
    if affinity not in ("ClientIP", "None"):
        return [causes.unsupported("spec.sessionAffinity", affinity, ("ClientIP", "None"))]
    if affinity == "None" and spec.get("sessionAffinityConfig") is not None:
        text = "must not be set when session affinity is None"
        return [causes.forbidden("spec.sessionAffinityConfig", text)]
    seconds = ((spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}).get("timeoutSeconds")
    if affinity == "ClientIP" and seconds is not None and not 0 < seconds <= MOST_STICKY:
        text = f"must be greater than 0 and less than {MOST_STICKY}"
        return [causes.invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, text)]
    return []


def _kept_ip(spec: Obj, old: Obj) -> list[Cause]:
    address, found = spec.get("clusterIP", ""), []
    kinds = spec.get("type"), old.get("type")
    if old.get("clusterIP") and "ExternalName" not in kinds and address != old["clusterIP"]:
        found.append(causes.invalid("spec.clusterIPs[0]", [address], "may not change once set"))
    if kinds == ("LoadBalancer", "LoadBalancer") and spec.get("loadBalancerClass") != old.get("loadBalancerClass"):
        path = "spec.loadBalancerClass"
        found.append(causes.invalid(path, spec.get("loadBalancerClass"), "may not change once set"))
    return found


def _numbers(spec: Obj) -> list[Cause]:
    """Ports that stand twice, and node ports where there are none."""
    found: list[Cause] = []
    ports = spec.get("ports") or []
    if spec.get("type") == "ClusterIP":
        text = "may not be used when `type` is 'ClusterIP'"
        found += [
            causes.forbidden(f"spec.ports[{i}].nodePort", text) for i, port in enumerate(ports) if port.get("nodePort")
        ]
    for keys in (("protocol", "nodePort"), ("protocol", "port")):
        seen = set()
        for index, port in enumerate(ports):
            value = tuple(port.get(key) for key in keys)
            if value in seen and port.get(keys[1]):
                here = f"spec.ports[{index}]"
                whole = {"Name": "", "Protocol": value[0], "AppProtocol": None, "Port": value[1]}
                whole.update(TargetPort=0, NodePort=0)
                node = keys[1] == "nodePort"
                found.append(causes.duplicate(f"{here}.nodePort", value[1]) if node else causes.duplicate(here, whole))
            seen.add(value)
    return found


def _traffic(spec: Obj) -> list[Cause]:
    found, kind, policies = [], spec.get("type"), ("Cluster", "Local")
    outside, within = spec.get("externalTrafficPolicy"), spec.get("internalTrafficPolicy")
    open_ = kind in nodeports.EXPOSED or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if spec.get("allocateLoadBalancerNodePorts") is not None and kind != "LoadBalancer":
        text = "may only be used when `type` is 'LoadBalancer'"
        found.append(causes.forbidden("spec.allocateLoadBalancerNodePorts", text))
    found += rules.balancer_class(spec)
    if outside and not open_:
        text = "may only be set for externally-accessible services"
        found.append(causes.invalid("spec.externalTrafficPolicy", outside, text))
    elif outside and outside not in policies:
        found.append(causes.unsupported("spec.externalTrafficPolicy", outside, policies))
    found += rules.check_port(spec)
    if within is not None and within not in policies:
        found.append(causes.unsupported("spec.internalTrafficPolicy", within, policies))
    return found


def selectable(service: Obj) -> dict[str, str]:
    """A field selector may ask for type and cluster address. Upstream: pkg/registry/core/service/strategy.go"""
    spec = service.get("spec") or {}
    return {"spec.clusterIP": spec.get("clusterIP", ""), "spec.type": spec.get("type", "")}


COLUMNS = (
    NAME,
    Column(
        "Type",
        "type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, "
        'ClusterIP, NodePort, and LoadBalancer. "ClusterIP" allocates a cluster-internal IP address for '
        "load-balancing to endpoints. Endpoints are determined by the selector or if that is not specified, by "
        'manual construction of an Endpoints object or EndpointSlice objects. If clusterIP is "None", no virtual '
        "IP is allocated and the endpoints are published as a set of endpoints rather than a virtual IP. "
        '"NodePort" builds on ClusterIP and allocates a port on every node which routes to the same endpoints as '
        'the clusterIP. "LoadBalancer" builds on NodePort and creates an external load-balancer (if supported in '
        'the current cloud) which routes to the same endpoints as the clusterIP. "ExternalName" aliases this '
        "service to the specified externalName. Several other fields do not apply to ExternalName services. More "
        "info: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
    ),
    Column(
        "Cluster-IP",
        "clusterIP is the IP address of the service and is usually assigned randomly. If an address is specified "
        "manually, is in-range (as per system configuration), and is not in use, it will be allocated to the "
        "service; otherwise creation of the service will fail. This field may not be changed through updates unless "
        "the type field is also being changed to ExternalName (which requires this field to be blank) or the type "
        "field is being changed from ExternalName (in which case this field may optionally be specified, as describe "
        'above).  Valid values are "None", empty string (""), or a valid IP address. Setting this to "None" '
        'makes a "headless service" (no virtual IP), which is useful when direct endpoint connections are '
        "preferred and proxying is not required.  Only applies to types ClusterIP, NodePort, and LoadBalancer. If "
        "this field is specified when creating a Service of type ExternalName, creation will fail. This field will "
        "be wiped when updating a Service to type ExternalName. More info: "
        "https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies",
    ),
    Column(
        "External-IP",
        "externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this "
        "service.  These IPs are not managed by Kubernetes.  The user is responsible for ensuring that traffic "
        "arrives at a node with this IP.  A common example is external load-balancers that are not part of the "
        "Kubernetes system.",
    ),
    Column(
        "Port(s)",
        "The list of ports that are exposed by this service. More info: "
        "https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies",
    ),
    AGE,
    Column(
        "Selector",
        "Route service traffic to pods with label keys and values matching this selector. If empty or not present, "
        "the service is assumed to have an external process managing its endpoints, which Kubernetes will not "
        "modify. Only applies to types ClusterIP, NodePort, and LoadBalancer. Ignored if type is ExternalName. More "
        "info: https://kubernetes.io/docs/concepts/services-networking/service/",
        priority=1,
    ),
)


def row(obj: Obj, now: float) -> list[Any]:
    """The first cluster address, what is reached from outside, and the ports.

    Upstream: pkg/printers/internalversion/printers.go (printService)
    """
    name, spec, _ = head(obj)
    address = (spec.get("clusterIPs") or [spec.get("clusterIP") or NONE])[0]
    ports = ",".join(_shown_port(port) for port in spec.get("ports") or []) or NONE
    cells = [name, spec.get("type", ""), address, _external(obj), ports, age(obj, now)]
    return [*cells, format_labels(spec.get("selector"))]


def _shown_port(port: Obj) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port', 0)}{node_port}/{port.get('protocol', '')}"


def _external(obj: Obj) -> str:
    _, spec, status = head(obj)
    given = list(spec.get("externalIPs") or [])
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName", ""))
    if spec.get("type") == "LoadBalancer":
        ingress = (status.get("loadBalancer") or {}).get("ingress") or []
        found = [entry.get("ip") or entry.get("hostname", "") for entry in ingress] + given
        return ",".join(found) or "<pending>"
    return ",".join(given) or NONE


SERVICES = Resource(
    create_on_update=True,
    group="",
    version="v1",
    kind="Service",
    plural="services",
    singular="service",
    short_names=("svc",),
    categories=("all",),
    subresources=("proxy", "status"),
    default=default,
    validate=validate,
    validate_status=corestatuses.service,
    warnings=rules.warnings,
    prepare=prepare,
    fields=selectable,
    columns=COLUMNS,
    row=row,
)
