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
from podlab.kubeconfig.config import paths
from podlab.kubeconfig.connection import (
    NO_IDENTITY,
    NOWHERE,
    PASSWORD,
    PROMPT,
    USERNAME,
    Connection,
    Overrides,
)
from podlab.kubectl import klog, unreached
from podlab.kubectl.command import Echo
from podlab.kubectl.commandline.hints import hint_for
from podlab.kubectl.commandline.parse import Line, parse
from podlab.kubectl.commandline.preferences import Preferred, preferred
from podlab.kubectl.commandline.surface import commands
from podlab.kubectl.help import help_of, options, overview
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.output import Output
from podlab.kubectl.verbs.config import Misused
from podlab.kubectl.verbs.discovery import require_match
from podlab.kubectl.verbs.table import VERBS


def main(
    arguments: Sequence[str],
    kubeconfig: str | Path | None = None,
    namespace: str | None = None,
    stdin: IO[Any] | None = None,
) -> int:
    """Run a command line in this process's terminal: output, errors, and a hint where a person reads; the exit code."""
    reached: list[Kubectl] = []
    try:
        meant = preferred(arguments)
    except PodlabError as wrong:
        sys.stderr.write(printed(wrong))
        return 1
    if meant.warning:
        sys.stderr.write(meant.warning)

    def connected_to(given: dict[str, Any]) -> Kubectl:
        verbosity = given.get("v", 0)
        named = given.get("kubeconfig") or kubeconfig
        sys.stderr.writelines(klog.of_files(paths(Path(named) if named else None), verbosity))
        reached.append(_connected(with_policy(given, meant), kubeconfig, namespace))
        sys.stderr.writelines(() if given.get(OFFLINE) else klog.of_client(verbosity))
        if verbosity >= klog.REQUESTS:
            reached[0].client.tell_answer = lambda *answer: _to_terminal(klog.of_answer(*answer), "stderr")
        return reached[0]

    _, code, error = run(meant.words, connected_to, stdin=getattr(stdin, "buffer", stdin), echo=_to_terminal)
    if error is not None:
        for kubectl in reached:
            parsed = parse(meant.words)
            sys.stderr.writelines(unreached.log(error, parsed, kubectl.client))
            sys.stderr.writelines(klog.of_error(error, parsed.globals.get("v", 0)))
            error = unreached.as_first_asked(error, parsed, kubectl.client.server)
        sys.stderr.write(_prompted(printed(error), stdin or sys.stdin))
        if error.hint and sys.stderr.isatty():
            sys.stderr.write(f"→ {error.hint}\n")
    return code


def with_policy(given: dict[str, Any], meant: Preferred) -> dict[str, Any]:
    """The global flags, and which exec plugins the person lets run where not every one may."""
    return {**given, "plugin_policy": meant.policy} if meant.policy[0] else given


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
            return _helped(parsed, echo, line, "stderr" if "topic" in parsed.globals else "stdout"), 0, None
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
    """The Kubectl that the global flags ask for; what asks no server takes any kubeconfig."""
    given = parsed.globals
    if parsed.verb.startswith(("config ", "kuberc ")) or parsed.verb in ("completion", "kustomize", "plugin list"):
        named = ("kubeconfig", "context", "v") if parsed.verb == "config view" else ("kubeconfig", "v")
        return kubectl({OFFLINE: True, **{key: given[key] for key in named if key in given}})
    if parsed.verb == "version" and parsed.flags.get("client"):
        return kubectl({OFFLINE: True})
    try:
        return kubectl(given)
    except ClusterError as error:
        raise unreached.in_words_of(parsed, error) from error


OFFLINE = "offline"
"""Among the global flags: no server is asked, so nothing is said of how to reach one."""


GROUPS = {"rollout": ("stdout", 1), "certificate": ("stdout", 0)}
"""Where a group's help goes that is named without a command, and the exit code; of the others to stderr, with 1."""


def _helped(parsed: Line, echo: Echo | None, line: str, where: str = "stdout") -> Output:
    text = help_of(parsed.verb) if parsed.verb else options() if "options" in parsed.globals else overview()
    if "topic" in parsed.globals:
        text = f"Unknown help topic [{parsed.globals['topic']}]\n{text}"
    if echo:
        echo(text, where)
    return Output(stdout=text if where == "stdout" else "", stderr=text if where == "stderr" else "", command=line)


OVER = ("context", "cluster", "user", "server", "certificate_authority", "insecure_skip_tls_verify", "tls_server_name",
        "token", "username", "password", "client_certificate", "client_key", "as_uid", "plugin_policy")  # fmt: skip


def connected(kubectl: Kubectl, given: dict[str, Any]) -> Kubectl:
    """The same Kubectl, or another where the global flags ask for one."""
    more = ("kubeconfig", "as", "as_group", "as_user_extra", "request_timeout", "match_server_version")
    if not any(key in given for key in (*OVER, *more)):
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
    if given.get(OFFLINE):
        return Client(kubeconfig, context, namespace, connection=Connection(NOWHERE))
    over = Overrides(
        **{key: given[key] for key in OVER if key in given and key != "context"},
        as_=given.get("as", ""),
        as_group=tuple(given.get("as_group", ())),
        as_user_extra=tuple(given.get("as_user_extra", ())),
    )
    seconds = request_timeout(str(given.get("request_timeout", "0")))
    client = Client(kubeconfig, context, namespace, overrides=over, request_timeout=seconds)
    if client.connection.is_anonymous:
        raise ClusterError(PROMPT, NO_IDENTITY)
    if given.get("match_server_version"):
        require_match(client)
    return client


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


def printed(error: PodlabError) -> str:
    """What kubectl writes for the error: a line break is added where there is none, and to all that is invalid."""
    text = str(error)
    invalid = isinstance(error, ApiError) and error.reason == "Invalid" and "Error from server" not in text
    return text if text.endswith("\n") and not invalid else text + "\n"


def _to_terminal(text: str, where: str) -> None:
    stream = sys.stdout if where == "stdout" else sys.stderr
    stream.write(text)
    stream.flush()
