"""Shell arithmetic: `$((i + 1))`."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

BINARY: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda a, b: int(a / b) if b else 0,
    ast.Mod: lambda a, b: a - b * int(a / b) if b else 0,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
COMPARE: Mapping[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def value(source: str, variables: Mapping[str, str], parameter: Callable[[str], str]) -> int:
    """The value of an expression; 0 for what is not understood."""
    text = re.sub(r"\$\{?(\w+|[?#$])\}?", lambda match: parameter(match[1]) or "0", source)
    text = text.replace("&&", " and ").replace("||", " or ").replace("/", "//")
    text = re.sub(r"!(?!=)", " not ", text)
    try:
        return _wrap(_evaluate(ast.parse(text.strip() or "0", mode="eval").body, variables))
    except (SyntaxError, ValueError, RecursionError):
        return 0


def _wrap(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def _evaluate(node: ast.expr, variables: Mapping[str, str]) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        given = variables.get(node.id, "0")
        return int(given) if re.fullmatch(r"-?\d{1,19}", given) else 0
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        found = BINARY[type(node.op)](_evaluate(node.left, variables), _evaluate(node.right, variables))
        return _wrap(int(found))
    if isinstance(node, ast.UnaryOp):
        inner = _evaluate(node.operand, variables)
        return int(not inner) if isinstance(node.op, ast.Not) else -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARE:
        left, right = _evaluate(node.left, variables), _evaluate(node.comparators[0], variables)
        return int(COMPARE[type(node.ops[0])](left, right))
    if isinstance(node, ast.BoolOp):
        values = [bool(_evaluate(operand, variables)) for operand in node.values]
        return int(all(values) if isinstance(node.op, ast.And) else any(values))
    raise ValueError(ast.dump(node))
