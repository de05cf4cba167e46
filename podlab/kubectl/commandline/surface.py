"""Every command and flag that kubectl has, from commands.json, which tools/build_commands.py writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SLICES = (
    "address", "categories", "exec-arg", "filename", "from-env-file", "from-file", "image", "keys", "label-columns",
    "namespaces", "non-resource-url", "resource", "tcp", "types", "verb", "verbs",
)  # fmt: skip
"""Lists that a comma divides; others take each value whole."""
ALONE = {"cascade": "background", "dry-run": "unchanged", "validate": "strict"}
"""What a flag means that stands without a value and is none of yes and no."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: its name without dashes, its letter, and what it takes: `bool`, `str`, `int`, `duration`, `list`."""

    name: str
    kind: str
    default: str = ""
    short: str = ""

    @property
    def keyword(self) -> str:
        """As a keyword argument: `all_namespaces`, `for`."""
        return self.name.replace("-", "_")

    @property
    def shown(self) -> str:
        """As errors name it: `-o, --output`."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"

    @property
    def divides(self) -> bool:
        """Whether a comma divides its value."""
        return self.kind == "list" and self.name in SLICES

    @property
    def alone(self) -> str | None:
        """Its value where it stands alone; None if it takes the next word."""
        return "true" if self.kind == "bool" else None if self.kind == "list" else ALONE.get(self.name)


@dataclass(frozen=True, slots=True)
class Usage:
    """One command: its usage line, flags by name, other names; a group has commands below it."""

    name: str
    line: str
    flags: Mapping[str, Flag]
    aliases: tuple[str, ...] = ()
    is_group: bool = False

    def by_letter(self, letter: str) -> Flag | None:
        """The flag that a letter stands for, kubectl's own flags for all commands among them."""
        every = (*self.flags.values(), *everywhere().values())
        return next((each for each in every if each.short == letter), None)

    def by_name(self, name: str) -> Flag | None:
        """The flag of a name without dashes."""
        return self.flags.get(name) or everywhere().get(name)

    def by_keyword(self, keyword: str) -> Flag | None:
        """The flag of a Python keyword, such as `for_`."""
        return self.by_name(keyword.strip("_").replace("_", "-"))


ROOT = Usage("", "kubectl", {})
OURS = {"get": (Flag("timeout", "duration", "0s"),)}
"""What kubectl does not have, and a written line leaves out."""
RECORD = Flag("record", "bool", "false")
RECORDED = ("annotate", "apply", "create", "edit", "expose", "label", "patch", "run", "scale", "set image",
            "set resources", "set selector", "set serviceaccount")  # fmt: skip
HIDDEN = {
    **dict.fromkeys(RECORDED, (RECORD,)),
    "autoscale": (Flag("cpu-percent", "int", "-1"), RECORD),
}
"""What kubectl takes and its help does not tell."""
HELP = Flag("help", "bool", "false", "h")


@cache
def commands() -> dict[str, Usage]:
    """Every command by its name, such as `create secret tls`."""
    return {name: entry for name, entry in _read().items() if name}


@cache
def everywhere() -> Mapping[str, Flag]:
    """The flags that any command takes."""
    return {**_read()[""].flags, "help": HELP}


@cache
def names() -> dict[str, str]:
    """Names and other names of commands, each with the command's own name."""
    found = {name: name for name in commands()}
    for name, usage in commands().items():
        above = name.rpartition(" ")[0]
        found |= {f"{above} {alias}".strip(): name for alias in usage.aliases}
    return found


@cache
def _read() -> dict[str, Usage]:
    text = files("podlab.kubectl.commandline").joinpath("commands.json").read_text(encoding="utf-8")
    return {name: _usage(name, entry) for name, entry in json.loads(text).items()}


def _usage(name: str, entry: dict[str, object]) -> Usage:
    flags: dict[str, Flag] = {flag.name: flag for flag in (*OURS.get(name, ()), *HIDDEN.get(name, ()))}
    told: dict[str, list[str]] = entry["flags"]  # type: ignore[assignment]
    for flag, (kind, default, *short) in told.items():
        flags[flag] = Flag(flag, kind, default, short[0] if short else "")
    aliases: list[str] = entry.get("aliases", [])  # type: ignore[assignment]
    return Usage(name, str(entry["usage"]), flags, tuple(aliases), bool(entry.get("group")))
