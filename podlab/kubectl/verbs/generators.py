"""`kubectl create namespace`, `configmap`, `secret generic`, `deployment`, `serviceaccount`: objects from arguments.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from podlab.errors import ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing

Object = dict[str, Any]


def namespace(
    command: Command, *arguments: str, dry_run: str = "none", output: str | None = None, validate: str = "strict"
) -> None:
    """Create a namespace."""
    obj = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": _name(arguments, "namespace")},
        "spec": {},
        "status": {},
    }
    _create(command, "namespaces", obj, dry_run, output, validate)


def serviceaccount(
    command: Command, *arguments: str, dry_run: str = "none", output: str | None = None, validate: str = "strict"
) -> None:
    """Create a ServiceAccount."""
    obj = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": _name(arguments, "serviceaccount")}}
    _create(command, "serviceaccounts", obj, dry_run, output, validate)


def configmap(
    command: Command,
    *arguments: str,
    from_literal: Sequence[str] = (),
    from_file: Sequence[str] = (),
    dry_run: str = "none",
    output: str | None = None,
    validate: str = "strict",
) -> None:
    """Create a ConfigMap of literals and files."""
    data, binary = {}, {}
    for key, value in _pairs(command, from_literal, from_file):
        try:
            data[key] = value.decode("utf-8")
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()
    obj: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": _name(arguments, "configmap")}}
    obj |= {"data": data} if data else {}
    obj |= {"binaryData": binary} if binary else {}
    _create(command, "configmaps", obj, dry_run, output, validate)


def secret(
    command: Command,
    *arguments: str,
    from_literal: Sequence[str] = (),
    from_file: Sequence[str] = (),
    type_: str = "",
    dry_run: str = "none",
    output: str | None = None,
    validate: str = "strict",
) -> None:
    """Create a Secret of literals and files."""
    pairs = _pairs(command, from_literal, from_file)
    data = {key: base64.b64encode(value).decode() for key, value in pairs}
    obj: Object = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": _name(arguments, "secret generic")}}
    obj |= {"data": data} if data else {}
    obj |= {"type": type_} if type_ else {}
    _create(command, "secrets", obj, dry_run, output, validate)


def deployment(
    command: Command,
    *arguments: str,
    image: Sequence[str] = (),
    replicas: int = 1,
    port: int = -1,
    dry_run: str = "none",
    output: str | None = None,
    validate: str = "strict",
) -> None:
    """Create a Deployment; further arguments are its container's command."""
    if not image:
        raise PodlabError('error: required flag(s) "image" not set')
    name = _name(arguments[:1], "deployment")
    labels = {"app": name}
    containers: list[Object] = [{"image": each, "name": _container_name(each), "resources": {}} for each in image]
    if arguments[1:]:
        containers[0]["command"] = list(arguments[1:])
    if port >= 0:
        containers[0]["ports"] = [{"containerPort": port}]
    obj = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": labels, "name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "strategy": {},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
        "status": {},
    }
    _create(command, "deployments.apps", obj, dry_run, output, validate)


def _create(command: Command, resource: str, obj: Object, dry_run: str, output: str | None, validate: str) -> None:
    writing = Writing(command, "kubectl-create", dry_run, validate, output)
    mapping = command.mapper.by_name(resource)
    if mapping.namespaced and command.enforce_namespace:
        obj = {**obj, "metadata": {**obj["metadata"], "namespace": command.namespace}}
    namespace_ = command.namespace if mapping.namespaced else ""
    try:
        writing.tell(mapping, writing.post(mapping, namespace_, obj), "created")
    except PodlabError as error:
        if "already exists" in str(error) or getattr(error, "reason", "") in ("Invalid", "AlreadyExists"):
            raise
        what = obj["kind"].lower()
        raise PodlabError(f"error: failed to create {what}: {error}", error.hint) from error


def _name(arguments: Sequence[str], what: str) -> str:
    if len(arguments) != 1:
        raise PodlabError(
            f"error: exactly one NAME is required, got {len(arguments)}\n"
            f"See 'kubectl create {what} -h' for help and examples"
        )
    return arguments[0]


def _container_name(image: str) -> str:
    """The last part of an image's name, without tag or digest."""
    return image.rpartition("/")[2].partition(":")[0].partition("@")[0].replace("_", "-").lower()


def _pairs(command: Command, literals: Sequence[str], files: Sequence[str]) -> list[tuple[str, bytes]]:
    found = []
    for each in literals:
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise PodlabError(f"error: invalid literal source {each}, expected key=value")
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found.append((key, value.encode()))
    for each in files:
        key, _, name = each.rpartition("=")
        path = command.folder / name
        chosen = sorted(path.iterdir()) if path.is_dir() else [path]
        for one in chosen:
            try:
                found.append((key or one.name, one.read_bytes()))
            except OSError as error:
                raise ManifestError(f"error: error reading {name}: {(error.strerror or '').lower()}") from error
    return found
