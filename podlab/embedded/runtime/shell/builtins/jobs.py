"""Builtins about children: wait, kill, jobs, fg."""

from __future__ import annotations

import asyncio

from podlab.embedded.runtime.commands.processes.kill import kill
from podlab.embedded.runtime.machine.children import named
from podlab.embedded.runtime.shell.state import Shell


async def wait(shell: Shell, words: list[str]) -> int:
    """Until children end; a trapped signal ends the waiting, as it does in a real shell."""
    if words[:1] == ["-n"]:
        return await _any(shell)
    jobs, code = named(shell.jobs, words), 127 if words and not named(shell.jobs, words) else 0
    for job in jobs:
        signalled = asyncio.ensure_future(shell.process.signalled())
        ended = asyncio.ensure_future(job.outcome())
        try:
            await asyncio.wait((signalled, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            signalled.cancel()
        if not ended.done():
            ended.cancel()
            shell.process.catch_up()
            return 143
        code = ended.result()
        if words and job.fate and shell.dialect.name != "bash":
            shell.io.fail(job.fate)
        elif words and job.fate not in ("", "Terminated"):
            shell.io.fail(job.told(shell.prefix))
    shell.process.catch_up()
    if not words and shell.dialect.name != "bash":
        shell.waited |= {job.process.pid for job in jobs}
        return 0
    shell.jobs = [job for job in shell.jobs if job not in jobs or (job.fate and shell.dialect.name == "ash")]
    return code if words else 0


async def _any(shell: Shell) -> int:
    """`wait -n`: until one of the children has ended."""
    running = [job for job in shell.jobs if not job.task.done()]
    ended = [job for job in shell.jobs if job not in running]
    if not ended and not running:
        return 127
    if not ended:
        await asyncio.wait([job.task for job in running], return_when=asyncio.FIRST_COMPLETED)
        shell.process.catch_up()
        ended = [job for job in running if job.task.done()]
    first = min(ended, key=lambda job: job.process.time)
    shell.jobs.remove(first)
    return await first.outcome()


async def kill_(shell: Shell, words: list[str]) -> int:
    """`kill`: as the command, and `%1` is a job."""
    jobs = {str(number): job.process.pid for number, job in enumerate(shell.jobs, 1)}
    if shell.dialect.name == "ash":
        for word in words:
            if word.startswith("%") and word[1:] not in jobs:
                return shell.refuse("kill", f"{word}: no such job", 2)
    return await kill(shell.io, words, jobs, shell.prefix)


async def jobs_(shell: Shell, words: list[str]) -> int:
    """`jobs [-lp]`: what runs beside, and once what has ended; a script's jobs are shown without their words."""
    kind, numbered = shell.dialect.name, list(enumerate(shell.jobs, 1))
    for number, job in numbered if kind == "bash" else reversed(numbered):
        mark = {0: "+", 1: "-"}.get(len(shell.jobs) - number, " ")
        state = (job.fate or "Done") if job.task.done() else "Running"
        pid = f"{job.process.pid} " if "-l" in words else ""
        if "-p" in words:
            shell.io.say(str(job.process.pid))
        elif kind == "bash":
            running = f" {' '.join(job.process.argv)} &" if state == "Running" else f" {' '.join(job.process.argv)}"
            shell.io.say(f"[{number}]{mark}  {pid}{state:23}{running}")
        else:
            shell.io.say(f"[{number}]{' ' if kind == 'dash' else ''}{mark} {' ' * (kind == 'ash')}{pid + state:27}")
    shell.jobs = [job for job in shell.jobs if not job.task.done()]
    return 0


async def fg(shell: Shell, words: list[str], name: str = "fg") -> int:
    """`fg` and `bg`: a script has no job control."""
    if shell.dialect.name == "bash":
        return shell.refuse(name, "no job control", 1)
    ash = shell.dialect.name == "ash"
    if words and not named(shell.jobs, words[:1]):
        return shell.refuse(name, f"{'no' if ash else 'No'} such job: {words[0]}", 2)
    return shell.refuse(name, "job (null) not created under job control" if shell.jobs else "No current job", 2)


async def bg(shell: Shell, words: list[str]) -> int:
    """`bg`: as `fg`."""
    return await fg(shell, words, "bg")
