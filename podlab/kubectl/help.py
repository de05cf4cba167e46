"""`--help`, in brief."""

from __future__ import annotations

from podlab.kubectl.commandline.surface import HELP, Flag, commands, everywhere
from podlab.kubectl.verbs.table import VERBS, accepts, refused
from podlab.text import Text

OVERVIEW = Text(
    ko="podlab의 kubectl은 수업과 튜토리얼에 쓰이는 명령을 kubectl과 똑같이 합니다.",
    en="podlab's kubectl does what lessons and tutorials need, just as kubectl does it.",
)
MORE = Text(
    ko="`kubectl <명령> --help`가 그 명령을 설명합니다.",
    en='Use "kubectl <command> --help" for more information about a given command.',
)
BELOW = Text(ko="이 명령 아래의 명령:", en="Commands below it:")


OPTIONS = Text(ko="모든 명령에 쓸 수 있는 옵션입니다.", en="The following options can be passed to any command:")


def overview() -> str:
    """The verbs, a line each."""
    return "\n".join([str(OVERVIEW), "", *_rows(""), "", str(MORE)]) + "\n"


def options() -> str:
    """What any command takes."""
    rows = [f"    {shown(each)}" for each in everywhere().values() if each is not HELP]
    return "\n".join([str(OPTIONS), "", *rows]) + "\n"


def help_of(name: str) -> str:
    """A command: what it does, its usage, its flags, the commands below it."""
    usage = commands()[name]
    verb = VERBS.get(name)
    below = _rows(f"{name} ")
    lines = [str(verb.does) if verb else "" if usage.is_group else str(refused(f"kubectl {name}")), ""]
    lines += [str(BELOW), *below, ""] if below else []
    lines += ["Usage:", f"  {usage.line}"]
    if verb:
        lines += ["", "Options:", *(f"    {shown(flag)}" for flag in usage.flags.values() if accepts(name, flag))]
    return "\n".join(lines).lstrip("\n") + "\n"


def _rows(above: str) -> list[str]:
    return [f"  {name:<28}{verb.does}" for name, verb in sorted(VERBS.items()) if name.startswith(above)]


def shown(flag: Flag) -> str:
    """A flag with its default: `-o, --output=''`."""
    default = {"str": f"'{flag.default}'", "list": f"[{flag.default}]"}.get(flag.kind, flag.default)
    return f"{flag.shown}={default}"
