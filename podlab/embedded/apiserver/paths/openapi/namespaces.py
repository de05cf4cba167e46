"""The OpenAPI v2 that kubectl reads in protobuf: nothing but that Namespaces are patched with `fieldValidation`.

kubectl asks for it only about a kind that v3 shows no patch of. If Namespaces take the parameter, it looks for a
CustomResourceDefinition of that kind, and a user who may not list those is told so.

Upstream: cli-runtime/pkg/resource/query_param_verifier.go, gnostic-models/openapiv2/OpenAPIv2.proto
"""

from __future__ import annotations

CONTENT_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
GROUP_VERSION_KIND = b'{"group":"","version":"v1","kind":"Namespace"}'


def _message(*fields: tuple[int, bytes]) -> bytes:
    """A message of fields that are strings or messages."""
    return b"".join(_varint(number << 3 | 2) + _varint(len(value)) + value for number, value in fields)


def _varint(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + _varint(value >> 7)


_PARAMETER = _message((2, b"query"), (4, b"fieldValidation"))
_PATCH = _message(
    (8, _message((1, _message((2, _message((3, _PARAMETER))))))),
    (13, _message((1, b"x-kubernetes-group-version-kind"), (2, _message((2, GROUP_VERSION_KIND))))),
)
_PATH = _message((1, b"/api/v1/namespaces/{name}"), (2, _message((8, _PATCH))))
MESSAGE = _message((1, b"2.0"), (2, _message((1, b"Kubernetes"), (2, b"1.36"))), (8, _message((2, _PATH))))
