"""Proofs on real kind clusters: each test has a state folder of its own, and `podlab` as a command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from podlab.clusters import state

ROOT = Path(__file__).parents[2]
Command = Callable[..., "subprocess.Popen[str]"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = f"{Path(__file__).parent}{os.sep}"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.kind)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder for this test alone; what is left in it at the end is deleted."""
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    monkeypatch.undo()
    os.environ["PODLAB_HOME"], before = str(tmp_path / "home"), os.environ["PODLAB_HOME"]
    try:
        for cluster in state.clusters():
            subprocess.run([sys.executable, "-m", "podlab", "down", "--name", cluster.name], cwd=ROOT, check=True)
    finally:
        os.environ["PODLAB_HOME"] = before


@pytest.fixture
def podlab() -> Command:
    """Starts a `podlab` command line."""

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "podlab", *words]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")

    return start
