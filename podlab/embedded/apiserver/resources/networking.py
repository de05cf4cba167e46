"""Ingresses, their classes, and NetworkPolicies. Upstream: pkg/apis/networking/v1/defaults.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.labels import format_selector
from podlab.embedded.apiserver.columns import AGE, NAME, NONE, Column, age, few, head
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.validation import ingresses, networkpolicies
from podlab.embedded.apiserver.validation.statuses import corestatuses

DEFAULT = "ingressclass.kubernetes.io/is-default-class"
INGRESS_COLUMNS = (
    NAME,
    Column("Class", "The name of the IngressClass resource that should be used for additional configuration"),
    Column("Hosts", "Hosts that incoming requests are matched against before the ingress rule"),
    Column("Address", "Address is a list containing ingress points for the load-balancer"),
    Column("Ports", "Ports of TLS configurations that open"),
    AGE,
)
CLASS_COLUMNS = (
    NAME,
    Column("Controller", "Controller that is responsible for handling this class"),
    Column("Parameters", "A reference to a resource with additional parameters"),
    AGE,
)
POLICY_COLUMNS = (
    NAME,
    Column(
        "Pod-Selector",
        "podSelector selects the pods to which this NetworkPolicy object applies. The array of rules is applied to "
        "any pods selected by this field. An empty selector matches all pods in the policy's namespace. Multiple "
        "network policies can select the same set of pods. In this case, the ingress rules for each are combined "
        "additively. This field is optional. If it is not specified, it defaults to an empty selector.",
    ),
    AGE,
)


def ingress_row(obj: Obj, now: float) -> list[Any]:
    """PORTS is what it would listen on: 443 where it has certificates.

    Upstream: pkg/printers/internalversion/printers.go (printIngress)
    """
    name, spec, status = head(obj)
    hosts = [rule["host"] for rule in spec.get("rules") or [] if rule.get("host")]
    entries = (status.get("loadBalancer") or {}).get("ingress") or []
    addresses = ",".join(sorted({entry.get("ip") or entry.get("hostname", "") for entry in entries}))
    ports = "80, 443" if spec.get("tls") else "80"
    return [name, spec.get("ingressClassName") or NONE, few(hosts, "*"), addresses, ports, age(obj, now)]


def class_row(obj: Obj, now: float) -> list[Any]:
    """The class of Ingresses that name none is marked as the default one.

    Upstream: pkg/printers/internalversion/printers.go (printIngressClass)
    """
    name, spec, _ = head(obj)
    default = (obj["metadata"].get("annotations") or {}).get(DEFAULT) == "true"
    parameters, shown = spec.get("parameters"), NONE
    if parameters:
        group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") else ""
        shown = f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"
    return [f"{name} (default)" if default else name, spec.get("controller", ""), shown, age(obj, now)]


def policy_row(obj: Obj, now: float) -> list[Any]:
    """The selector of the Pods that it is for.

    Upstream: pkg/printers/internalversion/printers.go (printNetworkPolicy)
    """
    name, spec, _ = head(obj)
    return [name, format_selector(spec.get("podSelector")), age(obj, now)]


def _network_policy(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    for rule in (*(spec.get("ingress") or []), *(spec.get("egress") or [])):
        for port in rule.get("ports") or []:
            port.setdefault("protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _ingress(obj: Obj) -> None:
    obj.setdefault("spec", {})
    obj.setdefault("status", {}).setdefault("loadBalancer", {})


def _ingress_class(obj: Obj) -> None:
    if parameters := obj.setdefault("spec", {}).get("parameters"):
        parameters["scope"] = parameters.get("scope") or "Cluster"


def _ingress_status(obj: Obj, old: Obj | None, ctx: Context) -> None:
    if old is None:
        obj["status"] = {"loadBalancer": {}}


INGRESSES = stored(
    "networking.k8s.io",
    "Ingress",
    "ing",
    plural="ingresses",
    status=True,
    default=_ingress,
    prepare=_ingress_status,
    validate=ingresses.validate,
    validate_status=corestatuses.ingress,
    warnings=ingresses.warnings,
    generation=True,
    columns=INGRESS_COLUMNS,
    row=ingress_row,
)
INGRESS_CLASSES = stored(
    "networking.k8s.io",
    "IngressClass",
    plural="ingressclasses",
    namespaced=False,
    default=_ingress_class,
    validate=ingresses.validate_class,
    generation=True,
    columns=CLASS_COLUMNS,
    row=class_row,
)
NETWORK_POLICIES = stored(
    "networking.k8s.io",
    "NetworkPolicy",
    "netpol",
    plural="networkpolicies",
    default=_network_policy,
    validate=networkpolicies.validate,
    generation=True,
    columns=POLICY_COLUMNS,
    row=policy_row,
)
