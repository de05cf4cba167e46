"""Credentials that are none are refused, whatever is in them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from podlab.embedded.apiserver.tokens import Refused
from podlab.embedded.clock import RealClock
from podlab.embedded.server import Core
from podlab.embedded.serving import certificates


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"1", b"\xff", b"[" * 100_000])
def test_a_token_that_is_none_is_refused(body: bytes, tmp_path: Path) -> None:
    certificates.ensure(tmp_path)
    core = Core(tmp_path, "lab", clock=RealClock(1.0))
    token = f"e30.{base64.urlsafe_b64encode(body).decode()}.e30"
    with pytest.raises(Refused):
        core.authenticator.by_token(token)
    core.store.close()


def test_a_cluster_in_memory_knows_its_tokens_again() -> None:
    first = Core(None, "lab", clock=RealClock(1.0))
    registry = first.registry
    registry.create(registry.resource("namespaces"), {"metadata": {"name": "default"}})
    account = registry.create(
        registry.resource("serviceaccounts"), {"metadata": {"name": "robot"}}, namespace="default"
    )
    token = first.authenticator.tokens.issue(account, [], 600)
    again = Core(None, "lab", clock=RealClock(1.0), image=first.store.image())
    assert again.authenticator.tokens.verify(token)[0].name == "system:serviceaccount:default:robot"
    head, claims, signature = token.split(".")
    with pytest.raises(Refused):
        again.authenticator.tokens.verify(f"{head}.{claims}.{signature[::-1]}")
    with pytest.raises(Refused):
        Core(None, "lab", clock=RealClock(1.0)).authenticator.tokens.verify(token)
