"""A kubectl command line → verb, arguments, flags; kubectl's words for what cannot be parsed.

Upstream: github.com/spf13/cobra (Find, stripFlags, SuggestionsFor), github.com/spf13/pflag (parseArgs)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.commandline.flags import converted, see
from podlab.kubectl.commandline.hints import hint_for
from podlab.kubectl.commandline.surface import ROOT, Flag, Usage, commands, names

MORE = {"help": "help", "options": "options"}
"""Commands that kubectl has and its help does not list."""


@dataclass(slots=True)
class Line:
    """A parsed command line."""

    verb: str
    arguments: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    flags: dict[str, Any] = field(default_factory=dict)
    globals: dict[str, Any] = field(default_factory=dict)
    dashed: bool = False


def parse(words: Sequence[str]) -> Line:
    """The verb, its arguments and flags.

    Raises:
        PodlabError: kubectl's line for an unknown command or flag, or a missing or wrong value.
    """
    verb, rest = command_of(words)
    line = Line(verb)
    if not verb:
        _check_command(rest, words)
    usage = commands().get(verb, ROOT)
    while rest:
        if rest[0] == "--":
            line.after, line.dashed = rest[1:], True
            break
        if rest[0].startswith("-") and rest[0] != "-":
            _flag(rest, usage, line)
        else:
            line.arguments.append(rest.pop(0))
    if line.globals.get("help"):
        return line
    _check(line, usage, words)
    return line


def _check(line: Line, usage: Usage, words: Sequence[str]) -> None:
    verb = line.verb
    if not verb:
        _no_verb(line)
    elif usage.is_group and line.arguments and verb not in ("apply", "certificate", "create", "cluster-info"):
        words = " ".join(line.arguments)
        raise PodlabError(f"error: unknown command \"{words}\"\nSee 'kubectl {verb} -h' for help and examples")
    if verb == "exec" and len(line.arguments) > 1 and not line.dashed:
        raise PodlabError(
            "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
            "See 'kubectl exec -h' for help and examples"
        )


def _no_verb(line: Line) -> None:
    """Help: of the command that follows, or of kubectl where a word after `help` is none."""
    line.globals["help"] = True
    if line.arguments[:1] == [MORE["options"]]:
        line.globals["options"] = True
        return
    line.verb, _ = command_of(line.arguments[1:])
    if line.arguments[1:] and not line.verb:
        line.globals["topic"] = " ".join(f"`{word}`" for word in line.arguments[1:])


def _check_command(rest: list[str], words: Sequence[str]) -> None:
    """Refuse a first word that is no command, whatever flags follow it."""
    at = _first_argument(rest, ROOT)
    word = rest[at] if at < len(rest) else ""
    if word in ("", *MORE) or not {"-h", "--help"}.isdisjoint(rest[:at]):
        return
    if words[0].startswith("-"):
        raise PodlabError(f"Error: flags cannot be placed before plugin name: {words[0]}")
    near = [name for name in commands() if " " not in name and is_near(word, name)]
    suggestion = "\n\nDid you mean this?\n" + "".join(f"\t{name}\n" for name in near) if near else ""
    raise PodlabError(f'error: unknown command "{word}" for "kubectl"{suggestion}')


def command_of(words: Sequence[str]) -> tuple[str, list[str]]:
    """The command that the words name, and the words that are left."""
    verb, words = "", list(words)
    while True:
        at = _first_argument(words, commands().get(verb, ROOT))
        below = names().get(f"{verb} {words[at]}".strip()) if at < len(words) else None
        if below is None:
            return verb, words
        verb = below
        del words[at]


def _first_argument(words: list[str], usage: Usage) -> int:
    """Where the first word is that is no flag and no flag's value; behind the end if there is none."""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return len(words)
        if not word.startswith("-") or word == "-":
            return at
        flag = usage.by_name(word[2:]) if word.startswith("--") else usage.by_letter(word[1:2])
        takes_next = "=" not in word and (word.startswith("--") or len(word) == 2)
        at += 2 if takes_next and (flag is None or flag.alone is None) else 1
    return at


def distance(word: str, name: str) -> int:
    """How many letters have to be added, removed or changed."""
    row = list(range(len(name) + 1))
    for i, a in enumerate(word, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(name, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def is_near(word: str, name: str) -> bool:
    """Two letters away at most, or its beginning."""
    return distance(word.lower(), name) <= 2 or name.startswith(word.lower())


def _flag(words: list[str], usage: Usage, line: Line) -> None:
    """Take one word of flags, with its value, off the front."""
    word = words.pop(0)
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        if not name or name.startswith("-"):
            raise PodlabError(f"error: bad flag syntax: {word}{see(usage.name)}")
        flag = usage.by_name(name)
        if flag is None:
            raise PodlabError(f"error: unknown flag: --{name}{see(usage.name)}")
        _take(words, flag, value if equals else None, f"--{name}", usage, line)
        return None
    rest = word[1:]
    while rest:
        letter, rest = rest[0], rest[1:]
        flag = usage.by_letter(letter)
        if flag is None:
            raise PodlabError(f"error: unknown shorthand flag: '{letter}' in -{letter}{rest}{see(usage.name)}")
        if rest.startswith("="):
            return _take(words, flag, rest[1:], "", usage, line)
        if rest and flag.alone is None:
            return _take(words, flag, rest, "", usage, line)
        _take(words, flag, None, f"'{letter}' in -{letter}{rest}", usage, line)
    return None


def _take(words: list[str], flag: Flag, value: str | None, shown: str, usage: Usage, line: Line) -> None:
    if value is None:
        value = flag.alone
    if value is None:
        if not words:
            raise PodlabError(f"error: flag needs an argument: {shown}{see(usage.name)}")
        value = words.pop(0)
    store = line.flags if flag.name in usage.flags else line.globals
    store[flag.keyword] = converted(flag, value, usage.name, store.get(flag.keyword))


def words_of(line: str) -> Iterator[str]:
    """A command line cut into words as a shell cuts it.

    Raises:
        PodlabError: a quote is not closed.
    """
    import shlex

    try:
        yield from shlex.split(line)
    except ValueError as error:
        raise PodlabError(f"error: {error}", hint_for(str(error))) from error
