"""One `get pods` in a warm kernel against one kubectl process, on the same cluster."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from bench.wire import PODS, Wire, median, milliseconds, pod
from podlab.clusters import Cluster

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl

TIMES = 15
GOAL = 5.0


def run(cluster: Cluster) -> bool:
    """Print both medians and their ratio; whether the goal is met (True where there is no kubectl)."""
    from podlab.client import Client
    from podlab.kubectl import Kubectl

    kubectl, wire = Kubectl(Client(cluster.kubeconfig), namespace=cluster.namespace), Wire(cluster.kubeconfig)
    wire.call("POST", PODS, pod("bench", "none"))
    try:
        return _compared(cluster, kubectl)
    finally:
        wire.call("DELETE", f"{PODS}/bench?gracePeriodSeconds=0")


def _compared(cluster: Cluster, kubectl: Kubectl) -> bool:
    kubectl.get("pods")
    ours = median([milliseconds(lambda: kubectl.get("pods")) for _ in range(TIMES)])
    print(f"  kubectl.get('pods'), warm      {ours:8.1f} ms")
    binary = shutil.which("kubectl-1.36") or shutil.which("kubectl")
    if binary is None:
        print("  kubectl get pods               there is no kubectl here")
        return True
    command = [binary, "--kubeconfig", str(cluster.kubeconfig), "get", "pods"]
    subprocess.run(command, check=True, capture_output=True)
    theirs = median(
        [milliseconds(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(TIMES)]
    )
    print(f"  kubectl get pods, the process  {theirs:8.1f} ms   {theirs / ours:.1f} times ours (goal: {GOAL:g})")
    return theirs / ours >= GOAL
