"""What a new cluster has: the system's priority classes, which stay."""

from __future__ import annotations

import pytest

from podlab.embedded.apiserver.status import StatusError
from tests.embedded.simulation import Simulation

RECORDED = [("system-cluster-critical", 2000000000), ("system-node-critical", 2000001000)]


async def test_the_systems_priority_classes_are_there_and_stay(sim: Simulation) -> None:
    classes = sim.registry.resource("priorityclasses.scheduling.k8s.io")
    assert [(one["metadata"]["name"], one["value"]) for one in sim.registry.list(classes)] == RECORDED
    with pytest.raises(StatusError, match="this is a system priority class and cannot be deleted"):
        sim.registry.delete(classes, "system-node-critical")
