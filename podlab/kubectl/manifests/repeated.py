"""Keys that stand twice in one place of a manifest: YAML keeps the last, and kubectl says nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from podlab.apimachinery import goyaml
from podlab.kubectl.manifests import yamlnodes
from podlab.text import Text

TWO = Text(
    ko="`{key}:`{이/가} {first}번째 줄과 {line}번째 줄에 있어 마지막 것만 남습니다. 오브젝트가 둘이면 그 사이에 "
    "`---`만 있는 줄을 넣으십시오.",
    en="`{key}:` stands in lines {first} and {line}, and only the last counts. Between two objects comes a line of "
    "`---` alone.",
)
AGAIN = Text(
    ko="같은 곳에 `{key}:`{이/가} {first}번째 줄과 {line}번째 줄에 두 번 있어 마지막 것만 남습니다. 하나를 지우거나, "
    "목록의 새 항목이면 앞에 `- `를 붙이십시오.",
    en="`{key}:` stands twice in one place, in lines {first} and {line}, and only the last counts. Take one out, or "
    "begin a new item of a list with `- `.",
)
HEADS = ("apiVersion", "kind")


def repeated(text: str) -> Text | None:
    """What to say of the first key that is there a second time, with its lines in the whole text, from 1."""
    before = 0
    for document in re.split(r"^---(?=\s|$).*\n?", text, flags=re.M):
        root = yamlnodes.compose(document, goyaml.loader())
        for node in _mappings(root, set()):
            seen: dict[str, int] = {}
            for key, _ in node.value:
                name, line = str(key.value), before + key.start_mark.line + 1
                if name in seen:
                    two = node is root and name in HEADS
                    return (TWO if two else AGAIN).format(key=name, first=seen[name], line=line)
                seen[name] = line
        before += document.count("\n") + 1
    return None


def _mappings(node: Any, seen: set[int]) -> Iterator[yaml.MappingNode]:
    """Each mapping once, however many aliases lead to it."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        yield node
    for each in node.value if isinstance(node, yaml.CollectionNode) else ():
        for child in each if isinstance(each, tuple) else (each,):
            yield from _mappings(child, seen)
