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
