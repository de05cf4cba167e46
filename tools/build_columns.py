"""Build answering/columns.json: the columns of server-side Tables, as a real API server describes them.

python tools/build_columns.py       # from tests/golden/api/tables.json
"""

from __future__ import annotations

import json
from pathlib import Path

HOME = Path(__file__).parent.parent
SOURCE = HOME / "tests/golden/api/tables.json"
TARGET = HOME / "podlab/embedded/apiserver/answering/columns.json"


def main() -> None:
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
    TARGET.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
