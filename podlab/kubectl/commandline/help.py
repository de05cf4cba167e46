"""`--help`, in brief."""

from __future__ import annotations

from podlab.kubectl.commandline.flags import SHORT, Flag, flags_of, short_name
from podlab.kubectl.commandline.verbs import VERBS
from podlab.text import Text

OVERVIEW = Text(
    ko="podlab의 kubectl은 수업에 쓰이는 명령을 kubectl과 똑같이 합니다.",
    en="podlab's kubectl does what the lessons need, just as kubectl does it.",
)
MORE = Text(
    ko="`kubectl <명령> --help`가 그 명령을 설명합니다.",
    en='Use "kubectl <command> --help" for more information about a given command.',
)


def overview() -> str:
    """The verbs, a line each."""
    rows = [f"  {name:<24}{verb.does}" for name, verb in sorted(VERBS.items())]
    return "\n".join([str(OVERVIEW), "", *rows, "", str(MORE)]) + "\n"


def help_of(name: str) -> str:
    """A verb: what it does, its usage, its flags."""
    verb = VERBS[name]
    flags = [f"    {_shown(name, flag)}" for flag in flags_of(verb.function()).values()]
    return "\n".join([str(verb.does), "", "Usage:", f"  {verb.usage} [options]", "", "Options:", *flags]) + "\n"


def _shown(verb: str, flag: Flag) -> str:
    letter = next((f"-{each}, " for each in SHORT if short_name(verb, each) == flag.keyword.strip("_")), "")
    values = {"bool": "=true|false", "int": "=0", "list": "=[]", "str": "=''", "float": "=0"}
    return f"{letter}--{flag.name}{values[flag.kind]}"
