"""What runs on a node is kept up change by change, and is always what summing it up anew would give."""

from __future__ import annotations

import random
from typing import Any

import pytest

from podlab.embedded.fit import nodefit
from podlab.embedded.scheduler.snapshot import Snapshot

Obj = dict[str, Any]
NODES = ("one", "two")


def pod(name: str, node: str, dice: random.Random) -> Obj:
    requests = {"cpu": dice.choice(["100m", "1"]), "memory": "64Mi"}
    container = {"resources": {"requests": requests}, "ports": [{"hostPort": dice.choice([80, 81])}]}
    meta = {"name": name, "namespace": "n", "ownerReferences": [{"uid": dice.choice("ab")}]}
    return {"metadata": meta, "spec": {"nodeName": node, "containers": [container]}, "status": {"n": dice.random()}}


@pytest.mark.parametrize("seed", range(8))
def test_changes_add_up(seed: int) -> None:
    dice, snapshot = random.Random(seed), Snapshot()
    there: dict[str, Obj] = {}
    for _ in range(60):
        name = dice.choice("uvwxyz")
        if name in there and dice.random() < 0.3:
            del there[name]
            snapshot.drop(("n", name))
        elif name in there and dice.random() < 0.6:
            there[name] = {**there[name], "status": {"n": dice.random()}}
            snapshot.put(("n", name), there[name])
        else:
            there[name] = pod(name, dice.choice(NODES), dice)
            snapshot.put(("n", name), there[name])
        for node in NODES:
            load = snapshot.on(node)
            anew = nodefit.load([each for each in there.values() if each["spec"]["nodeName"] == node])
            assert sorted(each["metadata"]["name"] for each in load.pods) == sorted(
                each["metadata"]["name"] for each in anew.pods
            )
            assert all(each is there[each["metadata"]["name"]] for each in load.pods)
            assert (load.requested, load.ports, load.owners) == (anew.requested, anew.ports, anew.owners)
