"""What a cluster takes to start, to answer, and to get Pods Ready."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil

from bench.wire import PODS, Wire, median, pod, ready
from podlab import clusters
from podlab.clusters import Cluster, state

SETTLED, WATCHED = 10.0, 30.0
"""Seconds after which a new cluster has nothing left to do, and for which it is watched doing nothing."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, but for `get` and `get_of_many` (milliseconds, p50), `resident` (MiB) and `idle` (% of a core).

    The last two are 0 where the cluster is no process of ours.
    """

    up: float
    seed: float
    thirty: float
    get: float
    get_of_many: float
    resident: float
    idle: float

    def show(self) -> None:
        """One line each."""
        print(f"  up, to an answering server     {self.up:8.2f} s")
        print(f"  seed Pod Ready after create    {self.seed:8.2f} s")
        print(f"  30 Pods Ready                  {self.thirty:8.2f} s")
        print(f"  GET of a Pod, p50              {self.get:8.2f} ms")
        print(f"  the same among many Pods       {self.get_of_many:8.2f} ms")
        if self.resident:
            print(f"  resident when idle             {self.resident:8.1f} MiB")
            print(f"  processor time when idle       {self.idle:8.2f} % of a core")


def measure(kind: str, name: str, many: int) -> tuple[Cluster, Figures]:
    """Make the cluster and measure it; it is left running."""
    began = time.perf_counter()
    cluster = clusters.up(kind, name)
    up = time.perf_counter() - began
    wire = Wire(cluster.kubeconfig)
    _until_one_node(wire)
    resident, idle = _doing_nothing(name) if cluster.simulated else (0.0, 0.0)
    _ready_in(wire, ["warm"])  # the image is pulled
    seed = _ready_in(wire, ["seed"])
    thirty = _ready_in(wire, [f"thirty-{i}" for i in range(30)])
    wire.call("POST", PODS, pod("still", "none"))
    get = median(wire.timed("GET", f"{PODS}/still", 200))
    for i in range(many):
        wire.call("POST", PODS, pod(f"many-{i}", "none"))
    get_of_many = median(wire.timed("GET", f"{PODS}/still", 200))
    wire.call("DELETE", f"{PODS}?gracePeriodSeconds=0")
    return cluster, Figures(up, seed, thirty, get, get_of_many, resident, idle)


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


def _doing_nothing(name: str) -> tuple[float, float]:
    """MiB resident, and the percentage of a core, of a cluster that nobody asks anything."""
    time.sleep(SETTLED)
    server = psutil.Process(int((state.folder(name) / "pid").read_text(encoding="utf-8")))
    began, worked = time.perf_counter(), sum(server.cpu_times()[:2])
    time.sleep(WATCHED)
    share = (sum(server.cpu_times()[:2]) - worked) / (time.perf_counter() - began)
    return server.memory_info().rss / 2**20, share * 100
