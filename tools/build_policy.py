"""Write apiserver/authorization/defaults.jsonl: the roles and bindings that a fresh kind cluster has, one a line.

python tools/build_policy.py KUBECONFIG       # of a kind cluster in which nobody has made roles yet
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

Obj = dict[str, Any]

TARGET = Path(__file__).parent.parent / "podlab/embedded/apiserver/authorization/defaults.jsonl"
KINDS = ("clusterroles", "roles", "clusterrolebindings", "rolebindings")
KEPT = ("name", "namespace", "labels", "annotations")


def compact(obj: Obj) -> Obj:
    """What makes the object: who wrote it, and what; aggregated rules follow from the others."""
    meta = obj["metadata"]
    writers = [entry["manager"] for entry in meta["managedFields"] if entry["operation"] == "Update"]
    made = {"kind": obj["kind"], "manager": writers[0], "metadata": {key: meta[key] for key in KEPT if key in meta}}
    skipped = ("kind", "apiVersion", "metadata", *(("rules",) if "aggregationRule" in obj else ()))
    return {**made, **{key: value for key, value in obj.items() if key not in skipped}}


def main(kubeconfig: str) -> None:
    """Dump, and write."""
    command = ["kubectl", "--kubeconfig", kubeconfig, "get", "-o", "json", "-A", "--show-managed-fields"]
    lines = []
    for kind in KINDS:
        listed = json.loads(subprocess.run([*command, kind], check=True, capture_output=True).stdout)
        lines += [json.dumps(compact(obj), separators=(",", ":"), sort_keys=True) for obj in listed["items"]]
    TARGET.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1])
