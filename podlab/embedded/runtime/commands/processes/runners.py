"""Commands that run other commands: timeout, xargs, env, nohup."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from podlab.embedded.runtime.commands import coreutils, usage
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.machine.children import Job, finish, start
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.signals import NUMBERS, signal_name
from podlab.embedded.runtime.machine.stdio import Io, plain_rows
from podlab.embedded.runtime.streams import Input

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
TIMED_OUT = 124
CATCHING_UP = 0.1
"""Seconds that a process whose time is over has for what it did before."""


async def launch(io: Io, words: list[str], who: str) -> int:
    """Run a command or a shell in a process of its own; `who` complains if there is none."""
    machine = io.process.machine
    cwd, folders = io.cwd or io.process.cwd, (io.env or io.process.env).get("PATH", "")
    words = executables.started(words, machine.image, machine.files, folders, cwd) if words else words
    if wrong := executables.missing(words, machine.image.commands, machine.image.entrypoint, machine.files, cwd):
        reason = "Permission denied" if wrong.endswith("denied") else NO_SUCH
        quoted = f"can't execute '{words[0]}': {reason}" if io.busybox and who != "xargs" else f"{words[0]}: {reason}"
        if who in QUOTING and not io.busybox:
            quoted = f"{QUOTING[who]}'{words[0]}': {reason}"
        return io.fail(f"{who}: {quoted}", 126 if wrong.endswith("denied") else 127)
    child = io.process.child(words)
    child.out, child.err, child.stdin, child.env = (
        io.out,
        io.err,
        io.stdin,
        dict(io.process.env if io.env is None else io.env),
    )
    child.cwd = cwd
    return await finish(io.process, [start(child, lambda: machine.run(child))])


QUOTING = {"env": "", **dict.fromkeys(("timeout", "nohup", "stdbuf"), "failed to run command ")}
"""How coreutils' commands speak of a program that is not there."""


async def chroot(io: Io, words: list[str]) -> int:
    """`chroot / [COMMAND…]`: of other roots there is none."""
    busy, files = io.busybox, io.process.machine.files
    if not words:
        return (
            usage.show(io, "chroot") if busy else io.fail(f"chroot: missing operand\n{coreutils.hint('chroot')}", 125)
        )
    may = "can't change root directory to" if busy else "cannot change root directory to"
    if not files.exists(io.path(words[0])):
        return io.fail(f"chroot: {may} '{words[0]}': {NO_SUCH}", 1 if busy else 125)
    if not io.process.machine.user.holds("SYS_CHROOT"):
        return io.fail(f"chroot: {may} '{words[0]}': Operation not permitted", 1 if busy else 125)
    if (root := io.path(words[0])) != "/":
        program = (words[1:] or ["/bin/sh" if busy else "/bin/bash"])[0]
        if "/" in program and files.exists(root + program):
            return io.fail(f"chroot: podlab does not simulate another root than /: {words[0]}")
        why = f"can't execute '{program}'" if busy else f"failed to run command '{program}'"
        return io.fail(f"chroot: {why}: {NO_SUCH}", 127)
    return await launch(io, words[1:] or ["/bin/sh", "-i"], "chroot")


async def unshare(io: Io, words: list[str]) -> int:
    """`unshare`: who may not administer the node gets no namespace of their own."""
    if io.process.machine.user.holds("SYS_ADMIN"):
        return io.fail("unshare: podlab does not simulate new namespaces in a container")
    flags = {
        CLONES[letter] for word in words if re.fullmatch(r"-[a-zA-Z]+", word) for letter in word if letter in CLONES
    }
    busy = f"unshare({sum(flags):#x}): Operation not permitted"
    return io.fail(f"unshare: {busy if io.busybox else 'unshare failed: Operation not permitted'}")


CLONES = {"m": 0x20000, "u": 0x4000000, "i": 0x8000000, "U": 0x10000000, "p": 0x20000000, "n": 0x40000000}
"""Linux's CLONE_NEW… by unshare's letters."""


async def nsenter(io: Io, words: list[str]) -> int:
    """`nsenter -t PID -n COMMAND…`: nor do they get into another's."""
    kind = next((NAMESPACES[word[1:]] for word in words if word[1:] in NAMESPACES and word[:1] == "-"), "mnt")
    if io.process.machine.user.holds("SYS_ADMIN"):
        return io.fail("nsenter: podlab does not simulate other namespaces in a container")
    busy = f"setns(): can't reassociate to namespace '{kind}'"
    gnu = f"reassociate to namespace 'ns/{kind}' failed"
    return io.fail(f"nsenter: {busy if io.busybox else gnu}: Operation not permitted")


NAMESPACES = {"m": "mnt", "u": "uts", "i": "ipc", "n": "net", "p": "pid", "U": "user", "C": "cgroup", "T": "time"}


async def nice(io: Io, words: list[str]) -> int:
    """`nice [-n N] COMMAND…`: every process is as nice as all others."""
    if words[:1] == ["-n"]:
        words = words[2:]
    words = words[words[:1] == ["--"] :]
    if not words:
        io.say("0")
        return 0
    return await launch(io, words, "nice")


async def setsid(io: Io, words: list[str]) -> int:
    """`setsid COMMAND…`"""
    rest = list(itertools.dropwhile(lambda word: word.startswith("-"), words))
    return await launch(io, rest, "setsid") if rest else io.fail("setsid: no command specified")


async def timed(io: Io, words: list[str]) -> int:
    """busybox's `time COMMAND…`, where the shell has no word of that name."""
    began = io.process.time
    if words and words[0].startswith("-") and words[0] != "-p":
        return io.fail(f"time: podlab does not simulate time {words[0]}")
    portable = words[:1] == ["-p"]
    words = words[portable:]
    code = await launch(io, words, "time") if words else 0
    took = io.process.time - began
    if portable:
        io.fail(f"real {took:.2f}\nuser 0.00\nsys 0.00")
    else:
        io.fail(f"real\t{int(took // 60)}m {took % 60:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s")
    return code


async def watch(io: Io, words: list[str]) -> int:
    """`watch [-n SECONDS] [-t] COMMAND`, until it is ended."""
    words, pause, titled = list(words), 2.0, True
    while words and words[0].startswith("-"):
        option = words.pop(0)
        titled = titled and "t" not in option
        given = (
            option[2:]
            if option.startswith("-n") and option != "-n"
            else words.pop(0)
            if option == "-n" and words
            else ""
        )
        pause = max(0.1, float(given)) if re.fullmatch(r"\d*\.?\d+", given) else pause
    if not words:
        return io.fail("watch: no command given")
    title = f"Every {pause:.1f}s: {' '.join(words)}"
    while True:
        moment = datetime.fromtimestamp(io.process.time, UTC).strftime("%Y-%m-%d %H:%M:%S")
        io.out(b"\x1b[H\x1b[J" + (f"{title:{WIDE - len(moment)}}{moment}\n\n".encode() if titled else b""))
        await launch(io, ["sh", "-c", " ".join(words)], "watch")
        await io.process.sleep(pause)


WIDE = 79
"""Columns of a screen that is none."""


async def timeout(io: Io, words: list[str]) -> int:
    """`timeout [-s SIGNAL] [-k SECONDS] SECONDS COMMAND…`"""
    name, words, kept, grace = "TERM", list(words), False, ""
    while words and words[0].startswith("-"):
        option = LONG.get(words[0].partition("=")[0], words[0])
        given = words.pop(0).partition("=")[2]
        kept = kept or option == "--preserve-status"
        if option[:2] in ("-s", "-k"):
            given = given or option[2:] or (words.pop(0) if words else "")
            name, grace = (signal_name(given), grace) if option[:2] == "-s" else (name, given)
    if io.busybox and len(words) < 2:
        return usage.show(io, "timeout")
    limit = LIMIT.fullmatch(words[0] if words else "")
    if not limit or len(words) < 2:
        interval = f"timeout: invalid number '{words[0]}'" if words and io.busybox else ""
        interval = interval or (f"timeout: invalid time interval '{words[0]}'\n" if words and not limit else "")
        return io.fail(interval if io.busybox else interval + coreutils.hint("timeout"), 1 if io.busybox else 125)
    child = io.process.child(words[1:])
    job = start(child, lambda: launch(replace(io, process=child), words[1:], "timeout"))
    left = LIMIT.fullmatch(grace)
    ways = [(name, _seconds(limit)), *([("KILL", _seconds(limit) + _seconds(left))] if left else [])]
    return await _limited(io, job, ways, kept=kept or io.busybox)


LIMIT = re.compile(r"(\d*\.?\d+)([smhd]?)")


def _seconds(written: re.Match[str]) -> float:
    return float(written[1]) * UNITS[written[2]]


async def _limited(io: Io, job: Job, ways: list[tuple[str, float]], *, kept: bool) -> int:
    """Wait for a child, which gets a signal after each of these times; its code is `kept`, or one tells of it."""
    child, began, late, killed = job.process, io.process.time, list[str](), list[Process]()
    clock = io.process.machine.clock

    def end(name: str) -> None:
        program = (below(child) or [child])[0]
        late.append(name)
        killed.append(program)
        handled = program.signal(name, inside=True)
        for one in below(program) if handled and not io.busybox else ():  # all of its group get it
            one.signal(name, inside=True)

    timers = [clock.call_at(max(began + after, clock.now() + CATCHING_UP), partial(end, name)) for name, after in ways]
    try:
        code = await finish(io.process, [job])
    finally:
        for timer in timers:
            timer.cancel()
    name, after = ways[0]
    if not late and child.time < began + after:
        return code
    if late and not killed[-1].fate and kept:  # it has seen to the signal itself
        return code
    name = late[-1] if late else name
    io.process.time = began + ways[len(late) - 1 if late else 0][1]
    io.process.fate = NUMBERS[name] if io.busybox or name == "KILL" else 0  # it is ended itself, too
    return 128 + NUMBERS[name] if kept or name == "KILL" else TIMED_OUT


def below(process: Process) -> list[Process]:
    """The processes that one has started, and those that they have."""
    children = [one for one in process.machine.processes.running.values() if one.parent == process.pid]
    return [one for child in children for one in (child, *below(child))]


LONG = {"--signal": "-s", "--kill-after": "-k"}


UNCOUNTED = 'invalid number "{}" for -{} option'


async def xargs(io: Io, words: list[str]) -> int:
    """`xargs [-n COUNT] [-I NAME] [-r] [-t] [-0] [COMMAND…]`"""
    flags, values, words = _asked(words)
    known = "nIsPae" if io.busybox else "nIsPaedL"
    if odd := next((key for key in (*values, *flags) if key not in (*known, *"0rtpxo")), ""):
        if io.busybox and len(odd) == 1:
            return io.fail(f"xargs: invalid option -- '{odd}'\n{usage.shown('xargs')}")
        return io.fail(f"xargs: podlab does not simulate {odd if len(odd) > 1 else f'-{odd}'} of xargs")
    counts = [key for key in ("n", "P", "L") if key in values]
    for key in [one for one in counts if not values[one].isdecimal() or (values[one] == "0" and one != "P")]:
        if io.busybox:
            return io.fail(f"xargs: invalid number '{values[key]}'")
        wrong = f"value 0 for -{key} option should be >= 1" if values[key] == "0" else ""
        return io.fail(f"xargs: {wrong or UNCOUNTED.format(values[key], key)}\n{coreutils.hint('xargs')}")
    try:
        read = io.read(values["a"]) if "a" in values else await io.stdin.rest()
    except FileError as error:
        return io.fail(f"xargs: {values['a']}: {error}")
    text = read.decode(errors="replace")
    if "I" not in values and "d" not in values and "0" not in flags and (mark := _unmatched(text)):
        gnu = "; by default quotes are special to xargs unless you use the -0 option"
        return io.fail(f"xargs: unmatched {mark} quote{gnu * (not io.busybox)}")
    command, code = words or ["echo"], 0
    for line in _batches(text, values, flags, command):
        if "t" in flags:
            io.fail(" ".join(line))
        if "p" in flags:
            tty = "can't open '/dev/tty'" if io.busybox else "failed to open /dev/tty for reading"
            io.err(" ".join(line).encode(errors="surrogateescape"))
            return io.fail(f"xargs: {tty}: No such device or address")
        done = await launch(replace(io, stdin=Input()), line, "xargs")
        if done in (126, 127):
            return done
        code = max(code, 123 * bool(done))
    return code


def _unmatched(text: str) -> str:
    """Which quotation does not end, if one does not."""
    left = re.sub(r"\\\\.|'[^'\n]*'|\"[^\"\n]*\"", "", text)
    return "single" if "'" in left else "double" if '"' in left else ""


LONG_OF_XARGS = {"null": "0", "no-run-if-empty": "r", "verbose": "t", "interactive": "p", "exit": "x"}
VALUED_OF_XARGS = {"max-args": "n", "replace": "I", "max-procs": "P", "arg-file": "a", "delimiter": "d"}
VALUED_OF_XARGS |= {"max-lines": "L", "max-chars": "s"}


def _asked(words: list[str]) -> tuple[set[str], dict[str, str], list[str]]:
    """(letters of xargs' flags, values of those that have one, the command); an unknown long option is a flag."""
    flags, values, words = set[str](), dict[str, str](), list(words)
    while words and words[0].startswith("-") and len(words[0]) > 1:
        word = words.pop(0)
        if word == "--":
            break
        name, equals, value = word[2:].partition("=")
        if word.startswith("--"):
            if name in VALUED_OF_XARGS:
                values[VALUED_OF_XARGS[name]] = value if equals or not words else words.pop(0)
            else:
                flags.add(LONG_OF_XARGS.get(name, word))
            continue
        if word == "-i":
            word = "-I{}"
        letter = next((at for at, one in enumerate(word) if one in "nIPLdsaE"), len(word))
        flags |= set(word[1:letter])
        if letter < len(word):
            values[word[letter]] = word[letter + 1 :] or (words.pop(0) if words else "")
    return flags, values, words


def _batches(text: str, values: dict[str, str], flags: set[str], command: list[str]) -> Iterator[list[str]]:
    if mark := values.get("I"):
        end = "\0" if "0" in flags else values.get("d", "").encode().decode("unicode_escape")
        items = _items(text, end) if end else [line.lstrip() for line in filter(str.strip, plain_rows(text))]
        for item in items:
            yield [word.replace(mark, item) for word in command]
        return
    if "L" in values:
        lines, size = [shlex.split(line) for line in plain_rows(text) if line.strip()], int(values["L"] or 1)
        for at in range(0, len(lines), size):
            yield [*command, *itertools.chain.from_iterable(lines[at : at + size])]
        return
    items = _items(text, "\0" if "0" in flags else values.get("d", "").encode().decode("unicode_escape"))
    size = int(values.get("n", "0")) or max(len(items), 1)
    if not items and "r" not in flags:
        yield command
    for at in range(0, len(items), size):
        yield [*command, *items[at : at + size]]


def _items(text: str, mark: str) -> list[str]:
    """What stands between marks, or between spaces, where quotes hold words together."""
    if mark:
        return text.removesuffix(mark).split(mark) if text else []
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


async def env(io: Io, words: list[str]) -> int:
    """`env [-i] [-u NAME] [NAME=VALUE]… [COMMAND…]`"""
    given, words = dict(io.env if io.env is not None else io.process.env), list(words)
    while words and (words[0] in ("-i", "-", "-u", "-0", "--ignore-environment") or "=" in words[0]):
        word = words.pop(0)
        if word == "-u":
            given.pop(words.pop(0) if words else "", None)
        elif word != "-0":
            given = given | {word.partition("=")[0]: word.partition("=")[2]} if "=" in word else {}
    words = words[words[:1] == ["--"] :]
    if words:
        return await launch(replace(io, env=given), words, "env")
    io.out("".join(f"{key}={value}\n" for key, value in given.items()).encode())
    return 0


async def flock(io: Io, words: list[str]) -> int:
    """`flock [-enosux] [-w SECONDS] [-E CODE] NUMBER | FILE COMMAND…`: here nobody else ever holds a lock."""
    flags, values, rest = set[str](), dict[str, str](), list(words)
    while rest and re.match(r"-.", rest[0]):
        word = rest.pop(0)
        if word in ("-w", "-E", "--timeout", "--wait", "--conflict-exit-code") and rest:
            values[word] = rest.pop(0)
        flags.add(word)
    if len(rest) == 1:
        number = int(rest[0]) if rest[0].isdecimal() else -1
        if io.stream(number) is None:
            return io.fail(
                f"flock: {rest[0]}: Bad file descriptor" if number >= 0 else "flock: bad number: " + rest[0], 65
            )
        return 0
    if not rest:
        return io.fail("flock: not enough arguments\nTry 'flock --help' for more information.", 64)
    try:
        io.writer(rest[0], append=True)
    except FileError as error:
        if str(error) != "Is a directory":
            return io.fail(f"flock: cannot open lock file {rest[0]}: {error}", 66)
    command = rest[1:]
    return await launch(io, ["/bin/sh", "-c", command[1]] if command[0] == "-c" and command[1:] else command, "flock")


async def nohup(io: Io, words: list[str]) -> int:
    """`nohup`: run a command; 125 without one."""
    words = words[words[:1] == ["--"] :]
    return await launch(io, words, "nohup") if words else io.fail("nohup: missing operand", 125)
