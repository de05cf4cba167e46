"""Runs a shell's commands. Nothing runs on the host: a program is one of the container's image."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from podlab.embedded.runtime.commands.conditions import test
from podlab.embedded.runtime.expressions import globs, octets
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.children import FATES, Job, finish, joined, starved
from podlab.embedded.runtime.machine.children import start as start_child
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell import arrays, beside, expansion, menus
from podlab.embedded.runtime.shell.builtins.builtins import builtin
from podlab.embedded.runtime.shell.dialect import times
from podlab.embedded.runtime.shell.grammar import printed
from podlab.embedded.runtime.shell.grammar.syntax import (
    AndOr,
    Calculation,
    Case,
    Command,
    Condition,
    Coproc,
    CountedFor,
    For,
    Function,
    Group,
    If,
    Loop,
    Pipeline,
    Redirected,
    Select,
    Sequence,
    Simple,
)
from podlab.embedded.runtime.shell.parameters import stands
from podlab.embedded.runtime.shell.reckoning import reckon
from podlab.embedded.runtime.shell.redirects import Unredirected, closed, redirected
from podlab.embedded.runtime.shell.simple import simple
from podlab.embedded.runtime.shell.state import Discarded, Exit, Interrupted, Leave, Shell
from podlab.embedded.runtime.streams import Input, OutOfMemory, Pipe, PipeWriter

DEPTH = 5000
"""Commands, functions and subshells inside one another."""
STACK = 40
"""Those that Python's own stack has room for: what is deeper runs on another one."""


async def run(shell: Shell, command: Command) -> int:
    """Run one command; sets and returns the status."""
    await shell.process.work()
    shell.depth += 1
    if shell.depth > DEPTH:
        raise RecursionError
    if shell.dialect.name == "bash":
        octets.choose(shell.variables)
    try:
        carried = TABLE[type(command)](shell, command)
        shell.status = await (carried if shell.depth % STACK else asyncio.ensure_future(carried))
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
    """Do what is to be done on the signals that have come: to a shell, not to a part of it that is a child in truth."""
    if shell.level and shell.process.pid == shell.pid:
        return
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
    child.handles = lambda signal: bool(inner.traps.get(signal))
    if inner.alone:
        inner.traps.pop("ERR", None)
    if words[0] == "jobs" and shell.dialect.name != "dash":
        inner.jobs = list(shell.jobs)
    job = start_child(child, lambda: subshell(inner, command))
    joined(job, io.stdin if io.stdin is not shell.io.stdin else None, pipe)  # the shell reads on from its own
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
        shell.io.err(times(shell.dialect, shell.process.time - began, portable=node.timed > 1).encode())
    if node.negated:
        return int(code == 0)
    return await shell.settled(code) if len(node.commands) > 1 else shell.checked(code)


async def _piped(shell: Shell, node: Pipeline) -> int:
    stdin, jobs = shell.io.stdin, []
    for part in node.commands[:-1]:
        pipe = shell.io.pipe()
        jobs.append(_fork(shell, part, replace(shell.io, stdin=stdin), pipe))
        stdin = pipe
    last = node.commands[-1]
    if "lastpipe" in shell.options:
        return await beside.last_here(shell, last, stdin, jobs)
    jobs.append(_fork(shell, last, replace(shell.io, stdin=stdin)))
    code = await finish(shell.process, jobs)
    shell.line = last.line if isinstance(last, Simple) else shell.line
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
    handles = process.handles
    try:
        inner = shell.copy()
        if process.pid != shell.pid:  # a child's only command: its traps are the process's
            process.handles = lambda signal: bool(inner.traps.get(signal))
        code = await subshell(inner, node.body)
        shell.line = inner.line
        return await shell.settled(code, printed.command(node) if code and "ERR" in shell.traps else "")
    except OutOfMemory:
        code, process.fate = starved(process), 0
        shell.io.fail(FATES[9])
        return await shell.settled(code)
    finally:  # it is the same process here, though a real shell makes another
        process.cwd, process.umask, process.handles = folder, mask, handles


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
    shown = "" if node.words is None else f" in {' '.join(word.source for word in node.words)}"
    for value in values:
        if shell.dialect.name == "bash":
            shell.trace(f"for {node.name}{shown}")
        shell.assign(node.name, value)
        code, over = await _body(shell, node.body)
        if over:
            break
    return code


async def _select(shell: Shell, node: Select) -> int:
    values = list(shell.arguments) if node.words is None else await expansion.fields(shell, node.words)
    code, over, shown = 0, False, True
    while values and not over:
        chosen = await menus.choice(shell, values, shown=shown)
        if chosen is None:
            return 1
        shell.assign(node.name, chosen)
        code, over = await _body(shell, node.body)
        shown = not shell.variables.get("REPLY")
    return code


async def _coproc(shell: Shell, node: Coproc) -> int:
    """A command beside the shell, with pipes whose numbers are in an array of its name."""
    there, back = shell.io.pipe(), shell.io.pipe()
    job = _fork(shell, node.command, replace(shell.io, stdin=there), back)
    shell.jobs = [known for known in shell.jobs if known.process.pid not in shell.waited] + [job]
    shell.latest = str(job.process.pid)
    reads = beside.free(shell)
    writes = reads - 3
    shell.io = replace(shell.io, more=MappingProxyType({**shell.io.more, reads: back, writes: PipeWriter(there)}))
    shell.arrays[node.name] = arrays.of([str(reads), str(writes)])
    shell.variables[f"{node.name}_PID"] = shell.latest
    return 0


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
    if shell.dialect.name == "bash":
        shell.trace(f"case {node.word.source} in")
    for patterns, body, end in node.items:
        if falls or any([_fits(shell, value, await expansion.pattern(shell, one)) for one in patterns]):
            code = await run(shell, body) if body.items else 0
            if end == ";;":
                return code
            falls = end == ";&"
    return code


def _fits(shell: Shell, value: str, pattern: str) -> bool:
    if "nocasematch" in shell.options:
        value, pattern = value.lower(), pattern.lower()
    return globs.matches(value, pattern, extended="extglob" in shell.options)


async def _function(shell: Shell, node: Function) -> int:
    shell.functions[node.name] = node.body
    return 0


async def _condition(shell: Shell, node: Condition) -> int:
    words, before = [], ""
    for word in node.words:
        wanted = {"=": expansion.pattern, "==": expansion.pattern, "!=": expansion.pattern, "=~": expansion.expression}
        words.append(await wanted.get(before, expansion.text)(shell, word))
        before = words[-1]
    shell.trace(f"[[ {' '.join(words)} ]]")
    if "nocasematch" in shell.options and {"=", "==", "!="} & set(words):
        words = [word if word.startswith("-") else word.lower() for word in words]
    matched = list[str]()
    io = replace(shell.io, speaker=f"{shell.prefix} [[:")
    try:
        code = test(
            io,
            words,
            patterns=True,
            matched=matched,
            known=lambda operator, name: stands(shell, operator, name),
            number=lambda text: reckon(shell, text, "[[: "),
        )
    except Discarded:
        code = 1
    if "=~" in words:
        shell.arrays["BASH_REMATCH"] = arrays.of(matched)
    return await shell.settled(code, f"[[ {' '.join(word.source.strip() for word in node.words)} ]]")


async def _calculation(shell: Shell, node: Calculation) -> int:
    shell.trace(f"(( {node.word.source} ))")
    try:
        code = int(await expansion.calculate(shell, node.word, "((: ") == 0)
    except Discarded:
        code = 1
    return await shell.settled(code, f"(({node.word.source}))")


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


TABLE: Mapping[type, Callable[[Shell, Any], Awaitable[int]]] = MappingProxyType(
    {
        AndOr: _and_or,
        Calculation: _calculation,
        Case: _case,
        Condition: _condition,
        Coproc: _coproc,
        CountedFor: _counted_for,
        For: _for,
        Function: _function,
        Group: _group,
        If: _if,
        Loop: _loop,
        Pipeline: _pipeline,
        Redirected: _redirected,
        Select: _select,
        Sequence: _sequence,
        Simple: simple,
    }
)
"""What each kind of command does."""
