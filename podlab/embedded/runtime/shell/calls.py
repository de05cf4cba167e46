"""Carries out words: a function, a builtin, or a program of the container's image. Nothing runs on the host."""

from __future__ import annotations

import shlex
from dataclasses import replace

from podlab.embedded.runtime.commands.commands import run_command
from podlab.embedded.runtime.commands.conditions import test
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.machine.children import finish
from podlab.embedded.runtime.machine.children import start as start_child
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell.builtins import assignments
from podlab.embedded.runtime.shell.builtins.builtins import INLINE, SPECIAL, Builtin, builtin
from podlab.embedded.runtime.shell.builtins.trapping import ended
from podlab.embedded.runtime.shell.parameters import stands
from podlab.embedded.runtime.shell.state import Shell


async def call(shell: Shell, words: list[str], extra: dict[str, str]) -> int:
    """Run words: a function, a builtin, or a program; after the word `command`, no function."""
    direct = words[0] == "command" and len(words) > 1 and not words[1].startswith("-")
    words = words[1:] if direct else words
    name = words[0]
    line, text = shell.aliases.get(name, (0, ""))
    if text and line < shell.line and not direct and shell.dialect.name != "bash":
        del shell.aliases[name]
        try:
            return await shell.evaluate(f"{text} {' '.join(map(shlex.quote, words[1:]))}")
        finally:
            shell.aliases[name] = (line, text)
    if not direct and name in shell.functions:
        return await _call_function(shell, name, words[1:], extra)
    if found := builtin(shell, name):
        return await _own(shell, found, words, extra)
    if "PATH" in extra:
        return await _elsewhere(shell, words, extra)
    path = shell.place_of(name)
    told = extra | ({"_": path or name} if shell.dialect.name == "bash" else {})
    io = replace(shell.io, env=shell.environment() | told, cwd=shell.process.cwd)
    if name in INLINE and not (name == "[[" and shell.dialect.name != "ash"):
        return await _inline(shell, replace(io, speaker=shell.speaker(name)), words)
    if shell.alone:
        shell.alone, shell.process.argv = False, words
        return await _program(shell, words, io)
    if "/" not in name and path:
        shell.hashed[name] = (path, shell.hashed.get(name, ("", 0))[1] + 1)
    child = shell.process.child(words)
    job = start_child(child, lambda: _program(shell, words, replace(io, process=child)))
    code = await finish(shell.process, [job])
    if job.fate:
        named = shell.dialect.name == "bash" and job.fate != "Terminated"
        shell.io.fail(job.told(shell.prefix) if named else job.fate)
    return code


async def _own(shell: Shell, carried: Builtin, words: list[str], extra: dict[str, str]) -> int:
    """Carry out a builtin, with what is assigned for it."""
    lasting = words[0] in SPECIAL and shell.dialect.name != "bash"
    before = {key: shell.variables.get(key) for key in extra if not lasting}
    for key, value in extra.items():
        shell.assign(key, value)
    try:
        return await carried(shell, words[1:])
    finally:
        shell.restore(before)


async def _elsewhere(shell: Shell, words: list[str], extra: dict[str, str]) -> int:
    """Run a program that another PATH than the shell's has, and is told of."""
    held = {"PATH": shell.variables.get("PATH")}
    shell.variables["PATH"] = extra["PATH"]
    try:
        return await call(shell, words, {name: text for name, text in extra.items() if name != "PATH"})
    finally:
        shell.restore(held)


async def _inline(shell: Shell, io: Io, words: list[str]) -> int:
    """What a shell carries out itself; bash's can set and ask of variables."""
    bash, name = shell.dialect.name == "bash", words[0]
    if bash and name in ("test", "[") and {"-v", "-o", "-R"} & set(words[1:]) and (name == "test" or words[-1] == "]"):
        asked = words[1:-1] if name == "[" else words[1:]
        return test(io, asked, known=lambda operator, one: stands(shell, operator, one))
    if bash and words[:2] == ["printf", "-v"] and words[3:]:
        return await assignments.printed_into(shell, io, words[2], words[3:])
    try:
        return await run_command(io, words)
    except FileError as error:
        return _unwritten(shell, name, error)


async def _program(shell: Shell, words: list[str], io: Io) -> int:
    machine = io.process.machine
    asked, words = words[0], _on_path(shell, words)
    if why := executables.missing(
        words, machine.image.commands, machine.image.entrypoint, machine.files, shell.process.cwd
    ):
        return _unstarted(shell, asked, why, io)
    process = io.process
    process.argv, process.env, process.cwd = words, dict(io.env or {}), shell.process.cwd
    process.stdin, process.out, process.err, process.more = io.stdin, io.out, io.err, io.more
    try:
        return await machine.run(process)
    except FileError as error:
        if not str(error).startswith(UNWRITTEN):
            raise
        return io.fail(f"{words[0]}: {error}", 1 + (words[0] == "ls"))


UNWRITTEN = "write error"
"""How a complaint begins of what could not be written."""


def _unwritten(shell: Shell, name: str, error: FileError) -> int:
    """What each shell says of what it could not write itself."""
    if not str(error).startswith(UNWRITTEN):
        raise error
    if (shell.dialect.name, name) == ("ash", "printf"):
        return 1
    told = {"ash": str(error), "bash": f"{name}: {error}", "dash": f"{name}: {name}: I/O error"}
    return shell.fail(told[shell.dialect.name])


def _on_path(shell: Shell, words: list[str]) -> list[str]:
    """A command as PATH finds it: an image's programs in their folders, a script in one of its own."""
    name, machine = words[0], shell.process.machine
    if "/" in name or not name:
        return words
    if shell.place_of(name):
        return executables.started(
            words, machine.image, machine.files, shell.variables.get("PATH", ""), shell.process.cwd
        )
    home = executables.place(name, machine.image, machine.files)
    return words if not home and name in machine.image.commands | {*machine.image.entrypoint} else [UNFOUND, *words[1:]]


UNFOUND = "\0"
"""The name of a program that is in no folder of PATH."""


def _unstarted(shell: Shell, name: str, why: str, io: Io) -> int:
    if not name and shell.dialect.name != "bash":
        return io.fail(f"{shell.place} {name}: Permission denied", 127)
    if why.endswith("permission denied"):
        directory = shell.dialect.name == "bash" and io.process.machine.files.is_directory(io.path(name))
        return io.fail(f"{shell.place} {name}: {'Is a directory' if directory else 'Permission denied'}", 126)
    if shell.dialect.name == "bash" and ("/" in name or not shell.variables.get("PATH")):
        return io.fail(f"{shell.prefix} {name}: No such file or directory", 127)
    return io.fail(f"{shell.place} {shell.dialect.not_found.format(name)}", 127)


async def _call_function(shell: Shell, name: str, arguments: list[str], extra: dict[str, str]) -> int:
    before, loops, shell.arguments, shell.loops = shell.arguments, shell.loops, tuple(arguments), 0
    place = shell.option_place
    shell.option_place = place if shell.dialect.name == "bash" else (0, 0)
    shell.locals.append({})
    for key, text in extra.items():
        shell.keep(key)
        shell.variables[key] = text
    shell.calls.insert(0, name)
    shell.lines.insert(0, shell.line)
    held = shell.traps.pop("RETURN", None) if "T" not in shell.options else None
    try:
        return await ended(shell, shell.run(shell, shell.functions[name]))
    finally:
        if held is not None:
            shell.traps.setdefault("RETURN", held)
        shell.arguments, shell.loops, _ = before, loops, shell.calls.pop(0)
        called = shell.lines.pop(0)
        shell.line = called if shell.dialect.name == "bash" else shell.line
        shell.option_place = shell.option_place if shell.dialect.name == "bash" else place
        shell.leave()
