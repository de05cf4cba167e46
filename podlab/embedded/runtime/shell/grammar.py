"""A shell script's syntax tree, from a library's grammar of bash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from podlab.embedded.runtime.shell.words import source

LONE_DOLLAR = re.compile(r"(?<!\\)\$(?=[\s;&|)]|$)")
Node = Any  # tree_sitter.Node; the library is imported when the first script runs


@lru_cache(maxsize=1)
def _parser() -> Any:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def parse(text: str) -> Node:
    """The root of a script's syntax tree."""
    root = _parser().parse(text.encode()).root_node
    if root.has_error:  # a lone `$` (a Pod's `$$`) is a word to shells, but not to the grammar
        again = _parser().parse(LONE_DOLLAR.sub(r"\\$", text).encode()).root_node
        return root if again.has_error else again
    return root


def branches(children: list[Node]) -> Iterator[tuple[list[Node] | None, list[Node]]]:
    """(condition, body) of each branch of an if; None is `else`."""
    then = next(i for i, child in enumerate(children) if child.type == "then")
    end = next((i for i, c in enumerate(children) if c.type in ("elif_clause", "else_clause", "fi")), len(children))
    yield children[1:then], children[then + 1 : end]
    for child in children[end:]:
        if child.type == "elif_clause":
            yield from list(branches([*child.children]))[:1]
        elif child.type == "else_clause":
            yield None, child.children[1:]


def leaves(node: Node) -> Iterator[Node]:
    """The words of a test expression, operators among them."""
    compound = (
        "unary_expression",
        "binary_expression",
        "test_command",
        "parenthesized_expression",
        "negation_expression",
    )
    for child in node.children:
        if child.type in compound:
            yield from leaves(child)
        else:
            yield child


def complaint(root: Node) -> str:
    """What a shell says of a script with a syntax error."""
    wrong = root
    while child := next((c for c in wrong.children if c.has_error or c.is_missing), None):
        wrong = child
    if wrong.is_missing:
        return f'end of file unexpected (expecting "{wrong.type}")'
    return f'"{source(wrong)[:20].strip()}" unexpected'


def unterminated(text: str) -> bool:
    """Whether a quotation has no end."""
    quote, index = "", 0
    while index < len(text):
        char = text[index]
        if char == "\\" and quote != "'":
            index += 1
        elif char in "'\"" and quote in ("", char):
            quote = "" if quote else char
        index += 1
    return bool(quote)


def syntax_error(text: str, root: Node, *, busybox: bool) -> str:
    """The line of dash, or of busybox's shell, for a script that it cannot read."""
    found = "Unterminated quoted string" if unterminated(text) else complaint(root)
    if not busybox:
        return f"Syntax error: {found}"
    found = found.replace("end of file unexpected", "unexpected end of file")
    return f"syntax error: {found[0].lower()}{found[1:]}"
