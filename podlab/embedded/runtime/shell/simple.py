"""Simple commands: words, assignments and redirections."""

from __future__ import annotations

import re

from podlab.embedded.runtime.shell import expansion
from podlab.embedded.runtime.shell.arrays import Array
from podlab.embedded.runtime.shell.grammar.syntax import Simple, Word
from podlab.embedded.runtime.shell.parameters import array_of, parameter
from podlab.embedded.runtime.shell.redirects import Unredirected, closed, redirected
from podlab.embedded.runtime.shell.state import Shell

NAMED = re.compile(r"(?:^| )-\w*A")
UNSPLIT = frozenset(["export", "local", "readonly", "declare", "typeset"])


async def simple(shell: Shell, node: Simple) -> int:
    """Expand the words, redirect, assign, and run what the first word names."""
    shell.line, shell.substituted = node.line, 0
    if not shell.held:
        shell.current = source(node)
    before = shell.io
    try:
        words = await _words(shell, node)
        if "x" in shell.options and words:
            shell.io.err(f"{'+'} {' '.join(_quoted(shell, word) for word in words)}\n".encode(errors="surrogateescape"))
        shell.io = await redirected(shell, node.redirects)
        shell.redirected(node)
        if words[:1] == ["exec"] and len(words) == 1:
            before = shell.io
        shell.alone = shell.alone or (id(node) in shell.final and not shell.traps)
        code = await _with_assignments(shell, node, words)
        shell.statuses = [code]
        return code
    except Unredirected as problem:
        return shell.checked(shell.fail(str(problem), shell.dialect.unreadable))
    finally:
        closed(before, shell.io)
        shell.io = before


def source(node: Simple) -> str:
    """A command as bash's BASH_COMMAND tells it."""
    given = [f"{name}={word.source}" for name, word in node.assignments] + [word.source for word in node.words]
    for redirect in node.redirects:
        number = str(redirect.number) if redirect.number >= 0 else ""
        apart = "" if redirect.operator.endswith("&") else " "
        given.append(f"{number}{redirect.operator}{apart}{redirect.target.source}")
    return " ".join(given)


async def _words(shell: Shell, node: Simple) -> list[str]:
    first = node.words[0].plain if node.words else None
    if first not in UNSPLIT:
        return await expansion.fields(shell, node.words)
    found = [str(first)]
    for word in node.words[1:]:
        assigns = re.match(r"[A-Za-z_]\w*=", word.source)
        found += [await expansion.text(shell, word)] if assigns else await expansion.fields(shell, (word,))
    return found


def _quoted(shell: Shell, word: str) -> str:
    safe = r"[+,\-./0-9:@A-Z\]^_a-z]*" if shell.dialect.name == "ash" else r"[^\s'\"$`\\;&|<>()*?]+"
    return word if shell.dialect.name == "dash" or re.fullmatch(safe, word) else f"'{word}'"


async def _with_assignments(shell: Shell, node: Simple, words: list[str]) -> int:
    for name, elements in node.arrays:
        values = await expansion.fields(shell, elements)
        plain = name.rstrip("+")
        known = array_of(shell, plain)
        named = known.named or (words[:1] in (["declare"], ["typeset"], ["local"]) and NAMED.search(" ".join(words)))
        array = known.copy() if name.endswith("+") else Array(named=bool(named))
        array.extend(values, shell.variables)
        shell.variables.pop(plain, None)
        shell.arrays[plain] = array
    extra: dict[str, str] = {}
    for name, word in node.assignments:
        value = await _assigned(shell, name, word)
        if "x" in shell.options and not words:
            shell.io.err(f"+ {name}={value}\n".encode(errors="surrogateescape"))
        if words:
            extra[name.rstrip("+")] = value
        else:
            shell.assign(name.rstrip("+"), value)
    if not words:
        return await shell.settled(shell.substituted)
    return await shell.settled(await shell.call(shell, words, extra))


async def _assigned(shell: Shell, name: str, word: Word) -> str:
    value = await expansion.text(shell, word)
    if name.endswith("+") and shell.attributes.get(name[:-1].partition("[")[0]) == "i":
        return f"{parameter(shell, name[:-1]) or 0}+{value or 0}"
    return (parameter(shell, name[:-1]) or "") + value if name.endswith("+") else value
