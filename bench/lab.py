"""How long `podlab lab` takes, started again, until JupyterLab listens."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.request

from podlab.clusters import Cluster
from podlab.lab import free_port

GOAL = 5.0


def run(cluster: Cluster) -> bool:
    """Print the seconds; whether the goal is met."""
    with tempfile.TemporaryDirectory() as folder:
        _start(cluster, folder)
        took = _start(cluster, folder)
    print(f"  podlab lab, to listening       {took:8.2f} s (goal: {GOAL:g})")
    return took <= GOAL


def _start(cluster: Cluster, folder: str) -> float:
    port = free_port(18888)
    command = [sys.executable, "-m", "podlab", "lab", folder, "--no-browser", "--port", str(port)]
    began = time.perf_counter()
    lab = subprocess.Popen([*command, "--cluster", cluster.name], stderr=subprocess.DEVNULL)
    try:
        while lab.poll() is None and not _listens(port):
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        lab.terminate()
        lab.wait()


def _listens(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2).close()
    except OSError:
        return False
    return True
