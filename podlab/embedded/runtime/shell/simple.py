"""Simple commands: words, assignments and redirections."""

from __future__ import annotations

import re

from podlab.embedded.runtime.shell import expansion
from podlab.embedded.runtime.shell.arrays import Array
from podlab.embedded.runtime.shell.dialect import quoted
from podlab.embedded.runtime.shell.grammar.syntax import Simple, Word
from podlab.embedded.runtime.shell.parameters import array_of, parameter
from podlab.embedded.runtime.shell.reckoning import indexed
from podlab.embedded.runtime.shell.redirects import Unredirected, closed, redirected
from podlab.embedded.runtime.shell.state import Shell

NAMED = re.compile(r"(?:^| )-\w*A")
GLOBAL = re.compile(r" -\w*g")
UNSPLIT = frozenset(["export", "local", "readonly", "declare", "typeset"])


async def simple(shell: Shell, node: Simple) -> int:
    """Expand the words, redirect, assign, and run what the first word names."""
    shell.line, shell.substituted = node.line, 0
    if not shell.held:
        shell.current = source(node)
    before = shell.io
    try:
        words = await _words(shell, node)
        if words:
            shell.trace(" ".join(quoted(shell.dialect, word) for word in words))
        shell.io = await redirected(shell, node.redirects)
        shell.redirected(node)
        if words[:1] == ["exec"] and len(words) == 1:
            if not shell.level:  # what a subshell lets go, its parent may still have
                closed(shell.io, before)
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


async def _with_assignments(shell: Shell, node: Simple, words: list[str]) -> int:
    extra: dict[str, str] = {}
    arrays = list(node.arrays)
    for at, (name, word) in enumerate(node.assignments):
        while arrays and arrays[0][2] <= at:
            await _array(shell, words, *arrays.pop(0)[:2])
        name = await indexed(shell, name, expansion.text)
        value = await _assigned(shell, name, word)
        if not words:
            shell.trace(f"{name}={quoted(shell.dialect, value) if value else ''}")
            shell.assign(name.rstrip("+"), value)
        else:
            extra[name.rstrip("+")] = value
    for name, elements, _ in arrays:
        await _array(shell, words, name, elements)
    if not words:
        return await shell.settled(shell.substituted)
    return await shell.settled(await shell.call(shell, words, extra))


async def _array(shell: Shell, words: list[str], name: str, elements: tuple[Word, ...]) -> None:
    """`name=(one two)`, alone or after the words of a `declare`."""
    if not words:
        shell.trace(f"{name}=({' '.join(word.source for word in elements)})")
    values = await expansion.fields(shell, elements)
    plain = shell.target(name.rstrip("+"))
    if words[:1] in (["declare"], ["typeset"], ["local"]) and shell.locals and not GLOBAL.search(" ".join(words)):
        shell.keep(plain, fresh=not name.endswith("+") and plain not in shell.locals[-1])
    known = array_of(shell, plain)
    named = known.named or (words[:1] in (["declare"], ["typeset"], ["local"]) and NAMED.search(" ".join(words)))
    array = known.copy() if name.endswith("+") else Array(named=bool(named))
    array.extend(values, shell.variables)
    shell.variables.pop(plain, None)
    shell.arrays[plain] = array


async def _assigned(shell: Shell, name: str, word: Word) -> str:
    value = await expansion.text(shell, word)
    if name.endswith("+") and shell.attributes.get(name[:-1].partition("[")[0]) == "i":
        return f"{parameter(shell, name[:-1]) or 0}+{value or 0}"
    return (parameter(shell, name[:-1]) or "") + value if name.endswith("+") else value
