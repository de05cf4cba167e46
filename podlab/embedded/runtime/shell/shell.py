"""A small shell: bash's grammar from a library, a tested part of its meaning. Runs nothing on the host.

What it does not know it refuses as a shell would: `syntax error`, or `not found` with exit code 127.
"""

from __future__ import annotations

import fnmatch
import posixpath
from dataclasses import dataclass, field, replace
from typing import Any

from podlab.embedded.runtime.commands.commands import run_command, test
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.children import Job, finish, joined
from podlab.embedded.runtime.machine.children import start as start_child
from podlab.embedded.runtime.machine.process import OutOfMemory, Pipe, Process
from podlab.embedded.runtime.machine.stdio import Io, in_ash
from podlab.embedded.runtime.shell import grammar
from podlab.embedded.runtime.shell.builtins import BUILTINS, INLINE, Exit, Leave
from podlab.embedded.runtime.shell.invocation import start
from podlab.embedded.runtime.shell.redirects import redirected
from podlab.embedded.runtime.shell.words import Words, source

Node = Any  # tree_sitter.Node

VARIABLES_LIMIT = 8 * 2**20
"""Bytes that a shell's variables may hold when its container has no memory limit."""
DEPTH = 60
SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/bash", "/usr/bin/sh")


@dataclass
class Shell:
    """One shell with its variables, functions and traps."""

    process: Process
    name: str = "sh"
    arguments: tuple[str, ...] = ()
    status: int = 0
    traps: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Node] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)
    depth: int = 0
    jobs: list[Job] = field(default_factory=list)
    latest: str = ""
    pid: int = 0
    alone: bool = False

    def __post_init__(self) -> None:
        self.pid = self.pid or self.process.pid
        given = {key: value for key, value in self.process.env.items() if key.isidentifier() and key.isascii()}
        first = {"SHLVL": "1"} if self.busybox else {}
        self.variables: dict[str, str] = {**first, **given, "PWD": self.process.cwd}
        self.exported = set(self.variables)
        self.words = Words(self)

    @property
    def busybox(self) -> bool:
        """Whether it is busybox's shell, whose words differ from dash's."""
        return "busybox" in self.process.machine.image.reference

    @property
    def prefix(self) -> str:
        """What complaints begin with."""
        return f"{self.name}:" if self.busybox else f"{self.name}: 1:"

    def refuse(self, error: FileError, io: Io) -> int:
        """Complain about a file that cannot be read or written; returns the exit code."""
        if not self.busybox:
            return io.fail(f"{self.prefix} {error}", 2)
        return io.fail(f"{self.prefix} {in_ash(str(error))}", 1)

    async def script(self, text: str, io: Io) -> int:
        """Parse and run a script, with its EXIT trap."""
        try:
            try:
                await self.evaluate(text, io)
            except Exit as done:
                self.status = done.code
            except Leave as left:
                self.status = left.value if left.kind == "return" else self.status
            if trap := self.traps.pop("EXIT", None):
                code = self.status
                await self.evaluate(trap, io)
                self.status = code
        except Exit as done:
            return done.code
        except RecursionError:
            return io.fail("sh: 1: Maximum function recursion depth reached", 2)
        finally:
            for job in self.jobs:
                job.task.cancel()
        return self.status

    async def evaluate(self, text: str, io: Io) -> int:
        """Run source text in this shell."""
        root = grammar.parse(text)
        if root.has_error:
            io.fail(f"{self.prefix} {grammar.syntax_error(text, root, busybox=self.busybox)}")
            raise Exit(2)
        return await self.sequence(root.children, io)

    async def sequence(self, nodes: Any, io: Io) -> int:
        """Run statements one after the other."""
        nodes = list(nodes)
        for index, node in enumerate(nodes):
            if not node.is_named or node.type == "comment":
                continue
            if index + 1 < len(nodes) and nodes[index + 1].type == "&":
                self._background(node, io)
                continue
            await self.run(node, io)
            await self._run_traps(io)
            if self.status and "e" in self.options and node.type not in ("list", "if_statement"):
                raise Exit(self.status)
        return self.status

    def _background(self, node: Node, io: Io) -> None:
        """Run a statement beside this shell, in a process with a time of its own."""
        self.jobs.append(self._fork(node, io))
        self.latest, self.status = str(self.jobs[-1].process.pid), 0

    def _fork(self, node: Node, io: Io, pipe: Pipe | None = None) -> Job:
        """Run a statement in a process of its own."""
        inner = self.copy()
        inner.alone = node.type == "command"
        inner.process = child = self.process.child(source(node).split())
        child.pipe = pipe or child.pipe
        inner_io = replace(io, process=child, out=pipe.feed if pipe else io.out)
        job = start_child(child, lambda: inner.in_subshell(node, inner_io))
        joined(job, io.stdin, pipe)
        return job

    async def _run_traps(self, io: Io) -> None:
        while self.process.signals:
            action = self.traps.get(self.process.signals.pop(0), "")
            code = self.status
            await self.evaluate(action, io)
            self.status = code

    async def run(self, node: Node, io: Io) -> int:
        """Run one statement; sets and returns the status."""
        method = getattr(self, f"_{node.type}", None)
        if method is None:
            io.err(f"{self.prefix} {node.type.replace('_', ' ')} is not supported here\n".encode())
            raise Exit(2)
        await self.process.work()
        self.depth += 1
        if self.depth > DEPTH:
            raise RecursionError
        try:
            self.status = await method(node, io)
        except FileError as error:
            self.status = self.refuse(error, io)
        finally:
            self.depth -= 1
        return self.status

    # Statements

    async def _program(self, node: Node, io: Io) -> int:
        return await self.sequence(node.children, io)

    async def _compound_statement(self, node: Node, io: Io) -> int:
        self.status = 0
        return await self.sequence(node.named_children, io)

    _do_group = _compound_statement
    _else_clause = _compound_statement

    async def _subshell(self, node: Node, io: Io) -> int:
        inner = self.copy()
        try:
            return await inner.sequence(node.named_children, io)
        except Exit as done:
            return done.code

    def copy(self) -> Shell:
        """A subshell: changes in it stay in it."""
        inner = Shell(self.process, self.name, self.arguments, self.status, {}, dict(self.functions), set(self.options))
        inner.pid, inner.latest = self.pid, self.latest
        inner.variables, inner.exported, inner.depth = dict(self.variables), set(self.exported), self.depth
        return inner

    async def _list(self, node: Node, io: Io) -> int:
        left, operator, right = node.children[0], node.children[1].type, node.children[2]
        code = await self.run(left, io)
        if (code == 0) == (operator == "&&"):
            code = await self.run(right, io)
        return code

    async def _negated_command(self, node: Node, io: Io) -> int:
        return int(await self.run(node.named_children[0], io) == 0)

    async def _pipeline(self, node: Node, io: Io) -> int:
        stdin, jobs = io.stdin, []
        for part in node.named_children[:-1]:
            pipe = io.pipe()
            jobs.append(self._fork(part, replace(io, stdin=stdin), pipe))
            stdin = pipe
        return await finish(self.process, [*jobs, self._fork(node.named_children[-1], replace(io, stdin=stdin))])

    async def in_subshell(self, node: Node, io: Io) -> int:
        """Run a statement so that what it changes stays in it."""
        inner = self.copy()
        try:
            return await inner.run(node, io)
        except Exit as done:
            return done.code

    async def _if_statement(self, node: Node, io: Io) -> int:
        groups = grammar.branches(node.children)
        for test_nodes, body in groups:
            if test_nodes is None or await self._condition(test_nodes, io) == 0:
                self.status = 0
                return await self.sequence(body, io)
        return 0

    async def _condition(self, nodes: list[Node], io: Io) -> int:
        options, self.options = self.options, self.options - {"e"}
        try:
            return await self.sequence(nodes, io)
        finally:
            self.options = options

    async def _while_statement(self, node: Node, io: Io) -> int:
        wanted = node.children[0].type == "while"
        body = next(child for child in node.children if child.type == "do_group")
        conditions = node.children[1 : node.children.index(body)]
        code = 0
        while (await self._condition(conditions, io) == 0) == wanted:
            try:
                code = await self.run(body, io)
            except Leave as left:
                if self._left(left):
                    break
        return code

    def _left(self, left: Leave) -> bool:
        """Whether a loop ends; passes on what concerns an outer one."""
        if left.kind == "return":
            raise left
        if left.value > 1:
            raise Leave(left.kind, left.value - 1)
        return left.kind == "break"

    async def _for_statement(self, node: Node, io: Io) -> int:
        name = source(next(child for child in node.children if child.type == "variable_name"))
        body = next(child for child in node.children if child.type in ("do_group", "compound_statement"))
        start = next((i for i, child in enumerate(node.children) if child.type == "in"), None)
        values: list[str] = list(self.arguments)
        if start is not None:
            values = await self.words.expand([c for c in node.children[start + 1 : -1] if c.is_named], io)
        code = 0
        for value in values:
            self.assign(name, value)
            try:
                code = await self.run(body, io)
            except Leave as left:
                if self._left(left):
                    break
        return code

    async def _case_statement(self, node: Node, io: Io) -> int:
        value = await self.words.text(node.named_children[0], io)
        for item in node.children:
            if item.type != "case_item":
                continue
            end = next(i for i, child in enumerate(item.children) if child.type == ")")
            patterns = [await self.words.text(c, io) for c in item.children[:end] if c.is_named]
            if any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns):
                return await self.sequence(item.children[end + 1 :], io)
        return 0

    async def _function_definition(self, node: Node, io: Io) -> int:
        self.functions[source(node.named_children[0])] = node.named_children[-1]
        return 0

    async def _test_command(self, node: Node, io: Io) -> int:
        extended = node.children[0].type == "[["
        leaves = [leaf for leaf in grammar.leaves(node) if leaf.type not in ("[", "]", "[[", "]]")]
        words = [await self.words.text(leaf, io) for leaf in leaves]
        return test(io, words, patterns=extended)

    async def _variable_assignment(self, node: Node, io: Io) -> int:
        self.status = 0
        self.assign(*await self._assignment(node, io))
        return self.status

    async def _variable_assignments(self, node: Node, io: Io) -> int:
        for child in node.named_children:
            await self._variable_assignment(child, io)
        return self.status

    async def _assignment(self, node: Node, io: Io) -> tuple[str, str]:
        name = source(node.named_children[0])
        value = await self.words.text(node.named_children[1], io) if len(node.named_children) > 1 else ""
        return name, (self.variables.get(name, "") + value if node.children[1].type == "+=" else value)

    def assign(self, name: str, value: str) -> None:
        """Set a variable; too much of it is the end of the process, as it would be for memory."""
        self.variables[name] = value
        limit = self.process.machine.memory_limit
        if len(value) > 2**16 and sum(map(len, self.variables.values())) > min(limit or VARIABLES_LIMIT, 4 * 2**20):
            if limit:
                raise OutOfMemory
            self.variables[name] = ""
            raise Exit(2)

    async def _declaration_command(self, node: Node, io: Io) -> int:
        for child in node.named_children:
            if child.type == "variable_assignment":
                name, value = await self._assignment(child, io)
                self.assign(name, value)
            else:
                name = await self.words.text(child, io)
            if node.children[0].type == "export":
                self.exported.add(name)
        return 0

    async def _unset_command(self, node: Node, io: Io) -> int:
        for child in node.named_children:
            self.variables.pop(await self.words.text(child, io), None)
        return 0

    # Simple commands and redirections

    async def _redirected_statement(self, node: Node, io: Io) -> int:
        body, *redirects = node.named_children
        if body.type.endswith("redirect"):
            redirects, body = node.named_children, None
        io = await redirected(self, redirects, io)
        return await self.run(body, io) if body else 0

    async def _command(self, node: Node, io: Io) -> int:
        assignments = [c for c in node.named_children if c.type == "variable_assignment"]
        redirects = [c for c in node.named_children if c.type.endswith("_redirect")]
        rest = [c for c in node.named_children if c not in assignments and c not in redirects]
        if redirects:
            io = await redirected(self, redirects, io)
        words = await self.words.expand(rest, io)
        if "x" in self.options:
            io.err(("+ " + " ".join(words) + "\n").encode())
        extra = dict([await self._assignment(a, io) for a in assignments])
        if not words:
            self.variables.update(extra)
            return 0
        return await self.call(words, io, extra)

    _command_name = _command

    async def call(self, words: list[str], io: Io, extra: dict[str, str]) -> int:
        """Run a builtin, a function or a command."""
        name = words[0]
        if name in self.functions:
            return await self._call_function(name, words[1:], io)
        if builtin := BUILTINS.get(name):
            return await builtin(self, words[1:], io)
        env = {key: value for key, value in self.variables.items() if key in self.exported} | extra
        io = replace(io, env=env, cwd=self.process.cwd)
        if name in INLINE:
            return await run_command(io, words, self.prefix)
        if self.alone:
            self.alone, self.process.argv = False, words
            return await self._execute(words, io)
        child = self.process.child(words)
        job = start_child(child, lambda: self._execute(words, replace(io, process=child)))
        code = await finish(self.process, [job])
        if fate := job.fate:
            io.fail(fate)
        return code

    async def _execute(self, words: list[str], io: Io) -> int:
        if posixpath.basename(words[0]) in ("sh", "bash") and words[0] in SHELLS:
            return await self._shell(words, io)
        return await run_command(io, words, self.prefix)

    async def _call_function(self, name: str, arguments: list[str], io: Io) -> int:
        before, self.arguments = self.arguments, tuple(arguments)
        try:
            return await self.run(self.functions[name], io)
        except Leave as left:
            if left.kind != "return":
                raise
            return left.value
        finally:
            self.arguments = before

    async def _shell(self, words: list[str], io: Io) -> int:
        if words[0] not in io.process.machine.image.commands and "/" not in words[0]:
            return await run_command(io, words, self.prefix)
        inner = Shell(io.process, words[0])
        inner.variables, inner.exported, inner.depth = dict(io.env or {}), set(io.env or {}), self.depth
        io.process.handles = lambda signal: bool(inner.traps.get(signal))
        return await start(inner, words, io)
