"""Values in the form that they have inside the API server, as messages show them: Go's names, all fields present.

Upstream: pkg/apis/core/types.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver import fields

Obj = dict[str, Any]
ZERO: dict[str, Any] = {"string": "", "bool": False, "int32": 0, "int64": 0, "intstr.IntOrString": 0}
LIFTED = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers")


def pod_spec(spec: Obj) -> Obj:
    """Return a PodSpec with Go's field names, all fields present."""
    security = {**(spec.get("securityContext") or {}), **{key: spec[key] for key in LIFTED if key in spec}}
    return struct({**spec, "securityContext": security}, "PodSpec")


def struct(given: Obj, name: str) -> Obj:
    """Return a value in the form that it has inside the API server: Go's names, all fields present."""
    result: Obj = {}
    for go_name, go_type, json_name in fields.table()["internal"][name]:
        if not go_type:
            result.update(struct(given, go_name))
        else:
            result[go_name] = _value(given.get(json_name), go_type)
    return result


def _value(value: Any, go_type: str) -> Any:
    structs = fields.table()["internal"]
    if go_type in structs:
        return struct(value or {}, go_type)
    if value is None:
        return None if go_type[0] in "*[" or go_type.startswith("map[") else ZERO.get(go_type, "")
    if go_type.startswith("*"):
        return _value(value, go_type[1:])
    if go_type.startswith("[]") and isinstance(value, list):
        return [_value(item, go_type[2:]) for item in value]
    return value
