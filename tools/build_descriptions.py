"""Build descriptions.json.gz: what an API server's OpenAPI says of each kind and each of its fields.

The Python client's models lack what stands beside a reference, the meanings of enumerations, and line breaks.

    python tools/build_descriptions.py "kubectl --context kind-lab"
"""

from __future__ import annotations

import gzip
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.paths.openapi.schemas import OPAQUE, name_of
from podlab.embedded.apiserver.resources import RESOURCES

TARGET = Path(__file__).parent.parent / "podlab/embedded/apiserver/paths/openapi/descriptions.json.gz"


def read(kubectl: str, path: str) -> dict[str, Any]:
    """The schemas of one group and version."""
    command = [*shlex.split(kubectl), "get", "--raw", f"/openapi/v3/{path}"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(answer.stdout)["components"]["schemas"])


def main() -> None:
    """Read the API server of the kubectl that the command line names, and write `TARGET`."""
    paths = sorted({f"apis/{r.group}/{r.version}" if r.group else f"api/{r.version}" for r in RESOURCES})
    schemas = {name: schema for path in paths for name, schema in read(sys.argv[1], path).items()}
    wanted = {name_of(name) for name in (*fields.table()["types"], *OPAQUE)}
    found = {
        name: [
            schema.get("description", ""),
            {key: f["description"] for key, f in schema.get("properties", {}).items() if "description" in f},
        ]
        for name, schema in sorted(schemas.items())
        if name in wanted
    }
    text = json.dumps(found, separators=(",", ":")).encode()
    TARGET.write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{TARGET}: {len(found)} types, {len(text)} bytes, {TARGET.stat().st_size} gzipped")


if __name__ == "__main__":
    main()
