"""Names of fields that are no names in CEL. Upstream: k8s.io/apiserver/pkg/cel/escaping.go"""

from __future__ import annotations

import re

SIGNS = {"__underscores__": "__", "__dot__": ".", "__dash__": "-", "__slash__": "/"}
KEYWORDS = frozenset(
    ("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
     "let", "loop", "package", "namespace", "return")
)  # fmt: skip
ESCAPED = re.compile("|".join(SIGNS))


def unescaped(name: str) -> str:
    """The field that a name in an expression means."""
    if name.startswith("__") and name.endswith("__") and name[2:-2] in KEYWORDS:
        return name[2:-2]
    return ESCAPED.sub(lambda match: SIGNS[match[0]], name)
