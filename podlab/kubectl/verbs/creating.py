"""What the commands below `kubectl create` have in common: one name, one object, and kubectl's words around a refusal.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import in_gos_words
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.restmapper import Mapping

Object = dict[str, Any]
Value = TypeVar("Value")
CLUSTER_SCOPED = ("ClusterRole", "ClusterRoleBinding", "Namespace", "PriorityClass")


def create_one(command: Command, resource: str, obj: Object, failing: str = "") -> None:
    """Create an object and tell of it.

    Args:
        failing: what stands between `failed to create` and the server's words; "" leaves these as they are.

    Raises:
        PodlabError: the server refuses.
    """
    writing = Writing(command, "kubectl-create", validate="strict", typed=True)
    mapping = _told(resource, obj)
    if mapping.namespaced and command.enforce_namespace:
        obj = {**obj, "metadata": {**obj["metadata"], "namespace": command.namespace}}
    where = command.namespace if mapping.namespaced else ""
    try:
        made = writing.post(mapping, where, obj)
    except PodlabError as error:
        if not failing:
            raise
        raise PodlabError(f"error: failed to create {failing} {in_gos_words(error)}", error.hint) from error
    writing.tell(mapping, made, "created")


def _told(resource: str, obj: Object) -> Mapping:
    """The resource, told from its object: no server is asked for it."""
    group, _, version = obj["apiVersion"].rpartition("/")
    kind = obj["kind"]
    return Mapping(group, version, kind, resource.partition(".")[0], kind.lower(), kind not in CLUSTER_SCOPED)


def the_name(arguments: Sequence[str], what: str) -> str:
    """The one name of a command line.

    Raises:
        PodlabError: there is none, or more than one.
    """
    if len(arguments) != 1:
        raise PodlabError(
            f"error: exactly one NAME is required, got {len(arguments)}\n"
            f"See 'kubectl create {what} -h' for help and examples"
        )
    return arguments[0]


def required(**flags: Value | None) -> dict[str, Value]:
    """Insist on flags, and give their values back: one may be empty, but not None.

    Raises:
        PodlabError: one of them was not given.
    """
    missing = [f'"{name.replace("_", "-")}"' for name, value in flags.items() if value is None]
    if missing:
        raise PodlabError(f"error: required flag(s) {', '.join(missing)} not set")
    return {name: value for name, value in flags.items() if value is not None}
