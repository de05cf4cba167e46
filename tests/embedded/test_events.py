"""Events: equal ones are counted, similar ones combined, and who floods an object is cut off."""

from __future__ import annotations

from podlab.embedded.events import Recorder
from tests.embedded.simulation import Simulation


async def test_equal_events_count_and_floods_end(sim: Simulation) -> None:
    recorder = Recorder(sim.registry, "kubelet", host="lab-control-plane")
    about = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x", "namespace": "default", "uid": "u"}}
    for _ in range(40):
        recorder.warning(about, "Again", "the same")
    await sim.settle()
    counts = [event["object"]["count"] for event in sim.seen["events"]]
    assert counts == list(range(1, 26))


async def test_a_flood_of_warnings_leaves_room_for_what_goes_well(sim: Simulation) -> None:
    """As seen on kind: 25 of each type. Upstream: staging/src/k8s.io/client-go/tools/record/events_cache.go"""
    recorder = Recorder(sim.registry, "kubelet")
    about = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x", "namespace": "default", "uid": "u"}}
    for _ in range(40):
        recorder.warning(about, "Unhealthy", "no")
        recorder.normal(about, "Pulling", "yes")
    await sim.settle()
    counts = [(event["object"]["reason"], event["object"]["count"]) for event in sim.seen["events"]]
    assert max(counts) == ("Unhealthy", 25) and ("Pulling", 25) in counts and len(counts) == 50
    recorder.forget(about)
    recorder.warning(about, "Unhealthy", "no")
    await sim.settle()
    assert sim.seen["events"][-1]["object"]["count"] == 1


async def test_similar_events_are_combined(sim: Simulation) -> None:
    recorder = Recorder(sim.registry, "kubelet")
    about = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x", "namespace": "default", "uid": "u"}}
    for number in range(12):
        recorder.normal(about, "Many", f"number {number}")
    await sim.settle()
    assert sim.seen["events"][-1]["object"]["message"] == "(combined from similar events): number 11"
