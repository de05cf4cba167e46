"""Builtins about children and signals: wait, kill, jobs, fg, and what trap lists."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from podlab.embedded.runtime.commands.processes.kill import NOT_PERMITTED, kill, may, target
from podlab.embedded.runtime.machine.children import named
from podlab.embedded.runtime.machine.signals import NAMES, NUMBERS, signal_name
from podlab.embedded.runtime.shell.state import Shell


async def wait(shell: Shell, words: list[str]) -> int:
    """Until children end; a trapped signal ends the waiting, as it does in a real shell."""
    if words[:1] == ["-n"]:
        return await _any(shell)
    jobs, code = named(shell.jobs, words), 0
    if words and (len(jobs) < len(words) or not all(map(_waitable, words))):
        code = _no_child(shell, words)
    for job in jobs:
        signalled = asyncio.ensure_future(shell.process.signalled())
        try:
            await asyncio.wait((signalled, job.task), return_when=asyncio.FIRST_COMPLETED)
        finally:
            signalled.cancel()
        if not job.task.done():
            shell.process.catch_up()
            return 128 + NUMBERS[shell.process.signals[0]]
        code = await job.outcome()
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


def _waitable(word: str) -> bool:
    return word.isdecimal() or word.startswith("%")


def _no_child(shell: Shell, words: list[str]) -> int:
    """What each shell says of something that is no child of its own."""
    kind = shell.dialect.name
    for word in words:
        if not _waitable(word):
            bash = f"`{word}': not a pid or valid job spec"
            return shell.refuse(
                "wait", bash if kind == "bash" else f"Illegal number: {word}", 1 if kind == "bash" else 2
            )
        if word.startswith("%") and not named(shell.jobs, [word]):
            wrong = f"No such job: {word}" if kind == "dash" else f"{word}: no such job"
            return shell.refuse("wait", wrong, 127 if kind == "bash" else 2)
        if kind == "bash" and not named(shell.jobs, [word]):
            shell.refuse("wait", f"pid {word} is not a child of this shell", 127)
    return 127


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
    jobs |= dict.fromkeys(("", "%", "+"), shell.jobs[-1].process.pid) if shell.jobs else {}
    if shell.dialect.name == "ash":
        for word in words:
            if word.startswith("%") and word[1:] not in jobs:
                return shell.refuse("kill", f"{word}: no such job", 2)
    if shell.dialect.name == "bash":
        return await _bash_kill(shell, words, jobs)
    return await kill(shell.io, words, jobs, shell.prefix)


async def _bash_kill(shell: Shell, words: list[str], jobs: Mapping[str, int]) -> int:
    """`kill` in bash's words."""
    if words[:1] in (["-l"], ["-L"]):
        return _listed(shell, words[1:])
    if words[:1] in (["-s"], ["-n"]) and len(words) > 1:
        words = [f"-{words[1]}", *words[2:]]
    name = "TERM"
    if words and words[0] != "--" and words[0].startswith("-"):
        name, wanted, words = signal_name(words[0][1:]), words[0][1:], words[1:]
        if not name:
            return shell.refuse("kill", f"{wanted}: invalid signal specification", 1)
    words = [word for word in words if word != "--"]
    if not words:
        return shell.io.fail(f"kill: usage: {KILL_USAGE}", 2)
    ends = [_sent(shell, word, name, jobs) for word in words]
    await asyncio.sleep(0)  # who ends itself goes no further
    return 0 if 0 in ends else 1


def _sent(shell: Shell, word: str, name: str, jobs: Mapping[str, int]) -> int:
    if word.startswith("%"):
        last = len([name for name in jobs if name.isdecimal()]) - 1
        pid = jobs.get(word[1:] if word != "%-" else str(last))
        if pid is None:
            return shell.refuse("kill", f"{word}: no such job", 1)
    elif word.lstrip("-").isdigit():
        pid = int(word)
    else:
        return shell.refuse("kill", f"{word}: arguments must be process or job IDs", 1)
    if not (found := target(shell.io, pid)):
        return shell.refuse("kill", f"({pid}) - No such process", 1)
    if not may(shell.io, found):
        return shell.refuse("kill", f"({pid}) - {NOT_PERMITTED}", 1)
    for process in found:
        process.sender = shell.process.pid
        process.signal(name, inside=True)
    return 0


def _listed(shell: Shell, words: list[str]) -> int:
    """`kill -l`: a table of the signals, or the name of a number and the number of a name."""
    code = 0
    for word in words:
        number = int(word) - 128 * (int(word) > 128) if word.isdigit() else 0
        if word.isdigit() and 0 < number <= len(NAMES):
            shell.io.say(NAMES[number - 1])
        elif name := signal_name(word):
            shell.io.say(str(NUMBERS[name]))
        else:
            code = shell.refuse("kill", f"{word}: invalid signal specification", 1)
    if not words:
        rows = [f"{number:2}) SIG{name}" for number, name in (*enumerate(NAMES, 1), *REAL_TIME)]
        lines = ["\t".join(rows[at : at + 5]) for at in range(0, len(rows), 5)]
        shell.io.say("\n".join(line + "\t" * (len(line.split("\t")) < 5) for line in lines))
    return code


KILL_USAGE = "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]"
REAL_TIME = tuple(
    (number, f"RTMIN{f'+{number - 34}' if number > 34 else ''}" if number < 50 else f"RTMAX{number - 64 or ''}")
    for number in range(34, 65)
)
"""The signals that have no other names."""


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


QUOTE, ESCAPED_QUOTE = "'", "'\\''"


async def disown(shell: Shell, words: list[str]) -> int:
    """bash's `disown`: jobs go on here whatever becomes of their shell."""
    if not words and not [job for job in shell.jobs if not job.task.done()]:
        return shell.refuse("disown", "current: no such job", 1)
    return 0


def trapped(shell: Shell, signals: list[str] | None = None) -> int:
    """The traps that are set, or those on some signals, as the shell would read them."""
    bash, order = shell.dialect.name == "bash", {"EXIT": 0, **NUMBERS}
    wanted = {one.removeprefix("SIG") for one in signals} if signals is not None else set(shell.traps)
    for name, action in sorted(shell.traps.items(), key=lambda one: order.get(one[0], 99)):
        if name not in wanted:
            continue
        shell.io.say(f"trap -- '{action.replace(QUOTE, ESCAPED_QUOTE)}' {'SIG' * (bash and name in NUMBERS)}{name}")
    return 0


async def times(shell: Shell, words: list[str]) -> int:
    """`times`: no time is used."""
    none = "0m0.000000s" if shell.dialect.name == "dash" else "0m0.000s"
    shell.io.say(f"{none} {none}\n{none} {none}")
    return 0
