"""`kill`, as dash and busybox have it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.signals import NAMES, NUMBERS, signal_name
from podlab.embedded.runtime.machine.stdio import Io


async def kill(io: Io, words: list[str], jobs: Mapping[str, int] | None = None, prefix: str = "") -> int:
    """`kill [-SIGNAL | -s SIGNAL] PID|%JOB…`, `kill -l [NUMBER]`; `prefix` is a shell's, for its builtin."""
    busy = io.busybox
    prefix = f"{prefix.split(':')[0]}:" if busy and prefix else prefix or "kill:"
    if words[:1] == ["-l"]:
        return _list(io, words[1:], busy, prefix)
    given = words
    name, words = _wanted(words)
    if not name:
        dash = (
            f"kill: invalid signal number or name: {words[0]}"
            if given[:1] == ["-s"]
            else f"kill: Illegal option -{words[0][:1]}"
        )
        return io.fail(f"{prefix} bad signal name '{words[0]}'" if busy else f"{prefix} {dash}", 1 + (not busy))
    if not words:
        usage = "kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]"
        return io.fail(f"{prefix} you need to specify whom to kill" if busy else f"{prefix} {usage}", 1 if busy else 2)
    code = max([_send(io, word, name, jobs or {}, prefix, busy) for word in words])
    await asyncio.sleep(0)  # who ends itself goes no further
    return code


def _wanted(words: list[str]) -> tuple[str, list[str]]:
    if words[:1] == ["-s"] and len(words) > 1:
        return signal_name(words[1]), words[2:] if signal_name(words[1]) else words[1:]
    if words and words[0].startswith("-") and words[0] != "--":
        name = signal_name(words[0][1:])
        return name, words[1:] if name else [words[0][1:]]
    return "TERM", [word for word in words if word != "--"]


def _list(io: Io, words: list[str], busy: bool, prefix: str) -> int:
    for word in words if busy else words[:1]:
        number = int(word) & 127 if word.isdigit() else 0
        if not busy and not 0 < number <= len(NAMES) and not NUMBERS.get(word):
            return io.fail(f"{prefix} kill: invalid signal number or exit status: {word}", 2)
        io.say(NAMES[number - 1] if word.isdigit() and 0 < number <= len(NAMES) else str(NUMBERS.get(word, word)))
    if not words:
        rows = [f"{number:2}) {name}" for number, name in enumerate(NAMES, 1)] if busy else ["0", *NAMES]
        io.out("".join(f"{row}\n" for row in rows).encode())
    return 0


def _send(io: Io, word: str, name: str, jobs: Mapping[str, int], prefix: str, busy: bool) -> int:
    if word.startswith("%"):
        pid = jobs.get(word[1:], 0)
    elif word.lstrip("-").isdigit():
        pid = int(word)
    elif busy:
        return io.fail(f"{prefix} invalid number '{word}'")
    else:
        return io.fail(f"{prefix} kill: Illegal number: {word}", 2)
    grouped = word.startswith("%") and not busy and pid  # dash sends to a group, which is none without job control
    found = [] if grouped else target(io, pid)
    if not grouped and not found and word.startswith("%") and not busy:
        return io.fail(f"{prefix} kill: No such job: {word}", 2)
    if not found:
        text = f"{prefix} can't kill pid {pid}: No such process" if busy else f"{prefix} kill: No such process\n"
        return io.fail(text)
    if found and not may(io, found):
        text = f"{prefix} can't kill pid {pid}: {NOT_PERMITTED}" if busy else f"{prefix} kill: {NOT_PERMITTED}\n"
        return io.fail(text)
    for process in found:
        process.sender = io.process.pid
        process.signal(name, inside=True)
    return 0


NOT_PERMITTED = "Operation not permitted"


def may(io: Io, found: list[Process]) -> bool:
    """Whether a process may send signals to one of these: to its own user's, or who may to all."""
    return io.process.owner == 0 or any(one.owner == io.process.owner for one in found)


def target(io: Io, pid: int) -> list[Process]:
    """The processes that a number names: one, or with -1 all but the first."""
    running = io.process.machine.processes.running
    if pid == -1:
        return [process for number, process in running.items() if number not in (1, io.process.pid)]
    return [running[abs(pid)]] if abs(pid) in running else []
