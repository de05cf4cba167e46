"""Go's text/template carried out on a value of the API, as `-o go-template` does.

Upstream: the Go library's text/template (exec.go, funcs.go), staging/src/k8s.io/cli-runtime/pkg/printers/template.go
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote_plus

from podlab.apimachinery.gobase64 import CorruptBase64, decoded
from podlab.kubectl.formats.gofmt import sprint, sprintf, sprintln, type_name
from podlab.kubectl.formats.gotemplateparser import Node, Operand, Pipe, Template, TemplateError

DEEPEST = 200
NO_VALUE = "<no value>"


class _Missing:
    """No value: a key that is not there."""

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


def execute_template(template: Template, value: Any, allow_missing: bool = True) -> str:
    """The text of a template for a value.

    Raises:
        TemplateError: with Go's words; its `printed` is what was written before.
    """
    run = _Run(template, allow_missing)
    run.variables.append(("$", value))
    try:
        run.nodes(template.body, value)
    except TemplateError as error:
        raise TemplateError(str(error), "".join(run.written)) from None
    return "".join(run.written)


@dataclass(slots=True)
class _Run:
    template: Template
    allow_missing: bool
    written: list[str] = field(default_factory=list)
    variables: list[tuple[str, Any]] = field(default_factory=list)
    depth: int = 0

    def nodes(self, nodes: Sequence[Node], dot: Any) -> None:
        for node in nodes:
            self.node(node, dot)

    def node(self, node: Node, dot: Any) -> None:
        if node.kind == "text":
            self.written.append(node.value)
        elif node.kind == "action":
            value = self.pipe(node.value, dot)
            if not node.value.variables:
                self.written.append(NO_VALUE if value is MISSING or value is None else sprint([value]))
        elif node.kind == "template":
            self._call(node, dot)
        elif node.kind == "break":
            raise _Break
        elif node.kind == "continue":
            raise _Continue
        else:
            mark = len(self.variables)
            if node.kind == "range":
                self._range(node, dot)
            else:
                value = self.pipe(node.value, dot)
                inner = value if node.kind == "with" and truth(value) else dot
                self.nodes(node.body if truth(value) else node.other, inner)
            del self.variables[mark:]

    def _call(self, node: Node, dot: Any) -> None:
        name, pipe = node.value
        if name not in self.template.defined:
            raise self.error(node.at, f'{{{{template "{name}"}}}}', f'template "{name}" not defined')
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(node.at, f'{{{{template "{name}"}}}}', "exceeded maximum template depth (100000)")
        value = self.pipe(pipe, dot) if pipe else MISSING
        outer, self.variables = self.variables, [("$", value)]
        self.nodes(self.template.defined[name], value)
        self.variables = outer
        self.depth -= 1

    def _range(self, node: Node, dot: Any) -> None:
        pipe: Pipe = node.value
        value = self.pipe(Pipe(pipe.commands, (), False, pipe.source), dot)
        pairs: list[tuple[Any, Any]]
        if isinstance(value, dict):
            pairs = sorted(value.items())
        elif isinstance(value, list):
            pairs = list(enumerate(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            pairs = [(each, each) for each in range(value)]
        elif value is MISSING or value is None:
            pairs = []
        else:
            raise self.error(node.at, pipe.source, f"range can't iterate over {sprint([value])}")
        if not pairs:
            self.nodes(node.other, dot)
            return
        mark = len(self.variables)
        for key, each in pairs:
            del self.variables[mark:]
            given = (each,) if len(pipe.variables) == 1 else (key, each)
            for name, one in zip(pipe.variables, given, strict=False):
                self._set(name, one, pipe.declares)
            try:
                self.nodes(node.body, each)
            except _Break:
                return
            except _Continue:
                continue

    def _set(self, name: str, value: Any, declares: bool) -> None:
        if not declares:
            for at in range(len(self.variables) - 1, -1, -1):
                if self.variables[at][0] == name:
                    self.variables[at] = (name, value)
                    return
        self.variables.append((name, value))

    def error(self, at: tuple[int, int], source: str, message: str) -> TemplateError:
        return TemplateError(f'template: output:{at[0]}:{at[1]}: executing "output" at <{source}>: {message}')

    def pipe(self, pipe: Pipe, dot: Any) -> Any:
        value: Any = None
        for at, command in enumerate(pipe.commands):
            value = self._command(command, dot, [value] if at else [], pipe)
        for name in pipe.variables:
            self._set(name, value, pipe.declares)
        return value

    def _command(self, operands: Sequence[Operand], dot: Any, last: list[Any], pipe: Pipe) -> Any:
        first = operands[0]
        if first.kind == "function" and not first.fields:
            return self._function(first, operands, dot, last, pipe)
        if len(operands) > 1 or last:
            why = f"can't give argument to non-function {first.source}"
            raise self.error(first.at, first.source, why)
        return self.value(first, dot, alone=True)

    def _function(self, first: Operand, operands: Sequence[Operand], dot: Any, last: list[Any], pipe: Pipe) -> Any:
        name = first.value
        if name in ("and", "or"):
            return self._short(name, operands[1:], dot, last)
        given = [self.value(each, dot) for each in operands[1:]] + last
        source = " ".join(each.source for each in operands)
        least, most = ARITY[name]
        if len(given) < least or (most >= 0 and len(given) > most):
            wants = f"at least {least}" if most < 0 else str(least)
            raise self.error(first.at, name, f"wrong number of args for {name}: want {wants} got {len(given)}")
        try:
            return FUNCTIONS[name](given)
        except (_Wrong, ValueError, TypeError) as error:
            raise self.error(first.at, source, f"error calling {name}: {error}") from None

    def _short(self, name: str, operands: Sequence[Operand], dot: Any, last: list[Any]) -> Any:
        value: Any = MISSING
        for each in operands:
            value = self.value(each, dot)
            if truth(value) == (name == "or"):
                return value
        return last[0] if last else value

    def value(self, operand: Operand, dot: Any, alone: bool = False) -> Any:
        if operand.kind == "literal":
            return operand.value
        if operand.kind == "nil":
            if alone:
                raise self.error(operand.at, "nil", "nil is not a command")
            return None
        if operand.kind == "function":
            return self._function(operand, [operand], dot, [], Pipe(()))
        start = dot
        if operand.kind == "variable":
            start = next(value for name, value in reversed(self.variables) if name == operand.value)
        elif operand.kind == "pipe":
            start = self.pipe(operand.value, dot)
        base = len(operand.source) - sum(len(name) + 1 for name in operand.fields)
        if operand.kind == "field":
            base = len(operand.fields[0]) + 1 if len(operand.fields) > 1 else 0
        for name in operand.fields:
            start = self._field(start, name, operand, (operand.at[0], operand.at[1] + base))
        return start

    def _field(self, value: Any, name: str, operand: Operand, at: tuple[int, int]) -> Any:
        if isinstance(value, dict):
            if name not in value and not self.allow_missing:
                raise self.error(at, operand.source, f'map has no entry for key "{name}"')
            return value.get(name, MISSING)
        if value is MISSING or value is None:
            if value is None and not self.allow_missing:
                raise self.error(at, operand.source, f'nil data; no entry for key "{name}"')
            return MISSING
        raise self.error(at, operand.source, f"can't evaluate field {name} in type interface {{}}")


class _Wrong(Exception):
    """What a function says is wrong."""


def truth(value: Any) -> bool:
    """Go's idea of it: not empty, not zero."""
    if value is MISSING or value is None:
        return False
    return bool(value)


def _len(given: list[Any]) -> int:
    if isinstance(given[0], (str, list, dict)):
        return len(given[0].encode()) if isinstance(given[0], str) else len(given[0])
    if given[0] is MISSING or given[0] is None:
        raise _Wrong("len of nil pointer")
    raise _Wrong(f"len of type {type_name(given[0])}")


def _index(given: list[Any]) -> Any:
    value = given[0]
    if value is MISSING or value is None:
        raise _Wrong("index of untyped nil")
    for key in given[1:]:
        if isinstance(value, dict):
            if not isinstance(key, str):
                raise _Wrong(f"value has type {type_name(key)}; should be string")
            value = value.get(key, MISSING)
        elif isinstance(value, (list, str)):
            if not isinstance(key, int) or isinstance(key, bool):
                raise _Wrong(f"cannot index slice/array with type {type_name(key)}")
            if not 0 <= key < len(value):
                raise _Wrong(f"index out of range: {key}")
            value = value[key]
        elif value is MISSING or value is None:
            raise _Wrong("index of nil pointer")
        else:
            raise _Wrong(f"can't index item of type {type_name(value)}")
    return value


def _slice(given: list[Any]) -> Any:
    value, bounds = given[0], given[1:]
    if not isinstance(value, (str, list)):
        raise _Wrong(f"can't slice item of type {type_name(value)}")
    low, high = (bounds[0] if bounds else 0), (bounds[1] if len(bounds) > 1 else len(value))
    for each in (low, high):
        if not isinstance(each, int) or not 0 <= each <= len(value):
            raise _Wrong(f"index out of range: {each}")
    if low > high:
        raise _Wrong(f"invalid slice index: {low} > {high}")
    return value[low:high]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return "int" if isinstance(value, int) else "float" if isinstance(value, float) else type_name(value)


def _eq(given: list[Any]) -> bool:
    first = given[0]
    for other in given[1:]:
        if (first is MISSING or first is None) or (other is MISSING or other is None):
            if (first is MISSING or first is None) and (other is MISSING or other is None):
                return True
            continue
        if isinstance(first, (list, dict)) or isinstance(other, (list, dict)):
            raise _Wrong(f"non-comparable type {sprint([first])}: {type_name(first)}")
        if _kind(first) != _kind(other):
            raise _Wrong(f"incompatible types for comparison: {type_name(first)} and {type_name(other)}")
        if first == other:
            return True
    return False


def _less(given: list[Any]) -> bool:
    a, b = given
    if a is MISSING or b is MISSING or a is None or b is None:
        raise _Wrong("invalid type for comparison")
    if _kind(a) != _kind(b):
        raise _Wrong(f"incompatible types for comparison: {type_name(a)} and {type_name(b)}")
    if _kind(a) not in ("int", "float", "string"):
        raise _Wrong("invalid type for comparison")
    return bool(a < b)


def _base64(given: list[Any]) -> str:
    try:
        return decoded(str(given[0])).decode("utf-8", "replace")
    except CorruptBase64 as error:
        raise _Wrong(f"base64 decode failed: {error}") from None


def _exists(given: list[Any]) -> bool:
    try:
        found = _index(given)
    except _Wrong:
        return False
    return found is not MISSING


def _javascript(given: list[Any]) -> str:
    special = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    return "".join(special.get(c, c if c >= " " else f"\\u{ord(c):04X}") for c in sprint(given))


def _no_function(given: list[Any]) -> str:
    raise _Wrong(f"non-function {sprint(given[:1])} of type {type_name(given[0])}")


def _html(given: list[Any]) -> str:
    return escape(sprint(given)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "base64decode": _base64,
    "call": lambda given: _no_function(given),
    "eq": _eq,
    "exists": _exists,
    "ge": lambda given: not _less(given),
    "gt": lambda given: not _less(given) and not _eq(given),
    "html": _html,
    "index": _index,
    "js": _javascript,
    "le": lambda given: _less(given) or _eq(given),
    "len": _len,
    "lt": _less,
    "ne": lambda given: not _eq(given),
    "not": lambda given: not truth(given[0]),
    "print": sprint,
    "printf": lambda given: sprintf(str(given[0]), given[1:]),
    "println": sprintln,
    "slice": _slice,
    "urlquery": lambda given: quote_plus(sprint(given)),
}
ARITY = dict.fromkeys(FUNCTIONS, (1, -1)) | {
    "ge": (2, 2), "gt": (2, 2), "le": (2, 2), "len": (1, 1), "lt": (2, 2), "ne": (2, 2), "not": (1, 1),
    "base64decode": (1, 1), "eq": (1, -1), "print": (0, -1), "println": (0, -1), "html": (0, -1), "js": (0, -1),
    "urlquery": (0, -1),
}  # fmt: skip
