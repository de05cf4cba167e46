"""`kubectl attach`: what a running container writes, and its standard input.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/attach/attach.go
"""

from __future__ import annotations

from typing import Any

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.resources.podcontainers import choose_container
from podlab.kubectl.verbs.exec import pod_named
from podlab.kubectl.verbs.streaming import NO_TTY, finish, is_terminal, stream

Object = dict[str, Any]
USAGE = "error: at least 1 argument is required for attach"
PROMPT = (
    "All commands and output from this session will be recorded in container logs, including credentials and sensitive "
    "information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n"
)


def attach(
    command: Command,
    *arguments: str,
    container: str = "",
    stdin: bool = False,
    tty: bool = False,
    quiet: bool = False,
    pod_running_timeout: str = "1m0s",
) -> None:
    """Attach to a container until it ends or it is interrupted.

    Raises:
        PodlabError: no such Pod or container, or it does not run.
    """
    if not arguments:
        raise PodlabError(USAGE)
    if len(arguments) > 2:
        raise PodlabError(
            f"error: expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw {len(arguments)}: "
            f"{list(arguments)}\nSee 'kubectl attach -h' for help and examples"
        )
    pod = pod_named(command, arguments, (), pod_running_timeout)
    phase = (pod.get("status") or {}).get("phase")
    if phase in ("Succeeded", "Failed"):
        raise PodlabError(f"error: cannot attach a container in a completed pod; current phase is {phase}")
    try:
        chosen, notice = choose_container(pod, container)
    except PodlabError as error:
        raise PodlabError(f"error: cannot attach to the container: {str(error).removeprefix('error: ')}") from error
    command.err("" if quiet else notice)
    attach_to(command, pod, chosen, stdin=stdin, tty=tty, quiet=quiet)


def attach_to(
    command: Command, pod: Object, container: str, *, stdin: bool, tty: bool, quiet: bool, ended: bool = False
) -> None:
    """Attach to a container; `ended`: print its log instead, where it has ended already."""
    spec = next(c for key in ("containers", "ephemeralContainers", "initContainers")
                for c in pod["spec"].get(key) or [] if c["name"] == container)  # fmt: skip
    where = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
    if tty and not spec.get("tty"):
        tty = False
        if not quiet:
            command.err(f"error: Unable to use a TTY - container {container} did not allocate one\n")
    if tty and stdin and not quiet and not is_terminal(command):
        command.err(NO_TTY)
    if ended and (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        command.out(_log(command, where, container))
        return
    if not quiet:
        command.err(PROMPT)
    try:
        finish(command, stream(command, f"{where}/attach", [("container", container)], stdin=stdin, tty=tty))
    except PodlabError as error:
        if not ended:
            raise
        pod_name, why = pod["metadata"]["name"], str(error).removeprefix("error: ")
        command.err(f"warning: couldn't attach to pod/{pod_name}, falling back to streaming logs: {why}\n")
        command.out(_log(command, where, container))


def log_so_far(command: Command, pod: Object) -> str:
    """What the first container wrote before one attaches to it: `run` shows that, too. "" where it has ended."""
    if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return ""
    where = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
    return _log(command, where, pod["spec"]["containers"][0]["name"])


def _log(command: Command, where: str, container: str) -> str:
    try:
        return command.client.request("GET", f"{where}/log", query={"container": container}).text
    except ApiError as error:
        return f"error: {error}\n"
