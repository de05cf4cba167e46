"""`-o custom-columns=HEADER:.path,…` and `--sort-by=.path`."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.gotext import go_text
from podlab.errors import PodlabError
from podlab.kubectl.formats.gofmt import type_name
from podlab.kubectl.formats.jsonpath import JSONPath
from podlab.kubectl.formats.jsonpathparser import JSONPathError
from podlab.kubectl.formats.tabwriter import align, escape
from podlab.kubectl.klog import logged
from podlab.kubectl.quantity import parse_quantity

_RELAXED = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")


def relaxed(expression: str) -> str:
    """`metadata.name`, `.metadata.name` or `{.metadata.name}` as the last of these.

    Raises:
        PodlabError: it is neither.
    """
    if not expression:
        return expression
    match = _RELAXED.fullmatch(expression)
    if not match:
        raise PodlabError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{match[1] or match[2]}}}"


@dataclass(frozen=True, slots=True)
class CustomColumns:
    """Headers and the path of each.

    Upstream: staging/src/k8s.io/kubectl/pkg/cmd/get/customcolumn.go
    """

    headers: tuple[str, ...]
    paths: tuple[JSONPath, ...]

    @classmethod
    def parse(cls, spec: str) -> CustomColumns:
        """From `NAME:.metadata.name,PHASE:.status.phase`.

        Raises:
            PodlabError: it is no such list.
        """
        if not spec:
            raise PodlabError("custom-columns format specified but no custom columns given")
        pairs = [part.partition(":") for part in spec.split(",")]
        for header, colon, _ in pairs:
            if not colon:
                raise PodlabError(f"unexpected custom-columns spec: {header}, expected <header>:<json-path-expr>")
        return cls(*zip(*((header, JSONPath.parse(relaxed(path))) for header, _, path in pairs), strict=True))

    @classmethod
    def from_template(cls, text: str) -> CustomColumns:
        """From a file of two lines: headers, paths.

        Raises:
            PodlabError: a line is missing, or they do not match.
        """
        lines = [line.split() for line in text.split("\n")]
        for at, what in ((0, "header"), (1, "spec")):
            if len(lines) <= at or not lines[at]:
                raise PodlabError(
                    f"invalid template, missing {what} line. Expected format is one line of space separated headers, "
                    "one line of space separated column specs."
                )
        headers, specs = lines[:2]
        if len(headers) != len(specs):
            raise PodlabError(f"number of headers ({len(headers)}) and field specifications ({len(specs)}) don't match")
        return cls(tuple(headers), tuple(JSONPath.parse(relaxed(spec)) for spec in specs))

    def text(self, objects: list[Any], no_headers: bool = False) -> str:
        """The table of these objects, each line with its newline."""
        lines = [] if no_headers else ["\t".join(self.headers)]
        wrong: list[str] = []
        for obj in objects:
            try:
                lines.append("\t".join(_cell(path, obj) for path in self.paths))
            except JSONPathError as error:
                wrong.append(str(error).removeprefix("error: "))
        text = align("".join(f"{line}\n" for line in lines), min_width=6, padding=3)
        if wrong:
            said = "\n".join(dict.fromkeys(wrong))
            raise ColumnError(f"error: {said}", text)
        return text


def _cell(path: JSONPath, obj: Any) -> str:
    found = path.find(obj)
    texts = ["<none>"] if not found or not found[0] else []
    return ",".join(texts + [escape(go_text(value)) for values in found for value in values])


def sort_by(path: str, items: list[Any], content: str = "") -> list[Any]:
    """The items in the order of a field; those without it first.

    Args:
        content: the key under which an item keeps the object, such as a Table row's `object`.

    Raises:
        PodlabError: no item has that field.
    """
    try:
        field = relaxed(path)
        expression = JSONPath.parse(field)
    except PodlabError as error:
        raise PodlabError(f"error: {error}") from None
    found = [expression.find(item[content] if content else item) for item in items]
    keys = [values[0][0] if values and values[0] else None for values in found]
    if items and not any(values and values[0] for values in found):
        raise PodlabError(f'error: couldn\'t find any field with path "{field}" in the list of objects')
    odd = next((key for key in keys if isinstance(key, (dict, list, bool))), None)
    if odd is not None and len(items) > 1:
        raise Unsortable(_unsortable(field, odd, bool(content)))
    by_key = functools.cmp_to_key(_compare)
    pairs = sorted(zip(map(by_key, keys), items, strict=True), key=lambda pair: pair[0])
    return [item for _, item in pairs]


class ColumnError(PodlabError):
    """Objects that a column's path does not fit; `printed` are the rows of the others."""

    def __init__(self, message: str, printed: str) -> None:
        super().__init__(message)
        self.printed = printed


class Unsortable(PodlabError):
    """A field that is an object or a list; kubectl ends with its logger's line."""


def _unsortable(field: str, value: Any, rows: bool) -> str:
    kind = type_name(value)
    where, line = ("[][][]reflect.Value", 375) if rows else ("*unstructured.Unstructured", 329)
    text = f"Field {field} in {where} is an unsortable type: interface, err: unsortable type: {kind}"
    return logged(f"sorter.go:{line}", text, "F")


def _compare(a: Any, b: Any) -> int:
    if a is None or b is None:
        return (a is not None) - (b is not None)
    if isinstance(a, str) and isinstance(b, str):
        try:
            one, other = parse_quantity(a), parse_quantity(b)
            return (one > other) - (one < other)
        except ValueError:
            pass
    if type(a) is not type(b) and not (isinstance(a, (int, float)) and isinstance(b, (int, float))):
        a, b = str(a), str(b)
    return int(a > b) - int(a < b)
