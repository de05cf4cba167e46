"""A kubectl command line → the same calls as from Python; kubectl's words and exit codes for what cannot be parsed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from podlab.client import Client
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubectl.command import Echo
from podlab.kubectl.commandline.flags import ALONE, Flag, flags_of, short_name
from podlab.kubectl.commandline.help import help_of, overview
from podlab.kubectl.commandline.verbs import ALIASES, GROUPS, VERBS
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.output import Output

GLOBAL = {
    name: Flag(name.replace("-", "_"), kind)
    for name, kind in (
        ("as", "str"),
        ("context", "str"),
        ("kubeconfig", "str"),
        ("namespace", "str"),
        ("request-timeout", "str"),
        ("server", "str"),
        ("v", "str"),
        ("help", "bool"),
    )
}
COMMA_SEPARATED = ("filename", "label_columns")
UNREACHABLE = (
    'E{time} {pid:>7} memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: '
    'Get \\"{server}/api?timeout=32s\\": dial tcp {host}: connect: connection refused"\n'
)


@dataclass(slots=True)
class Line:
    """A parsed command line."""

    verb: str
    arguments: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    flags: dict[str, Any] = field(default_factory=dict)
    globals: dict[str, Any] = field(default_factory=dict)


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
        if isinstance(error, ClusterError) and "was refused" in str(error):
            sys.stderr.write(unreachable_log(str(error)) * 5)
        sys.stderr.write(printed(error))
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
    try:
        parsed = parse(words)
    except PodlabError as error:
        return Output(command=line), 1, error
    if not parsed.verb or parsed.globals.get("help"):
        output = Output(stdout=help_of(parsed.verb) if parsed.verb else overview(), command=line)
        if echo:
            echo(output.stdout, "stdout")
        return output, 0, None
    try:
        chosen = kubectl(parsed.globals)
        flags = {**parsed.flags, **{k: v for k, v in parsed.globals.items() if k == "namespace"}}
        output = chosen.do(parsed.verb, parsed.arguments, flags, after=parsed.after, stdin=stdin, echo=echo, line=line)
    except PodlabError as error:
        before = error.output if isinstance(error.output, Output) else Output(command=line)
        return before, before.exit_code or 1, error
    return output, output.exit_code, None


def parse(words: Sequence[str]) -> Line:
    """The verb, its arguments and flags.

    Raises:
        PodlabError: kubectl's line for an unknown command or flag, or a missing or wrong value.
    """
    words = list(words)
    line = Line("")
    verb = ""
    while words and words[0].startswith("-") and words[0] != "-":
        _flag(words, "", {}, line)
    while words and not words[0].startswith("-") and _continues(f"{verb} {words[0]}".strip()):
        verb = f"{verb} {words.pop(0)}".strip()
        verb = ALIASES.get(verb, verb)
    if verb not in VERBS:
        if verb or words:
            _unknown(verb, words, line)
        return line
    line.verb = verb
    known = flags_of(VERBS[verb].function())
    while words:
        if words[0] == "--":
            line.after = words[1:]
            break
        if words[0].startswith("-") and words[0] != "-":
            _flag(words, verb, known, line)
        else:
            line.arguments.append(words.pop(0))
    if verb == "exec" and len(line.arguments) > 1 and not line.globals.get("help"):
        raise PodlabError(
            "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
            "See 'kubectl exec -h' for help and examples"
        )
    return line


def _continues(verb: str) -> bool:
    verb = ALIASES.get(verb, verb)
    return verb in VERBS or verb in GROUPS


def _unknown(verb: str, words: list[str], line: Line) -> None:
    if not words or words[0] in ("-h", "--help"):
        line.globals["help"] = True
        return
    if verb:
        raise PodlabError(f"error: unknown command \"{words[0]}\"\nSee 'kubectl {verb} -h' for help and examples")
    near = [name for name in VERBS if _near(words[0], name)]
    suggestion = "\n\nDid you mean this?\n" + "".join(f"\t{name}\n" for name in sorted(near)) if near else ""
    raise PodlabError(f'error: unknown command "{words[0]}" for "kubectl"{suggestion}')


def _near(word: str, name: str) -> bool:
    """Two letters away at most, or its beginning.

    Upstream: github.com/spf13/cobra (SuggestionsFor)
    """
    row = list(range(len(name) + 1))
    for i, a in enumerate(word, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(name, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1] <= 2 or name.startswith(word.lower())


def _flag(words: list[str], verb: str, known: dict[str, Flag], line: Line) -> None:
    """Take one word of flags, with its value, off the front."""
    word = words.pop(0)
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        flag = known.get(name) or GLOBAL.get(name)
        if flag is None:
            raise PodlabError(f"error: unknown flag: --{name}{_see(verb)}")
        _take(words, flag, value if equals else None, f"--{name}", word, verb, line)
        return
    rest = word[1:]
    while rest:
        letter, rest = rest[0], rest[1:]
        keyword = short_name(verb, letter)
        by_keyword = {each.keyword.strip("_"): each for each in (*GLOBAL.values(), *known.values())}
        flag = by_keyword.get(keyword)
        if flag is None:
            raise PodlabError(f"error: unknown shorthand flag: '{letter}' in {word}{_see(verb)}")
        if flag.kind == "bool" and not rest.startswith("="):
            _take(words, flag, None, f"-{letter}", word, verb, line)
            continue
        _take(words, flag, rest.removeprefix("=") if rest else None, f"-{letter}", word, verb, line)
        return


def _take(words: list[str], flag: Flag, value: str | None, shown: str, word: str, verb: str, line: Line) -> None:
    keyword = flag.keyword.strip("_")
    if value is None and flag.kind == "bool":
        value = "true"
    elif value is None and keyword in ALONE:
        value = ALONE[keyword]
    elif value is None:
        if not words:
            needs = (
                f"flag needs an argument: {shown}"
                if shown.startswith("--")
                else (f"flag needs an argument: '{shown[1:]}' in {word}")
            )
            raise PodlabError(f"error: {needs}{_see(verb)}")
        value = words.pop(0)
    store = line.globals if GLOBAL.get(flag.name) is flag else line.flags
    store[keyword] = _converted(flag, value, store.get(keyword), shown, verb)


def _converted(flag: Flag, value: str, before: Any, shown: str, verb: str) -> Any:
    if flag.kind == "list":
        values = value.split(",") if flag.keyword in COMMA_SEPARATED else [value]
        return [*(before or []), *values]
    if flag.kind == "bool":
        known = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}
        if value.lower() not in known:
            raise _wrong_value(value, shown, "ParseBool", verb)
        return known[value.lower()]
    if flag.kind == "int":
        if not re.fullmatch(r"[-+]?\d+", value):
            raise _wrong_value(value, shown, "ParseInt", verb)
        return int(value)
    return value


def _wrong_value(value: str, shown: str, parser: str, verb: str) -> PodlabError:
    return PodlabError(
        f'error: invalid argument "{value}" for "{shown}" flag: strconv.{parser}: parsing "{value}": invalid syntax'
        f"{_see(verb)}"
    )


def _see(verb: str) -> str:
    return f"\nSee '{' '.join(['kubectl', *verb.split()])} --help' for usage."


def connected(kubectl: Kubectl, given: dict[str, Any]) -> Kubectl:
    """The same Kubectl, or another where the global flags ask for one."""
    chosen = {key: given.get(key) for key in ("kubeconfig", "context", "server", "as")}
    if not any(chosen.values()):
        return kubectl
    client = Client(
        chosen["kubeconfig"] or kubectl.client.kubeconfig,
        chosen["context"] or kubectl.client.context,
        None if chosen["kubeconfig"] or chosen["context"] else kubectl.namespace,
        server=chosen["server"],
        impersonate=chosen["as"],
    )
    other = Kubectl(client, folder=kubectl.folder)
    if not chosen["kubeconfig"] and not chosen["context"] and not chosen["server"]:
        other.mapper.mappings = kubectl.mapper.mappings
    return other


def _connected(given: dict[str, Any], kubeconfig: str | Path | None, namespace: str | None) -> Kubectl:
    own = given.get("kubeconfig")
    client = Client(
        own or kubeconfig,
        given.get("context"),
        None if own or given.get("context") else namespace,
        server=given.get("server"),
        impersonate=given.get("as"),
    )
    return Kubectl(client)


def unreachable_log(line: str) -> str:
    """What kubectl logs each time that it cannot ask the server for its resources."""
    import os
    from datetime import UTC, datetime

    found = re.search(r"connection to the server (\S+) was refused", line)
    host = found[1] if found else ""
    now = datetime.now(UTC).strftime("%m%d %H:%M:%S.%f")
    return UNREACHABLE.format(time=now, pid=os.getpid(), server=f"https://{host}", host=host)


def printed(error: PodlabError) -> str:
    """What kubectl writes for the error: a line break is added where there is none, and to all that is invalid."""
    text = str(error)
    invalid = isinstance(error, ApiError) and error.reason == "Invalid" and "Error from server" not in text
    return text if text.endswith("\n") and not invalid else text + "\n"


def _to_terminal(text: str, where: str) -> None:
    stream = sys.stdout if where == "stdout" else sys.stderr
    stream.write(text)
    stream.flush()


def words_of(line: str) -> Iterator[str]:
    """A command line cut into words as a shell cuts it.

    Raises:
        PodlabError: a quote is not closed.
    """
    import shlex

    try:
        yield from shlex.split(line)
    except ValueError as error:
        raise PodlabError(f"error: {error}") from error
