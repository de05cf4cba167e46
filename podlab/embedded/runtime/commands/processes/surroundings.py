"""Commands that tell of who works here, in which language, and how output is buffered: nobody, none, and not at all."""

from __future__ import annotations

import re

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.commands.processes.runners import launch
from podlab.embedded.runtime.machine.stdio import Io, options

CATEGORIES = """LC_CTYPE LC_NUMERIC LC_TIME LC_COLLATE LC_MONETARY LC_MESSAGES LC_PAPER LC_NAME LC_ADDRESS LC_TELEPHONE
LC_MEASUREMENT LC_IDENTIFICATION""".split()  # noqa: SIM905
KNOWN = ("C", "C.utf8", "POSIX")
"""The languages of a Debian without the package `locales`."""
TOO_LARGE = "Value too large for defined data type"
"""What coreutils adds to a mode that is none."""


async def locale(io: Io, words: list[str]) -> int:
    """`locale [-a]`: what the environment chooses for each purpose, or what could be chosen."""
    if "a" in options(words)[0] or "--all-locales" in words:
        io.say("\n".join(KNOWN))
        return 0
    if words:
        return io.fail(f"locale: podlab does not simulate locale {words[0]}")
    env = io.env or io.process.env
    usual, everything = env.get("LANG", ""), env.get("LC_ALL", "")
    io.say(f"LANG={usual}\nLANGUAGE={env.get('LANGUAGE', '')}")
    for name in CATEGORIES:
        own = "" if everything else env.get(name, "")
        io.say(f"{name}={own}" if own else f'{name}="{everything or usual or "POSIX"}"')
    io.say(f"LC_ALL={everything}")
    return 0


async def users(io: Io, words: list[str]) -> int:
    """`users`: nobody is logged in to a container."""
    return 0


async def pinky(io: Io, words: list[str]) -> int:
    """`pinky`: the same, with a title."""
    io.say("Login    Name                 TTY      Idle   When         Where")
    return 0


async def hostid(io: Io, words: list[str]) -> int:
    """`hostid`: the Pod's address, its halves turned around, as C's gethostid has it."""
    first, second, third, fourth = (int(part) for part in io.process.machine.ip.split("."))
    io.say(f"{second:02x}{first:02x}{fourth:02x}{third:02x}")
    return 0


async def stdbuf(io: Io, words: list[str]) -> int:
    """`stdbuf -i MODE -o MODE -e MODE COMMAND…`: whatever the mode, nothing is held back here."""
    left, chosen = list(words), False
    while left and left[0].startswith("-") and left[0] != "-":
        word, chosen = left.pop(0), True
        mode = re.fullmatch(r"(?:-[ioe]|--(?:input|output|error)=)(.*)", word)
        value = (mode[1] or (left.pop(0) if left else "")) if mode else ""
        if not re.fullmatch(r"L|\d+[KMGkB]*", value) or (value == "L" and word.startswith(("-i", "--input"))):
            wrong = "line buffering stdin is meaningless" if value == "L" else f"invalid mode '{value}': {TOO_LARGE}"
            return io.fail(f"stdbuf: {wrong}" + f"\n{coreutils.hint('stdbuf')}" * (value == "L"), 125)
    if not left or not chosen:
        wrong = "you must specify a buffering mode option" if left else "missing operand"
        return io.fail(f"stdbuf: {wrong}\n{coreutils.hint('stdbuf')}", 125)
    return await launch(io, left, "stdbuf")
