"""How a shell makes words of what is written: variables, substitutions, quotes, fields, file names."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell import arithmetic
from podlab.embedded.runtime.shell.builtins import Exit

if TYPE_CHECKING:
    from podlab.embedded.runtime.shell.shell import Shell

Node = Any  # tree_sitter.Node; the library is imported when the first script runs


class Words:
    """The expansions of one shell."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    async def expand(self, nodes: list[Node], io: Io) -> list[str]:
        """Expand nodes into words: variables, substitutions, fields and file names."""
        found: list[str] = []
        for node in nodes:
            found.extend([word async for word in self._fields(node, io)])
        return found

    async def _fields(self, node: Node, io: Io) -> AsyncIterator[str]:
        if node.type == "command_name":
            node = node.children[0]
        if source(node) in ('"$@"', '"${@}"'):
            for argument in self.shell.arguments:
                yield argument
            return
        value = await self.text(node, io)
        parts = node.children if node.type == "concatenation" and not _quoted(node) else [node]
        if any(part.type in ("simple_expansion", "expansion", "command_substitution") for part in parts):
            for word in value.split():
                yield word
        elif node.type in ("word", "concatenation") and re.search(r"(?<!\\)[*?]", source(node)) and not _quoted(node):
            for word in self._glob(value) or [value]:
                yield word
        else:
            yield value

    def _glob(self, pattern: str) -> list[str]:
        folder, name = posixpath.split(pattern)
        path = posixpath.normpath(posixpath.join(self.shell.process.cwd, folder))
        files = self.shell.process.machine.files
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
            return source(node)[1:-1]
        if kind == "ansi_c_string":
            return source(node)[2:-1].encode().decode("unicode_escape")
        if kind in ("concatenation", "command_name"):
            return "".join([await self.text(child, io) for child in node.children])
        if kind == "command_substitution" and not source(node).strip().startswith("$(("):
            return _indent(node) + await self._substitute(node, io)
        if kind in ("arithmetic_expansion", "command_substitution"):  # the grammar takes it for one in here-documents
            inside = source(node).strip()[3:-2]
            return _indent(node) + str(arithmetic.value(inside, self.shell.variables, self.parameter))
        if kind == "simple_expansion":
            return _indent(node) + self.parameter(source(node).strip()[1:])
        if kind == "expansion":
            return _indent(node) + await self._expansion(node, io)
        if kind == "word":
            text = source(node)
            if text == "~" or text.startswith("~/"):
                return self.shell.variables.get("HOME", "/root") + text[1:]
            return _unescape(text)
        if kind == "string_content":
            return _unescape_quoted(source(node))
        return source(node)

    async def gapped(self, node: Node, io: Io, quote: int = 0) -> str:
        """A quoted text: its expansions, and all that stands between them."""
        text = node.text
        position, end, parts = quote, len(text) - quote, []
        for child in node.named_children:
            start = child.start_byte - node.start_byte
            parts.append(text[position:start].decode(errors="replace"))
            parts.append(await self.text(child, io))
            position = child.end_byte - node.start_byte
        parts.append(text[position:end].decode(errors="replace"))
        return "".join(parts)

    async def _substitute(self, node: Node, io: Io) -> str:
        buffer = io.pipe()
        inner = self.shell.copy()
        try:
            self.shell.status = await inner.sequence(node.named_children, replace(io, out=buffer.feed))
        except Exit as done:
            self.shell.status = done.code
        buffer.close()
        return (await buffer.rest()).decode(errors="replace").rstrip("\n")

    def parameter(self, name: str) -> str:
        """The value of a variable or of a special parameter."""
        if name.isdigit():
            index = int(name)
            return (
                self.shell.name
                if index == 0
                else self.shell.arguments[index - 1]
                if index <= len(self.shell.arguments)
                else ""
            )
        special = {
            "?": str(self.shell.status),
            "#": str(len(self.shell.arguments)),
            "$": str(self.shell.pid),
            "!": self.shell.latest,
            "PWD": self.shell.process.cwd,
            "HOSTNAME": self.shell.variables.get("HOSTNAME", self.shell.process.machine.hostname),
        }
        if name in ("@", "*"):
            return " ".join(self.shell.arguments)
        if name == "RANDOM":
            return str(int(self.shell.process.time * 1000) * 1103515245 % 32768)
        return special[name] if name in special else self.shell.variables.get(name, "")

    async def _expansion(self, node: Node, io: Io) -> str:
        names = [c for c in node.children if c.type in ("variable_name", "special_variable_name")]
        if not names:
            return ""
        name, value = source(names[0]), self.parameter(source(names[0]))
        if node.children[1].type == "#":
            return str(len(value))
        after = node.children[node.children.index(names[0]) + 1 : -1]
        if not after:
            return value
        operator = after[0].type
        word = "".join([await self.text(child, io) for child in after[1:]])
        isset = name in self.shell.variables and (value or ":" not in operator)
        if operator in (":-", "-", ":=", "="):
            if not isset and "=" in operator:
                self.shell.assign(name, word)
            return value if isset else word
        if operator in (":+", "+"):
            return word if isset else ""
        if operator in ("#", "##", "%", "%%"):
            return _trim(value, word, operator)
        if operator in (":?", "?") and not isset:
            io.err(f"{self.shell.prefix} {name}: {word or 'parameter not set'}\n".encode())
            raise Exit(2)
        return value


def source(node: Node) -> str:
    """The text of a node."""
    return str(node.text.decode(errors="replace"))


def _indent(node: Node) -> str:
    text = source(node)
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
