"""What was wrong with a command line of `podlab`, in the learner's language, and where its options are listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import typer

from podlab import text
from podlab.commands import terminal
from podlab.errors import PodlabError
from podlab.text import Text

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""click's, which some releases of typer carry with them."""
HELP = Text(ko="이 명령을 쓰는 법: {path} --help", en="how this command is used: {path} --help")

PLAIN: tuple[tuple[str, Text], ...] = (
    (
        r"No such option:? '?(?P<option>-[^\s'.]+)'?.*?(?:Possible options?:|Did you mean) (?P<near>[^)?]+)",
        Text(
            ko="{option}{이라는/라는} 옵션은 없습니다. 혹시 {near}입니까?",
            en="there is no option {option}. Did you mean {near}?",
        ),
    ),
    (
        r"No such option:? '?(?P<option>-[^\s'.]+)",
        Text(ko="{option}{이라는/라는} 옵션은 없습니다", en="there is no option {option}"),
    ),
    (
        r"No such command '(?P<command>[^']*)'\.?.*?Did you mean (?P<near>[^?]+)",
        Text(
            ko="{command}{이라는/라는} 명령은 없습니다. 혹시 {near}입니까?",
            en="there is no command {command}. Did you mean {near}?",
        ),
    ),
    (
        r"No such command '(?P<command>[^']*)'",
        Text(ko="{command}{이라는/라는} 명령은 없습니다", en="there is no command {command}"),
    ),
    (
        r"Missing (?:argument|option|parameter)s?:? '?(?P<name>[^'.]+)",
        Text(ko="{name}{을/를} 적어야 합니다", en="{name} is missing"),
    ),
    (r"Missing command", Text(ko="명령을 적어야 합니다", en="the command is missing")),
    (
        r"Option '(?P<option>[^']*)' requires",
        Text(ko="{option} 뒤에는 값을 적습니다", en="{option} takes a value behind it"),
    ),
    (
        r"unexpected extra argument(?:s|\(s\))? \((?P<words>.*)\)",
        Text(ko="이 명령에는 쓰이지 않는 말입니다: {words}", en="this command has no use for: {words}"),
    ),
)
VALUES: tuple[tuple[str, Text], ...] = (
    (
        r"'(?P<value>[^']*)' is not one of (?P<choices>.*?)\.?$",
        Text(ko="{value}{은/는} {choices} 가운데 하나가 아닙니다", en="{value} is not one of {choices}"),
    ),
    (r"valid integer", Text(ko="소수점이 없는 숫자를 적습니다", en="it takes a whole number")),
    (r"valid (?:number|float)", Text(ko="숫자를 적습니다", en="it takes a number")),
    (
        r"less than or equal to (?P<limit>\S+)|[<x]<?=(?P<most>\d+(?:\.\d+)?)\.$",
        Text(ko="{limit}까지만 됩니다", en="{limit} is the most"),
    ),
    (
        r"greater than or equal to (?P<limit>\S+)|(?P<least>\d+(?:\.\d+)?)<=x|x>=(?P<other>\d+(?:\.\d+)?)",
        Text(ko="{limit}부터 됩니다", en="{limit} is the least"),
    ),
    (
        r"'(?P<path>[^']*)' is a file",
        Text(ko="{path}{은/는} 폴더가 아니라 파일입니다", en="{path} is a file, no folder"),
    ),
    (
        r"podlab speaks ko and en, not '(?P<value>[^']*)'",
        Text(ko="podlab의 언어는 ko와 en입니다. {value}{은/는} 없습니다", en="podlab speaks ko and en, not {value}"),
    ),
)
VALUE = Text(ko="{name}: {said}", en="{name}: {said}")


def fail(error: Any, words: Sequence[str]) -> int:
    """Print what is wrong and the next step; the exit code. What only asks for help gets it."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return terminal.USAGE
    for option, value in _pairs(words):
        if option == "--language":
            with suppress(ValueError):
                text.use(value)
    path = error.ctx.command_path if error.ctx else " ".join(["podlab", *words[:1]])
    terminal.fail(PodlabError(told(error.format_message()), HELP.format(path=path)))
    return terminal.USAGE


def told(said: str) -> Text | str:
    """The parser's sentence in both languages; as it is where it is one of ours, or not known."""
    said = " ".join(said.split())
    wrong = re.match(r"Invalid value(?: for '?(?P<name>[^':]+)'?)?: (?P<rest>.*)", said)
    if not wrong:
        return _of(PLAIN, said) or said
    meant = _of(VALUES, wrong["rest"]) or wrong["rest"]
    return VALUE.format(name=wrong["name"], said=meant) if wrong["name"] else meant


def _of(table: Sequence[tuple[str, Text]], said: str) -> Text | None:
    for pattern, sentence in table:
        if found := re.search(pattern, said):
            given = {name: value.replace("'", "") for name, value in found.groupdict().items() if value is not None}
            first = next(iter(given.values()), "")
            return sentence.format(**{"limit": first, **given})
    return None


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Each option with the value in it or behind it."""
    split = [word.partition("=") for word in words]
    after = [*words[1:], ""]
    return [(name, value if equals else behind) for (name, equals, value), behind in zip(split, after, strict=True)]
