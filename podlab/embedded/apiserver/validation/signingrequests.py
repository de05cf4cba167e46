"""What is wrong with a CertificateSigningRequest. Upstream: pkg/apis/certificates/validation/validation.go"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

Obj = dict[str, Any]
USAGES = (
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
    "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel",
    "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
    "server auth", "signing", "timestamping",
)  # fmt: skip
BEGIN = b"-----BEGIN CERTIFICATE REQUEST-----"
SIGNER = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
SHORT = "should be a domain with at least two segments separated by dots"
SHORTEST = 600


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Return what is wrong with a request, in upstream's order."""
    spec, found = obj.get("spec") or {}, metadata.validate(obj, old)
    if old is not None:
        return found
    if not _is_request(spec.get("request") or ""):
        text = "PEM block type must be CERTIFICATE REQUEST"
        found.append(causes.invalid("spec.request", spec.get("request"), text))
    usages = spec.get("usages") or []
    found += [] if usages else [causes.required("spec.usages")]
    for index, usage in enumerate(usages):
        found += names.among(f"spec.usages[{index}]", usage, USAGES)
        if usage in usages[:index]:
            found.append(causes.duplicate(f"spec.usages[{index}]", usage))
    found += _signer(spec.get("signerName") or "", "spec.signerName")
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < SHORTEST:
        text = f"may not specify a duration less than {SHORTEST} seconds (10 minutes)"
        found.append(causes.invalid("spec.expirationSeconds", seconds, text))
    return found


def _is_request(given: str) -> bool:
    try:
        return BEGIN in base64.b64decode(given)
    except binascii.Error:
        return False


def _signer(name: str, path: str) -> list[Cause]:
    """Upstream: ValidateSignerName"""
    domain, slash, rest = name.partition("/")
    if not name:
        return [causes.required(path)]
    if not slash or not rest:
        return [causes.invalid(path, name, SIGNER)]
    labels = domain.split(".")
    found = [
        causes.invalid(path, domain, f'validating label "{label}": {wrong}')
        for label in labels
        for wrong in names.label(label)
    ]
    return found + ([causes.invalid(path, domain, SHORT)] if len(labels) < 2 else [])
