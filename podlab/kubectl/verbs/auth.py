"""`kubectl auth can-i`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/auth/cani.go
"""

from __future__ import annotations

from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command

Object = dict[str, Any]
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def can_i(
    command: Command, *arguments: str, all_namespaces: bool = False, subresource: str = "", quiet: bool = False
) -> None:
    """Print yes or no; `no` is exit code 1."""
    if len(arguments) not in (2, 3):
        raise PodlabError(
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\n"
            "See 'kubectl auth can-i -h' for help and examples."
        )
    attributes = _attributes(command, arguments, "" if all_namespaces else command.namespace, subresource)
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": attributes}
    status = command.client.request("POST", REVIEWS, body=body).json()["status"]
    allowed = bool(status.get("allowed"))
    reason = f" - {status['reason']}" if status.get("reason") and not allowed else ""
    if not quiet:
        command.out(f"{'yes' if allowed else 'no'}{reason}\n")
    command.exit_code = 0 if allowed else 1


def _attributes(command: Command, arguments: tuple[str, ...], namespace: str, subresource: str) -> Object:
    verb, resource = arguments[:2]
    if resource.startswith("/"):
        return {"nonResourceAttributes": {"path": resource, "verb": verb}}
    resource, _, name = resource.partition("/")
    group = ""
    try:
        mapping = command.mapper.by_name(resource)
        resource, group = mapping.plural, mapping.group
        if not mapping.namespaced:
            command.err(f"Warning: resource '{mapping.plural}' is not namespace scoped\n\n")
    except PodlabError:
        if resource != "*":
            command.err(f"Warning: the server doesn't have a resource type '{resource}'\n\n")
    found = {"namespace": namespace, "verb": verb, "group": group, "resource": resource}
    name = name or (arguments[2] if len(arguments) == 3 else "")
    found |= {"name": name} if name else {}
    found |= {"subresource": subresource} if subresource else {}
    return {"resourceAttributes": found}
