"""A container's streams over a WebSocket: exec and attach, with a terminal where there is one.

Upstream: staging/src/k8s.io/client-go/tools/remotecommand
"""

from __future__ import annotations

import codecs
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from podlab.errors import ApiError, PodlabError
from podlab.kubeconfig.eventloop import shared
from podlab.kubeconfig.transport import hung_up
from podlab.kubectl.command import Command
from podlab.text import Text

Object = dict[str, Any]
PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
STREAMS = {STDOUT: "stdout", STDERR: "stderr"}
NO_TTY = "Unable to use a TTY - input is not a terminal or the right kind of file\n"
STOPPED = Text(ko="명령을 기다리다 멈추었습니다.", en="Stopped waiting for the command.")


def is_terminal(command: Command) -> bool:
    """Whether a person types into this command."""
    return command.stdin is not None and command.stdin.isatty() and sys.stdout.isatty()


def stream(
    command: Command,
    path: str,
    query: list[tuple[str, str]],
    *,
    stdin: bool,
    tty: bool,
    raw: Callable[[bytes], None] | None = None,
    complaints: str = "stderr",
) -> Object:
    """Connect, pass on what comes, and give the Status at the end; {} where it was interrupted or told none.

    Args:
        complaints: where its standard error goes: `stderr`, `stdout`, or "" for nowhere.
        raw: gets what the command writes to its standard output, instead of it being printed.

    Raises:
        PodlabError: the connection is refused.
    """
    terminal = tty and stdin and is_terminal(command)
    query = [*query, *([("stdin", "true")] if stdin else []), ("stdout", "true")]
    query += [("tty", "true")] if terminal else [("stderr", "true")]
    try:
        socket = command.client.connect(path, query=query, protocols=PROTOCOLS)
    except ApiError as error:
        raise upgrade_failure(error) from error
    source = (command.stdin or sys.stdin.buffer) if stdin else None
    try:
        with socket, _raw_mode() if terminal else _nothing():
            if terminal:
                size = shutil.get_terminal_size()
                socket.send(bytes([RESIZE]) + json.dumps({"Width": size.columns, "Height": size.lines}).encode())
            if source is not None:
                read = _typed if terminal else _read
                _start(_pump, socket, source, read)
            return _receive(command, socket, raw, complaints)
    except KeyboardInterrupt:
        command.exit_code = 130
        command.err(f"{STOPPED}\n")
        return {}


def _start(act: Callable[..., None], *given: Any) -> None:
    if shared():  # no threads: all that there is to say is said before anything is heard
        act(*given)
    else:
        threading.Thread(target=act, args=given, daemon=True, name="exec-stdin").start()


def _receive(command: Command, socket: Any, raw: Callable[[bytes], None] | None, complaints: str) -> Object:
    status: Object = {}
    decoders = {channel: codecs.getincrementaldecoder("utf-8")("replace") for channel in STREAMS}
    for message in socket:
        data = message if isinstance(message, bytes) else message.encode()
        channel, body = data[0], data[1:]
        if channel == ERROR and body:
            status = json.loads(body)
        elif channel == STDOUT and raw is not None:
            raw(body)
        elif channel in decoders and body:
            where = "stdout" if channel == STDOUT else complaints
            command.say(decoders[channel].decode(body) if where else "", where)
    return status


def _read(source: IO[bytes]) -> bytes:
    return source.read(65536)


def _typed(source: IO[bytes]) -> bytes:
    return os.read(source.fileno(), 4096)


def _pump(socket: Any, source: IO[bytes], read: Callable[[IO[bytes]], bytes]) -> None:
    """Send standard input until it ends, then close that channel."""
    with suppress(*hung_up(), ValueError):
        while chunk := read(source):
            socket.send(bytes([STDIN]) + chunk)
        if socket.subprotocol == PROTOCOLS[0]:
            socket.send(bytes([CLOSE, STDIN]))


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _raw_mode() -> Iterator[None]:
    """The terminal passes on each key; Windows' console stays as it is."""
    try:
        import termios
        import tty
    except ImportError:
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def finish(command: Command, status: Object, quiet: bool = False) -> None:
    """Make the Status the command's exit code.

    Raises:
        PodlabError: the command could not run.
    """
    if not status or status.get("status") == "Success":
        return
    causes = (status.get("details") or {}).get("causes") or []
    code = next((cause["message"] for cause in causes if cause.get("reason") == "ExitCode"), "")
    if status.get("reason") == "NonZeroExitCode" and code.isdigit():
        command.exit_code = int(code)
        if not quiet:
            command.err(f"command terminated with exit code {code}\n")
        return
    raise PodlabError(f"error: {status.get('message', 'unknown error')}")


def upgrade_failure(error: ApiError) -> PodlabError:
    """kubectl tries a WebSocket, then SPDY, and says what the latter got."""
    if error.code in (401, 403, 404):
        return error
    message = str(error)
    inner = message.removeprefix("Internal error occurred: ")
    if "container not found" in message:
        where = inner[inner.index("container not found") :]
        return PodlabError(f"error: unable to upgrade connection: {where}", error.hint)
    if (
        error.code == 400
        or "body" in error.status
        or " not found in pod " in message
        or message.startswith("error dialing backend")
    ):
        return PodlabError(f"error: unable to upgrade connection: {message}", error.hint)
    return PodlabError(f"error: {message}", error.hint)
