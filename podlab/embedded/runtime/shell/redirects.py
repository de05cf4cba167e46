"""Redirections: files, here-documents and here-strings in place of a command's streams."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell.words import source

if TYPE_CHECKING:
    from podlab.embedded.runtime.shell.shell import Shell

Node = Any  # tree_sitter.Node


async def redirected(shell: Shell, redirects: list[Node], io: Io) -> Io:
    """Where a command reads and writes after its redirections. Raises FileError."""
    for redirect in redirects:
        if redirect.type == "heredoc_redirect":
            body = next(c for c in redirect.children if c.type == "heredoc_body")
            quoted = source(next(c for c in redirect.children if c.type == "heredoc_start"))[0] in "'\"\\"
            text = source(body) if quoted else await shell.words.gapped(body, io)
            io = replace(io, stdin=io.input(text.encode()))
        elif redirect.type == "herestring_redirect":
            io = replace(io, stdin=io.input((await shell.words.text(redirect.named_children[0], io)).encode() + b"\n"))
        else:
            io = await _file_redirect(shell, redirect, io)
    return io


async def _file_redirect(shell: Shell, redirect: Node, io: Io) -> Io:
    numbers = [source(c) for c in redirect.children if c.type == "file_descriptor"]
    operator = next(c.type for c in redirect.children if not c.is_named)
    target = await shell.words.text(redirect.named_children[-1], io)
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
