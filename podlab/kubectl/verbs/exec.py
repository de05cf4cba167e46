"""`kubectl exec`: a command inside a container.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/exec/exec.go, staging/src/k8s.io/client-go/tools/remotecommand
"""

from __future__ import annotations

import codecs
import json
import sys
import threading
from typing import IO, Any

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.resources.podcontainers import choose_container
from podlab.kubectl.resources.selection import select
from podlab.text import Text

Object = dict[str, Any]
PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
STDIN, STDOUT, STDERR, ERROR, CLOSE = 0, 1, 2, 3, 255
STREAMS = {STDOUT: "stdout", STDERR: "stderr"}
NO_TTY = "Unable to use a TTY - input is not a terminal or the right kind of file\n"
NO_COMMAND = "error: you must specify at least one command for the container"
STOPPED = Text(ko="명령을 기다리다 멈추었습니다.", en="Stopped waiting for the command.")


def exec_(
    command: Command,
    *arguments: str,
    container: str = "",
    stdin: bool = False,
    tty: bool = False,
    quiet: bool = False,
) -> None:
    """Run a command in a container and print what it prints; its exit code becomes the command's.

    Args:
        arguments: the Pod (or `type/name`), then the command and its arguments.
        stdin: pass on standard input (what there is of it; there is no terminal).

    Raises:
        ApiError: no such Pod, or its container does not run.
        PodlabError: no such container, or the Pod has ended.
    """
    if not arguments:
        raise PodlabError("error: pod, type/name or --filename must be specified")
    name, *words = arguments
    if not words:
        raise PodlabError(NO_COMMAND)
    pod = _pod(command, name)
    phase = (pod.get("status") or {}).get("phase")
    if phase in ("Succeeded", "Failed"):
        raise PodlabError(f"error: cannot exec into a container in a completed pod; current phase is {phase}")
    chosen, notice = choose_container(pod, container)
    command.err("" if quiet else notice)
    if stdin and tty and not quiet:
        command.err(NO_TTY)
    path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/exec"
    query = [("command", word) for word in words] + [("container", chosen)]
    query += [("stdin", "true")] if stdin else []
    query += [("stdout", "true"), ("stderr", "true")]
    _run(command, path, query, (command.stdin or sys.stdin.buffer) if stdin else None)


def _pod(command: Command, name: str) -> Object:
    one = select(command.mapper, [name], default="pods")[0]
    obj = command.client.get(one.mapping.path(command.namespace, one.name))
    if one.mapping.kind != "Pod":
        from podlab.kubectl.verbs.logs import pods_of

        obj = pods_of(command, obj, command.namespace)[0]
    command.objects.append(obj)
    return obj


def _run(command: Command, path: str, query: list[tuple[str, str]], source: IO[bytes] | None) -> None:
    try:
        socket = command.client.connect(path, query=query, protocols=PROTOCOLS)
    except ApiError as error:
        raise _upgrade_failure(error) from error
    status: Object = {}
    decoders = {channel: codecs.getincrementaldecoder("utf-8")("replace") for channel in STREAMS}
    try:
        with socket:
            if source is not None:
                threading.Thread(target=_pump, args=(socket, source), daemon=True, name="exec-stdin").start()
            for message in socket:
                data = message if isinstance(message, bytes) else message.encode()
                channel, body = data[0], data[1:]
                if channel == ERROR:
                    status = json.loads(body)
                elif channel in decoders and body:
                    (command.out if channel == STDOUT else command.err)(decoders[channel].decode(body))
    except KeyboardInterrupt:
        command.exit_code = 130
        command.err(f"{STOPPED}\n")
        return
    _finish(command, status)


def _pump(socket: Any, source: IO[bytes]) -> None:
    """Send standard input until it ends, then close that channel."""
    from websockets.exceptions import ConnectionClosed

    try:
        while chunk := source.read(65536):
            socket.send(bytes([STDIN]) + chunk)
        if socket.subprotocol == PROTOCOLS[0]:
            socket.send(bytes([CLOSE, STDIN]))
    except (ConnectionClosed, OSError, ValueError):
        return


def _finish(command: Command, status: Object) -> None:
    if not status or status.get("status") == "Success":
        return
    causes = (status.get("details") or {}).get("causes") or []
    code = next((cause["message"] for cause in causes if cause.get("reason") == "ExitCode"), "")
    if status.get("reason") == "NonZeroExitCode" and code.isdigit():
        command.exit_code = int(code)
        command.err(f"command terminated with exit code {code}\n")
        return
    raise PodlabError(f"error: {status.get('message', 'unknown error')}")


def _upgrade_failure(error: ApiError) -> PodlabError:
    """kubectl tries a WebSocket, then SPDY, and says what the latter got."""
    if error.code in (401, 403, 404):
        return error
    message = str(error)
    inner = message.removeprefix("Internal error occurred: ")
    if "container not found" in message:
        where = inner[inner.index("container not found") :]
        return PodlabError(f"error: unable to upgrade connection: {where}", error.hint)
    return PodlabError(f"error: {message}", error.hint)
