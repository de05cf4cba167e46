"""A lease that is renewed is what an ordinary update would have made of it."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.apimachinery.times import rfc3339micro
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.renewal import renew
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
PLACE = "kube-node-lease"
HOLDER = Writer("kubelet")


def create(sim: Simulation, name: str, by: Writer = HOLDER) -> None:
    spec = {"holderIdentity": "h", "leaseDurationSeconds": 40, "renewTime": rfc3339micro(sim.clock.now())}
    leases = sim.registry.resource("leases.coordination.k8s.io")
    sim.registry.create(leases, {"metadata": {"name": name}, "spec": spec}, namespace=PLACE, by=by)


def update(sim: Simulation, name: str, by: Writer = HOLDER, **spec: Any) -> None:
    leases = sim.registry.resource("leases.coordination.k8s.io")
    sim.registry.change(leases, name, PLACE, lambda lease: lease["spec"].update(spec), subresource="", by=by)


def read(sim: Simulation, name: str) -> Obj:
    """A lease without what tells it from another."""
    lease = sim.registry.get(sim.registry.resource("leases.coordination.k8s.io"), name, PLACE)
    own = ("name", "uid", "resourceVersion")
    return {**lease, "metadata": {key: value for key, value in lease["metadata"].items() if key not in own}}


@pytest.mark.parametrize("owner", [HOLDER, Writer("someone")])
@pytest.mark.parametrize("other", [{}, {"leaseDurationSeconds": 20}])
async def test_a_renewal_is_an_update_like_any_other(sim: Simulation, owner: Writer, other: Obj) -> None:
    for name in ("renewed", "updated"):
        create(sim, name, owner)
        if other:
            update(sim, name, Writer("third"), **other)
    await sim.run(3)
    before, revision = read(sim, "renewed"), sim.registry.store.revision
    assert renew(sim.registry, "renewed", PLACE, HOLDER)
    update(sim, "updated", renewTime=rfc3339micro(sim.clock.now()))
    assert read(sim, "renewed") == read(sim, "updated") != before
    assert list(read(sim, "renewed")["metadata"]) == list(read(sim, "updated")["metadata"])
    lease = sim.registry.get(sim.registry.resource("leases.coordination.k8s.io"), "renewed", PLACE)
    assert lease["metadata"]["resourceVersion"] == str(revision + 1)


async def test_a_moment_is_written_once_and_a_lease_that_is_gone_is_told(sim: Simulation) -> None:
    create(sim, "there")
    revision = sim.registry.store.revision
    assert renew(sim.registry, "there", PLACE, HOLDER)
    assert sim.registry.store.revision == revision
    assert not renew(sim.registry, "gone", PLACE, HOLDER)
