"""Which container of a Pod is meant, with kubectl's words.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/podcmd/podcmd.go
"""

from __future__ import annotations

from typing import Any

from podlab.errors import PodlabError

Object = dict[str, Any]
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


def container_names(pod: Object) -> list[str]:
    """Every container's name: containers, init containers, ephemeral ones."""
    spec = pod["spec"]
    return [c["name"] for key in ("containers", "initContainers", "ephemeralContainers") for c in spec.get(key) or []]


def all_names(pod: Object) -> str:
    """Every container's name as kubectl lists them."""
    spec = pod["spec"]
    names = [c["name"] for c in spec["containers"]]
    names += [f"{c['name']} (ephem)" for c in spec.get("ephemeralContainers") or []]
    names += [f"{c['name']} (init)" for c in spec.get("initContainers") or []]
    return ", ".join(names)


def choose_container(pod: Object, name: str = "", forgiving: bool = False) -> tuple[str, str]:
    """The container meant, and the notice that kubectl writes to stderr ("" for none).

    Args:
        forgiving: an annotation that names no container is passed over with a notice, as `logs` does.

    Raises:
        PodlabError: the Pod has no such container.
    """
    notice = ""
    wanted = name or (pod["metadata"].get("annotations") or {}).get(DEFAULT_CONTAINER, "")
    if wanted in container_names(pod):
        return wanted, notice
    if wanted and not (forgiving and not name):
        raise PodlabError(
            f"error: container {wanted} is not valid for pod {pod['metadata']['name']} out of: {all_names(pod)}"
        )
    if wanted:
        notice = f'Default container name "{wanted}" not found in pod {pod["metadata"]["name"]}\n'
    first = str(pod["spec"]["containers"][0]["name"])
    if len(container_names(pod)) > 1:
        notice += f'Defaulted container "{first}" out of: {all_names(pod)}\n'
    return first, notice
