"""The exported kubeconfig, read by real kubectl."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from podlab.clusters import Cluster, export


def test_real_kubectl_reads_what_was_exported(
    cluster: Cluster, podlab_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubectl = shutil.which("kubectl-1.36") or shutil.which("kubectl")
    if kubectl is None or cluster.simulated:
        pytest.skip("no kubectl, or no kind cluster")
    monkeypatch.setenv("PODLAB_HOME", str(podlab_home))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "theirs"))

    def run(*words: str) -> str:
        return subprocess.run([kubectl, *words], check=True, capture_output=True, encoding="utf-8").stdout

    path, context = export.export(cluster)
    try:
        assert (path, context) == (tmp_path / "theirs", f"kind-{cluster.name}")
        assert run("config", "current-context") == f"{context}\n"
        assert run("--context", context, "get", "nodes", "-o", "name") == f"node/{cluster.name}-control-plane\n"
    finally:
        export.withdraw(cluster)
    assert run("config", "get-contexts", "-o", "name") == ""
