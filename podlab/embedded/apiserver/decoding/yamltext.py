"""YAML request bodies as JSON values, with repeated keys reported. Upstream: sigs.k8s.io/yaml"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podlab.apimachinery import goyaml
from podlab.apimachinery.gotext import quote

PREFIX = "yaml: unmarshal errors:"
DEEPEST = 200  # levels of nesting
MOST_NODES = 400_000  # after following aliases, so that a short text cannot fill the memory


def load(body: bytes) -> tuple[Any, list[str]]:
    """Return the value of the first YAML document, and its strict error if keys are repeated. Raises ValueError."""
    import yaml  # late: most requests are JSON

    reader = goyaml.loader()
    try:
        text = body.decode("utf-8", "replace")
        _check_depth(yaml.parse(text, Loader=reader))
        loader = reader(text)
        if not loader.check_node():
            return None, []
        node = loader.get_node()
        _count(node, {})
        repeated: list[str] = []
        _repeated(node, repeated, set())
        value = _plain(loader.construct_document(node))
    except yaml.YAMLError as error:
        words = goyaml.said(error, text) if isinstance(error, yaml.MarkedYAMLError) else str(error)
        raise ValueError(f"yaml: {words}") from None
    except RecursionError:
        raise ValueError("yaml: exceeded max depth") from None
    return value, [f"{PREFIX}\n" + "\n".join(repeated)] if repeated else []


def warnings(strict: list[str]) -> list[str]:
    """A warning for each line of a strict error. Upstream: apiserver/pkg/endpoints/handlers (parseYAMLWarnings)"""
    lines = [line.strip() for text in strict for line in text.splitlines()]
    return [line for line in lines if line != PREFIX]


def _check_depth(events: Iterable[Any]) -> None:
    """Refuse a deep first document before its nodes are made: libyaml's own stack has no guard."""
    import yaml

    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError("yaml: exceeded max depth")
        if isinstance(event, yaml.DocumentEndEvent):
            return


def _count(node: Any, known: dict[int, int]) -> int:
    """Count nodes as if every alias were written out; refuse a document that would explode."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = MOST_NODES + 1  # an alias that leads into itself
    size = 1
    for child in _children(node):
        size += _count(child, known)
        if size > MOST_NODES:
            raise ValueError("yaml: document contains excessive aliasing")
    known[id(node)] = size
    return size


def _children(node: Any) -> list[Any]:
    if node.id == "mapping":
        return [part for pair in node.value for part in pair]
    return list(node.value) if node.id == "sequence" else []


def _repeated(node: Any, complaints: list[str], visited: set[int]) -> None:
    if id(node) in visited:
        return
    visited.add(id(node))
    if node.id == "mapping":
        seen: set[str] = set()
        for key, _ in node.value:
            if key.id == "scalar" and key.value in seen:
                complaints.append(f"  line {key.start_mark.line + 1}: key {quote(key.value)} already set in map")
            seen.add(str(key.value))
    for child in _children(node):
        _repeated(child, complaints, visited)


def _plain(value: Any) -> Any:
    """Turn what YAML knows and JSON does not into JSON: keys are texts and in order, binary is text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in sorted(((_key(k), v) for k, v in value.items()), key=_first)}
    if isinstance(value, (list, set, tuple)):
        return [_plain(item) for item in value]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)
