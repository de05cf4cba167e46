"""What a namespace has from the start, and how it ends."""

from __future__ import annotations

from typing import Any

from podlab.embedded.controllers.namespace import GRACE, conditions_of
from tests.embedded.simulation import Simulation, simulate

Obj = dict[str, Any]
POD = {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}


def find(sim: Simulation, plural: str, name: str, namespace: str = "") -> Obj | None:
    return sim.registry.find(sim.registry.resource(plural), name, namespace)


def test_every_namespace_has_an_account_and_the_certificate() -> None:
    async def script(sim: Simulation) -> None:
        for namespace in ("default", "kube-system", "kube-public", "kube-node-lease", "made"):
            assert find(sim, "serviceaccounts", "default", namespace)
            assert find(sim, "configmaps", "kube-root-ca.crt", namespace)
        sim.registry.delete(sim.registry.resource("configmaps"), "kube-root-ca.crt", "made")
        await sim.run(0.1)
        assert find(sim, "configmaps", "kube-root-ca.crt", "made")

    simulate(script, "made")


def test_a_namespace_empties_and_goes() -> None:
    async def script(sim: Simulation) -> None:
        sim.create(POD)
        sim.create({"kind": "ConfigMap", "metadata": {"name": "m"}, "data": {}})
        await sim.until(lambda: sim.ready("p"))
        sim.registry.delete(sim.registry.resource("namespaces"), "made")
        await sim.run(0.1)
        namespace = find(sim, "namespaces", "made")
        assert namespace and namespace["status"]["phase"] == "Terminating"
        assert find(sim, "configmaps", "m", "made"), "what a Pod may still need goes after it"
        await sim.until(lambda: find(sim, "namespaces", "made") is None, limit=60)
        assert sim.gone("p")

    simulate(script, "made")


def test_a_finalizer_holds_a_namespace_back_and_is_named() -> None:
    async def script(sim: Simulation) -> None:
        sim.create({"kind": "ConfigMap", "metadata": {"name": "m", "finalizers": ["example.com/hold"]}, "data": {}})
        sim.registry.delete(sim.registry.resource("namespaces"), "made")
        await sim.run(GRACE - 0.1)
        namespace = find(sim, "namespaces", "made")
        assert namespace and "conditions" not in namespace["status"], "all API servers must first know that it dies"
        await sim.run(0.2)
        namespace = find(sim, "namespaces", "made")
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
        maps = sim.registry.resource("configmaps")
        sim.registry.change(maps, "m", "made", lambda obj: obj["metadata"].pop("finalizers"), subresource="")
        await sim.until(lambda: find(sim, "namespaces", "made") is None, limit=10)

    simulate(script, "made")


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
