"""Runs a shell's commands. Nothing runs on the host: a program is one of the container's image."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from podlab.embedded.runtime.commands.commands import run_command
from podlab.embedded.runtime.commands.conditions import test
from podlab.embedded.runtime.expressions import globs
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.machine.children import FATES, Job, finish, joined, starved
from podlab.embedded.runtime.machine.children import start as start_child
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell import arrays, expansion
from podlab.embedded.runtime.shell.builtins import assignments
from podlab.embedded.runtime.shell.builtins.builtins import INLINE, builtin
from podlab.embedded.runtime.shell.dialect import times
from podlab.embedded.runtime.shell.grammar.syntax import (
    AndOr,
    Calculation,
    Case,
    Command,
    Condition,
    CountedFor,
    For,
    Function,
    Group,
    If,
    Loop,
    Pipeline,
    Redirected,
    Sequence,
    Simple,
)
from podlab.embedded.runtime.shell.redirects import Unredirected, closed, redirected
from podlab.embedded.runtime.shell.simple import simple
from podlab.embedded.runtime.shell.state import Exit, Interrupted, Leave, Shell
from podlab.embedded.runtime.streams import Input, OutOfMemory, Pipe

SPECIAL = frozenset(": . eval exec exit export readonly return set shift times trap unset".split())  # noqa: SIM905
"""Builtins that leave the assignments before them in force: POSIX's special ones."""
DEPTH = 60
"""Commands, functions and subshells inside one another."""


async def run(shell: Shell, command: Command) -> int:
    """Run one command; sets and returns the status."""
    await shell.process.work()
    shell.depth += 1
    if shell.depth > DEPTH:
        raise RecursionError
    try:
        shell.status = await TABLE[type(command)](shell, command)
    except FileError as error:
        shell.status = shell.fail(str(error), shell.dialect.unreadable)
    finally:
        shell.depth -= 1
    return shell.status


async def _sequence(shell: Shell, node: Sequence) -> int:
    for item in node.items:
        if item.background:
            job = _fork(shell, item.command, replace(shell.io, stdin=Input()))
            shell.jobs = [known for known in shell.jobs if known.process.pid not in shell.waited] + [job]
            job.process.ignored |= {"INT", "QUIT"}
            shell.latest, shell.status = str(job.process.pid), 0
        else:
            await run(shell, item.command)
        await run_traps(shell)
    return shell.status


async def run_traps(shell: Shell) -> None:
    """Do what is to be done on the signals that have come."""
    while shell.process.signals:
        name = shell.process.signals.pop(0)
        if name == "INT" and name not in shell.traps:
            raise Interrupted
        action = shell.traps.get(name, "")
        code = shell.status
        await shell.evaluate(action)
        shell.status = code


async def _asked(shell: Shell, command: Command) -> int:
    """Run what is only asked for its exit code."""
    shell.tested += 1
    try:
        return await run(shell, command)
    finally:
        shell.tested -= 1


# Processes


def _fork(shell: Shell, command: Command, io: Io, pipe: Pipe | None = None) -> Job:
    """Run a command in a process of its own."""
    words = [word.plain for word in command.words] if isinstance(command, Simple) and command.words else [None]
    program = None not in words and not builtin(shell, str(words[0])) and words[0] not in shell.functions
    child = shell.process.child([str(word) for word in words] if program else list(shell.process.argv))
    child.pipe = pipe or child.pipe
    inner = shell.copy(child, replace(io, process=child, out=pipe.feed if pipe else io.out))
    inner.alone, inner.whole = isinstance(command, Simple), command
    if words[0] == "jobs" and shell.dialect.name != "dash":
        inner.jobs = list(shell.jobs)
    job = start_child(child, lambda: subshell(inner, command))
    joined(job, io.stdin, pipe)
    return job


async def subshell(shell: Shell, command: Command) -> int:
    """Run a command to the end of its shell, with its EXIT trap."""
    try:
        await run(shell, command)
    except Exit as done:
        shell.status = done.code
    except Leave as left:
        shell.status = left.value if left.kind == "return" else 0
    return await ended(shell)


async def ended(shell: Shell) -> int:
    """What a shell does at its end."""
    if trap := shell.traps.pop("EXIT", None):
        code = shell.status
        try:
            await shell.evaluate(trap)
            shell.status = code
        except Exit as done:
            shell.status = done.code
    return shell.status


async def _pipeline(shell: Shell, node: Pipeline) -> int:
    began = shell.process.time
    shell.tested += node.negated
    try:
        if len(node.commands) == 1:
            code = await run(shell, node.commands[0])
        else:
            code = await _piped(shell, node)
    finally:
        shell.tested -= node.negated
    if len(node.commands) == 1:
        shell.statuses = [code]
    if node.timed:
        shell.io.err(times(shell.dialect, shell.process.time - began).encode())
    return int(code == 0) if node.negated else shell.checked(code)


async def _piped(shell: Shell, node: Pipeline) -> int:
    stdin, jobs = shell.io.stdin, []
    for part in node.commands[:-1]:
        pipe = shell.io.pipe()
        jobs.append(_fork(shell, part, replace(shell.io, stdin=stdin), pipe))
        stdin = pipe
    jobs.append(_fork(shell, node.commands[-1], replace(shell.io, stdin=stdin)))
    code = await finish(shell.process, jobs)
    shell.statuses = [job.task.result() if not job.task.cancelled() else 128 + job.process.fate for job in jobs]
    if "p" in shell.options:
        return next((found for job in reversed(jobs) if (found := job.task.result())), 0)
    return code


# Compound commands


async def _and_or(shell: Shell, node: AndOr) -> int:
    code = await _asked(shell, node.left)
    if (code == 0) == (node.operator == "&&"):
        return await run(shell, node.right)
    return code


async def _group(shell: Shell, node: Group) -> int:
    if not node.subshell:
        return await run(shell, node.body)
    process, folder, mask = shell.process, shell.process.cwd, shell.process.umask
    try:
        return shell.checked(await subshell(shell.copy(), node.body))
    except OutOfMemory:
        code, process.fate = starved(process), 0
        shell.io.fail(FATES[9])
        return shell.checked(code)
    finally:  # it is the same process here, though a real shell makes another
        process.cwd, process.umask = folder, mask


async def _if(shell: Shell, node: If) -> int:
    for condition, body in node.branches:
        if await _asked(shell, condition) == 0:
            return await run(shell, body)
    return await run(shell, node.otherwise) if node.otherwise else 0


async def _body(shell: Shell, body: Sequence) -> tuple[int, bool]:
    """(exit code, whether the loop is over) of one round."""
    shell.loops += 1
    try:
        return await run(shell, body), False
    except Leave as left:
        if left.kind == "return":
            raise
        if left.value > 1 and shell.loops > 1:
            raise Leave(left.kind, left.value - 1) from None
        return 0, left.kind == "break"
    finally:
        shell.loops -= 1


async def _loop(shell: Shell, node: Loop) -> int:
    code, over = 0, False
    while not over:
        try:
            if (await _asked(shell, node.condition) == 0) == node.until:
                break
        except Leave as left:
            if left.kind == "return":
                raise
            break
        code, over = await _body(shell, node.body)
    return code


async def _for(shell: Shell, node: For) -> int:
    values = list(shell.arguments) if node.words is None else await expansion.fields(shell, node.words)
    code = 0
    for value in values:
        shell.assign(node.name, value)
        code, over = await _body(shell, node.body)
        if over:
            break
    return code


async def _counted_for(shell: Shell, node: CountedFor) -> int:
    code, over = 0, False
    await expansion.calculate(shell, node.first)
    while not over and (not node.condition.source.strip() or await expansion.calculate(shell, node.condition)):
        code, over = await _body(shell, node.body)
        await expansion.calculate(shell, node.step)
    return code


async def _case(shell: Shell, node: Case) -> int:
    value, falls = await expansion.text(shell, node.word), False
    code = 0
    for patterns, body, through in node.items:
        if falls or any([globs.matches(value, await expansion.pattern(shell, one)) for one in patterns]):
            code = await run(shell, body) if body.items else 0
            if not through:
                return code
            falls = True
    return code


async def _function(shell: Shell, node: Function) -> int:
    shell.functions[node.name] = node.body
    return 0


async def _condition(shell: Shell, node: Condition) -> int:
    words, before = [], ""
    for word in node.words:
        wanted = before in ("=", "==", "!=")
        words.append(await (expansion.pattern if wanted else expansion.text)(shell, word))
        before = words[-1]
    matched = list[str]()
    code = test(shell.io, words, patterns=True, matched=matched)
    if "=~" in words:
        shell.arrays["BASH_REMATCH"] = arrays.of(matched)
    return shell.checked(code)


async def _calculation(shell: Shell, node: Calculation) -> int:
    return shell.checked(int(await expansion.calculate(shell, node.word) == 0))


async def _redirected(shell: Shell, node: Redirected) -> int:
    before = shell.io
    try:
        shell.io = await redirected(shell, node.redirects)
        shell.redirected(node)
        return await run(shell, node.command)
    except Unredirected as problem:
        return shell.checked(shell.fail(str(problem), shell.dialect.unreadable))
    finally:
        closed(before, shell.io)
        shell.io = before


# Calls


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
        before = (
            {} if name in SPECIAL and shell.dialect.name != "bash" else {key: shell.variables.get(key) for key in extra}
        )
        for key, value in extra.items():
            shell.assign(key, value)
        try:
            return await found(shell, words[1:])
        finally:
            shell.restore(before)
    io = replace(shell.io, env=shell.environment() | extra, cwd=shell.process.cwd)
    if name in INLINE and not (name == "[[" and shell.dialect.name != "ash"):
        io = replace(io, speaker=shell.speaker(name))
        into = words[2] if words[:2] == ["printf", "-v"] and shell.dialect.name == "bash" and words[3:] else ""
        return await (assignments.printed(shell, io, into, words[3:]) if into else run_command(io, words))
    if shell.alone:
        shell.alone, shell.process.argv = False, words
        return await _program(shell, words, io)
    child = shell.process.child(words)
    job = start_child(child, lambda: _program(shell, words, replace(io, process=child)))
    code = await finish(shell.process, [job])
    if fate := job.fate:
        shell.io.fail(fate)
    return code


async def _program(shell: Shell, words: list[str], io: Io) -> int:
    machine = io.process.machine
    if why := executables.missing(
        words, machine.image.commands, machine.image.entrypoint, machine.files, shell.process.cwd
    ):
        return _unstarted(shell, words[0], why, io)
    process = io.process
    process.argv, process.env, process.cwd = words, dict(io.env or {}), shell.process.cwd
    process.stdin, process.out, process.err, process.more = io.stdin, io.out, io.err, io.more
    return await machine.run(process)


def _unstarted(shell: Shell, name: str, why: str, io: Io) -> int:
    if why.endswith("permission denied"):
        directory = shell.dialect.name == "bash" and io.process.machine.files.is_directory(io.path(name))
        return io.fail(f"{shell.place} {name}: {'Is a directory' if directory else 'Permission denied'}", 126)
    if shell.dialect.name == "bash" and "/" in name:
        return io.fail(f"{shell.prefix} {name}: No such file or directory", 127)
    return io.fail(f"{shell.place} {shell.dialect.not_found.format(name)}", 127)


async def _call_function(shell: Shell, name: str, arguments: list[str], extra: dict[str, str]) -> int:
    before, loops, shell.arguments, shell.loops = shell.arguments, shell.loops, tuple(arguments), 0
    shell.locals.append({key: shell.variables.get(key) for key in extra})
    shell.variables.update(extra)
    shell.calls.insert(0, name)
    try:
        return await run(shell, shell.functions[name])
    except Leave as left:
        if left.kind != "return":
            raise
        return left.value
    finally:
        shell.arguments, shell.loops, _ = before, loops, shell.calls.pop(0)
        shell.restore(shell.locals.pop())


TABLE: Mapping[type, Callable[[Shell, Any], Awaitable[int]]] = MappingProxyType(
    {
        AndOr: _and_or,
        Calculation: _calculation,
        Case: _case,
        Condition: _condition,
        CountedFor: _counted_for,
        For: _for,
        Function: _function,
        Group: _group,
        If: _if,
        Loop: _loop,
        Pipeline: _pipeline,
        Redirected: _redirected,
        Sequence: _sequence,
        Simple: simple,
    }
)
"""What each kind of command does."""
