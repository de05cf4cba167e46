"""One shell: its variables, functions, traps, streams and children. What runs it is handed in."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from podlab.embedded.runtime.expressions.arithmetic import ArithmeticProblem, value, wrap
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.machine.children import Job
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell.arrays import Array
from podlab.embedded.runtime.shell.dialect import ASH, BASH, DASH, Dialect, syntax_error, traced
from podlab.embedded.runtime.shell.grammar.parser import Parser
from podlab.embedded.runtime.shell.grammar.syntax import Command, SyntaxProblem, final
from podlab.embedded.runtime.streams import OutOfMemory

VARIABLES_LIMIT = 16 * 2**20
"""Bytes that a shell's variables may hold when its container has no memory limit."""


class Exit(Exception):
    """The shell ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code & 255


class Discarded(Exit):
    """bash leaves the rest of a line, and goes on with the next one."""


def failed(dialect: Dialect, code: int) -> Exit:
    """What an error in an expansion or assignment ends: a line of bash's, or the shell."""
    return Discarded(1) if dialect is BASH else Exit(code)


class Interrupted(Exception):
    """Somebody typed ^C on an interactive shell's terminal."""


class Leave(Exception):
    """`break`, `continue` or `return`, and how many levels or with what code."""

    def __init__(self, kind: str, value: int = 1) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value


NUMBERED = re.compile(r"\w+: line \d+:")
"""A complaint that tells its line itself."""
Run = Callable[["Shell", Command], Awaitable[int]]
Call = Callable[["Shell", list[str], dict[str, str]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a name was before a function made it its own."""

    text: str | None
    array: Array | None
    attribute: str | None
    reference: str | None
    fixed: bool


@dataclass(slots=True)
class Shell:
    """A shell; `run` carries out a command, `call` runs words: a function, a builtin or a program."""

    process: Process
    io: Io
    run: Run
    call: Call
    name: str = "sh"
    arguments: tuple[str, ...] = ()
    status: int = 0
    line: int = 1
    depth: int = 0
    tested: int = 0  # how many commands it is in whose code somebody asks for: `set -e` ends none of them
    loops: int = 0  # loops that it is in, for `break`
    alone: bool = False  # whether the next program takes the place of the process
    pid: int = 0
    latest: str = ""  # `$!`
    dialect: Dialect = DASH
    variables: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    fixed: set[str] = field(default_factory=set)  # readonly
    functions: dict[str, Command] = field(default_factory=dict)
    traps: dict[str, str] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)
    locals: list[dict[str, Kept]] = field(default_factory=list)  # what each function that runs has hidden
    references: dict[str, str] = field(default_factory=dict)  # bash's namerefs
    folders: list[str] = field(default_factory=list)  # of pushd
    lines: list[int] = field(default_factory=list)  # where each function was called
    jobs: list[Job] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)  # the functions that run, the innermost first
    waited: set[int] = field(default_factory=set)  # children that `wait` has told of
    final: frozenset[int] = frozenset()  # the commands, by id, that a program may end the shell as
    whole: Command | None = None  # all that a forked process runs
    level: int = 0  # subshells it is in
    sourced: int = 0  # files that it reads by `.`
    deeper: int = 0  # substitutions it is in, for the signs of bash's trace
    current: str = ""  # BASH_COMMAND
    option_place: tuple[int, int] = (1, 0)  # where getopts goes on: word, letter
    option_told: str = "1"  # the OPTIND that it wrote: another one was assigned, and begins anew
    inline: bool = False  # whether it runs what follows `-c`
    named: bool = False  # whether what it runs has a name to complain by
    held: int = 0  # the line that a trap interrupted
    substituted: int = 0  # the last substitution's code
    statuses: list[int] = field(default_factory=list)  # PIPESTATUS
    aliases: dict[str, tuple[int, str]] = field(default_factory=dict)  # with the line of each
    hashed: dict[str, tuple[str, int]] = field(default_factory=dict)  # where programs are, and how often they ran
    attributes: dict[str, str] = field(default_factory=dict)  # i, l or u of `declare`
    limits: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What complaints begin with."""
        name = self.name
        if self.dialect is BASH and self.calls and (self.inline or not self.named):  # a function is of no file
            name = "environment" if self.inline else "main"
        return self.dialect.prefix.format(name=name, line=self.shown_line)

    @property
    def features(self) -> frozenset[str]:
        """What its grammar has beside POSIX's."""
        return self.dialect.features | (self.options & {"extglob"})

    @property
    def unset_code(self) -> int:
        """The code with which a parameter that is not set ends the shell: bash has one of its own for `-c`."""
        one = self.dialect is BASH and (not self.inline or self.level or "e" in self.options)
        return 1 if one else self.dialect.unset_code

    @property
    def place(self) -> str:
        """The same, where ash tells the line of a script that has a name."""
        return f"{self.prefix} line {self.shown_line}:" if self.named and self.dialect is ASH else self.prefix

    @property
    def shown_line(self) -> int:
        """The line as the shell counts it: ash begins with 0 in what follows `-c`."""
        return self.held or self.line - (self.inline and self.dialect.name == "ash")

    def speaker(self, name: str) -> str:
        """Who complains where the shell carries out a command itself."""
        return self.prefix if self.dialect.name == "ash" else f"{self.prefix} {name}:"

    def trace(self, text: str) -> None:
        """What `set -x` says of a command before it runs, behind PS4; bash tells how deep in substitutions it is."""
        if "x" in self.options:
            known = {"LINENO": str(self.shown_line), "FUNCNAME": (*self.calls, "")[0], **self.variables}
            self.io.err(f"{traced(known, self.deeper)}{text}\n".encode(errors="surrogateescape"))

    def fail(self, text: str, code: int = 1) -> int:
        """Write a complaint in the shell's own name; returns the exit code."""
        told = self.dialect is ASH and NUMBERED.match(text)
        return self.io.fail(f"{self.prefix if told else self.place} {text}", code)

    def refuse(self, command: str, text: str, code: int | None = None) -> int:
        """A builtin's complaint."""
        words = f"{self.dialect.builtin.format(command=command, line=self.shown_line)} {text}"
        return self.fail(words, self.dialect.unusable if code is None else code)

    def checked(self, code: int) -> int:
        """`set -e` ends a shell whose command has failed, where nobody asks whether it did. Raises Exit."""
        if code and "e" in self.options and not self.tested:
            raise Exit(code)
        return code

    async def settled(self, code: int, command: str = "") -> int:
        """The same, after bash's ERR trap, which functions have only with `set -E`; it is told the command."""
        if code and not self.tested and (action := self.traps.get("ERR")) and (not self.calls or "E" in self.options):
            held, self.current = self.current, command or self.current
            self.status, self.held, self.traps["ERR"] = code, self.line, ""
            await self.evaluate(action)
            self.traps["ERR"], self.line, self.status, self.current = action, self.held, code, held
            self.held = 0
        return self.checked(code)

    def kept_traps(self) -> dict[str, str]:
        """What a subshell has of the traps: ignored signals, and as bash's `set` says, ERR (-E) and RETURN (-T)."""
        kept = {name for option, name in (("E", "ERR"), ("T", "RETURN")) if option in self.options}
        return {name: action for name, action in self.traps.items() if action == "" or name in kept}

    def copy(self, process: Process | None = None, io: Io | None = None) -> Shell:
        """A subshell: changes in it stay in it."""
        process = process or self.process
        return replace(
            self,
            process=process,
            io=io or replace(self.io, process=process),
            level=self.level + 1,
            loops=0,
            variables=dict(self.variables),
            arrays={name: array.copy() for name, array in self.arrays.items()},
            exported=set(self.exported),
            fixed=set(self.fixed),
            functions=dict(self.functions),
            traps=self.kept_traps(),
            options=set(self.options),
            locals=[dict(frame) for frame in self.locals],
            references=dict(self.references),
            folders=list(self.folders),
            lines=list(self.lines),
            jobs=[],
            calls=list(self.calls),
            waited=set(),
            final=frozenset(),
            whole=None,
            aliases=dict(self.aliases),
            hashed=dict(self.hashed),
            attributes=dict(self.attributes),
            limits=dict(self.limits),
        )

    def redirected(self, command: Command) -> None:
        """What is all that a process runs has its streams redirected: the process holds the old ones no more."""
        if self.whole is command:
            self.process.out, self.process.err = self.io.out, self.io.err

    def assign(self, name: str, text: str) -> None:
        """Set a variable; too much of it is the end of the process, as it would be for memory."""
        name = self.target(name)
        if name in self.fixed:
            self.fail(self.dialect.read_only.format(name))
            raise failed(self.dialect, self.dialect.unusable)
        if kind := self.attributes.get(name.partition("[")[0]):
            text = self.shaped(text, kind)
        if "[" in name or name in self.arrays:
            self.put(name, text)
            return
        self.variables[name] = text
        if name == "PATH":
            self.hashed.clear()
        if "a" in self.options:
            self.exported.add(name)
        limit = self.process.machine.memory_limit
        most = min(limit or VARIABLES_LIMIT, VARIABLES_LIMIT)
        if len(text) > 2**16 and sum(map(len, self.variables.values())) > most:
            if limit:
                raise OutOfMemory
            self.variables[name] = ""
            raise Exit(2)

    def shaped(self, text: str, kind: str) -> str:
        """A value as bash's `declare -i`, `-l` or `-u` keeps it."""
        if kind == "i":
            try:
                return str(value(text, self.variables))
            except ArithmeticProblem:
                return "0"
        return text.lower() if kind == "l" else text.upper()

    def put(self, name: str, text: str) -> None:
        """Set an element of an array, such as `name[1]`; without an index its first."""
        name, _, index = name.removesuffix("]").partition("[")
        array = self.arrays.setdefault(name, Array())
        if not array.items and name in self.variables:
            array.items["0"] = self.variables.pop(name)
        given = {str(at): one for at, one in enumerate(self.arguments, 1)}
        key = array.key(index or "0", ChainMap(self.variables, given))
        if key is None:
            self.fail(f"{name}[{index}]: bad array subscript")
        else:
            array.items[key] = text

    def target(self, name: str) -> str:
        """The variable that a name means: bash's namerefs stand for another."""
        plain, bracket, index = name.partition("[")
        for _ in self.references:
            plain = self.references.get(plain) or plain
        return f"{plain}{bracket}{index}"

    def joined(self, name: str, text: str) -> str:
        """What `name+=text` sets: a sum where the variable is a number."""
        current = self.variables.get(self.target(name), "")
        return f"{current or 0}+{text or 0}" if self.attributes.get(name) == "i" else current + text

    def keep(self, name: str, *, fresh: bool = False) -> None:
        """Keep what a name is, until the function ends that makes it its own; a `fresh` one is nothing from now on."""
        if name not in self.locals[-1]:
            self.locals[-1][name] = Kept(
                self.variables.get(name),
                self.arrays.get(name),
                self.attributes.get(name),
                self.references.get(name),
                name in self.fixed,
            )
        if fresh:
            for table in (self.variables, self.arrays, self.attributes, self.references):
                table.pop(name, None)
            self.fixed.discard(name)

    def leave(self) -> None:
        """A function ends: its own variables are again what they were."""
        for name, was in self.locals.pop().items():
            self.restore({name: was.text})
            tables: tuple[tuple[dict[str, Any], Any], ...] = (
                (self.arrays, was.array),
                (self.attributes, was.attribute),
                (self.references, was.reference),
            )
            for table, value_ in tables:
                if value_ is None:
                    table.pop(name, None)
                else:
                    table[name] = value_
            self.fixed = self.fixed | {name} if was.fixed else self.fixed - {name}

    @property
    def file(self) -> str:
        """Where bash says that a function is from."""
        return "environment" if self.inline else self.name

    def restore(self, values: Mapping[str, str | None]) -> None:
        """Give variables the values that they had."""
        for name, text in values.items():
            if text is None:
                self.variables.pop(name, None)
            else:
                self.variables[name] = text

    def number(self, command: str, words: list[str], default: int) -> int:
        """A builtin's number. Raises Exit."""
        if not words:
            return default
        negative = words[0].startswith("-") and self.dialect.name != "bash"
        if negative or not words[0].lstrip("-").isdecimal():
            self.refuse(command, self.dialect.no_number.format(words[0]))
            raise Exit(2)
        return wrap(int(words[0][:20]))

    def place_of(self, name: str) -> str:
        """Where a program is, as PATH or the name's own folders say; "" if nowhere."""
        machine = self.process.machine
        return executables.on_path(name, machine.image, machine.files, self.variables.get("PATH", ""), self.process.cwd)

    def environment(self) -> dict[str, str]:
        """What the programs it starts are told."""
        return {key: value for key, value in self.variables.items() if key in self.exported}

    async def evaluate(self, text: str, above: int = 0, *, last: bool = False, said: str = "", file: str = "") -> int:
        """Run source text in this shell, line after line; so many have been `above` it. Raises Exit for nonsense.

        What cannot be read is told in the name of the builtin that `said` it, or of the `file`.

        The `last` text of a shell ends with a program that takes its place, where the dialect does so.
        """
        parser = Parser(text, self.features, above=above)
        begun = False
        while True:
            parser.reader.extended = "extglob" in self.options
            try:
                line = parser.line()
            except SyntaxProblem as problem:
                self._unreadable(problem, "\n" * above + text, said, file)
                if (said or file) and self.dialect is BASH:
                    return 2
                raise Exit(2) from None
            except RecursionError:
                self.fail("syntax error: too deep")
                raise Exit(2) from None
            if line is None:
                return self.status if begun else 0
            begun = True
            if last and not parser.reader.text[parser.reader.at :].strip():
                self.final = final(line, deep=self.dialect.name == "ash")
            if "n" not in self.options:
                try:
                    await self.run(self, line)
                except Discarded:
                    if self.level:
                        raise
                    self.status, self.statuses = 1, [1]

    def _unreadable(self, problem: SyntaxProblem, text: str, said: str, file: str) -> None:
        """Say why a text cannot be read, in the name of what was to read it, or of the file that it is in."""
        name = f"{self.name}: line {problem.line}" if self.named and self.dialect is ASH else self.name
        if file and self.dialect is not DASH:
            name = file if self.dialect is BASH else f"{name}: {file}: line {problem.line}"
        elif said and self.dialect is not DASH:
            name += f": {said}" + f": line {self.shown_line}" * (self.dialect is ASH)
        elif self.dialect is BASH and self.inline:
            name += ": -c"
        said = said or file
        told = syntax_error(self.dialect, problem, text, name, problem.line)
        if self.dialect is BASH and said and not file:  # counted on from the line that the builtin is in
            place, ahead = re.escape(f"{name}: line "), self.shown_line - 1
            told = re.sub(rf"({place})(\d+)", lambda found: f"{found[1]}{int(found[2]) + ahead}", told)
        before = f"{self.name}: {problem.line}: "
        self.io.fail(told.replace(before, f"{before}{said}: ", 1) if said and self.dialect is DASH else told)
