"""Credentials that are none are refused, whatever is in them."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from podlab.embedded.apiserver.tokens import Refused
from podlab.embedded.clock import RealClock
from podlab.embedded.server import Core
from podlab.embedded.serving import certificates


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """A cluster with keys in a folder."""
    home = tmp_path_factory.mktemp("cluster")
    certificates.ensure(home)
    made = Core(home, "lab", clock=RealClock(1.0))
    yield made
    made.store.close()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"1", b"\xff", b"[" * 100_000])
def test_a_token_that_is_none_is_refused(body: bytes, core: Core) -> None:
    token = f"e30.{base64.urlsafe_b64encode(body).decode()}.e30"
    with pytest.raises(Refused):
        core.authenticator.by_token(token)


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
