"""How a shell is called: `sh -c SCRIPT`, `sh FILE`, or `sh` reading commands from its input."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.commands.accounts import names
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.machine.terminal import Typed
from podlab.embedded.runtime.shell import calls, interpreter, starting
from podlab.embedded.runtime.shell.builtins.options import KNOWN_LETTERS
from podlab.embedded.runtime.shell.dialect import unopened
from podlab.embedded.runtime.shell.grammar.parser import Parser
from podlab.embedded.runtime.shell.grammar.syntax import Incomplete, SyntaxProblem
from podlab.embedded.runtime.shell.state import Exit, Interrupted, Leave, Shell
from podlab.embedded.runtime.streams import Input, PipeWriter

BLOCKS = {"ash": 1023, "dash": 8192}
"""Bytes that a shell takes at once of a script on its input; bash takes a line."""
ASH_BANNER = (
    "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) built-in shell (ash)\nEnter 'help' for a list of built-in commands."
)
LONGEST = 2**16
"""Bytes of an unfinished command that are read again with every further line; of longer ones, with every doubling."""


async def shell(process: Process) -> int:
    """Run a shell process to its end; returns its exit code."""
    io = Io(process, process.stdin, process.out, process.err, more=process.more)
    inner = starting.new(process, io, interpreter.run, calls.call, env=process.env, name=process.argv[0])
    prompts = isinstance(process.stdin, Typed) and not process.argv[1:]
    process.handles = lambda signal: bool(inner.traps.get(signal)) or (prompts and signal == "INT")
    try:
        try:
            await _start(inner, list(process.argv[1:]))
        except Exit as done:
            inner.status = done.code
        except Leave as left:
            inner.status = left.value if left.kind == "return" else inner.status
        return await interpreter.ended(inner)
    except Exit as done:
        return done.code
    except RecursionError:
        return _too_deep(inner)
    except asyncio.CancelledError:
        for job in inner.jobs:
            job.task.cancel()
        raise
    finally:
        for stream in inner.io.more.values():
            if isinstance(stream, PipeWriter):
                stream.close()
        for job in inner.jobs:
            job.process.parent = 1


def _too_deep(inner: Shell) -> int:
    if inner.dialect.name == "dash":
        return inner.fail("Maximum function recursion depth (1000) reached", 2)
    return 139


async def _start(inner: Shell, arguments: list[str]) -> None:
    command = spoken = False
    while arguments and arguments[0][:1] in ("-", "+") and len(arguments[0]) > 1:
        word = arguments.pop(0)
        if word in ("--login", "--norc", "--noprofile", "-i", "-l"):
            continue
        if word == "--" or (word.startswith("--") and inner.dialect.name == "ash"):
            break
        spoken = spoken or "s" in word[1:]
        if word == "--version" and inner.dialect.name == "bash":
            inner.io.say(coreutils.GNU["bash"])
            return
        letters = set(word[1:])
        if wrong := letters - KNOWN_LETTERS - {"c", "l", "s", "i"}:
            shown = (
                f"illegal option {word[0]}{min(wrong)}"
                if inner.dialect.name == "ash"
                else f"0: Illegal option {word[0]}{min(wrong)}"
            )
            bash = f"bash: {word}: invalid option"
            raise Exit(inner.io.fail(bash if inner.dialect.name == "bash" else f"{inner.name}: {shown}", 2))
        command = command or "c" in letters
        if "o" in letters and arguments:
            letters |= {"p"} if arguments.pop(0) == "pipefail" else set()
        inner.options |= letters - {"c", "o", "l", "i", "s"}
    if command:
        await _command(inner, arguments)
    elif spoken:
        inner.arguments = tuple(arguments)
        await _interact(inner)
    elif arguments:
        await _file(inner, arguments)
    else:
        await _interact(inner)


async def _command(inner: Shell, arguments: list[str]) -> None:
    if not arguments:
        if inner.dialect.name == "bash":
            inner.status = inner.io.fail("bash: -c: option requires an argument", 2)
        else:
            inner.status = inner.fail("-c requires an argument", 2)
        return
    inner.name, inner.arguments = (arguments[1] if len(arguments) > 1 else inner.name), tuple(arguments[2:])
    inner.inline = True
    inner.named = len(arguments) > 1
    inner.status = await inner.evaluate(arguments[0], last=inner.dialect.name != "dash")


async def _file(inner: Shell, arguments: list[str]) -> None:
    try:
        text = (await inner.io.whole(arguments[0])).decode("utf-8", "surrogateescape")
    except FileError as error:
        reason = str(error).partition(": ")[2] or str(error)
        if inner.dialect.name == "ash":
            inner.status = inner.io.fail(f"{inner.name}: can't open '{arguments[0]}': {reason}", 2)
        elif inner.dialect.name == "bash":
            inner.status = inner.io.fail(f"bash: {arguments[0]}: {reason}", 127)
        else:
            words = unopened(inner.dialect, arguments[0], reason, create=False)
            inner.status = inner.io.fail(f"{inner.name}: 0: {words}", 2)
        return
    inner.name, inner.arguments, inner.named = arguments[0], tuple(arguments[1:]), True
    inner.status = await inner.evaluate(text)


async def _lines(stdin: Input, block: int) -> AsyncIterator[bytes]:
    """A script's lines; a shell that reads so many bytes at once leaves nothing of them to its commands."""
    held = b""
    while True:
        while block and b"\n" not in held and (more := await stdin.take(block)):
            held += more
        end = held.find(b"\n") + 1 or len(held)
        line, held = (held[:end], held[end:]) if block else (await stdin.line(), b"")
        if not line:
            return
        yield line


async def _interact(inner: Shell) -> None:
    """Read commands as they come; each runs as soon as it is whole."""
    if isinstance(inner.io.stdin, Typed):
        await _prompting(inner, inner.io.stdin)
        return
    text, until, tried, above = "", "", 0, 0
    inner.options.add("s")
    async for data in _lines(inner.io.stdin, BLOCKS.get(inner.dialect.name, 0)):
        line = data.decode("utf-8", "surrogateescape")
        text += line
        if "v" in inner.options:
            inner.io.err(data)
        if until and line.rstrip("\n").lstrip("\t") != until:
            continue
        if len(text) > LONGEST and len(text) < 2 * tried:
            continue
        problem = _unfinished(text, inner)
        if problem:
            until, tried = problem.until, len(text)
            continue
        await inner.evaluate(text, above)
        above += text.count("\n")
        text, until, tried = "", "", 0
    if text:
        inner.status = await inner.evaluate(text, above)


async def _prompting(inner: Shell, typed: Typed) -> None:
    """The same on a terminal: a prompt before each line, and ^C ends what runs."""
    text = ""
    typed.edited = inner.dialect.name != "dash"
    if inner.dialect.name == "ash":
        inner.io.err(f"\n\n{ASH_BANNER}\n\n".encode())
    while True:
        inner.process.signals.clear()
        inner.process.catch_up()
        inner.io.err((prompt(inner) if not text else "> ").encode())
        data = await typed.line()
        if not data:
            break
        if typed.interrupted:
            text, typed.interrupted, inner.status = "", False, 130
            continue
        text += data.decode("utf-8", "surrogateescape")
        if _unfinished(text, inner):
            continue
        try:
            await inner.evaluate(text)
        except Interrupted:
            inner.status = 130
        except Exit as done:
            if text.split()[:1] in (["exit"], ["logout"], ["exec"]) or "e" in inner.options:
                inner.io.err(b"exit\n" if inner.dialect.name == "bash" else b"")
                raise
            inner.status = done.code
        text = ""
    inner.io.err(b"exit\n" if inner.dialect.name == "bash" else b"\n" if inner.dialect.name == "dash" else b"")


def prompt(inner: Shell) -> str:
    """What each shell begins a line with."""
    machine, sign = inner.process.machine, "$" if inner.process.owner else "#"
    home = inner.variables.get("HOME", "")
    folder = inner.process.cwd
    if inner.dialect.name == "ash" or inner.dialect.name == "bash":
        folder = "~" + folder[len(home) :] if len(home) > 1 and f"{folder}/".startswith(f"{home}/") else folder
    user = names(inner.io, "/etc/passwd").get(inner.process.owner, "I have no name!")
    return {"ash": f"{folder} {sign} ", "dash": f"{sign} "}.get(
        inner.dialect.name, f"{user}@{machine.hostname}:{folder}{sign} "
    )


def _unfinished(text: str, inner: Shell) -> Incomplete | None:
    """What a text still lacks to be whole commands."""
    parser = Parser(text, inner.features, whole=False)
    try:
        while parser.line() is not None:
            pass
    except Incomplete as problem:
        return problem
    except (SyntaxProblem, RecursionError):
        return None
    return None
