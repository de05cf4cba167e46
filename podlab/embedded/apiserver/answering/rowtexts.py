"""How tables write labels and selectors. Upstream: k8s.io/cli-runtime, apimachinery/pkg/apis/meta/v1/helpers.go"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Obj

NONE = "<none>"


def labels(given: Obj | None) -> str:
    """Write labels as a table does: `a=b,c=d`, `<none>`."""
    return ",".join(f"{key}={value}" for key, value in sorted((given or {}).items())) or NONE


def selector(given: Obj | None) -> str:
    """Write a label selector as a table does."""
    parts = [f"{key}={value}" for key, value in ((given or {}).get("matchLabels") or {}).items()]
    for term in (given or {}).get("matchExpressions") or []:
        key, operator, values = term.get("key", ""), term.get("operator"), ",".join(sorted(term.get("values") or []))
        words = {
            "In": f"{key} in ({values})",
            "NotIn": f"{key} notin ({values})",
            "Exists": key,
            "DoesNotExist": f"!{key}",
        }
        parts.append(words.get(operator, ""))
    return ",".join(sorted(parts)) or NONE
