"""Secrets that hold a ServiceAccount's token, and tokens that end with what they are bound to."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.apiserver.auth import KEPT
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.apiserver.tokens import EXPIRED, INVALIDATED, LAST_USED, Refused
from podlab.embedded.controllers.serviceaccounttokens import NAME, TYPE, UID
from podlab.embedded.serving import certificates
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]


@pytest.fixture
async def signing(tmp_path: Path) -> AsyncIterator[Simulation]:
    """A started simulation that has keys."""
    certificates.ensure(tmp_path)
    simulation = Simulation(home=tmp_path)
    await simulation.start()
    yield simulation
    simulation.core.stop()


def _secret(account: str) -> Obj:
    meta = {"name": f"{account}-token", "annotations": {NAME: account}}
    return {"kind": "Secret", "apiVersion": "v1", "metadata": meta, "type": TYPE}


def _find(sim: Simulation, plural: str, name: str) -> Obj | None:
    return sim.registry.find(sim.registry.resource(plural), name, sim.namespace)


async def test_a_token_secret_is_filled_and_goes_with_its_account(signing: Simulation) -> None:
    account = signing.create({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "robot"}})
    signing.create(_secret("robot"))
    signing.create(_secret("ghost"))
    await signing.run(0.1)
    secret = _find(signing, "secrets", "robot-token")
    assert secret is not None
    assert secret["metadata"]["annotations"][UID] == account["metadata"]["uid"]
    assert set(secret["data"]) == {"ca.crt", "namespace", "token"}
    assert _find(signing, "secrets", "ghost-token") is None

    token = base64.b64decode(secret["data"]["token"]).decode()
    user, _ = signing.core.authenticator.by_token(token)
    assert user.name == "system:serviceaccount:default:robot"
    used = _find(signing, "secrets", "robot-token")
    assert used is not None
    assert LAST_USED in used["metadata"]["labels"]

    signing.registry.delete(signing.registry.resource("serviceaccounts"), "robot", "default")
    await signing.run(0.1)
    assert _find(signing, "secrets", "robot-token") is None
    assert signing.core.authenticator.by_token(token)[0] == user, "known for a while, whatever became of the account"
    await signing.run(KEPT)
    with pytest.raises(Refused, match=INVALIDATED):
        signing.core.authenticator.by_token(token)


async def test_a_token_ends_with_its_pod_and_with_its_time(signing: Simulation) -> None:
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}}
    pod["spec"] = {"containers": [{"name": "c", "image": "nginx:latest"}]}
    made = signing.create(pod)
    account = _find(signing, "serviceaccounts", "default")
    assert account is not None
    tokens = signing.core.authenticator.tokens
    bound, short = tokens.issue(account, [], 3600, (made,)), tokens.issue(account, [], 600)
    assert tokens.verify(bound)[0].extra["authentication.kubernetes.io/pod-name"] == ("p",)
    with pytest.raises(Refused, match="is invalid for the target audiences"):
        tokens.verify(tokens.issue(account, ["elsewhere"], 600))
    signing.delete("p", grace=0)
    with pytest.raises(Refused, match=INVALIDATED):
        tokens.verify(bound)
    await signing.run(601)
    with pytest.raises(Refused, match=EXPIRED):
        tokens.verify(short)


async def test_a_secret_without_an_account_named_is_refused(signing: Simulation) -> None:
    with pytest.raises(StatusError, match="Required value"):
        signing.create({**_secret("x"), "metadata": {"name": "x"}})
