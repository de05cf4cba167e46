"""`kubectl scale`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/scale/scale.go
"""

from __future__ import annotations

from collections.abc import Sequence

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.verbs.label import objects_named

NOT_GIVEN = -(2**63)


def scale(
    command: Command,
    *arguments: str,
    replicas: int = NOT_GIVEN,
    current_replicas: int = -1,
    filename: Sequence[str] = (),
    selector: str = "",
    all_: bool = False,
) -> None:
    """Set the number of replicas."""
    if replicas == NOT_GIVEN:
        raise PodlabError('error: required flag(s) "replicas" not set')
    if replicas < 0:
        raise PodlabError("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    writing = Writing(command, "kubectl-scale")
    for mapping, obj in objects_named(command, arguments, filename, selector, all_):
        with command.going_on():
            there = obj.get("spec", {}).get("replicas", -1)
            if current_replicas >= 0 and there != current_replicas:
                raise PodlabError(f"error: Expected replicas to be {current_replicas}, was {there}")
            path = mapping.path(obj["metadata"].get("namespace", ""), obj["metadata"]["name"], "scale")
            if not writing.on_client:
                writing.patch(path, {"spec": {"replicas": replicas}}, "merge-patch", bare=True)
            writing.tell(mapping, obj, "scaled")
