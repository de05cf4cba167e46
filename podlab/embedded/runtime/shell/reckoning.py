"""A shell's arithmetic: what an expression gives, and what each shell says of one that gives nothing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from podlab.embedded.runtime.expressions.arithmetic import ArithmeticProblem, value
from podlab.embedded.runtime.shell.dialect import Dialect
from podlab.embedded.runtime.shell.grammar.parser import Parser
from podlab.embedded.runtime.shell.grammar.syntax import Word
from podlab.embedded.runtime.shell.parameters import Values
from podlab.embedded.runtime.shell.state import Shell, failed

BASH = {
    "operand": "syntax error: operand expected",
    "rest": "syntax error in expression",
    "base": "value too great for base",
    "operator": "syntax error: invalid arithmetic operator",
    "lvalue": "attempted assignment to non-variable",
    "colon": "`:' expected for conditional expression",
    "bracket": "missing `)'",
    "division": "division by 0",
    "power": "exponent less than 0",
    "depth": "expression recursion level exceeded",
}
DASH = {"division": "division by zero", "rest": "expecting EOF", "lvalue": "expecting EOF", "base": "expecting EOF"}
DASH |= {"colon": "expecting ':'", "bracket": "expecting ')'"}
ASH = {"division": "divide by zero", "colon": "malformed ?: operator"}


def reckon(shell: Shell, source: str, said: str = "") -> int:
    """The value of an expression; what is wrong with one is told after what is `said`. Raises Exit."""
    try:
        return value(source, Values(shell), plain=shell.dialect.name == "dash")
    except ArithmeticProblem as problem:
        shell.fail(said + complaint(shell.dialect, problem, source))
    except RecursionError:
        shell.fail(said + complaint(shell.dialect, ArithmeticProblem("depth"), source))
    raise failed(shell.dialect, shell.dialect.unusable)


COMPLEX = re.compile(r"\$[({]|`")
"""What an array's own look at an index does not know."""


async def indexed(shell: Shell, name: str, text: Callable[[Shell, Word], Awaitable[str]]) -> str:
    """A name whose index, if it has one, has its substitutions carried out."""
    plain, bracket, index = name.partition("[")
    if not bracket or not COMPLEX.search(index):
        return name
    parts = Parser(index, shell.features).reader.parts("", here=True)
    return f"{plain}[{await text(shell, Word(tuple(parts), index))}"


def complaint(dialect: Dialect, problem: ArithmeticProblem, source: str) -> str:
    """What a shell says of an expression that has no value."""
    if dialect.name == "ash":
        return ASH.get(problem.kind, "arithmetic syntax error")
    if problem.kind == "number":
        return f"Illegal number: {problem.source}"
    if dialect.name == "dash":
        return f'arithmetic expression: {DASH.get(problem.kind, "expecting primary")}: "{source}"'
    wrong = problem.source or source
    token, kind = wrong[problem.at :], problem.kind
    if kind in ("operand", "rest") and token[:1] in set(".@#$\\'\"{}[]"):
        kind = "operator"
    if kind == "base":
        token = token.split()[0]
    return f'{wrong.lstrip()}: {BASH[kind]} (error token is "{token}")'
