"""A kubectl command line carried out, with kubectl's words and exit codes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from podlab.apimachinery.duration import parse_duration
from podlab.client import Client
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubeconfig.config import load
from podlab.kubeconfig.connection import (
    NO_IDENTITY,
    PASSWORD,
    PROMPT,
    USERNAME,
    Connection,
    Overrides,
    connect,
)
from podlab.kubectl.command import Echo
from podlab.kubectl.commandline.hints import hint_for
from podlab.kubectl.commandline.parse import Line, parse
from podlab.kubectl.commandline.surface import commands
from podlab.kubectl.help import help_of, overview
from podlab.kubectl.klog import logged
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.output import Output
from podlab.kubectl.verbs.config import Misused
from podlab.kubectl.verbs.table import VERBS

UNREACHABLE = (
    '"Unhandled Error" err="couldn\'t get current server API group list: Get \\"{server}/api?timeout=32s\\": {why}"'
)
NO_WAY = re.compile(r"Unable to connect to the server: (dial tcp: .*|unsupported protocol scheme .*)")


def main(
    arguments: Sequence[str],
    kubeconfig: str | Path | None = None,
    namespace: str | None = None,
    stdin: IO[Any] | None = None,
) -> int:
    """Run a command line in this process's terminal: output, errors, and a hint where a person reads; the exit code."""
    _, code, error = run(
        list(arguments),
        lambda given: _connected(given, kubeconfig, namespace),
        stdin=getattr(stdin, "buffer", stdin),
        echo=_to_terminal,
    )
    if error is not None:
        if isinstance(error, ClusterError):
            sys.stderr.write(unreachable_log(str(error), _way(arguments, kubeconfig)) * times_asked(arguments))
        sys.stderr.write(_prompted(printed(error), stdin or sys.stdin))
        if error.hint and sys.stderr.isatty():
            sys.stderr.write(f"→ {error.hint}\n")
    return code


def run(
    words: list[str],
    kubectl: Callable[[dict[str, Any]], Kubectl],
    *,
    stdin: IO[bytes] | None = None,
    echo: Echo | None = None,
    line: str = "",
) -> tuple[Output, int, PodlabError | None]:
    """Parse and carry out a command line.

    Args:
        kubectl: gives the Kubectl for the global flags (`context`, `server`, `as`, …) that were given.

    Returns:
        the outcome, the exit code, and what went wrong.
    """
    verb = ""
    try:
        parsed = parse(words)
        verb = parsed.verb
        if parsed.globals.get("help"):
            return _helped(parsed, echo, line), 0, None
        if parsed.verb not in VERBS and commands()[parsed.verb].is_group:
            where, code = GROUPS.get(parsed.verb, ("stderr", 1))
            return _helped(parsed, echo, line, where), code, None
        chosen = _chosen(kubectl, parsed)
        flags = {**parsed.flags, **{k: v for k, v in parsed.globals.items() if k == "namespace"}}
        output = chosen.do(parsed.verb, parsed.arguments, flags, after=parsed.after, stdin=stdin, echo=echo, line=line)
    except Misused as error:
        helped = _helped(parsed, echo, line)
        return (helped, 1, error) if str(error) else (helped, 0, None)
    except PodlabError as error:
        error.hint = error.hint or hint_for(str(error), verb)
        before = error.output if isinstance(error.output, Output) else Output(command=line)
        return before, before.exit_code or 1, error
    return output, output.exit_code, None


def _chosen(kubectl: Callable[[dict[str, Any]], Kubectl], parsed: Line) -> Kubectl:
    """The Kubectl that the global flags ask for; `config view` shows the file for a context that is not in it, too."""
    try:
        return kubectl(parsed.globals)
    except ClusterError as error:
        name = parsed.globals.get("context")
        if parsed.verb != "config view" or not name or "context" not in str(error):
            raise
        if parsed.flags.get("minify"):
            raise ClusterError(f"error: cannot locate context {name}", error.hint) from error
        return kubectl({key: value for key, value in parsed.globals.items() if key != "context"})


GROUPS = {"rollout": ("stdout", 1), "certificate": ("stdout", 0)}
"""Where a group's help goes that is named without a command, and the exit code; of the others to stderr, with 1."""


def _helped(parsed: Line, echo: Echo | None, line: str, where: str = "stdout") -> Output:
    text = help_of(parsed.verb) if parsed.verb else overview()
    if echo:
        echo(text, where)
    return Output(stdout=text if where == "stdout" else "", stderr=text if where == "stderr" else "", command=line)


OVER = ("context", "cluster", "user", "server", "certificate_authority", "insecure_skip_tls_verify", "tls_server_name",
        "token", "username", "password", "client_certificate", "client_key", "as_uid")  # fmt: skip


def connected(kubectl: Kubectl, given: dict[str, Any]) -> Kubectl:
    """The same Kubectl, or another where the global flags ask for one."""
    if not any(key in given for key in (*OVER, "kubeconfig", "as", "as_group", "as_user_extra", "request_timeout")):
        return kubectl
    elsewhere = given.get("kubeconfig") or given.get("context")
    client = _client(
        given,
        given.get("kubeconfig") or kubectl.client.kubeconfig,
        None if elsewhere else kubectl.namespace,
        given.get("context") or kubectl.client.context,
    )
    return Kubectl(client, folder=kubectl.folder)


def _prompted(text: str, stdin: IO[Any] | None) -> str:
    """What is left for stderr of an error that began with a question on stdout."""
    if not text.startswith(USERNAME):
        return text
    sys.stdout.write(USERNAME)
    name = "" if stdin is None or stdin.isatty() else stdin.readline()
    if not name:
        return text.removeprefix(USERNAME)
    sys.stdout.write(PASSWORD)  # asks a terminal only
    return "error: error reading input for Password\n"


def _connected(given: dict[str, Any], kubeconfig: str | Path | None, namespace: str | None) -> Kubectl:
    own = given.get("kubeconfig")
    elsewhere = own or given.get("context")
    return Kubectl(_client(given, own or kubeconfig, None if elsewhere else namespace, given.get("context")))


def _client(given: dict[str, Any], kubeconfig: str | Path | None, namespace: str | None, context: str | None) -> Client:
    over = Overrides(
        **{key: given[key] for key in OVER if key in given and key != "context"},
        as_=given.get("as", ""),
        as_group=tuple(given.get("as_group", ())),
        as_user_extra=tuple(given.get("as_user_extra", ())),
    )
    seconds = request_timeout(str(given.get("request_timeout", "0")))
    try:
        client = Client(kubeconfig, context, namespace, overrides=over, request_timeout=seconds)
    except ClusterError as error:
        said = (
            _WITH_NAMESPACE.sub(r'error: \1 "\2" does not exist', str(error)) if given.get("namespace") else str(error)
        )
        raise ClusterError(said, error.hint) from error
    if client.connection.is_anonymous:
        raise ClusterError(PROMPT, NO_IDENTITY)
    return client


_WITH_NAMESPACE = re.compile(
    r'^(?:Error in configuration: |error: no server found for )(context|cluster)\b.*?"?([^\s"]+)"?$'
)
"""A context or a cluster that is not there; where `-n` stands with it, kubectl says so in other words."""


def request_timeout(text: str) -> float | None:
    """The seconds of `--request-timeout`; None for no limit.

    Raises:
        PodlabError: it is neither whole seconds nor a duration.
    """
    if re.fullmatch(r"[-+]?[0-9]+", text, re.ASCII):
        return float(text) or None
    try:
        return parse_duration(text) or None
    except ValueError:
        raise PodlabError(
            "error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
            "corresponding time unit (e.g. 1s | 2m | 3h)"
        ) from None


ASKED = {
    4: ("apply view-last-applied", "attach", "cordon", "create job", "debug", "drain", "exec", "logs", "port-forward",
        "rollout history", "rollout pause", "rollout restart", "rollout resume", "rollout status", "rollout undo",
        "set env", "set image", "set resources", "set selector", "set serviceaccount", "set subject", "uncordon",
        "wait"),
    2: ("auth can-i", "create clusterrole", "create role", "explain", "taint"),
    1: ("api-resources", "api-versions", "diff", "run"),
    0: ("apply", "auth whoami", "cp", "events", "replace", "top node", "top pod", "version"),
}  # fmt: skip
"""How often a command of kubectl asks for the server's resources before it gives up; others 5 times."""


def times_asked(arguments: Sequence[str]) -> int:
    """How often kubectl logs that it cannot ask the server."""
    verb = parse(list(arguments)).verb
    found = next((times for times, verbs in ASKED.items() if verb in verbs), None)
    return found if found is not None else 0 if verb.startswith("create") else 5


def _way(arguments: Sequence[str], kubeconfig: str | Path | None) -> Connection | None:
    """How the server was asked; None if that cannot be told."""
    given = parse(list(arguments)).globals
    named = given.get("kubeconfig") or kubeconfig
    over = Overrides(context=given.get("context", ""), server=given.get("server") or "")
    try:
        return connect(load(Path(named) if named else None), over)
    except PodlabError:
        return None


def unreachable_log(line: str, way: Connection | None = None) -> str:
    """What kubectl logs each time that it cannot ask the server for its resources; "" for nothing."""
    refused = re.search(r"connection to the server (\S+) was refused", line)
    if refused and not (way and way.proxy):
        host = refused[1]
        why = f"dial tcp {host.replace('localhost', '127.0.0.1', 1)}: connect: connection refused"
        server = way.server if way else f"https://{host}"
    elif found := NO_WAY.match(line):
        why, server = found[1].replace('"', '\\"'), way.server if way else ""
    else:
        return ""
    return logged("memcache.go:265", UNREACHABLE.format(server=server, why=why))


def printed(error: PodlabError) -> str:
    """What kubectl writes for the error: a line break is added where there is none, and to all that is invalid."""
    text = str(error)
    invalid = isinstance(error, ApiError) and error.reason == "Invalid" and "Error from server" not in text
    return text if text.endswith("\n") and not invalid else text + "\n"


def _to_terminal(text: str, where: str) -> None:
    stream = sys.stdout if where == "stdout" else sys.stderr
    stream.write(text)
    stream.flush()
