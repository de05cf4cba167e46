"""Cascading deletion: in the background, in the foreground, and none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
HOLD = "example.com/hold"


def find(sim: Simulation, name: str) -> Obj | None:
    return sim.registry.find(sim.registry.resource("configmaps"), name, "default")


def delete(sim: Simulation, name: str, policy: str) -> None:
    maps = sim.registry.resource("configmaps")
    sim.registry.delete(maps, name, "default", options={"propagationPolicy": policy})


def family(sim: Simulation, *, blocking: bool = True, finalizers: tuple[str, ...] = ()) -> None:
    """An owner and a child."""
    sim.create({"kind": "ConfigMap", "metadata": {"name": "owner"}, "data": {}})
    owner = find(sim, "owner")
    assert owner
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    reference |= {"blockOwnerDeletion": True} if blocking else {}
    meta = {"name": "child", "ownerReferences": [reference], "finalizers": list(finalizers)}
    sim.create({"kind": "ConfigMap", "metadata": meta, "data": {}})


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
async def test_dependents_go_with_their_owner(policy: str, sim: Simulation) -> None:
    family(sim)
    delete(sim, "owner", policy)
    await sim.run(1)
    assert find(sim, "owner") is None and find(sim, "child") is None


async def test_who_is_given_an_owner_that_never_was_goes(sim: Simulation) -> None:
    sim.create({"kind": "ConfigMap", "metadata": {"name": "alone"}, "data": {}})
    await sim.run(1)
    reference = {"apiVersion": "v1", "kind": "Secret", "name": "gone", "uid": "1"}
    maps = sim.registry.resource("configmaps")
    adopt = {"ownerReferences": [reference]}
    sim.registry.change(maps, "alone", "default", lambda obj: obj["metadata"].update(adopt), subresource="")
    await sim.run(1)
    assert find(sim, "alone") is None


async def test_orphans_stay_and_forget_their_owner(sim: Simulation) -> None:
    family(sim)
    delete(sim, "owner", "Orphan")
    await sim.run(1)
    child = find(sim, "child")
    assert find(sim, "owner") is None
    assert child and "ownerReferences" not in child["metadata"]


async def test_dependents_go_one_after_the_other(sim: Simulation) -> None:
    """Their controllers count each of them, as on kind, where each is a request of its own."""
    family(sim)
    child, gone = find(sim, "child"), []
    assert child
    for number in range(3):
        meta = {"name": f"child-{number}", "ownerReferences": child["metadata"]["ownerReferences"]}
        sim.create({"kind": "ConfigMap", "metadata": meta, "data": {}})
    maps = sim.registry.resource("configmaps")
    sim.registry.on(maps, lambda event: gone.append(sim.clock.now()) if event.type == "DELETED" else None)
    delete(sim, "owner", "Background")
    await sim.run(1)
    assert len(set(gone)) == len(gone) == 5


async def test_in_the_foreground_an_owner_waits_for_what_blocks_it(sim: Simulation) -> None:
    family(sim, finalizers=(HOLD,))
    delete(sim, "owner", "Foreground")
    await sim.run(1)
    owner, child = find(sim, "owner"), find(sim, "child")
    assert owner and owner["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert owner["metadata"]["deletionGracePeriodSeconds"] == 0
    assert child and child["metadata"]["deletionTimestamp"]
    sim.registry.change(
        sim.registry.resource("configmaps"),
        "child",
        "default",
        lambda o: o["metadata"].pop("finalizers"),
        subresource="",
    )
    await sim.run(1)
    assert find(sim, "owner") is None and find(sim, "child") is None


async def test_a_circle_of_owners_goes_whole(sim: Simulation) -> None:
    maps = sim.registry.resource("configmaps")
    names = ("one", "two", "three")
    for name in names:
        sim.create({"kind": "ConfigMap", "metadata": {"name": name}, "data": {}})
    uids = {name: sim.registry.get(maps, name, "default")["metadata"]["uid"] for name in names}

    def owned_by(owner: str) -> Any:
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": owner, "uid": uids[owner]}
        reference |= {"controller": True, "blockOwnerDeletion": True}
        return lambda copy: copy["metadata"].update(ownerReferences=[reference])

    for name, owner in zip(names, (names[-1], *names), strict=False):
        sim.registry.change(maps, name, "default", owned_by(owner), subresource="")
    delete(sim, "one", "Foreground")
    await sim.run(2)
    assert [find(sim, name) for name in names] == [None, None, None]
