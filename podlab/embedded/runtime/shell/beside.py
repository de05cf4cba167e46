"""`<(commands)` and `>(commands)`: what runs beside a command, which reads or writes it by the name of a stream.

So do the commands of a pipeline whose last one the shell carries out itself.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from podlab.embedded.runtime.machine import children
from podlab.embedded.runtime.shell.grammar.syntax import Beside, Command
from podlab.embedded.runtime.shell.state import Exit, Leave, Shell
from podlab.embedded.runtime.streams import Input, Pipe, PipeWriter

FIRST = 63
"""The first number that bash gives such a stream; the next has one less."""


def free(shell: Shell) -> int:
    """The number of the next such stream."""
    return next(number for number in range(FIRST, 2, -1) if number not in shell.io.more)


def begin(shell: Shell, part: Beside) -> str:
    """Start the commands; returns the name of their stream, which is there until the command's end."""
    pipe, taken = shell.io.pipe(), shell.io.more
    number = free(shell)
    child = shell.process.child(list(shell.process.argv))
    if part.reads:
        child.pipe = pipe
        io = replace(shell.io, process=child, out=pipe.feed)
    else:
        io = replace(shell.io, process=child, stdin=pipe)
    inner = shell.copy(child, io)
    job = children.start(child, lambda: _run(inner, part))
    if isinstance(out := shell.io.out, PipeWriter) and not part.reads:
        out.hold()
        job.task.add_done_callback(lambda _: out.close())
    children.joined(job, io.stdin if not part.reads else None, pipe if part.reads else None)
    stream = pipe if part.reads else PipeWriter(pipe)
    shell.io = replace(shell.io, more=MappingProxyType({**taken, number: stream}))
    return f"/dev/fd/{number}"


async def _run(inner: Shell, part: Beside) -> int:
    inner.tested = 0
    try:
        return await inner.run(inner, part.body)
    except Exit as done:
        return done.code
    except Leave as left:
        return left.value if left.kind == "return" else 0


async def last_here(shell: Shell, last: Command, stdin: Input, jobs: list[children.Job]) -> int:
    """The last command of a pipeline in the shell itself, as bash's `shopt -s lastpipe` has it."""
    held, shell.io = shell.io, replace(shell.io, stdin=stdin)
    try:
        code = await shell.run(shell, last)
    finally:
        shell.io = held
        if isinstance(stdin, Pipe):
            stdin.abandon()
    await children.finish(shell.process, jobs)
    shell.statuses = [*(job.task.result() for job in jobs), code]
    failed = [found for found in reversed(shell.statuses) if found]
    return failed[0] if failed and "p" in shell.options else code
