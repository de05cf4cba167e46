"""What a kubeconfig's fields hold, and Go's line for one that holds something else.

Upstream: staging/src/k8s.io/client-go/tools/clientcmd/api/v1/types.go
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.apimachinery.gobase64 import CorruptBase64, decoded
from podlab.apimachinery.times import not_rfc3339

STRUCTS: dict[str, dict[str, str]] = {
    "Config": {
        "clusters": "[]v1.NamedCluster",
        "contexts": "[]v1.NamedContext",
        "current-context": "string",
        "extensions": "[]v1.NamedExtension",
        "preferences": "v1.Preferences",
        "users": "[]v1.NamedAuthInfo",
    },
    "Preferences": {"colors": "bool", "extensions": "[]v1.NamedExtension"},
    "NamedExtension": {"extension": "", "name": "string"},
    "NamedCluster": {"cluster": "v1.Cluster", "name": "string"},
    "NamedContext": {"context": "v1.Context", "name": "string"},
    "NamedAuthInfo": {"name": "string", "user": "v1.AuthInfo"},
    "Cluster": {
        "certificate-authority": "string",
        "certificate-authority-data": "[]uint8",
        "disable-compression": "bool",
        "extensions": "[]v1.NamedExtension",
        "insecure-skip-tls-verify": "bool",
        "proxy-url": "string",
        "server": "string",
        "tls-server-name": "string",
    },
    "Context": {"cluster": "string", "extensions": "[]v1.NamedExtension", "namespace": "string", "user": "string"},
    "AuthInfo": {
        "as": "string",
        "as-groups": "[]string",
        "as-uid": "string",
        "as-user-extra": "map[string][]string",
        "auth-provider": "v1.AuthProviderConfig",
        "client-certificate": "string",
        "client-certificate-data": "[]uint8",
        "client-key": "string",
        "client-key-data": "[]uint8",
        "exec": "v1.ExecConfig",
        "extensions": "[]v1.NamedExtension",
        "password": "string",
        "token": "string",
        "tokenFile": "string",
        "username": "string",
    },
    "AuthProviderConfig": {"config": "map[string]string", "name": "string"},
    "ExecConfig": {
        "apiVersion": "string",
        "args": "[]string",
        "command": "string",
        "env": "[]v1.ExecEnvVar",
        "installHint": "string",
        "interactiveMode": "v1.ExecInteractiveMode",
        "provideClusterInfo": "bool",
    },
    "ExecEnvVar": {"name": "string", "value": "string"},
    "ExecCredential": {"apiVersion": "string", "kind": "string", "status": "v1.ExecCredentialStatus"},
    "ExecCredentialStatus": {
        "clientCertificateData": "string",
        "clientKeyData": "string",
        "expirationTimestamp": "string",
        "token": "string",
    },
}
"""Of each of Go's structs the fields in the order in which they are read, which is that of their names."""
LISTS = {"clusters": ("NamedCluster", "Cluster"), "contexts": ("NamedContext", "Context")}
LISTS |= {"users": ("NamedAuthInfo", "AuthInfo")}


def wrong(config: dict[str, Any]) -> str | None:
    """What kubectl says of the first field that is of another type, or of a name that is there twice."""
    return _wrong(config, "v1.Config", "", "") or _twice(config)


def wrong_credential(answer: dict[str, Any]) -> str | None:
    """The same of what an exec plugin answers; and of a time that is none."""
    said = _wrong(answer, "v1.ExecCredential", "", "")
    until = (answer.get("status") or {}).get("expirationTimestamp") if not said else None
    return said or (not_rfc3339(until) if until else None)


def no_object(found: Any) -> str:
    """Go's line for a document that is no object."""
    of = '{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    return (
        f"couldn't get version/kind; json parse error: json: cannot unmarshal {_kind(found)} into Go value of type "
        f"struct {of}"
    )


def _wrong(value: Any, type_: str, struct: str, path: str) -> str | None:
    if value is None or not type_ or (type_ == "[]uint8" and isinstance(value, list)):
        return None
    if not isinstance(value, _held(type_)):
        return f"json: cannot unmarshal {_kind(value)} into Go struct field {struct}.{path} of type {type_}"
    if type_ == "[]uint8":
        return _undecodable(str(value))
    return next((said for part in _parts(value, type_, struct, path) if (said := _wrong(*part))), None)


def _parts(value: Any, type_: str, struct: str, path: str) -> Iterator[tuple[Any, str, str, str]]:
    """What a value is made of, each part with its type, the struct that holds it and where."""
    name, at = type_.removeprefix("v1."), f"{path}." if path else ""
    if name in STRUCTS:
        yield from ((value.get(key), of, name, f"{at}{key}") for key, of in STRUCTS[name].items())
    elif type_.startswith("[]"):
        yield from ((each, type_[2:], struct, path) for each in value)
    elif type_.startswith("map[string]"):
        yield from ((value[key], type_.removeprefix("map[string]"), struct, path) for key in sorted(value, key=str))


def _held(type_: str) -> type:
    if type_ == "bool":
        return bool
    if type_.removeprefix("v1.") in STRUCTS or type_.startswith("map["):
        return dict
    return list if type_.startswith("[]") and type_ != "[]uint8" else str


def _kind(value: Any) -> str:
    kinds = ((bool, "bool"), ((int, float), "number"), (str, "string"), (list, "array"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")


def _undecodable(text: str) -> str | None:
    try:
        decoded(text)
    except CorruptBase64 as error:
        return str(error)
    return None


def _twice(config: dict[str, Any]) -> str | None:
    """Upstream goes on with all that the entries hold, secrets included; this ends at the name."""
    for section, (named, kind) in LISTS.items():
        names = [entry.get("name") or "" for entry in config.get(section) or () if entry]
        if again := next((name for at, name in enumerate(names) if name in names[:at]), None):
            into = f"error converting *[]{named} into *map[string]*api.{kind}"
            return f'{into}: duplicate name "{again}" in list'
    return None
