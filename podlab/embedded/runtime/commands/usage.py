"""What busybox's applets say of words that they do not understand: their use, before they begin.

Upstream: busybox's libbb/getopt32.c and show_usage; applets.json is read from `busybox NAME --help` on kind's node
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from podlab.embedded.runtime.machine.stdio import Command, Io

BANNER = "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary."
COUNTED = frozenset("awk chmod grep mknod sed seq setsid sleep time timeout watch xz".split())  # noqa: SIM905
"""Applets beside those whose options are known that show their use where words are missing."""


@cache
def _applets() -> Mapping[str, tuple[str, str, str, int]]:
    text = (files("podlab.embedded.runtime.commands") / "applets.json").read_text(encoding="utf-8")
    return MappingProxyType({name: tuple(row) for name, row in json.loads(text).items()})


def shown(name: str) -> str:
    """An applet's use, as it says it."""
    row = _applets().get(name)
    return f"{BANNER}\n\nUsage: {row[0]}" if row else f"{BANNER}\n\nNo help available"


def show(io: Io, name: str, code: int = 1) -> int:
    """Say how an applet is used; returns the exit code."""
    return io.fail(shown(name), code)


def problem(name: str, words: list[str]) -> str | None:
    """What an applet says before its use, "" for its use alone; None where the words can be read."""
    row = _applets().get(name)
    if row is None:
        return None
    if words[:1] == ["--help"]:
        return ""
    rest, wrong = _read(words, row[1] or None, row[2])
    if wrong:
        return f"{name}: {wrong}\n"
    return "" if (row[1] or name in COUNTED) and rest < row[3] and not _forced(name, words) else None


def _forced(name: str, words: list[str]) -> bool:
    """`rm -f` needs no name; `grep -e` no pattern of its own."""
    flags = {"rm": "f", "grep": "ef", "sed": "ef", "awk": "f", "nc": "l", "touch": "", "setsid": ""}.get(name, "")
    return any(re.match(rf"-\w*[{flags}]", word) for word in words) if flags else False


def _read(words: list[str], letters: str | None, valued: str) -> tuple[int, str]:
    """(words that are no options, what is wrong with an option)"""
    rest, given = 0, list(words)
    while given:
        word = given.pop(0)
        if word == "--":
            return rest + len(given), ""
        if word.startswith("--") or not re.match(r"-.", word):
            rest += not word.startswith("--")
            continue
        for at, letter in enumerate(word[1:], 1):
            if letters is not None and letter not in letters:
                return rest, f"invalid option -- '{letter}'"
            if letter in valued:
                if not word[at + 1 :] and not given:
                    return rest, f"option requires an argument -- '{letter}'" if letters is not None else ""
                if not word[at + 1 :]:
                    given.pop(0)
                break
    return rest, ""


def checked(name: str, command: Command) -> Command:
    """A command that in busybox's own image first looks whether its words can be read."""

    async def run(io: Io, words: list[str]) -> int:
        wrong = problem(name, words) if io.busybox and "apk" not in io.process.machine.image.commands else None
        if wrong is None:
            return await command(io, words)
        return io.fail(wrong + shown(name), 2 if name == "grep" else 1)

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
