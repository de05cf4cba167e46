"""podlab in a browser's Python, Pyodide under Node: with stack switching, and without, as Safari and Firefox are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import tarfile
from pathlib import Path
from typing import Any

import pytest

VERSION = "314.0.7"
HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="session")
def pyodide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """npm's `pyodide`: PODLAB_PYODIDE names a folder that has it, else it is fetched."""
    if there := os.environ.get("PODLAB_PYODIDE"):
        return Path(there)
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs Node and npm")
    folder = tmp_path_factory.mktemp("pyodide")
    packed = subprocess.run([npm, "pack", "--silent", f"pyodide@{VERSION}"], cwd=folder, capture_output=True, text=True)
    if packed.returncode:
        pytest.skip(f"npm has no pyodide {VERSION} to give: {packed.stderr}")
    with tarfile.open(folder / f"pyodide-{VERSION}.tgz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def run(pyodide: Path, file: str, *options: str) -> dict[str, Any]:
    node = os.environ.get("PODLAB_NODE") or shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    command = [node, *options, HERE / "run.mjs", pyodide, ROOT, sysconfig.get_path("purelib"), HERE / file]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=240)
    told = [line for line in done.stdout.splitlines() if line.startswith("told: ")]
    assert done.returncode == 0 and told, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(told[-1].removeprefix("told: "))
    return found


@pytest.mark.slow
def test_the_seed_path_runs_in_a_browsers_python(pyodide: Path) -> None:
    found = run(pyodide, "seed.py")
    assert found["platform"] == "emscripten"
    assert found["created"] == "pod/nginx-pod-example created"
    assert found["watched"] == "Running"
    assert "nginx-pod-example   1/1     Running   0" in found["got"]
    assert (found["described"], found["logged"], found["followed"]) == (True, True, True)
    assert found["said"] == "jello"
    assert found["between"] == "Running"
    assert found["reloaded"] == ["nginx-pod-example", "short"]
    assert found["deleted"] == 'pod "nginx-pod-example" deleted from default namespace'
    assert (found["kept"], found["home"], found["shared"]) == (True, "/drive/.podlab", True)
    assert found["imported"] == []
