"""`kubectl scale --timeout`: what a real kubectl 1.36 waits for."""

from __future__ import annotations

from pathlib import Path

from podlab.kubectl import Kubectl
from tests.kubectl.canned import Canned


def test_a_number_that_somebody_else_has_set_meanwhile_is_not_waited_for(tmp_path: Path) -> None:
    told = Kubectl(Canned(tmp_path)).scale("deploy/web", replicas=3, timeout="1h")
    assert str(told) == "deployment.apps/web scaled\n"
