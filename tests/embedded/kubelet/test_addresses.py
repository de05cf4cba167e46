"""Pods' addresses over lives of the server: that of a Pod that has ended is another's, and stays so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from podlab.embedded.kubelet.checkpoints import Checkpoints
from podlab.embedded.runtime.network.addresses import FIRST
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]


def pod(name: str, container: Obj, policy: str) -> Obj:
    spec = {"restartPolicy": policy, "containers": [{"name": "c", **container}]}
    return {"kind": "Pod", "metadata": {"name": name}, "spec": spec}


def web(name: str) -> Obj:
    probe = {"httpGet": {"port": 80}, "periodSeconds": 1, "failureThreshold": 1}
    return pod(name, {"image": "nginx", "livenessProbe": probe}, "Always")


async def lived(home: Path, made: Obj, *, around: bool = False) -> Simulation:
    """A life of the server in which one more Pod comes, after what ran has been asked some times.

    `around`: so many others came and went that all addresses have had their turn.
    """
    sim, name = Simulation(home=home), made["metadata"]["name"]
    await sim.start()
    await sim.run(5)
    sim.create(made)
    await sim.until(lambda: sim.ready(name) or sim.pod(name)["status"]["phase"] == "Succeeded")
    if around:
        Checkpoints(sim.core.store, "lab-control-plane").keep_address(FIRST)
    await sim.core.store.flushed()
    sim.core.stop()
    return sim


async def test_a_pod_that_has_ended_takes_nobodys_address_along(tmp_path: Path) -> None:
    await lived(tmp_path, pod("z-ended", {"image": "busybox", "command": ["true"]}, "Never"), around=True)
    await lived(tmp_path, web("a"))
    last = await lived(tmp_path, web("b"))
    ended, one, other = (last.pod(name)["status"] for name in ("z-ended", "a", "b"))
    assert ended["podIP"] == one["podIP"] != other["podIP"]
    assert one["containerStatuses"][0]["restartCount"] == 0


async def test_addresses_go_on_where_they_were(tmp_path: Path) -> None:
    await lived(tmp_path, pod("one", {"image": "busybox", "command": ["true"]}, "Never"))
    last = await lived(tmp_path, web("two"))
    first, second = (int(last.pod(name)["status"]["podIP"].rpartition(".")[2]) for name in ("one", "two"))
    assert second == first + 1
