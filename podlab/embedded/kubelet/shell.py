"""A small shell: bash's grammar from a library, a tested part of its meaning. Runs nothing on the host.

What it does not know it refuses as a shell would: `syntax error`, or `not found` with exit code 127.
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from podlab.embedded.kubelet import arithmetic
from podlab.embedded.kubelet.commands import COMMANDS, Io, test
from podlab.embedded.kubelet.files import FileError
from podlab.embedded.kubelet.process import OutOfMemory, Process

Node = Any  # tree_sitter.Node; the library is imported when the first script runs

VARIABLES_LIMIT = 8 * 2**20
"""Bytes that a shell's variables may hold when its container has no memory limit."""
DEPTH = 60


class Exit(Exception):
    """The shell ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Leave(Exception):
    """`break`, `continue` or `return`, and how many levels."""

    def __init__(self, kind: str, value: int = 1) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value


class Unsupported(Exception):
    """Grammar that this shell does not know."""


@lru_cache(maxsize=1)
def _parser() -> Any:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


async def run_script(process: Process, script: str, name: str = "sh", arguments: tuple[str, ...] = ()) -> int:
    """Run a script in a process; returns its exit code."""
    shell = Shell(process, name, arguments)
    process.handles = lambda signal: bool(shell.traps.get(signal))
    io = Io(process, process.stdin, process.out, process.err)
    return await shell.script(script, io)


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

    def __post_init__(self) -> None:
        self.variables: dict[str, str] = dict(self.process.env)
        self.exported = set(self.variables)

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
            io.err(b"sh: 1: Maximum function recursion depth reached\n")
            return 2
        return self.status

    async def evaluate(self, text: str, io: Io) -> int:
        """Run source text in this shell."""
        root = _parser().parse(text.encode()).root_node
        if root.has_error:
            io.err(f"{self.name}: 1: Syntax error: {_complaint(root)}\n".encode())
            raise Exit(2)
        return await self.sequence(root.children, io)

    async def sequence(self, nodes: Any, io: Io) -> int:
        """Run statements one after the other."""
        nodes = list(nodes)
        for index, node in enumerate(nodes):
            if not node.is_named or node.type == "comment":
                continue
            await self.run(node, io)
            await self._run_traps(io)
            guarded = index + 1 < len(nodes) and nodes[index + 1].type == "&"
            if self.status and "e" in self.options and node.type not in ("list", "if_statement") and not guarded:
                raise Exit(self.status)
        return self.status

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
            io.err(f"{self.name}: 1: {node.type.replace('_', ' ')} is not supported here\n".encode())
            raise Exit(2)
        await self.process.work()
        self.depth += 1
        if self.depth > DEPTH:
            raise RecursionError
        try:
            self.status = await method(node, io)
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
        stdin, code = io.stdin, 0
        parts = node.named_children
        for part in parts:
            if part is parts[-1]:
                return await self._in_subshell(part, replace(io, stdin=stdin))
            buffer = io.buffer()
            code = await self._in_subshell(part, replace(io, stdin=stdin, out=buffer.feed))
            stdin = buffer
            stdin.close()
        return code

    async def _in_subshell(self, node: Node, io: Io) -> int:
        inner = self.copy()
        try:
            return await inner.run(node, io)
        except Exit as done:
            return done.code

    async def _if_statement(self, node: Node, io: Io) -> int:
        groups = _split(node.children)
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
        name = _text(next(child for child in node.children if child.type == "variable_name"))
        body = next(child for child in node.children if child.type in ("do_group", "compound_statement"))
        start = next((i for i, child in enumerate(node.children) if child.type == "in"), None)
        values: list[str] = list(self.arguments)
        if start is not None:
            values = await self.words([c for c in node.children[start + 1 : -1] if c.is_named], io)
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
        value = await self.text(node.named_children[0], io)
        for item in node.children:
            if item.type != "case_item":
                continue
            end = next(i for i, child in enumerate(item.children) if child.type == ")")
            patterns = [await self.text(c, io) for c in item.children[:end] if c.is_named]
            if any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns):
                return await self.sequence(item.children[end + 1 :], io)
        return 0

    async def _function_definition(self, node: Node, io: Io) -> int:
        self.functions[_text(node.named_children[0])] = node.named_children[-1]
        return 0

    async def _test_command(self, node: Node, io: Io) -> int:
        extended = node.children[0].type == "[["
        words = [await self.text(leaf, io) for leaf in _leaves(node) if leaf.type not in ("[", "]", "[[", "]]")]
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
        name = _text(node.named_children[0])
        value = await self.text(node.named_children[1], io) if len(node.named_children) > 1 else ""
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
                name = await self.text(child, io)
            if node.children[0].type == "export":
                self.exported.add(name)
        return 0

    async def _unset_command(self, node: Node, io: Io) -> int:
        for child in node.named_children:
            self.variables.pop(await self.text(child, io), None)
        return 0

    # Simple commands and redirections

    async def _redirected_statement(self, node: Node, io: Io) -> int:
        body, *redirects = node.named_children
        if body.type.endswith("redirect"):
            redirects, body = node.named_children, None
        files: list[tuple[str, Any]] = []
        try:
            io = await self._redirected(redirects, io, files)
        except FileError as error:
            io.err(f"{self.name}: 1: {error}\n".encode())
            return 2 if self.name == "sh" else 1
        return await self.run(body, io) if body else 0

    async def _redirected(self, redirects: list[Node], io: Io, files: list[tuple[str, Any]]) -> Io:
        for redirect in redirects:
            if redirect.type == "heredoc_redirect":
                body = next(c for c in redirect.children if c.type == "heredoc_body")
                quoted = _text(next(c for c in redirect.children if c.type == "heredoc_start"))[0] in "'\"\\"
                text = _text(body) if quoted else await self.gapped(body, io)
                io = replace(io, stdin=io.input(text.encode()))
            elif redirect.type == "herestring_redirect":
                io = replace(io, stdin=io.input((await self.text(redirect.named_children[0], io)).encode() + b"\n"))
            else:
                io = await self._file_redirect(redirect, io)
        return io

    async def _file_redirect(self, redirect: Node, io: Io) -> Io:
        numbers = [_text(c) for c in redirect.children if c.type == "file_descriptor"]
        operator = next(c.type for c in redirect.children if not c.is_named)
        target = await self.text(redirect.named_children[-1], io)
        number = numbers[0] if numbers else "0" if operator == "<" else "1"
        if operator == ">&":
            stream = {"1": io.out, "2": io.err}.get(target, io.out)
            return replace(io, err=stream) if number == "2" else replace(io, out=stream)
        if operator == "<":
            return replace(io, stdin=io.input(io.read(target, "cannot open {}: {}")))
        write = io.writer(target, append=operator.endswith(">>"))
        if operator.startswith("&>"):
            return replace(io, out=write, err=write)
        return replace(io, err=write) if number == "2" else replace(io, out=write)

    async def _command(self, node: Node, io: Io) -> int:
        assignments = [c for c in node.named_children if c.type == "variable_assignment"]
        redirects = [c for c in node.named_children if c.type.endswith("_redirect")]
        rest = [c for c in node.named_children if c not in assignments and c not in redirects]
        if redirects:
            io = await self._redirected(redirects, io, [])
        words = await self.words(rest, io)
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
        builtin = getattr(self, f"do_{name}", None) if name.isalpha() else None
        if name in (":", ".") or builtin:
            return await builtin(words[1:], io) if builtin else 0
        env = {key: value for key, value in self.variables.items() if key in self.exported} | extra
        if name in ("sh", "bash", "/bin/sh", "/bin/bash"):
            return await self._shell(words, replace(io, env=env, cwd=self.process.cwd))
        return await run_command(replace(io, env=env, cwd=self.process.cwd), words, self.name)

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
        inner = self.copy()
        inner.variables, inner.functions = dict(io.env or {}), {}
        return await start(inner, words, io)

    async def do_exit(self, words: list[str], io: Io) -> int:
        raise Exit(int(words[0]) & 255 if words and words[0].isdigit() else self.status)

    async def do_return(self, words: list[str], io: Io) -> int:
        raise Leave("return", int(words[0]) if words and words[0].isdigit() else self.status)

    async def do_break(self, words: list[str], io: Io) -> int:
        raise Leave("break", int(words[0]) if words else 1)

    async def do_continue(self, words: list[str], io: Io) -> int:
        raise Leave("continue", int(words[0]) if words else 1)

    async def do_cd(self, words: list[str], io: Io) -> int:
        path = posixpath.normpath(posixpath.join(self.process.cwd, words[0] if words else "/root"))
        if not self.process.machine.files.is_directory(path) and path != "/root":
            io.err(f"{self.name}: 1: cd: can't cd to {words[0] if words else path}\n".encode())
            return 2
        self.process.cwd = path
        return 0

    async def do_trap(self, words: list[str], io: Io) -> int:
        if words[:1] == ["--"]:
            words = words[1:]
        if len(words) == 1:
            words = ["-", *words]
        for signal in words[1:]:
            name = {"0": "EXIT", "15": "TERM", "2": "INT", "1": "HUP", "3": "QUIT"}.get(signal, signal)
            name = name.removeprefix("SIG")
            self.process.ignored.discard(name)
            self.traps.pop(name, None)
            if words[0] == "":
                self.process.ignored.add(name)
            elif words[0] != "-":
                self.traps[name] = words[0]
        return 0

    async def do_set(self, words: list[str], io: Io) -> int:
        for index, word in enumerate(words):
            if word == "--":
                self.arguments = tuple(words[index + 1 :])
                break
            if word[0] == "-":
                self.options |= set(word[1:]) - {"o"}
            elif word[0] == "+":
                self.options -= set(word[1:])
        return 0

    async def do_shift(self, words: list[str], io: Io) -> int:
        self.arguments = self.arguments[int(words[0]) if words else 1 :]
        return 0

    async def do_eval(self, words: list[str], io: Io) -> int:
        return await self.evaluate(" ".join(words), io)

    async def do_exec(self, words: list[str], io: Io) -> int:
        raise Exit(await self.call(words, io, {}) if words else 0)

    async def do_wait(self, words: list[str], io: Io) -> int:
        return 0

    async def do_read(self, words: list[str], io: Io) -> int:
        line = await io.stdin.line()
        names = [word for word in words if not word.startswith("-")] or ["REPLY"]
        values = line.decode(errors="replace").rstrip("\n").split(None, len(names) - 1)
        for name, value in zip(names, [*values, *[""] * len(names)], strict=False):
            self.assign(name, value)
        return 0 if line else 1

    async def do_export(self, words: list[str], io: Io) -> int:
        for word in words:
            name, _, value = word.partition("=")
            self.exported.add(name)
            if "=" in word:
                self.assign(name, value)
        return 0

    async def do_local(self, words: list[str], io: Io) -> int:
        for word in words:
            name, _, value = word.partition("=")
            self.assign(name, value)
        return 0

    # Words

    async def words(self, nodes: list[Node], io: Io) -> list[str]:
        """Expand nodes into words: variables, substitutions, fields and file names."""
        found: list[str] = []
        for node in nodes:
            found.extend([word async for word in self._fields(node, io)])
        return found

    async def _fields(self, node: Node, io: Io) -> Any:
        if node.type == "command_name":
            node = node.children[0]
        if _text(node) in ('"$@"', '"${@}"'):
            for argument in self.arguments:
                yield argument
            return
        value = await self.text(node, io)
        if node.type in ("simple_expansion", "expansion", "command_substitution"):
            for word in value.split():
                yield word
        elif node.type in ("word", "concatenation") and any(c in _text(node) for c in "*?") and not _quoted(node):
            for word in self._glob(value) or [value]:
                yield word
        else:
            yield value

    def _glob(self, pattern: str) -> list[str]:
        folder, name = posixpath.split(pattern)
        path = posixpath.normpath(posixpath.join(self.process.cwd, folder))
        files = self.process.machine.files
        if any(c in folder for c in "*?") or not files.is_directory(path):
            return []
        names = [n for n in files.list(path) if fnmatch.fnmatchcase(n, name) and (name[0] == "." or n[0] != ".")]
        return [posixpath.join(folder, n) for n in names]

    async def text(self, node: Node, io: Io) -> str:
        """The value of one node, without splitting."""
        kind = node.type
        if kind == "string":
            return await self.gapped(node, io, quote=1)
        if kind == "raw_string":
            return _text(node)[1:-1]
        if kind == "ansi_c_string":
            return _text(node)[2:-1].encode().decode("unicode_escape")
        if kind in ("concatenation", "command_name"):
            return "".join([await self.text(child, io) for child in node.children])
        if kind == "command_substitution":
            return _indent(node) + await self._substitute(node, io)
        if kind == "arithmetic_expansion":
            source = _text(node).strip()[3:-2]
            return _indent(node) + str(arithmetic.value(source, self.variables, self.parameter))
        if kind == "simple_expansion":
            return _indent(node) + self.parameter(_text(node).strip()[1:])
        if kind == "expansion":
            return _indent(node) + await self._expansion(node, io)
        if kind == "word":
            return _unescape(_text(node))
        if kind == "string_content":
            return _unescape_quoted(_text(node))
        return _text(node)

    async def gapped(self, node: Node, io: Io, quote: int = 0) -> str:
        """A quoted text: its expansions, and all that stands between them."""
        source = node.text
        position, end, parts = quote, len(source) - quote, []
        for child in node.named_children:
            start = child.start_byte - node.start_byte
            parts.append(source[position:start].decode(errors="replace"))
            parts.append(await self.text(child, io))
            position = child.end_byte - node.start_byte
        parts.append(source[position:end].decode(errors="replace"))
        return "".join(parts)

    async def _substitute(self, node: Node, io: Io) -> str:
        buffer = io.buffer()
        inner = self.copy()
        try:
            self.status = await inner.sequence(node.named_children, replace(io, out=buffer.feed))
        except Exit as done:
            self.status = done.code
        buffer.close()
        return (await buffer.rest()).decode(errors="replace").rstrip("\n")

    def parameter(self, name: str) -> str:
        """The value of a variable or of a special parameter."""
        if name.isdigit():
            index = int(name)
            return self.name if index == 0 else self.arguments[index - 1] if index <= len(self.arguments) else ""
        special = {
            "?": str(self.status),
            "#": str(len(self.arguments)),
            "$": str(self.process.pid),
            "PWD": self.process.cwd,
            "HOSTNAME": self.variables.get("HOSTNAME", self.process.machine.hostname),
        }
        if name in ("@", "*"):
            return " ".join(self.arguments)
        if name == "RANDOM":
            return str(int(self.process.time * 1000) * 1103515245 % 32768)
        return special[name] if name in special else self.variables.get(name, "")

    async def _expansion(self, node: Node, io: Io) -> str:
        names = [c for c in node.children if c.type in ("variable_name", "special_variable_name")]
        if not names:
            raise Unsupported(_text(node))
        name, value = _text(names[0]), self.parameter(_text(names[0]))
        if node.children[1].type == "#":
            return str(len(value))
        after = node.children[node.children.index(names[0]) + 1 : -1]
        if not after:
            return value
        operator = after[0].type
        word = "".join([await self.text(child, io) for child in after[1:]])
        isset = name in self.variables and (value or ":" not in operator)
        if operator in (":-", "-", ":=", "="):
            if not isset and "=" in operator:
                self.assign(name, word)
            return value if isset else word
        if operator in (":+", "+"):
            return word if isset else ""
        if operator in ("#", "##", "%", "%%"):
            return _trim(value, word, operator)
        if operator in (":?", "?") and not isset:
            io.err(f"{self.name}: 1: {name}: {word or 'parameter not set'}\n".encode())
            raise Exit(2)
        return value


async def start(shell: Shell, words: list[str], io: Io) -> int:
    """`sh -c SCRIPT`, `sh FILE` or `sh` reading its input."""
    name, arguments = words[0], words[1:]
    while arguments and arguments[0][:1] in "-+" and len(arguments[0]) > 1 and "c" not in arguments[0]:
        shell.options |= set(arguments.pop(0)[1:])
    if arguments and arguments[0].startswith("-") and "c" in arguments[0]:
        shell.options |= set(arguments[0][1:]) - {"c"}
        if len(arguments) < 2:
            io.err(f"{name}: 0: -c requires an argument\n".encode())
            return 2
        shell.name, shell.arguments = (arguments[2] if len(arguments) > 2 else name), tuple(arguments[3:])
        return await shell.script(arguments[1], io)
    if arguments:
        try:
            text = io.read(arguments[0], "cannot open {}: {}").decode(errors="replace")
        except FileError as error:
            io.err(f"{name}: 0: {error}\n".encode())
            return 2
        shell.name, shell.arguments = arguments[0], tuple(arguments[1:])
        return await shell.script(text, io)
    return await _interact(shell, io)


async def _interact(shell: Shell, io: Io) -> int:
    while line := await io.stdin.line():
        try:
            await shell.evaluate(line.decode(errors="replace"), io)
        except Exit as done:
            return done.code
    return shell.status


async def run_command(io: Io, words: list[str], shell: str) -> int:
    """Run an executable of the container's image."""
    name = posixpath.basename(words[0]) if words[0].startswith("/") else words[0]
    command = COMMANDS.get(name) if name in io.process.machine.image.commands else None
    if command is None:
        io.err(f"{shell}: 1: {words[0]}: not found\n".encode())
        return 127
    return await command(io, words[1:])


def _split(children: list[Node]) -> Iterator[tuple[list[Node] | None, list[Node]]]:
    """(condition, body) of each branch of an if; None is `else`."""
    then = next(i for i, child in enumerate(children) if child.type == "then")
    end = next((i for i, c in enumerate(children) if c.type in ("elif_clause", "else_clause", "fi")), len(children))
    yield children[1:then], children[then + 1 : end]
    for child in children[end:]:
        if child.type == "elif_clause":
            yield from list(_split([*child.children]))[:1]
        elif child.type == "else_clause":
            yield None, child.children[1:]


def _leaves(node: Node) -> Iterator[Node]:
    compound = (
        "unary_expression",
        "binary_expression",
        "test_command",
        "parenthesized_expression",
        "negation_expression",
    )
    for child in node.children:
        if child.type in compound:
            yield from _leaves(child)
        else:
            yield child


def _text(node: Node) -> str:
    return str(node.text.decode(errors="replace"))


def _indent(node: Node) -> str:
    text = _text(node)
    return text[: len(text) - len(text.lstrip())]


def _quoted(node: Node) -> bool:
    return any(child.type in ("string", "raw_string") for child in node.children)


def _unescape(text: str) -> str:
    out, escaped = [], False
    for char in text:
        if char == "\\" and not escaped:
            escaped = True
            continue
        if not (escaped and char == "\n"):
            out.append(char)
        escaped = False
    return "".join(out)


def _unescape_quoted(text: str) -> str:
    for char in '"$`':
        text = text.replace("\\" + char, char)
    return text.replace("\\\\", "\\").replace("\\\n", "")


def _trim(value: str, pattern: str, operator: str) -> str:
    cuts = range(len(value) + 1)
    if operator in ("#", "##"):
        fits = [i for i in cuts if fnmatch.fnmatchcase(value[:i], pattern)]
        return value[(min(fits) if operator == "#" else max(fits)) :] if fits else value
    fits = [i for i in cuts if fnmatch.fnmatchcase(value[i:], pattern)]
    return value[: (max(fits) if operator == "%" else min(fits))] if fits else value


def _complaint(root: Node) -> str:
    wrong = root
    while child := next((c for c in wrong.children if c.has_error or c.is_missing), None):
        wrong = child
    if wrong.is_missing:
        return f'end of file unexpected (expecting "{wrong.type}")'
    return f'"{_text(wrong)[:20].strip()}" unexpected'
