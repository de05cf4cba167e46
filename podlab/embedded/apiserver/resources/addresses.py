"""IPAddresses and ServiceCIDRs: which addresses Services have, and from which ranges.

Upstream: pkg/registry/networking/{ipaddress,servicecidr}, pkg/apis/networking/validation/validation.go
"""

from __future__ import annotations

import ipaddress
from typing import Any

from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, head
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata

GROUP = "networking.k8s.io"
ADDRESS_COLUMNS = (
    NAME,
    Column(
        "ParentRef",
        "ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent "
        "object.",
    ),
)
RANGE_COLUMNS = (
    NAME,
    Column(
        "CIDRs",
        'CIDRs defines the IP blocks in CIDR notation (e.g. "192.168.0.0/24" or "2001:db8::/64") from which to '
        "assign service cluster IPs. Max of two CIDRs is allowed, one of each IP family. This field is immutable.",
    ),
    AGE,
)


def address_row(obj: Obj, now: float) -> list[Any]:
    """Its age is a cell without a column, as upstream's."""
    name, spec, _ = head(obj)
    parent = spec.get("parentRef") or {}
    resource = ".".join(filter(None, (parent.get("resource"), parent.get("group"))))
    place = [resource, *filter(None, (parent.get("namespace"),)), parent.get("name", "")]
    return [name, "/".join(place), age(obj, now)]


def range_row(obj: Obj, now: float) -> list[Any]:
    """Its CIDRs stand in one cell. Upstream: pkg/printers/internalversion/printers.go (printServiceCIDR)"""
    name, spec, _ = head(obj)
    return [name, ",".join(spec.get("cidrs") or []), age(obj, now)]


def _validate_address(obj: Obj, old: Obj | None) -> list[Cause]:
    found, name = metadata.validate(obj, old), (obj.get("metadata") or {}).get("name", "")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        text = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        found.append(causes.invalid("metadata.name", name, text))
    parent = (obj.get("spec") or {}).get("parentRef")
    if parent is None:
        return [*found, causes.required("spec.parentRef", "")]
    for key in ("resource", "name"):
        if not parent.get(key):
            found.append(causes.required(f"spec.parentRef.{key}", ""))
    if old is not None:
        found += metadata.immutable("spec.parentRef", parent, (old.get("spec") or {}).get("parentRef"))
    return found


def _validate_range(obj: Obj, old: Obj | None) -> list[Cause]:
    found, given = metadata.validate(obj, old), (obj.get("spec") or {}).get("cidrs") or []
    if not given:
        return [*found, causes.required("spec.cidrs", "at least one CIDR required")]
    if len(given) > 2:
        return [*found, causes.invalid("spec", obj["spec"], "may only hold up to 2 values")]
    for index, cidr in enumerate(given):
        try:
            ipaddress.ip_network(cidr)
        except ValueError:
            text = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            found.append(causes.invalid(f"spec.cidrs[{index}]", cidr, text))
    if old is not None:
        found += metadata.immutable("spec.cidrs", given, old["spec"]["cidrs"])
    return found


IP_ADDRESSES = stored(
    GROUP,
    "IPAddress",
    "ip",
    plural="ipaddresses",
    namespaced=False,
    validate=_validate_address,
    columns=ADDRESS_COLUMNS,
    row=address_row,
)
SERVICE_CIDRS = stored(
    GROUP,
    "ServiceCIDR",
    namespaced=False,
    status=True,
    validate=_validate_range,
    columns=RANGE_COLUMNS,
    row=range_row,
)
