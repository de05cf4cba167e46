"""`trap`: what a shell does on signals, at its end, where commands fail and where functions end."""

from __future__ import annotations

import re
from collections.abc import Awaitable

from podlab.embedded.runtime.machine.signals import signal_name
from podlab.embedded.runtime.shell.builtins import jobs
from podlab.embedded.runtime.shell.state import Exit, Leave, Shell

USAGE = "trap: usage: trap [-lp] [[arg] signal_spec ...]"

PSEUDO = {name: name for name in ("EXIT", "ERR", "RETURN", "DEBUG")}
"""What is no signal, and may be written in small letters, too."""


async def trap(shell: Shell, words: list[str]) -> int:
    """`trap`: what is done on a signal or at the end (EXIT); an empty action ignores the signal."""
    if words[:1] == ["--"]:
        words = words[1:]
    if words and re.match(r"-[a-zA-Z]", words[0]) and shell.dialect.name != "bash":
        illegal = "illegal" if shell.dialect.name == "ash" else "Illegal"
        shell.refuse("trap", f"{illegal} option {words[0][:2]}")
        raise Exit(2)
    if not words or (words == ["-p"] and shell.dialect.name == "bash"):
        return jobs.trapped(shell)
    if shell.dialect.name == "bash" and re.match("-.", words[0]):
        return await _asked(shell, words)
    action, signals = (words[0], words[1:]) if len(words) > 1 and not words[0].isdecimal() else ("-", words)
    code = 0
    for signal in signals:
        signal = signal if shell.dialect.name == "dash" else PSEUDO.get(signal.upper(), signal)
        name = "EXIT" if signal in ("0", "EXIT") else signal if _pseudo(shell, signal) else signal_name(signal)
        if not name or name == "0":
            wrong = f"{signal}: invalid signal specification"
            if shell.dialect.name == "bash" and signal == "DEBUG":
                wrong = f"podlab does not simulate the trap of {signal}"
            if shell.dialect.name == "dash":
                code = shell.io.fail(f"trap: {signal}: bad trap")
            else:
                code = shell.refuse("trap", wrong, 1)
            continue
        shell.process.ignored -= {name}
        shell.traps.pop(name, None)
        if action == "":
            shell.process.ignored |= {name}
        if action != "-":
            shell.traps[name] = action
    return code


async def _asked(shell: Shell, words: list[str]) -> int:
    """bash's `trap -p [SIGNAL]…` and `trap -l`."""
    if words[0] == "-p":
        return jobs.trapped(shell, words[1:])
    if words[0] == "-l":
        return await jobs.kill_(shell, ["-l"])
    return shell.refuse("trap", f"{words[0][:2]}: invalid option\n{USAGE}", 2)


def _pseudo(shell: Shell, signal: str) -> bool:
    """bash's ERR and RETURN, which are no signals; DEBUG is refused."""
    return shell.dialect.name == "bash" and signal in ("ERR", "RETURN")


async def ended(shell: Shell, body: Awaitable[int]) -> int:
    """Run a function or a sourced file to its end, with bash's RETURN trap, which sees the last command's code."""
    try:
        code = await body
    except Leave as left:
        if left.kind != "return":
            raise
        code = left.value
    if action := shell.traps.get("RETURN"):
        await _returned(shell, action)
    return code


async def _returned(shell: Shell, action: str) -> None:
    code = shell.status
    shell.traps["RETURN"], shell.held = "", shell.held or shell.line
    try:
        await shell.evaluate(action)
    finally:
        if shell.traps.get("RETURN") == "":
            shell.traps["RETURN"] = action
    shell.status, shell.held = code, 0
