"""What a namespace has from the start, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from podlab.embedded.controllers.namespace import GRACE, conditions_of
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
POD = {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}


def find(sim: Simulation, plural: str, name: str, namespace: str = "") -> Obj | None:
    return sim.registry.find(sim.registry.resource(plural), name, namespace)


@pytest.fixture
async def made() -> AsyncIterator[Simulation]:
    """A started simulation that works in a namespace `made`."""
    simulation = Simulation("made")
    await simulation.start()
    yield simulation
    simulation.core.stop()


async def test_every_namespace_has_an_account_and_the_certificate(made: Simulation) -> None:
    for namespace in ("default", "kube-system", "kube-public", "kube-node-lease", "made"):
        assert find(made, "serviceaccounts", "default", namespace)
        assert find(made, "configmaps", "kube-root-ca.crt", namespace)
    made.registry.delete(made.registry.resource("configmaps"), "kube-root-ca.crt", "made")
    await made.run(0.1)
    assert find(made, "configmaps", "kube-root-ca.crt", "made")


async def test_a_namespace_empties_and_goes(made: Simulation) -> None:
    made.create(POD)
    made.create({"kind": "ConfigMap", "metadata": {"name": "m"}, "data": {}})
    await made.until(lambda: made.ready("p"))
    made.registry.delete(made.registry.resource("namespaces"), "made")
    await made.run(0.1)
    namespace = find(made, "namespaces", "made")
    assert namespace and namespace["status"]["phase"] == "Terminating"
    assert find(made, "configmaps", "m", "made"), "what a Pod may still need goes after it"
    await made.until(lambda: find(made, "namespaces", "made") is None, limit=60)
    assert made.gone("p")


async def test_a_finalizer_holds_a_namespace_back_and_is_named(made: Simulation) -> None:
    made.create({"kind": "ConfigMap", "metadata": {"name": "m", "finalizers": ["example.com/hold"]}, "data": {}})
    made.registry.delete(made.registry.resource("namespaces"), "made")
    await made.run(GRACE - 0.1)
    namespace = find(made, "namespaces", "made")
    assert namespace and "conditions" not in namespace["status"], "all API servers must first know that it dies"
    await made.run(0.2)
    namespace = find(made, "namespaces", "made")
    assert namespace
    told = {c["type"]: (c["status"], c["message"]) for c in namespace["status"]["conditions"]}
    assert told["NamespaceContentRemaining"] == (
        "True",
        "Some resources are remaining: configmaps. has 1 resource instances",
    )
    assert told["NamespaceFinalizersRemaining"] == (
        "True",
        "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
    )
    maps = made.registry.resource("configmaps")
    made.registry.change(maps, "m", "made", lambda obj: obj["metadata"].pop("finalizers"), subresource="")
    await made.until(lambda: find(made, "namespaces", "made") is None, limit=10)


def test_an_empty_namespace_reports_nothing_left() -> None:
    assert [holds for _, holds, _, _ in conditions_of({})] == [False] * 5


async def test_dependents_of_a_deleted_owner_go(sim: Simulation) -> None:
    owner = sim.create({"kind": "ConfigMap", "metadata": {"name": "owner"}, "data": {}})
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    sim.create({"kind": "Secret", "metadata": {"name": "owned", "ownerReferences": [reference]}})
    await sim.run(0.1)
    assert find(sim, "secrets", "owned", "default")
    sim.registry.delete(sim.registry.resource("configmaps"), "owner", "default")
    await sim.run(0.1)
    assert find(sim, "secrets", "owned", "default") is None
