"""Where a manifest's fields are in its text: the line of a field path, and the field at a caret.

A place is a path of keys and list indexes, such as `("spec", "containers", 0, "image")`. Lines count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from podlab.kubectl.manifests import yamlnodes

Path = tuple[str | int, ...]
LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_STEP = re.compile(r"\[(?P<index>\d+)\]|\[(?P<key>[^\]]*)\]|(?P<name>[^.\[\]]+)")
_KEY = re.compile(r"^(?P<space> *)(?P<dashes>(?:- +)*)(?P<key>[^\s#:\-][^#:]*?)\s*:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a text: the line before its first one, its text, its nodes (None where there are none)."""

    before: int
    text: str
    root: Any = None
    error: yaml.YAMLError | None = None

    def line(self, path: Path) -> int:
        """The line of the field, or of the deepest one above it that is there."""
        return self.before + _start(self.root, path).line + 1 if self.root is not None else self.before + 1

    def like(self, names: Sequence[str], kind: str = "") -> Path:
        """The place that a path without indexes means; of several, one whose value, or entry, Go calls a `kind`."""
        found = list(_matching(self.root, tuple(names), ()))
        maps = [(path, node) for path, node in found if isinstance(node, yaml.MappingNode)]
        entries = [((*path, str(key.value)), value) for path, node in maps for key, value in node.value]
        right = (path for path, node in (*found, *entries) if _go_kind(node) == kind)
        return next(right, found[0][0] if found else tuple(names))

    def holding(self, name: str, value: str) -> int | None:
        """The line of a field of that name, in whatever case, that has that value."""
        for node in _nodes(self.root):
            for key, held in node.value if isinstance(node, yaml.MappingNode) else ():
                if str(key.value).lower() == name.lower() and getattr(held, "value", None) == value:
                    return int(self.before + key.start_mark.line + 1)
        return None

    def repeated(self) -> Iterator[tuple[int, str]]:
        """The line and the name of each key that stands in its mapping a second time."""
        for node in _nodes(self.root):
            seen: set[str] = set()
            for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
                if str(key.value) in seen:
                    yield self.before + key.start_mark.line + 1, str(key.value)
                seen.add(str(key.value))


def documents(text: str) -> list[Document]:
    """The documents of a text, split as kubectl splits them; one that is no YAML carries its error."""
    found, before, last = [], 0, text.count("\n")
    for part in re.split(r"^---(?=\s|$).*\n?", text, flags=re.M):
        try:
            found.append(Document(before, part, yamlnodes.compose(part, LOADER)))
        except yaml.YAMLError as error:
            found.append(Document(before, part, None, error))
        before = min(before + part.count("\n") + 1, last)  # a `---` may end the text without a newline
    return found


def steps(field: str) -> Path:
    """The path that the server writes as `spec.containers[0].ports[1].containerPort` or `requests[cpu]`."""
    return tuple(
        int(each["index"]) if each["index"] is not None else each["key"] if each["key"] is not None else each["name"]
        for each in _STEP.finditer(field)
    )


def at(text: str, line: int, column: int) -> Path:
    """The place of a caret; on an empty line its column says whose field would come there.

    Args:
        line: from 1.
        column: characters before the caret.
    """
    document = [each for each in documents(text) if each.before < line or each.before == 0][-1]
    row = text.split("\n")[line - 1 : line]
    blank = not row or not row[0].strip(" -")
    if document.root is None:
        return _by_indentation(document.text.split("\n"), line - document.before - 1, column)
    return _within(document.root, line - document.before - 1, column, blank)


def _within(node: Any, line: int, column: int, blank: bool) -> Path:
    if isinstance(node, yaml.MappingNode):
        pairs = [pair for pair in node.value if _reached(pair[0].start_mark, node.value[0][0].start_mark, line, column)]
        if not pairs:
            return ()
        key, value = pairs[-1]
        if blank and key.start_mark.line < line and key.start_mark.column >= column:
            return ()
        return (str(key.value), *_within(value, line, column, blank))
    if isinstance(node, yaml.SequenceNode):
        items = [n for n, item in enumerate(node.value) if item.start_mark.line <= line]
        return (items[-1], *_within(node.value[items[-1]], line, column, blank)) if items else ()
    return ()


def _reached(mark: Any, first: Any, line: int, column: int) -> bool:
    return bool(mark.line < line or (mark.line == line and (mark.column <= column or mark.column == first.column)))


def _by_indentation(lines: Sequence[str], line: int, column: int) -> Path:
    """The same where the text is no YAML at the moment: the keys above that are indented less."""
    here = lines[line] if line < len(lines) else ""
    limit = len(here) if here.strip(" -") else column
    path: list[str] = []
    for text in reversed(lines[: line + 1]):
        found = _KEY.match(text)
        if found and len(found["space"]) + len(found["dashes"]) < limit:
            path.insert(0, found["key"].strip("\"'"))
            limit = len(found["space"]) + bool(found["dashes"])
    return tuple(path)


def _start(node: Any, path: Path) -> Any:
    """The mark of the key or item that the path leads to, as deep as it goes."""
    mark = node.start_mark
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == str(step)), None)
            if pair is None:
                break
            mark, node = pair[0].start_mark, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            mark = node.start_mark
        else:
            break
    return mark


def _matching(node: Any, names: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _matching(item, names, (*path, number))
    elif not names and node is not None:
        yield path, node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == names[0]:
                yield from _matching(value, names[1:], (*path, names[0]))


def _nodes(node: Any) -> Iterator[Any]:
    if node is None:
        return
    yield node
    for each in node.value if isinstance(node, yaml.CollectionNode) else ():
        yield from _nodes(each[1] if isinstance(each, tuple) else each)


def _go_kind(node: Any) -> str:
    if isinstance(node, yaml.MappingNode):
        return "object"
    tag = str(node.tag).rpartition(":")[2]
    return {"int": "number", "float": "number", "bool": "bool", "null": "null", "seq": "array"}.get(tag, "string")
