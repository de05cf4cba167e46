"""kubectl's JSONPath: what a template finds in an object, and how it is printed.

Upstream: staging/src/k8s.io/client-go/util/jsonpath
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.gotext import go_text
from podlab.apimachinery.yamlprinter import escape_html, to_compact_json
from podlab.kubectl.formats.jsonpathparser import (
    Array,
    Field,
    Filter,
    Group,
    Identifier,
    JSONPathError,
    Literal,
    Node,
    Recursive,
    Union,
    Wildcard,
    parse,
)

Values = list[Any]


@dataclass(frozen=True, slots=True)
class JSONPath:
    """A parsed template.

    Args:
        allow_missing: a key that is not there gives nothing instead of an error.
    """

    nodes: tuple[Node, ...]
    allow_missing: bool = True

    @classmethod
    def parse(cls, template: str, allow_missing: bool = True) -> JSONPath:
        """Parse the template text.

        Raises:
            JSONPathError: it cannot be parsed.
        """
        return cls(parse(template), allow_missing)

    def find(self, data: Any) -> list[Values]:
        """The values that each part of the template finds.

        Raises:
            JSONPathError: an index out of bounds, a missing key, a comparison of different types.
        """
        return self._run(0, data, 0)[0]

    def text(self, data: Any, as_json: bool = False) -> str:
        """What kubectl prints for it."""
        return "".join(results_text(values, as_json) for values in self.find(data))

    def _run(self, at: int, data: Any, depth: int) -> tuple[list[Values], int | None]:
        """The results from node `at` to the `{end}` of this range, and where that was."""
        found: list[Values] = []
        while at < len(self.nodes):
            node = self.nodes[at]
            word = (
                next((n.name for n in node.nodes if isinstance(n, Identifier)), "") if isinstance(node, Group) else ""
            )
            if word == "end":
                if depth == 0:
                    raise JSONPathError("not in range, nothing to end")
                return found, at
            values = self._walk([data], node)
            if word == "range":
                end = None
                for value in values or [None]:
                    inner, end = self._run(at + 1, value, depth + 1)
                    found += inner if values else []
                at = at if end is None else end
            else:
                found.append(values)
            at += 1
        return found, None

    def _walk(self, values: Values, node: Node) -> Values:
        if isinstance(node, Group):
            for inner in node.nodes:
                values = self._walk(values, inner)
            return values
        if isinstance(node, Identifier):
            if node.name not in ("range", "end"):
                raise JSONPathError(f"unrecognized identifier {node.name}")
            return values
        if isinstance(node, Literal):
            return [node.value] if isinstance(node.value, str) else [node.value for _ in values]
        if isinstance(node, Field):
            return self._field(values, node.name)
        if isinstance(node, Array):
            return [item for value in values if value is not None for item in _slice(value, node)]
        if isinstance(node, Union):
            return [item for group in node.groups for item in self._walk(values, group)]
        if isinstance(node, Wildcard):
            return [item for value in values for item in _children(value)]
        if isinstance(node, Recursive):
            return [item for value in values for item in _descend(value)]
        return self._filter(values, node)

    def _field(self, values: Values, name: str) -> Values:
        if not values:
            return []
        found = [value[name] for value in values if isinstance(value, dict) and name in value]
        if not found and not self.allow_missing:
            raise JSONPathError(f"{name} is not found")
        return found

    def _filter(self, values: Values, node: Filter) -> Values:
        found = []
        for value in values:
            if not isinstance(value, list):
                raise JSONPathError(f"{go_text(value)} is not array or slice and cannot be filtered")
            found += [item for item in value if self._passes(item, node)]
        return found

    def _passes(self, item: Any, node: Filter) -> bool:
        if node.operator == "exists":
            try:
                return bool(self._walk([item], node.left))
            except JSONPathError:
                return False
        sides = []
        for side in (node.left, node.right):
            found = self._walk([item], side)
            if not found:
                return False
            if len(found) > 1:
                raise JSONPathError("can only compare one element at a time")
            sides.append(found[0])
        return _compare(sides[0], sides[1], node.operator)


def _slice(value: Any, node: Array) -> Values:
    if not isinstance(value, list):
        raise JSONPathError(f"{_go_type(value)} is not array or slice")
    length = len(value)
    start = node.start or 0
    start = start + length if start < 0 else start
    end = length if node.end is None else node.end
    end = end + length if end < 0 or (end == 0 and node.derived) else end
    if start == end:
        return []
    if not 0 <= start < length:
        raise JSONPathError(f"array index out of bounds: index {start}, length {length}")
    if not 0 <= end <= length:
        raise JSONPathError(f"array index out of bounds: index {end - 1}, length {length}")
    if start > end:
        raise JSONPathError(f"starting index {start} is greater than ending index {end}")
    if node.step is not None and node.step <= 0:
        raise JSONPathError("step must be > 0")
    return value[start : end : node.step or 1]


def _children(value: Any) -> Values:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]  # upstream's order is random
    return value if isinstance(value, list) else []


def _descend(value: Any) -> Values:
    children = _children(value)
    if not children:
        return [value] if isinstance(value, str) and value else []
    return [value, *(item for child in children for item in _descend(child))]


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _compare(left: Any, right: Any, operator: str) -> bool:
    if operator not in _COMPARISONS:
        raise JSONPathError(f"unrecognized filter operator {operator}")
    kinds = [type(value) for value in (left, right)]
    if any(kind not in (bool, int, float, str) for kind in kinds) or (kinds == [bool, bool] and "<" in operator):
        raise JSONPathError("invalid type for comparison")
    if kinds[0] is not kinds[1]:
        raise JSONPathError("incompatible types for comparison")
    return _COMPARISONS[operator](left, right)


def results_text(values: Values, as_json: bool = False) -> str:
    """One part's values, separated by spaces; collections as JSON."""
    if as_json:
        return escape_html(json.dumps(values, ensure_ascii=False, indent=4, sort_keys=True)) + "\n"
    return " ".join(to_compact_json(value) if isinstance(value, dict | list) else value_text(value) for value in values)


def value_text(value: Any) -> str:
    """A scalar as Go prints it, nil as `null`."""
    return "null" if value is None else go_text(value)


def go_syntax(value: Any) -> str:
    """A value as Go's `%#v`."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, dict):
        return (
            "map[string]interface {}{" + ", ".join(f"{_quoted(k)}:{go_syntax(value[k])}" for k in sorted(value)) + "}"
        )
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(go_syntax, value)) + "}"
    return _quoted(value) if isinstance(value, str) else go_text(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _go_type(value: Any) -> str:
    names = {dict: "map[string]interface {}", str: "string", bool: "bool", int: "int64", float: "float64"}
    return names.get(type(value), "<nil>")


def execute(template: str, path: JSONPath, data: Any, as_json: bool = False) -> str:
    """Print the template for an object, with kubectl's words on failure.

    Raises:
        JSONPathError: with the template and the object, as kubectl says it.
    """
    try:
        return path.text(data, as_json)
    except JSONPathError as error:
        raise JSONPathError(
            f"error executing jsonpath {_quoted(template)}: Error executing template: {error}. "
            "Printing more information for debugging the template:\n"
            f"\ttemplate was:\n\t\t{template}\n"
            f"\tobject given to jsonpath engine was:\n\t\t{go_syntax(data)}\n\n\n"
        ) from None
