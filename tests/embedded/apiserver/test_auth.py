"""Credentials that are none are refused, whatever is in them."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from podlab.embedded.apiserver.tokens import ISSUER, Refused
from podlab.embedded.clock import RealClock
from podlab.embedded.server import Core
from podlab.embedded.serving import certificates
from podlab.embedded.stepping import SteppingClock


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


def test_a_token_that_is_made_late_is_of_the_moment_in_which_it_was_asked_for() -> None:
    clock = SteppingClock()
    core = Core(None, "lab", clock=clock)
    registry = core.registry
    registry.create(registry.resource("namespaces"), {"metadata": {"name": "default"}})
    account = registry.create(
        registry.resource("serviceaccounts"), {"metadata": {"name": "robot"}}, namespace="default"
    )
    asked = int(clock.now())
    late = core.authenticator.tokens.unsigned(account, [], 600)
    clock.step(100)
    claims = core.authenticator.tokens.claims(late())
    assert (claims["iat"], claims["exp"], claims["aud"]) == (asked, asked + 600, [ISSUER])
    assert claims["kubernetes.io"]["serviceaccount"] == {"name": "robot", "uid": account["metadata"]["uid"]}
    assert claims["jti"] == core.authenticator.tokens.claims(late())["jti"]
