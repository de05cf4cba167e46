"""A shell as it starts: what it speaks, where it looks for programs, what it knows."""

from __future__ import annotations

import re

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell.dialect import ASH, BASH, DASH, Dialect
from podlab.embedded.runtime.shell.grammar.parser import Parser
from podlab.embedded.runtime.shell.grammar.syntax import Function, SyntaxProblem
from podlab.embedded.runtime.shell.state import Call, Run, Shell

PATHS = {
    "ash": "/sbin:/usr/sbin:/bin:/usr/bin",
    "dash": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "bash": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}
"""Where a shell looks that is told nothing."""


def dialect_of(process: Process, name: str) -> Dialect:
    """What a shell of this name speaks in a container."""
    if process.machine.image.busybox:
        return ASH
    return BASH if name.rpartition("/")[2] == "bash" else DASH


def account(process: Process) -> str:
    """The shell that /etc/passwd has for the process's user."""
    files = process.machine.files
    text = files.read("/etc/passwd").decode(errors="replace") if files.exists("/etc/passwd") else ""
    rows = (line.split(":") for line in text.splitlines())
    return next((row[6] for row in rows if len(row) > 6 and row[2] == str(process.owner)), "")


def new(process: Process, io: Io, run: Run, call: Call, *, env: dict[str, str], name: str = "sh") -> Shell:
    """A shell as it is when it starts."""
    dialect = dialect_of(process, name)
    given = {key: value for key, value in env.items() if key.isidentifier() and key.isascii()}
    first = {"SHLVL": str(int(given.get("SHLVL", "0")) + 1 if given.get("SHLVL", "0").isdecimal() else 1)}
    variables = {**given, "PWD": process.cwd, "IFS": " \t\n"} | (first if dialect is not DASH else {})
    variables = {"PATH": PATHS[dialect.name]} | variables
    if dialect is BASH and (home := account(process)):
        variables = {"SHELL": home} | variables
    variables |= {"OPTIND": "1", "PPID": "0"} | ({"PS1": "\\w \\$ ", "PS2": "> ", "PS4": "+ "})
    shell = Shell(process, io, run, call, name=name, dialect=dialect, variables=variables, pid=process.pid)
    shell.exported = set(given) | {"PWD"} | (set(first) if dialect is not DASH else set())
    shell.exported |= {"PATH"} if dialect is ASH else set()
    for key, text in env.items() if dialect is BASH else ():
        if found := FUNCTION.fullmatch(key):
            _learn(shell, found[1], text)
    return shell


FUNCTION = re.compile(r"BASH_FUNC_(.+)%%")
"""What bash calls the variable that tells a function to other shells."""


def _learn(shell: Shell, name: str, text: str) -> None:
    """Know a function that another bash has exported."""
    try:
        line = Parser(f"{name} {text}", shell.dialect.features).line()
    except (SyntaxProblem, RecursionError):
        return
    command = line.items[0].command if line and line.items else None
    if isinstance(command, Function):
        shell.functions[name] = command.body
        shell.variables[f"BASH_FUNC_{name}%%"] = text
        shell.exported.add(f"BASH_FUNC_{name}%%")
