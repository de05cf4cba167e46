"""What `podlab up` adds to bare `kind create cluster`: medians of as many rounds, one after the other in turn."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 2.0


def run(name: str, rounds: int) -> bool:
    """Print both medians in seconds; whether the goal is met."""
    bare, ours = [], []
    with tempfile.TemporaryDirectory(prefix="podlab-bench-") as folder:
        for _ in range(rounds):
            bare.append(_bare(f"{name}-bare", Path(folder)))
            ours.append(_ours(f"{name}-ours", Path(folder)))
    added = statistics.median(ours) - statistics.median(bare)
    print(f"  kind create cluster            {statistics.median(bare):8.2f} s")
    print(f"  podlab up --cluster kind       {statistics.median(ours):8.2f} s")
    print(f"  {'met   ' if added <= GOAL else 'MISSED'} podlab adds {added:.2f} s (goal: {GOAL:g}, median of {rounds})")
    return added <= GOAL


def _bare(name: str, folder: Path) -> float:
    image = os.environ.get("PODLAB_NODE_IMAGE")
    command = ["kind", "create", "cluster", "--name", name, *(["--image", image] if image else [])]
    own = ["--kubeconfig", str(folder / "bare")]
    return _timed([*command, *own], ["kind", "delete", "cluster", "--name", name, *own], dict(os.environ))


def _ours(name: str, folder: Path) -> float:
    podlab = [sys.executable, "-m", "podlab"]
    environ = os.environ | {"PODLAB_HOME": str(folder / "home")}
    return _timed(
        [*podlab, "up", "--cluster", "kind", "--name", name], [*podlab, "down", "--name", name], dict(environ)
    )


def _timed(make: list[str], delete: list[str], environ: dict[str, str]) -> float:
    began = time.perf_counter()
    try:
        subprocess.run(make, check=True, capture_output=True, env=environ)
        return time.perf_counter() - began
    finally:
        subprocess.run(delete, check=True, capture_output=True, env=environ)
