"""ConfigMaps, Secrets and ServiceAccounts. Upstream: pkg/apis/core/validation/validation.go"""

from __future__ import annotations

import base64
import re
from typing import Any

from podlab.apimachinery.gotext import syntax_error
from podlab.embedded.apiserver.columns import AGE, NAME, Column, age, aged
from podlab.embedded.apiserver.resource import Context, Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

LIMIT = 1024 * 1024
IMMUTABLE = "field is immutable when `immutable` is set"
KEYS = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


PEM = re.compile(rb"^-----BEGIN [^-\n]+-----\s*$.*?^-----END [^-\n]+-----", re.MULTILINE | re.DOTALL)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _decoded(text: str) -> bytes:
    return base64.b64decode(text or "")


def _keys(given: Obj, field: str) -> list[Cause]:
    return [cause for key in given for cause in names.causes_of(f"{field}[{key}]", key, names.config_key(key))]


def _unchanged(obj: Obj, old: Obj | None, keys: tuple[str, ...]) -> list[Cause]:
    """Return what changed although the object had been made immutable."""
    if old is None or not old.get("immutable"):
        return []
    found = [] if obj.get("immutable") else [causes.forbidden("immutable", IMMUTABLE)]
    changed = [key for key in keys if (obj.get(key) or {}) != (old.get(key) or {})]
    return found + [causes.forbidden(key, IMMUTABLE) for key in changed]


def validate_config_map(obj: Obj, old: Obj | None) -> list[Cause]:
    """Keys, no key twice, 1 MiB in all. Upstream: pkg/apis/core/validation/validation.go (ValidateConfigMap)"""
    found = metadata.validate(obj, old) + _unchanged(obj, old, ("data", "binaryData"))
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for key in data:
        found += names.causes_of(f"data[{key}]", key, names.config_key(key))
        if key in binary:
            found.append(causes.invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
    found += _keys(binary, "binaryData")
    total = sum(map(_size, data.values())) + sum(len(_decoded(text)) for text in binary.values())
    if total > LIMIT:
        found.append(causes.too_long("[]", LIMIT))
    return found


def default_secret(secret: Obj) -> None:
    """Give a type, and fold `stringData` into `data`."""
    secret.setdefault("type", "Opaque")
    if any(text is None for text in (secret.get("data") or {}).values()):
        secret["data"] = {key: text or "" for key, text in secret["data"].items()}
    plain = secret.pop("stringData", None)
    if plain:
        encoded = {key: base64.b64encode(text.encode("utf-8", "replace")).decode() for key, text in plain.items()}
        secret["data"] = {**(secret.get("data") or {}), **encoded}


def validate_secret(secret: Obj, old: Obj | None) -> list[Cause]:
    """Keys, 1 MiB in all, and what its type asks for.

    Upstream: pkg/apis/core/validation/validation.go (ValidateSecret)
    """
    found = metadata.validate(secret, old)
    kind, data = secret.get("type", ""), secret.get("data") or {}
    if old is not None:
        found += metadata.immutable("type", kind, old.get("type", "")) + _unchanged(secret, old, ("data",))
    found += _keys(data, "data")
    if sum(len(_decoded(text)) for text in data.values()) > LIMIT:
        found.append(causes.too_long("data", LIMIT))
    for key in KEYS.get(kind, ()):
        if key not in data:
            found.append(causes.required(f"data[{key}]"))
        elif kind.startswith("kubernetes.io/docker"):
            problem = syntax_error(_decoded(data[key]).decode("utf-8", "replace"))
            hidden = "<secret contents redacted>"
            found += [causes.invalid(f"data[{key}]", hidden, problem)] if problem else []
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        found += [causes.required("data[username]"), causes.required("data[password]")]
    if kind == "kubernetes.io/service-account-token":
        path = "metadata.annotations[kubernetes.io/service-account.name]"
        if not (secret["metadata"].get("annotations") or {}).get("kubernetes.io/service-account.name"):
            found.append(causes.required(path))
    return found


def secret_warnings(secret: Obj, old: Obj | None) -> list[str]:
    """Return what a client is told of a Secret with a certificate. Upstream: pkg/registry/core/secret/strategy.go"""
    if secret.get("type") != "kubernetes.io/tls":
        return []
    texts = [_decoded((secret.get("data") or {}).get(key, "")) for key in KEYS["kubernetes.io/tls"]]
    for text, word in zip(texts, ("certificate", "key"), strict=True):
        if not PEM.search(text):
            return [f"tls: failed to find any PEM data in {word} input"]
    return []


def validate_account(account: Obj, old: Obj | None) -> list[Cause]:
    """Its metadata only. Upstream: pkg/apis/core/validation/validation.go (ValidateServiceAccount)"""
    return metadata.validate(account, old)


def prepare_account(account: Obj, old: Obj | None, ctx: Context) -> None:
    """Of its Secrets only the names are kept. Upstream: pkg/registry/core/serviceaccount/strategy.go"""
    if account.get("secrets"):
        account["secrets"] = [{"name": one["name"]} if one.get("name") else {} for one in account["secrets"]]


CONFIG_MAP_COLUMNS = (
    NAME,
    Column(
        "Data",
        "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. "
        "Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not "
        "overlap with the keys in the BinaryData field, this is enforced during validation process.",
    ),
    AGE,
)
SECRET_COLUMNS = (
    NAME,
    Column(
        "Type",
        "Used to facilitate programmatic handling of secret data. More info: "
        "https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
    ),
    Column(
        "Data",
        "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The "
        "serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly "
        "non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
    ),
    AGE,
)


def config_map_row(obj: Obj, now: float) -> list[Any]:
    """DATA counts the keys of data and binaryData.

    Upstream: pkg/printers/internalversion/printers.go (printConfigMap)
    """
    return [
        obj["metadata"].get("name", ""),
        len(obj.get("data") or {}) + len(obj.get("binaryData") or {}),
        age(obj, now),
    ]


def secret_row(obj: Obj, now: float) -> list[Any]:
    """DATA counts the keys; no value is shown. Upstream: pkg/printers/internalversion/printers.go (printSecret)"""
    return [obj["metadata"].get("name", ""), obj.get("type", ""), len(obj.get("data") or {}), age(obj, now)]


CONFIG_MAPS = Resource(
    group="",
    version="v1",
    kind="ConfigMap",
    plural="configmaps",
    singular="configmap",
    short_names=("cm",),
    validate=validate_config_map,
    columns=CONFIG_MAP_COLUMNS,
    row=config_map_row,
)
SECRETS = Resource(
    group="",
    version="v1",
    kind="Secret",
    plural="secrets",
    singular="secret",
    default=default_secret,
    validate=validate_secret,
    warnings=secret_warnings,
    fields=lambda secret: {"type": secret.get("type", "")},
    columns=SECRET_COLUMNS,
    row=secret_row,
)
SERVICE_ACCOUNTS = Resource(
    group="",
    version="v1",
    kind="ServiceAccount",
    plural="serviceaccounts",
    returns_deleted=True,
    singular="serviceaccount",
    short_names=("sa",),
    subresources=("token",),
    validate=validate_account,
    prepare=prepare_account,
    columns=(NAME, AGE),
    row=aged,
)
