"""A tab that is open for long: it is hidden for an hour, and it makes and deletes hundreds of objects."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from podlab.client import Client
from podlab.clusters import state
from podlab.clusters.tab import COMPACT_ABOVE, COMPACT_EVERY, Hosted, Tab, running
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.clock import RealClock
from podlab.embedded.stepping import SteppingClock
from podlab.kubeconfig import eventloop
from podlab.kubectl import Kubectl
from tests.virtualtime import Naps, shared_loop

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "web", "image": "nginx:1.27"}]},
}
HOUR = 3600.0


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Naps]:
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    naps = Naps()
    with shared_loop(naps):
        yield naps
        for cluster in state.clusters():
            Tab(SteppingClock).down(cluster)


def begun(clock: Naps | None = None) -> tuple[Kubectl, Hosted]:
    cluster = Tab((lambda: RealClock(wall=clock.wall)) if clock else SteppingClock).up("lab")
    hosted = running(cluster)
    assert hosted
    eventloop.pause(10)  # until the node and the namespaces' accounts are there
    return Kubectl(Client(cluster.kubeconfig)), hosted


async def stepped(hosted: Hosted, seconds: float) -> None:
    hosted.core.clock.step(seconds)


def test_a_page_that_was_hidden_for_an_hour_goes_on_and_says_so(clock: Naps) -> None:
    kubectl, hosted = begun(clock)
    kubectl.apply(POD)
    kubectl.wait("pod/web", for_="condition=Ready", timeout="60s")
    assert hosted.slept is None
    clock.now += HOUR
    eventloop.pause(90)
    assert hosted.slept
    assert "stood still for 6" in hosted.slept.en
    assert str(kubectl.get("pods", no_headers=True)).split()[1:4] == ["1/1", "Running", "0"]
    assert "NotReady" not in str(kubectl.get("nodes"))
    assert "Evict" not in str(kubectl.get("events")) + str(kubectl.get("events", all_namespaces=True))
    kubectl.delete("pod", "web")


async def written(hosted: Hosted, times: int) -> None:
    for number in range(times):
        hosted.core.store.put("/registry/nothing/one", {"number": number, "text": 1000 * "x"})


def test_many_writes_in_a_short_time_are_compacted_without_waiting(clock: Naps) -> None:
    _, hosted = begun()
    before = hosted.core.store.revision
    hosted.loop.run(written(hosted, 2 * COMPACT_ABOVE))
    eventloop.pause(1)
    assert hosted.core.store.compacted_revision >= before + COMPACT_ABOVE
    assert len(hosted.core.store.image()) < 1500 * COMPACT_ABOVE


@pytest.mark.slow
def test_five_hundred_applies_and_deletes_leave_nothing_behind(clock: Naps) -> None:
    kubectl, hosted = begun()
    sizes = []
    for times in (20, 500):
        for _ in range(times):
            kubectl.apply(POD)
            kubectl.delete("pod", "web", grace_period=0, force=True)
        hosted.loop.run(stepped(hosted, 2 * HOUR))  # Events are kept for an hour
        eventloop.pause(2 * COMPACT_EVERY)
        gc.collect()
        sizes.append((len(gc.get_objects()), len(hosted.core.store.image())))
    (objects, kept), (objects_after, kept_after) = sizes
    print(sizes)
    assert objects_after < 1.05 * objects
    assert kept_after <= 2 * kept


def test_what_was_kept_between_two_turns_lets_the_cluster_go_on(clock: Naps) -> None:
    """In a page another loop runs, too: a timer that was set there would never be due while the kit waits."""

    async def page() -> str:
        kubectl, hosted = begun(clock)
        registry, new = hosted.core.registry, {"metadata": {"name": "new"}}
        hosted.loop.within(lambda: registry.create(registry.resource("namespaces"), new, by=Writer("test")))
        hosted.keep()  # which tells the controllers
        clock.now += 30  # a machine so slow that all was due before the next turn
        kubectl.apply(POD)
        return str(kubectl.wait("pod/web", for_="condition=Ready", timeout="60s"))

    assert asyncio.run(page()) == "pod/web condition met\n"
