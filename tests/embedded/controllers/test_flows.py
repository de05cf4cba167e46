"""Workloads through the steps of a recorded flow: the same Events in order, the same status after each step.

The recorded cluster had a kubelet that ran nothing: images are others here, and the Pods' own lives are not compared.
"""

from __future__ import annotations

import copy
import gzip
import json
import re
from typing import Any

import pytest

from podlab.embedded.apiserver.paths.scale import scale_to
from tests.embedded.simulation import GOLDEN, Simulation, simulate

Obj = dict[str, Any]
PLURALS = {
    "DaemonSet": "daemonsets.apps",
    "Deployment": "deployments.apps",
    "Job": "jobs.batch",
    "StatefulSet": "statefulsets.apps",
}
GENERATED = (r"\b(d|ds|j)(-[a-z0-9]{6,10})?(-[a-z0-9]{5})?\b", r"\1")
COUNTS = re.compile("[a-z]*(Replicas|replicas|Generation|Scheduled|numberReady|numberAvailable|succeeded|ready)")
SETTLED = 20.0
"""Virtual seconds in which everything that a step brings about has come."""
SKEW = 0.2
"""Seconds by which the streams' clocks may be ahead of the steps'."""
ONCE = {"image": "busybox", "command": ["true"]}


def flow(name: str) -> Obj:
    text = gzip.decompress((GOLDEN / "api" / f"flow-{name}.json.gz").read_bytes())
    return dict(json.loads(text)[0])


def told(events: list[Obj]) -> dict[str, list[tuple[str, str]]]:
    """What each kind of workload told, in order; without what is generated in names."""
    found: dict[str, list[tuple[str, str]]] = {}
    for event in (event["object"] for event in events):
        kind = event["involvedObject"]["kind"]
        if kind != "Pod":
            found.setdefault(kind, []).append((event["reason"], re.sub(*GENERATED, event["message"])))
    return found


def counts(obj: Obj) -> Obj:
    """What a status counts, zeros left out."""
    status = obj.get("status") or {}
    return {key: value for key, value in status.items() if COUNTS.fullmatch(key) and value}


def recorded(given: Obj, kind: str, until: float) -> Obj | None:
    """The last status that was seen before a moment; None of what is gone."""
    stream = [e for e in given["streams"][PLURALS[kind].partition(".")[0]] if e["t"] < until - SKEW]
    return None if stream[-1]["type"] == "DELETED" else counts(stream[-1]["object"])


def _with_another_image(obj: Obj) -> None:
    spec = copy.deepcopy(obj["spec"])
    spec["template"]["spec"]["containers"][0]["image"] = "nginx:latest"
    obj["spec"] = spec


class Replay:
    """A simulation that takes the steps of a flow."""

    def __init__(self, sim: Simulation) -> None:
        self.sim, self.registry, self.name = sim, sim.registry, ""
        self.kinds: dict[str, str] = {}

    def take(self, step: str, result: Obj) -> None:
        """One step; `result` is what the recorded API server answered."""
        verb, *words = step.split()
        self.name = next((name for name in self.kinds if name in words), self.name)
        if verb == "create":
            self._create(result)
        elif verb == "set":
            self._change(_with_another_image)
        elif verb == "scale":
            replicas = result["spec"]["replicas"]
            self._change(lambda obj: scale_to(obj, self._resource(), replicas, "unknown"))
        elif step == "delete one pod":
            pods = self.registry.list(self.registry.resource("pods"), self.sim.namespace)
            self.sim.delete(max(pods, key=lambda pod: int(pod["metadata"]["resourceVersion"]))["metadata"]["name"])
        else:
            how = {"foreground": "Foreground", "orphan": "Orphan"}.get(step.split()[-1], "Background")
            options = {"propagationPolicy": how}
            self.registry.delete(self._resource(), self.name, self.sim.namespace, options=options)

    def _create(self, result: Obj) -> None:
        self.name = result["metadata"]["name"]
        self.kinds[self.name] = result["kind"]
        spec = {k: v for k, v in result["spec"].items() if k != "selector" or self.kind != "Job"}
        spec["template"] = {**spec["template"], "metadata": {} if self.kind == "Job" else {"labels": {"app": "x"}}}
        container = spec["template"]["spec"]["containers"][0]
        container.update(ONCE if self.kind == "Job" else {"image": "nginx:1.27"})
        body = {**{k: result[k] for k in ("apiVersion", "kind")}, "metadata": {"name": self.name}, "spec": spec}
        self.registry.create(self._resource(), body, namespace=self.sim.namespace)

    @property
    def kind(self) -> str:
        """The kind of what the last step was about."""
        return self.kinds[self.name]

    def _resource(self) -> Any:
        return self.registry.resource(PLURALS[self.kind])

    def _change(self, change: Any) -> None:
        self.registry.change(self._resource(), self.name, self.sim.namespace, change, subresource="")

    def status(self) -> Obj | None:
        obj = self.registry.find(self._resource(), self.name, self.sim.namespace)
        return None if obj is None else counts(obj)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "namespace"), [("deployment", "g-dep"), ("statefulset", "g-sts"), ("daemonset-job-namespace", "g-ds")]
)
def test_a_recorded_flow_goes_the_same_way(name: str, namespace: str) -> None:
    given = flow(name)
    steps = [step for step in given["steps"] if step["step"] != "delete namespace"]
    ends = [step["t"] for step in given["steps"][1:]] + [float("inf")]
    seen: list[tuple[str, Obj | None, Obj | None]] = []

    async def script(sim: Simulation) -> None:
        replay = Replay(sim)
        for step, end in zip(steps, ends, strict=False):
            replay.take(step["step"], step["result"][1])
            await sim.run(SETTLED)
            seen.append((step["step"], replay.status(), recorded(given, replay.kind, end)))

    sim = simulate(script, namespace, workers=2)
    for step, ours, theirs in seen:
        assert ours == theirs, step
    assert told(sim.seen["events"]) == told(given["streams"]["events"])
