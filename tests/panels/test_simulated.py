"""Which clients talk to a cluster that imitates its containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab.client import Client
from podlab.clusters import Cluster, state
from podlab.panels.simulated import is_simulated
from tests.panels.replay import Replay


@pytest.mark.parametrize(("kind", "told"), [("embedded", True), ("kind", False)])
def test_only_an_embedded_cluster_is_simulated(
    kind: str, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    state.folder("told").mkdir(parents=True)
    replay = Replay()
    try:
        path = replay.kubeconfig(state.folder("told"))
        client = Client(path)
        assert not is_simulated(client)
        state.remember(Cluster("told", kind, path))  # type: ignore[arg-type]
        assert is_simulated(client) is told
    finally:
        replay.close()
