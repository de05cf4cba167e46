"""Cells with several commands: each line of a cell shows what podlab answers to it, as the last one does in IPython."""

from __future__ import annotations

import ast
from typing import Any


class Lines(ast.NodeTransformer):
    """Lets the lines of a cell before the last show their answers; all other values stay as silent as in Python."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        """Only what stands at the cell's top, not in a loop or a function."""
        node.body[:-1] = [_shown(each) if isinstance(each, ast.Expr) else each for each in node.body[:-1]]
        return ast.fix_missing_locations(node)


def _shown(line: ast.Expr) -> ast.Expr:
    """The line with its value handed to `show`, in a way that no name of the notebook can break."""
    home = ast.parse(f"__import__({__name__!r}, fromlist=['show']).show", mode="eval").body
    return ast.copy_location(ast.Expr(ast.Call(home, [line.value], [])), line)


def show(answer: Any) -> None:
    """Display what podlab answered, such as a command's `Output` or the result of a check."""
    from IPython.display import display

    if type(answer).__module__.partition(".")[0] == __name__.partition(".")[0]:
        display(answer)  # type: ignore[no-untyped-call]


def install(shell: Any) -> None:
    """Let the shell's cells do so; a second time changes nothing."""
    if not any(isinstance(each, Lines) for each in shell.ast_transformers):
        shell.ast_transformers.append(Lines())
