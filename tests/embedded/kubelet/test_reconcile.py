"""What others write into a Pod's status."""

from __future__ import annotations

import pytest

from tests.embedded.simulation import Simulation

POD = {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}


async def test_it_stays_until_the_kubelets_next_look(sim: Simulation) -> None:
    sim.create(POD)
    await sim.until(lambda: sim.ready("p"))
    await sim.run(11)  # past what the first looks still have to tell

    def wipe() -> float:
        pods = sim.registry.resource("pods")
        sim.registry.change(pods, "p", "default", lambda found: found["status"].pop("containerStatuses"))
        return sim.clock.now()

    def told() -> bool:
        return bool(sim.pod("p")["status"].get("containerStatuses"))

    moments = []
    for _ in range(2):
        wiped = wipe()
        await sim.run(0.5)
        assert not told()
        await sim.until(told, limit=10)
        moments.append(sim.clock.now())
        assert moments[-1] - wiped <= 10
    assert moments[1] - moments[0] == pytest.approx(10, abs=0.1)
