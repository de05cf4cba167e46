"""What becomes of CertificateSigningRequests: the conditions and words are a kind cluster's."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from podlab.embedded.controllers.controlplane.signing import SigningRequests
from tests.embedded.simulation import Simulation

Obj = dict[str, Any]
CLIENT = "kubernetes.io/kube-apiserver-client"
PEM = base64.b64encode(b"-----BEGIN CERTIFICATE REQUEST-----").decode()


def issue(signer: str, request: bytes, usages: Any, seconds: int | None, now: float) -> bytes:
    return f"{signer} for {seconds}".encode()


@pytest.fixture
async def sim() -> AsyncIterator[Simulation]:
    made = Simulation()
    await made.start()
    yield made
    made.core.stop()


async def asked(sim: Simulation, signer: str, usages: list[str], decision: str = "Approved") -> Obj:
    """The status of a request some time after it was decided on."""
    kind = sim.registry.resource("certificatesigningrequests.certificates.k8s.io")
    spec = {"request": PEM, "signerName": signer, "usages": usages, "expirationSeconds": 600}
    sim.registry.create(kind, {"metadata": {"name": "jane"}, "spec": spec})
    decided = [{"type": decision, "status": "True", "reason": "R"}]
    sim.registry.change(kind, "jane", "", lambda obj: obj["status"].update(conditions=decided), subresource="approval")
    await sim.run(1)
    found: Obj = sim.registry.get(kind, "jane")["status"]
    return found


@pytest.mark.parametrize(
    ("signer", "decision", "certificate"),
    [
        (CLIENT, "Approved", base64.b64encode(f"{CLIENT} for 600".encode()).decode()),
        (CLIENT, "Denied", None),
        ("example.com/mine", "Approved", None),
    ],
)
async def test_what_is_approved_for_a_signer_of_kubernetes_gets_its_certificate(
    sim: Simulation, signer: str, decision: str, certificate: str | None
) -> None:
    signing = SigningRequests(sim.registry, issue)
    assert (await asked(sim, signer, ["client auth"], decision)).get("certificate") == certificate
    signing.stop()


async def test_usages_that_are_no_clients_fail(sim: Simulation) -> None:
    signing = SigningRequests(sim.registry, issue)
    status = await asked(sim, CLIENT, ["server auth"])
    failed = status["conditions"][1]
    assert "certificate" not in status
    assert (failed["type"], failed["reason"]) == ("Failed", "SignerValidationFailure")
    assert failed["message"] == "invalid usage for client certificate: server auth"
    signing.stop()


async def test_without_an_authority_nothing_is_issued(sim: Simulation) -> None:
    assert "certificate" not in await asked(sim, CLIENT, ["client auth"])
