"""What many objects cost the embedded cluster: Deployments with thousands of Pods on a hundred nodes."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.wire import PODS, Wire, median, pod

WORKERS, DEPLOYMENTS, EACH = 99, 100, 50
ALL = DEPLOYMENTS * EACH
SPEED = 10
"""Cluster seconds a second: what pulls and starts take is hardly seen. Much faster, and a hundred nodes do nothing but
renew their leases."""
DEPLOYMENTS_PATH = "/apis/apps/v1/namespaces/default/deployments"
LIMIT = 600.0


@dataclass(frozen=True, slots=True)
class Growth:
    """Pods that got `ready`, and how many a second, by the clock and of the server's own time, which tells on a machine
    that others use, too; `listed` and `get` (p50) in milliseconds, `resident` in MiB.
    """

    ready: int
    rate: float
    own_rate: float
    listed: float
    get_of_ten: float
    get: float
    resident: float

    def show(self) -> None:
        """One line each."""
        print(f"  Pods Ready                     {self.ready:8} of {ALL} within {LIMIT:.0f} s")
        print(f"  Pods a second                  {self.rate:8.0f}")
        print(f"  the same of processor time     {self.own_rate:8.0f}")
        print(f"  a selected list of 100         {self.listed:8.2f} ms")
        print(f"  GET of a Pod among ten, p50    {self.get_of_ten:8.2f} ms")
        print(f"  the same among these           {self.get:8.2f} ms")
        print(f"  resident with these            {self.resident:8.1f} MiB")

    def met(self) -> bool:
        """Whether the goals are."""
        goals = [
            ("all Pods Ready", self.ready == ALL),
            ("150 Pods a second from create to Ready", self.rate >= 150),
            ("a selected list of 100 within 30 ms", self.listed <= 30),
            ("a GET as fast as among ten Pods (20 %)", self.get <= self.get_of_ten * 1.2),
            ("at most 300 MiB resident", self.resident <= 300),
        ]
        for goal, reached in goals:
            print(f"{'met   ' if reached else 'MISSED'} {goal}")
        return all(reached for _, reached in goals)


def run(home: Path) -> bool:
    """Print the figures; whether the goals are met."""
    options = ["--home", str(home / "growth"), "--name", "growth", "--workers", str(WORKERS), "--speed", str(SPEED)]
    with subprocess.Popen([sys.executable, "-m", "podlab.embedded", *options], stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            server.stdout.readline()  # it answers
            growth = measure(Wire(home / "growth" / "kubeconfig"), psutil.Process(server.pid))
        finally:
            server.terminate()
    growth.show()
    return growth.met()


def measure(wire: Wire, server: psutil.Process) -> Growth:
    """Fill the cluster and ask it."""
    for number in range(10):
        wire.call("POST", PODS, pod(f"still-{number}", "none"))
    few = median(wire.timed("GET", f"{PODS}/still-0", 300))
    began, worked = time.perf_counter(), _worked(server)
    for number in range(DEPLOYMENTS):
        wire.call("POST", DEPLOYMENTS_PATH, deployment(number))
    while (ready := _ready(wire)) < ALL and time.perf_counter() - began < LIMIT:
        time.sleep(0.5)
    rate, own_rate = ready / (time.perf_counter() - began), ready / (_worked(server) - worked)
    listed = median(wire.timed("GET", f"{PODS}?labelSelector=pair%3Dp1", 30))
    many = median(wire.timed("GET", f"{PODS}/still-0", 300))
    return Growth(ready, rate, own_rate, listed, few, many, server.memory_info().rss / 2**20)


def _worked(server: psutil.Process) -> float:
    """Seconds of processor time so far."""
    times = server.cpu_times()
    return float(times.user + times.system)


def _ready(wire: Wire) -> int:
    return sum(each["status"].get("readyReplicas", 0) for each in wire.call("GET", DEPLOYMENTS_PATH)["items"])


def deployment(number: int) -> dict[str, Any]:
    """A Deployment of nginx; two of them share the label `pair`."""
    labels = {"app": f"web-{number}", "pair": f"p{number // 2}"}
    template = {"metadata": {"labels": labels}, "spec": pod("")["spec"]}
    spec = {"replicas": EACH, "selector": {"matchLabels": {"app": f"web-{number}"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": f"web-{number}"}, "spec": spec}
