"""Tables of what runs: ps, top, pidof, pgrep; and who ends it by name: killall, pkill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from podlab.embedded.runtime.commands.accounts import names
from podlab.embedded.runtime.machine import kernel
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.signals import signal_name
from podlab.embedded.runtime.machine.stdio import Io


def _running(io: Io) -> Mapping[int, Process]:
    return io.process.machine.processes.running


def _user(io: Io, process: Process) -> str:
    return names(io, "/etc/passwd").get(process.owner, str(process.owner))


def _named(io: Io, name: str) -> list[int]:
    found = [pid for pid, process in _running(io).items() if process.name == name]
    return [pid for pid in found if pid != io.process.pid]


async def ps(io: Io, words: list[str]) -> int:
    """`ps [aux|-ef|-o FIELDS]`: of busybox and procps alike."""
    given = next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "-o"), "")
    given = given or next((word[2:] for word in words if re.fullmatch(r"-o\w.*", word)), "")
    if given:
        return _chosen(io, re.split(r"[,\s]+", given.strip()))
    if not io.busybox:
        return _of_procps(io, "".join(words).lstrip("-"))
    io.say("PID   USER     COMMAND")
    for pid, process in sorted(_running(io).items()):
        io.say(f"{pid:5} {_user(io, process):8} {process.words}")
    return 0


SUPPORTED = "user,group,comm,args,pid,ppid,pgid,nice,rgroup,ruser,tty,vsz,sid,stat,rss"
FIELDS = {
    "user": 8, "group": 8, "comm": 16, "args": 0, "pid": 5, "ppid": 5, "pgid": 5, "nice": 5, "rgroup": 8, "ruser": 8,
    "tty": 6, "vsz": 4, "sid": 5, "stat": 4, "rss": 4,
}  # fmt: skip
OF_PROCPS = {"cmd": 0, "command": 0, "time": 8, "uid": 5, "pcpu": 4, "pmem": 4, "%cpu": 4, "%mem": 4, "etime": 11}
HEADS = {"comm": "COMMAND", "args": "COMMAND", "command": "COMMAND", "cmd": "CMD", "tty": "TT", "nice": "NI"}
HEADS |= {"pcpu": "%CPU", "pmem": "%MEM", "etime": "ELAPSED"}
RIGHT = ("pid", "ppid", "pgid", "sid", "vsz", "rss", "nice")


def _chosen(io: Io, fields: list[str]) -> int:
    given = [field.partition("=") for field in fields]
    widths = FIELDS if io.busybox else FIELDS | OF_PROCPS
    if wrong := next((name for name, _, _ in given if name not in widths), ""):
        return io.fail(f"ps: bad -o argument '{wrong}', supported arguments: {SUPPORTED}")

    def row(cells: list[str]) -> str:
        rows = [
            f"{cell:{'>' if name in RIGHT and cell.isdecimal() else '<'}{widths[name]}}"
            for (name, _, _), cell in zip(given, cells, strict=True)
        ]
        return " ".join([*rows[:-1], rows[-1].rstrip()])

    io.say(row([head if equals else HEADS.get(name, name.upper()) for name, equals, head in given]))
    for pid, process in sorted(_running(io).items()):
        cells = _cells(io, pid, process)
        io.say(row([cells[name] for name, _, _ in given]))
    return 0


def _cells(io: Io, pid: int, process: Process) -> dict[str, str]:
    who, words = process.machine.user, process.words
    gid = who.gid if process.uid is None else process.uid
    group = names(io, "/etc/group").get(gid, str(gid))
    user, leader = _user(io, process), _leader(io, pid)
    return {
        "user": user, "ruser": user, "group": group, "rgroup": group, "comm": process.name, "args": words,
        "pid": str(pid), "ppid": str(process.parent), "pgid": str(leader), "sid": str(leader), "nice": "0", "tty": "?",
        "vsz": "3152", "rss": "1928", "stat": "R" if process is io.process else "S", "cmd": words, "command": words,
        "time": "00:00:00", "uid": str(process.owner), "pcpu": "0.0", "pmem": "0.0", "%cpu": "0.0", "%mem": "0.0",
        "etime": "01:00",
    }  # fmt: skip


def _leader(io: Io, pid: int) -> int:
    """The process whose session it is of: what was started into the container."""
    running = _running(io)
    while (parent := running[pid].parent) in running:
        pid = parent
    return pid


def _of_procps(io: Io, flags: str) -> int:
    began = datetime.fromtimestamp(io.process.machine.began, UTC).strftime("%H:%M")
    if "e" in flags and "f" in flags:
        io.say("UID          PID    PPID  C STIME TTY          TIME CMD")
        form = "{user:8} {pid:7} {ppid:7}  0 {began} ?        00:00:00 {words}"
    elif "u" in flags:
        io.say("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND")
        form = "{user:8} {pid:7}  0.0  0.0   2584  1556 ?        Ss   {began}   0:00 {words}"
    else:
        io.say("    PID TTY          TIME CMD")
        form = "{pid:7} ?        00:00:00 {name}"
    for pid, process in sorted(_running(io).items()):
        words, name = process.words, process.name
        user, parent = _user(io, process), process.parent
        io.say(form.format(user=user, pid=pid, ppid=parent, began=began, words=words, name=name))
    return 0


async def top(io: Io, words: list[str]) -> int:
    """`top -b [-n COUNT] [-d SECONDS]`; without -b a terminal is needed, which is not simulated."""
    joined = " ".join(words)
    if "b" not in "".join(word for word in words if word.startswith("-")):
        return io.fail("top: no terminal to draw on; podlab simulates top -b -n 1")
    found = re.search(r"n ?(\d+)", joined)
    count, pause = int(found[1]) if found else 10**9, re.search(r"d ?(\d+)", joined)
    while count:
        _top(io)
        count -= 1
        if count:
            await io.process.sleep(float(pause[1]) if pause else 5.0)
    return 0


def _top(io: Io) -> None:
    used = kernel.MEMORY // 6
    io.say(f"Mem: {used}K used, {kernel.MEMORY - used}K free, 11616K shrd, 134360K buff, {kernel.MEMORY // 3}K cached")
    io.say("CPU:   1% usr   1% sys   0% nic  98% idle   0% io   0% irq   0% sirq")
    rows = sorted(_running(io).items())
    io.say(f"Load average: 0.10 0.10 0.10 1/{len(rows) + 100} {rows[-1][0] if rows else 1}")
    io.say("  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND")
    for pid, process in rows:
        state = "R" if process is io.process else "S"
        parent = process.parent
        io.say(f"{pid:5} {parent:5} {_user(io, process):8} {state:4}  3284   0%   0% {process.words}")


async def pidof(io: Io, words: list[str]) -> int:
    """`pidof NAME…`"""
    found = sorted((pid for word in words for pid in _named(io, word)), reverse=True)
    if found:
        io.say(" ".join(map(str, found)))
    return int(not found)


async def pgrep(io: Io, words: list[str]) -> int:
    """`pgrep [-f] [-l] PATTERN`"""
    found = _matching(io, words)
    for pid, process in found:
        shown = f" {process.words if '-a' in words else process.name}"
        io.say(f"{pid}{shown if {'-l', '-a'} & set(words) else ''}")
    return int(not found)


def _matching(io: Io, words: list[str]) -> list[tuple[int, Process]]:
    pattern = next((word for word in words if not word.startswith("-")), "")
    whole = any(word.startswith("-") and "f" in word for word in words)
    found = []
    for pid, process in sorted(_running(io).items()):
        text = process.words if whole else process.name
        fits = pattern == text if "-x" in words else pattern in text
        if fits and pid != io.process.pid:
            found.append((pid, process))
    return found


async def pkill(io: Io, words: list[str]) -> int:
    """`pkill [-SIGNAL] [-f] PATTERN`"""
    name = next((found for word in words if word[:1] == "-" and (found := signal_name(word[1:]))), "TERM")
    fitting = _matching(io, words)
    for _, process in fitting:
        process.signal(name, inside=True)
    return int(not fitting)


async def killall(io: Io, words: list[str]) -> int:
    """`killall [-SIGNAL] NAME…`"""
    name = next((found for word in words if word[:1] == "-" and (found := signal_name(word[1:]))), "TERM")
    code = 0
    for word in [word for word in words if not word.startswith("-")]:
        pids = _named(io, word)
        for pid in pids:
            _running(io)[pid].signal(name, inside=True)
        if not pids:
            code = io.fail(f"killall: {word}: no process killed" if io.busybox else f"{word}: no process found")
    return code
