"""What names, labels, keys and ports may look like, as causes of a refusal."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from podlab.apimachinery.validation import (
    at_most as at_most,
)
from podlab.apimachinery.validation import (
    at_most_bytes as at_most_bytes,
)
from podlab.apimachinery.validation import (
    between as between,
)
from podlab.apimachinery.validation import (
    condition_reason as condition_reason,
)
from podlab.apimachinery.validation import (
    config_key as config_key,
)
from podlab.apimachinery.validation import (
    dns_1035 as dns_1035,
)
from podlab.apimachinery.validation import (
    environment as environment,
)
from podlab.apimachinery.validation import (
    header as header,
)
from podlab.apimachinery.validation import (
    label as label,
)
from podlab.apimachinery.validation import (
    label_value as label_value,
)
from podlab.apimachinery.validation import (
    path_segment as path_segment,
)
from podlab.apimachinery.validation import (
    percent as percent,
)
from podlab.apimachinery.validation import (
    port_name as port_name,
)
from podlab.apimachinery.validation import (
    port_number as port_number,
)
from podlab.apimachinery.validation import (
    qualified as qualified,
)
from podlab.apimachinery.validation import (
    subdomain as subdomain,
)
from podlab.apimachinery.validation import (
    underscored as underscored,
)
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes

BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
PLAIN_ADDRESS = re.compile(rf"({BYTE}\.){{3}}{BYTE}", re.ASCII)
"""Nearly all addresses: surely good ones of four bytes."""


def causes_of(path: str, value: Any, complaints: list[str]) -> list[Cause]:
    """Turn complaints about a value into causes."""
    return [causes.invalid(path, value, text) for text in complaints]


def port(path: str, value: int | str) -> list[Cause]:
    """A port given by number or name."""
    return causes_of(path, value, port_name(value) if isinstance(value, str) else port_number(value))


def prefixed(path: str, value: str) -> list[Cause]:
    """A path below a domain. Upstream: apimachinery/pkg/util/validation IsDomainPrefixedPath"""
    domain, _, rest = value.partition("/")
    if not value:
        return [causes.required(path)]
    if not domain or not rest:
        return [causes.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    return causes_of(path, domain, subdomain(domain))


def prefix(rule: Any, value: str) -> list[str]:
    """The rule for `generateName`, where one more letter will follow."""
    found: list[str] = rule(value[:-1] + "a" if value.endswith("-") else value)
    return found


def address(path: str, value: str) -> list[Cause]:
    """An IP address; leading zeros have their own complaint, since some read them as octal."""
    if PLAIN_ADDRESS.fullmatch(value):
        return []
    try:
        found = ipaddress.ip_address(value if "%" not in value else "")
    except ValueError:
        if re.fullmatch(r"(\d{1,3}\.){3}\d{1,3}", value) and all(int(part) < 256 for part in value.split(".")):
            return [causes.invalid(path, value, "must not have leading 0s")]
        return [causes.invalid(path, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    if found.version == 6 and found.ipv4_mapped:
        return [causes.invalid(path, value, "must not be an IPv4-mapped IPv6 address")]
    return []


def is_address(text: str) -> bool:
    """Whether it is an IP address."""
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def one_of(path: str, value: str | None, allowed: tuple[str, ...]) -> list[Cause]:
    """One of a few words, which must be there."""
    if not value:
        return [causes.required(path)]
    return [] if value in allowed else [causes.unsupported(path, value, allowed)]


def among(path: str, value: Any, allowed: tuple[str, ...]) -> list[Cause]:
    """One of a few words, if it is there at all."""
    return [] if value is None or value in allowed else [causes.unsupported(path, value, allowed)]


def descending(path: str, text: str) -> list[Cause]:
    """A relative path that stays below its start. Upstream: validateLocalDescendingPath"""
    found = [causes.invalid(path, text, "must be a relative path")] if text.startswith("/") else []
    return found + no_backsteps(path, text)


def no_backsteps(path: str, text: str) -> list[Cause]:
    """A path without `..`."""
    return [causes.invalid(path, text, "must not contain '..'")] if ".." in text.split("/") else []


def local(path: str, text: str) -> list[Cause]:
    """A relative path that does not begin with `..` either. Upstream: ValidateLocalNonReservedPath"""
    found = descending(path, text)
    if text.startswith("..") and not text.startswith("../"):
        found.append(causes.invalid(path, text, "must not start with '..'"))
    return found
