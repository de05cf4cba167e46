"""The bootstrap token is kind's, signs cluster-info as a real controller did, and ends after a day."""

from __future__ import annotations

import base64
import json

import pytest

from podlab.embedded.addons.bootstraptoken import KEY, LIFE, NAME, BootstrapToken, signature
from tests.embedded.simulation import GOLDEN, Simulation


def test_the_signature_is_that_of_a_real_controller() -> None:
    data = json.loads((GOLDEN / "api" / "cluster-info.json").read_text(encoding="utf-8"))["data"]
    assert signature(data["kubeconfig"]) == data[KEY]


@pytest.mark.slow
async def test_it_is_there_for_a_day(sim: Simulation) -> None:
    registry = sim.registry
    maps, secrets = registry.resource("configmaps"), registry.resource("secrets")
    info = {"metadata": {"name": "cluster-info"}, "data": {"kubeconfig": "x"}}
    registry.create(maps, info, namespace="kube-public")
    token = BootstrapToken(registry)
    token.create()
    token.start()
    secret = registry.get(secrets, NAME, "kube-system")
    assert base64.b64decode(secret["data"]["token-id"]) == b"abcdef"
    assert registry.get(maps, "cluster-info", "kube-public")["data"] == {"kubeconfig": "x", KEY: signature("x")}
    await sim.until(lambda: registry.find(secrets, NAME, "kube-system") is None, limit=LIFE + 5)
    assert registry.get(maps, "cluster-info", "kube-public")["data"] == {"kubeconfig": "x"}
    token.stop()
