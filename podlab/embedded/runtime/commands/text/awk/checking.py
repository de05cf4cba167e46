"""What mawk says of a program that can be read, before it runs.

Upstream: mawk's parse.y, scan.c and fpe_check.c
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podlab.embedded.runtime.commands.text.awk.lexer import BadProgram
from podlab.embedded.runtime.commands.text.awk.parser import Node, Program

ARGUMENTS = {
    "index": (2, 2), "substr": (2, 3), "split": (2, 3), "sub": (2, 3), "gsub": (2, 3), "match": (2, 2),
    "atan2": (2, 2), "sin": (1, 1), "cos": (1, 1), "exp": (1, 1), "log": (1, 1), "sqrt": (1, 1), "int": (1, 1),
    "toupper": (1, 1), "tolower": (1, 1), "system": (1, 1), "close": (1, 1), "length": (0, 1), "rand": (0, 0),
    "srand": (0, 1), "sprintf": (1, 255),
}  # fmt: skip
"""How many arguments a function may have."""


def check(program: Program, lines: int) -> None:
    """Raises BadProgram."""
    bodies = [*program.begin, *program.end, *(node for rule in program.rules for node in (*rule[0], rule[1]))]
    for body in bodies:
        for node in _all(body):
            if node.kind == "return":
                raise BadProgram("", told="return outside function body")
    for body in (*program.begin, *program.end):
        for node in _all(body):
            if node.kind in ("next", "nextfile"):
                raise BadProgram("", told=f"improper use of {node.kind}")
    for body in (*bodies, *(function[1] for function in program.functions.values())):
        for node in _all(body):
            _call(program, node, lines)


def _call(program: Program, node: Node, lines: int) -> None:
    if node.kind == "user":
        name, given = node.parts
        if name not in program.functions:
            raise BadProgram("", lines + 1, told=f"function {name} never defined")
        if len(given) > len(program.functions[name][0]):
            raise BadProgram("", told=f"too many arguments in call to {name}")
    elif node.kind == "call" and node.parts[0] in ARGUMENTS:
        least, most = ARGUMENTS[node.parts[0]]
        if not least <= len(node.parts[1] or ()) <= most:
            raise BadProgram("", told=f"wrong number of arguments in call to {node.parts[0]}")


def _all(node: Any) -> Iterator[Node]:
    """A node and all below it."""
    if isinstance(node, tuple):
        for part in node:
            yield from _all(part)
    elif isinstance(node, Node):
        yield node
        for part in node.parts:
            yield from _all(part)
