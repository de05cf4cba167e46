"""Validation of what a Pod's resolver and hosts file say. Upstream: validatePodDNSConfig, ValidateHostAliases"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
MOST_SERVERS, MOST_SEARCHES, MOST_LETTERS = 3, 32, 2048


def dns(spec: Obj, path: str) -> list[Cause]:
    """Return what is wrong with dnsConfig."""
    given = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if given is None:
            return [causes.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
        if not given.get("nameservers"):
            text = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            return [causes.required(f"{path}.nameservers", text)]
    servers, searches = (given or {}).get("nameservers") or [], (given or {}).get("searches") or []
    found = []
    if len(servers) > MOST_SERVERS:
        text = f"must not have more than {MOST_SERVERS} nameservers"
        found.append(causes.invalid(f"{path}.nameservers", servers, text))
    for index, server in enumerate(servers):
        found += names.address(f"{path}.nameservers[{index}]", server)
    found += _searches(searches, f"{path}.searches")
    for index, option in enumerate((given or {}).get("options") or []):
        if not option.get("name"):
            found.append(causes.required(f"{path}.options[{index}]", "must not be empty"))
    return found


def _searches(given: list[str], path: str) -> list[Cause]:
    found = []
    if len(given) > MOST_SEARCHES:
        found.append(causes.invalid(path, given, f"must not have more than {MOST_SEARCHES} search paths"))
    if len(" ".join(given)) > MOST_LETTERS:
        text = f"must not have more than {MOST_LETTERS} characters (including spaces) in the search list"
        found.append(causes.invalid(path, given, text))
    for index, search in enumerate(given):
        name = search.removesuffix(".")
        if search != ".":
            found += names.causes_of(f"{path}[{index}]", name, names.underscored(name))
    return found


def host_aliases(given: list[Obj], path: str) -> list[Cause]:
    """Return what is wrong with lines of the hosts file."""
    found = []
    for index, alias in enumerate(given):
        found += names.address(f"{path}[{index}].ip", alias.get("ip", ""))
        for number, name in enumerate(alias.get("hostnames") or []):
            found += names.causes_of(f"{path}[{index}].hostnames[{number}]", name, names.subdomain(name))
    return found
