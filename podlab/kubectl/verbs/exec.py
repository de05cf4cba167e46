"""`kubectl exec`: a command inside a container.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/exec/exec.go
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.podcontainers import choose_container
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.pods import attachable_pod
from podlab.kubectl.verbs.streaming import NO_TTY, finish, is_terminal, stream

Object = dict[str, Any]
NO_COMMAND = "error: you must specify at least one command for the container"


def exec_(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    container: str = "",
    stdin: bool = False,
    tty: bool = False,
    quiet: bool = False,
    pod_running_timeout: str = "1m0s",
) -> None:
    """Run a command in a container and print what it prints; its exit code becomes the command's.

    Args:
        arguments: the Pod (or `type/name`), then the command and its arguments.
        stdin: pass on standard input.
        tty: with a terminal, where there is one.

    Raises:
        ApiError: no such Pod, or its container does not run.
        PodlabError: no such container, or the Pod has ended.
    """
    if len(arguments) == len(command.after) and not filename:
        raise PodlabError("error: pod, type/name or --filename must be specified")
    names, words = ((), arguments) if filename else (arguments[:1], command.after or arguments[1:])
    if not words:
        raise PodlabError(NO_COMMAND)
    if parse_duration(pod_running_timeout) <= 0:
        see = "See 'kubectl exec -h' for help and examples"
        raise PodlabError(f"error: --pod-running-timeout must be higher than zero\n{see}")
    pod = pod_named(command, names, filename, pod_running_timeout)
    phase = (pod.get("status") or {}).get("phase")
    if phase in ("Succeeded", "Failed"):
        raise PodlabError(f"error: cannot exec into a container in a completed pod; current phase is {phase}")
    chosen, notice = choose_container(pod, container)
    command.err("" if quiet else notice)
    if stdin and tty and not quiet and not is_terminal(command):
        command.err(NO_TTY)
    path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/exec"
    query = [("command", word) for word in words] + [("container", chosen)]
    finish(command, stream(command, path, query, stdin=stdin, tty=tty))


def pod_named(command: Command, names: Sequence[str], filename: Sequence[str], patience: str) -> Object:
    """The Pod that a command line or a file names, itself or by its controller."""
    if filename:
        manifest, mapping = next(manifests(command, filename, validate="ignore"), (None, None))
        if manifest is None or mapping is None:
            raise command.failures.pop() if command.failures else PodlabError("error: no objects passed to exec")
        _, namespace = in_namespace(command, manifest, mapping)
        obj = command.client.get(mapping.path(namespace, manifest.name))
    else:
        one = select(command.mapper, names, default="" if len(names) > 1 else "pods")[0]
        mapping = one.mapping
        obj = read_one(command.client, mapping, command.namespace, one.name)
    pod = attachable_pod(command, mapping, obj, patience)
    command.objects.append(pod)
    return pod
