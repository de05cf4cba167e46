"""How a shell is called: `sh -c SCRIPT`, `sh FILE`, or `sh` reading commands from its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell.builtins import Exit

if TYPE_CHECKING:
    from podlab.embedded.runtime.shell.shell import Shell


async def start(shell: Shell, words: list[str], io: Io) -> int:
    """`sh -c SCRIPT`, `sh FILE` or `sh` reading its input."""
    name, arguments = words[0], words[1:]
    while arguments and arguments[0][:1] in "-+" and len(arguments[0]) > 1 and "c" not in arguments[0]:
        shell.options |= set(arguments.pop(0)[1:])
    if arguments and arguments[0].startswith("-") and "c" in arguments[0]:
        shell.options |= set(arguments[0][1:]) - {"c"}
        if len(arguments) < 2:
            return io.fail(f"{name}: 0: -c requires an argument", 2)
        shell.name, shell.arguments = (arguments[2] if len(arguments) > 2 else name), tuple(arguments[3:])
        return await shell.script(arguments[1], io)
    if arguments:
        try:
            text = io.read(arguments[0], "cannot open {}: {}").decode(errors="replace")
        except FileError as error:
            return io.fail(f"{name}: 0: {error}", 2)
        shell.name, shell.arguments = arguments[0], tuple(arguments[1:])
        return await shell.script(text, io)
    return await _interact(shell, io)


async def _interact(shell: Shell, io: Io) -> int:
    while line := await io.stdin.line():
        try:
            await shell.evaluate(line.decode(errors="replace"), io)
        except Exit as done:
            return done.code
    return shell.status
