"""YAML whose aliases, written out, would fill the memory, or that lead into themselves.

Upstream: sigs.k8s.io/yaml/goyaml.v2/decode.go
"""

from __future__ import annotations

from typing import Any

import yaml

MOST_NODES = 400_000
"""Nodes of a document with every alias written out."""


def check(root: Any) -> None:
    """Refuse a document's node with too many aliases.

    Raises:
        yaml.YAMLError: with the words of Go's library.
    """
    try:
        size = 0 if root is None else _size(root, {})
    except RecursionError:
        raise yaml.YAMLError("exceeded max depth") from None
    if size > MOST_NODES:
        raise yaml.YAMLError("document contains excessive aliasing")


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
