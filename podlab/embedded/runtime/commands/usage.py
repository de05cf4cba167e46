"""What busybox's applets say of words that they do not understand: their use, before they begin.

Upstream: busybox's libbb/getopt32.c and show_usage; applets.json is read on kind, from `busybox NAME --help` and from
what each applet says of every letter and of the long options of coreutils
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.commands.optionwords import read
from podlab.embedded.runtime.machine.stdio import Command, Io

BANNER = "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary."
UNEXPLAINED = "podlab does not simulate the rest of this help: a real container explains the options here"
COUNTED = frozenset("chmod dirname sleep timeout watch xz".split())  # noqa: SIM905
"""Applets beside those whose options are known that show their use where words are missing."""
PLAIN = frozenset(["[", "[[", "awk", "echo", "false", "test", "true", "nginx"])
"""Commands of Debian to which `--help` is a word like others, or which answer it themselves."""
CODES = MappingProxyType({"grep": 2, "sort": 2, "tty": 2})
"""Exit codes that are not 1."""

SPOKEN = MappingProxyType({"egrep": "grep", "fgrep": "grep", "dnsdomainname": "hostname"})
"""Applets that are another one, under their own name."""
OPTIONLESS = frozenset(["factor", "free", "hostid", "last", "logname", "whoami"])
"""Applets that show their use for whatever begins with a minus."""
DASHED = frozenset(["dc", "head", "hexdump", "nc", "rpm", "unzip"])
"""Applets without long options, to which a second minus is a letter."""
LONG = MappingProxyType(
    {"getopt": "alternative longoptions= name= options= quiet quiet-output shell= test unquoted".split()}  # noqa: SIM905
)
"""Long options of applets that coreutils have no like of."""

OFFICIAL = MappingProxyType({"wget": ["timeout="]})
"""Long options that Docker Hub's busybox has beside Debian's. Upstream: networking/wget.c (FEATURE_WGET_TIMEOUT)"""

Row = tuple[str, str | None, str, int, list[str] | None]
"""(use, letters of its options, those with a value, words that it needs at least, long options); None: not known."""


@cache
def _applets() -> Mapping[str, Row]:
    text = (files("podlab.embedded.runtime.commands") / "applets.json").read_text(encoding="utf-8")
    return MappingProxyType({name: tuple(row) for name, row in json.loads(text).items()})


def shown(name: str) -> str:
    """An applet's use, as it says it."""
    row = _applets().get(name)
    return f"{BANNER}\n\nUsage: {row[0]}\n\n{UNEXPLAINED}" if row else f"{BANNER}\n\nNo help available"


def show(io: Io, name: str, code: int = 1) -> int:
    """Say how an applet is used; returns the exit code."""
    return io.fail(shown(name), code)


def problem(name: str, words: list[str]) -> str | None:
    """What an applet says before its use, "" for its use alone; None where the words can be read."""
    row = _applets().get(SPOKEN.get(name, name))
    if row is None:
        return None
    if name in OPTIONLESS and any(re.match("--." if name == "free" else "-.", word) for word in words):
        return ""
    if name in DASHED and any(word.startswith("--") and word not in ("--", "--help") for word in words):
        return f"{name}: invalid option -- '-'\n"
    if words[:1] == ["--help"]:
        return ""
    if name == "sed" and words == ["--version"]:
        return None
    long = LONG.get(name, row[4])
    if name == "chmod":
        words = [f"a{word}" if re.match(coreutils.TAKEN, word) else word for word in words]
    rest, wrong = read(name, words, row[1], row[2], long and [*long, *OFFICIAL.get(name, ())])
    if wrong:
        return f"{name}: {wrong}\n"
    return "" if (row[1] is not None or name in COUNTED) and rest < row[3] and not _forced(name, words) else None


def _forced(name: str, words: list[str]) -> bool:
    """`rm -f` needs no name; `grep -e` no pattern of its own."""
    flags = {"rm": "f", "grep": "ef", "sed": "ef", "awk": "f", "nc": "l", "swapon": "a", "umount": "a"}.get(name, "")
    if name == "sed" and any(word.startswith(("--expression", "--file")) for word in words):
        return True
    return any(re.match(rf"-\w*[{flags}]", word) for word in words) if flags else False


def checked(name: str, command: Command) -> Command:
    """A command that in busybox's own image first looks whether its words can be read."""

    async def run(io: Io, words: list[str]) -> int:
        if not io.busybox and words[:1] == ["--version"] and name in coreutils.GNU:
            io.say(coreutils.GNU[name])
            return 0
        if not io.busybox and words == ["--help"] and name not in PLAIN:
            return io.fail(coreutils.UNHELPED.format(name))
        if not io.busybox:
            if told := coreutils.problem(name, words):
                return io.fail(*told)
            ended = words[:1] == ["--"] and name in coreutils.ENDED
            return await command(io, words[1:] if ended else coreutils.spelled(name, words))
        wrong = problem(name, words) if "apk" not in io.process.machine.image.commands else None
        if wrong is None:
            return await command(io, words)
        return io.fail(wrong + shown(name), 0 if words[:1] == ["--help"] else CODES.get(name, 1))

    return run


def busybox(io: Io, words: list[str]) -> int:
    """`busybox [--list[-full]]`: what it is, and what is in it."""
    names = sorted(io.process.machine.image.commands - {"busybox"})
    if words[:1] == ["--list"]:
        io.say("\n".join([*names, "busybox"] if "busybox" not in names else names))
        return 0
    if words and words[0] != "--help":
        return io.fail(f"{words[0]}: applet not found", 127)
    rows = [f"{BANNER}", "", "Usage: busybox [function [arguments]...]", "   or: busybox --list[-full]"]
    rows += [
        "   or: busybox --show SCRIPT",
        "   or: busybox --install [-s] [DIR]",
        "   or: function [arguments]...",
        "",
    ]
    io.say("\n".join([*rows, "Currently defined functions:", _wrapped(names)]))
    return 0


def _wrapped(names: list[str]) -> str:
    return textwrap.fill(", ".join(names), 78, initial_indent="\t", subsequent_indent="\t", break_on_hyphens=False)
