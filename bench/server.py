"""What a cluster takes to start, to answer, and to get Pods Ready."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from bench.wire import PODS, Wire, median, pod, ready
from podlab import clusters
from podlab.clusters import Cluster, state


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, but for `get` and `get_of_many` (milliseconds, p50) and `resident` (MiB; 0 where it is not known)."""

    up: float
    seed: float
    thirty: float
    get: float
    get_of_many: float
    resident: float

    def show(self) -> None:
        """One line each."""
        print(f"  up, to an answering server     {self.up:8.2f} s")
        print(f"  seed Pod Ready after create    {self.seed:8.2f} s")
        print(f"  30 Pods Ready                  {self.thirty:8.2f} s")
        print(f"  GET of a Pod, p50              {self.get:8.2f} ms")
        print(f"  the same among many Pods       {self.get_of_many:8.2f} ms")
        if self.resident:
            print(f"  resident when idle             {self.resident:8.1f} MiB")


def measure(kind: str, name: str, many: int) -> tuple[Cluster, Figures]:
    """Make the cluster and measure it; it is left running."""
    began = time.perf_counter()
    cluster = clusters.up(kind, name)
    up = time.perf_counter() - began
    wire = Wire(cluster.kubeconfig)
    _until_one_node(wire)
    resident = _resident(name) if cluster.simulated else 0.0
    _ready_in(wire, ["warm"])  # the image is pulled
    seed = _ready_in(wire, ["seed"])
    thirty = _ready_in(wire, [f"thirty-{i}" for i in range(30)])
    wire.call("POST", PODS, pod("still", "none"))
    get = median(wire.timed("GET", f"{PODS}/still", 200))
    for i in range(many):
        wire.call("POST", PODS, pod(f"many-{i}", "none"))
    get_of_many = median(wire.timed("GET", f"{PODS}/still", 200))
    wire.call("DELETE", f"{PODS}?gracePeriodSeconds=0")
    return cluster, Figures(up, seed, thirty, get, get_of_many, resident)


def _ready_in(wire: Wire, names: list[str]) -> float:
    began = time.perf_counter()
    for name in names:
        wire.call("POST", PODS, pod(name))
    while ready(wire.call("GET", f"{PODS}?labelSelector=app%3Dbench")["items"]) < len(names):
        if time.perf_counter() - began > 300:
            raise RuntimeError(f"{len(names)} Pods did not get Ready within 300 s")
        time.sleep(0.02)
    took = time.perf_counter() - began
    wire.call("DELETE", f"{PODS}?labelSelector=app%3Dbench&gracePeriodSeconds=1")
    while wire.call("GET", PODS)["items"]:
        time.sleep(0.1)
    return took


def _until_one_node(wire: Wire) -> None:
    while not ready(wire.call("GET", "/api/v1/nodes")["items"]):
        time.sleep(0.1)


def _resident(name: str) -> float:
    # Linux only
    pid = (state.folder(name) / "pid").read_text(encoding="utf-8").strip()
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
