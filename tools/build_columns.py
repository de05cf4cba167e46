"""Print a kind's columns as its module in apiserver/resources holds them, from what a real API server described.

python tools/build_columns.py limitranges roles.rbac.authorization.k8s.io       # from tests/golden/api/tables.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from podlab.embedded.apiserver.columns import COMMON, Column

SOURCE = Path(__file__).parent.parent / "tests/golden/api/tables.json"
WIDTH = 109


def recorded() -> dict[str, list[dict[str, Any]]]:
    """The column definitions of every recorded kind, by its name with the group."""
    found = {}
    for record in json.loads(SOURCE.read_text(encoding="utf-8")):
        body = record["response"]["body"]
        parts = record["request"]["path"].split("?")[0].strip("/").split("/")
        if body.get("kind") != "Table" or record["name"].startswith("table single"):
            continue
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        plural = rest[2] if rest[0] == "namespaces" and len(rest) > 2 else rest[0]
        group = "" if parts[0] == "api" else parts[1]
        found.setdefault(f"{plural}.{group}" if group else plural, body["columnDefinitions"])
    return found


def source(columns: list[dict[str, Any]]) -> str:
    """Python's text of a tuple of columns."""
    lines = []
    for column in (Column(**given) for given in columns):
        common = next((name for name, known in COMMON.items() if known == column), "")
        lines.append(f"    {common}," if common else _column(column))
    return "\n".join(["COLUMNS = (", *lines, ")"])


def _column(column: Column) -> str:
    more = [f"{key}={getattr(column, key)!r}" for key in ("type", "format", "priority")]
    more = [text for text in more if text not in ("type='string'", "format=''", "priority=0")]
    parts = [json.dumps(column.name), *_pieces(column.description), *more]
    if len(parts) <= 4 and len(", ".join(parts)) < WIDTH:
        return f"    Column({', '.join(parts)}),"
    pieces = "\n        ".join(_pieces(column.description))
    return (
        "\n        ".join([f"    Column(\n        {parts[0]},", f"{pieces},", *[f"{text}," for text in more]])
        + "\n    ),"
    )


def _pieces(text: str) -> list[str]:
    """A text as literals that fit on a line each."""
    pieces: list[str] = [""]
    for word in text.split(" "):
        if len(json.dumps(pieces[-1] + word)) > WIDTH:
            pieces.append("")
        pieces[-1] += word + " "
    pieces[-1] = pieces[-1].removesuffix(" ")
    return [json.dumps(piece) for piece in pieces]


if __name__ == "__main__":
    known = recorded()
    print("\n\n".join(source(known[name]) for name in sys.argv[1:]))
