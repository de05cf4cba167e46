"""Validation of windowsOptions, as a table of complaints. Upstream: validateWindowsSecurityContextOptions"""

from __future__ import annotations

import re
from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names

Obj = dict[str, Any]
NETBIOS = r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}'
LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
DOMAIN = rf"{NETBIOS}|{LABEL}(?:\.{LABEL})*"
LONGEST_DOMAIN, LONGEST_USER, LONGEST_SPEC = 256, 104, 64 * 1024


def options(given: Obj | None, path: str) -> list[Cause]:
    """Return what is wrong with windowsOptions."""
    given = given or {}
    name, spec, user = (given.get(key) for key in ("gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName"))
    found = [] if name is None else names.causes_of(f"{path}.gmsaCredentialSpecName", name, names.subdomain(name))
    if spec is not None:
        wrong = [] if spec else ["gmsaCredentialSpec cannot be an empty string"]
        wrong += ["gmsaCredentialSpec size must be under 64 KiB"] if len(spec) > LONGEST_SPEC else []
        found += names.causes_of(f"{path}.gmsaCredentialSpec", spec, wrong)
    return found + ([] if user is None else names.causes_of(f"{path}.runAsUserName", user, _user(user)))


def _user(text: str) -> list[str]:
    if not text:
        return ["runAsUserName cannot be an empty string"]
    if re.search(r"[\x00-\x1f\x7f]", text):
        return ["runAsUserName cannot contain control characters"]
    if text.count("\\") > 1:
        return ["runAsUserName cannot contain more than one backslash"]
    domain, backslash, user = text.rpartition("\\")
    checks = (
        (len(domain) >= LONGEST_DOMAIN, f"Domain length must be under {LONGEST_DOMAIN} characters"),
        (backslash and not re.fullmatch(DOMAIN, domain), "Domain doesn't match the NetBios nor the DNS format"),
        (not user, "User cannot be empty"),
        (len(user) > LONGEST_USER, f"User length must not be longer than {LONGEST_USER} characters"),
        (re.fullmatch(r"[. ]+", user), "User cannot contain only periods or spaces"),
        (
            re.search(r'["/\\:;|=,+*?<>@\[\]]', user),
            'User cannot contain the following characters: "/\\:;|=,+*?<>@[]',
        ),
    )
    return [f"runAsUserName's {complaint}" for wrong, complaint in checks if wrong]


def host_process(spec: Obj, containers: list[tuple[str, Obj]], path: str) -> list[Cause]:
    """Return what is wrong with containers that are processes of a Windows node."""
    whole = ((spec.get("securityContext") or {}).get("windowsOptions") or {}).get("hostProcess")
    found, count = [], 0
    for here, container in containers:
        own = ((container.get("securityContext") or {}).get("windowsOptions") or {}).get("hostProcess")
        if whole is not None and own is not None and whole != own:
            said = "true" if whole else "false"
            text = f"pod hostProcess value must be identical if both are specified, was {said}"
            found.append(causes.invalid(f"{here}.securityContext.windowsOptions.hostProcess", own, text))
        count += bool(whole if own is None else own)
    if count and count != len(containers):
        text = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        found.append(causes.invalid(path, "", text))
    if count and not spec.get("hostNetwork"):
        text = "hostNetwork must be true if pod contains any hostProcess containers"
        found.append(causes.invalid(f"{path}.hostNetwork", False, text))
    return found
