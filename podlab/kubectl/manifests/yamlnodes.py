"""YAML as nodes, unless it is so deep, or its aliases written out so large, that reading it on would end the process.

Upstream: go.yaml.in/yaml/v2 decode.go
"""

from __future__ import annotations

from typing import Any

import yaml

DEEPEST = 200
"""Levels of nesting; the deepest field of any kind has fewer than 30."""
MOST_NODES = 400_000
"""Nodes of a document with every alias written out."""


def compose(text: str, loader: Any) -> Any:
    """The root node of a text with one document, None if it is empty.

    Raises:
        yaml.YAMLError: it is no YAML; or too much of it, in the words of Go's library.
    """
    depth = 0
    for event in yaml.parse(text, Loader=loader):  # libyaml's composer recurses without a guard
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.YAMLError("exceeded max depth")
    root = yaml.compose(text, Loader=loader)
    if root is not None and _size(root, {}) > MOST_NODES:
        raise yaml.YAMLError("document contains excessive aliasing")
    return root


def _size(node: Any, sizes: dict[int, int]) -> int:
    """How many nodes there are below, each alias written out; 0 marks one that is being counted."""
    if sizes.get(id(node)) == 0:
        raise yaml.YAMLError("anchor value contains itself")
    if id(node) not in sizes:
        sizes[id(node)] = 0
        within = node.value if isinstance(node, yaml.CollectionNode) else ()
        children = [child for each in within for child in (each if isinstance(each, tuple) else (each,))]
        sizes[id(node)] = 1 + sum(_size(child, sizes) for child in children)
    return sizes[id(node)]
