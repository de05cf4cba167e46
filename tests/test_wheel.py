"""The wheel, installed without the checkout: it has all it needs, and `podlab lab` works."""

from __future__ import annotations

import os
import signal
import site
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("podlab-*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel; the dependencies are borrowed from ours, podlab itself is not."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    zipfile.ZipFile(wheel).extractall(packages)
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def environment(installed: Path, home: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    shared = {"JUPYTERLAB_DIR": str(Path(sys.prefix) / "share" / "jupyter" / "lab")}
    return ours | shared | {"PODLAB_HOME": str(home), "LANGUAGE": "ko", "PYTHONUNBUFFERED": "1"}


def test_everything_that_is_no_test_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "podlab", "notebooks"], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    wanted = {line if line.startswith("podlab/") else f"podlab/{line}" for line in tracked.stdout.splitlines()}
    assert (
        not {name for name in wanted if (ROOT / name.removeprefix("podlab/")).exists() or (ROOT / name).exists()}
        - names
    )
    assert "podlab/notebooks/manifests/nginx-pod.yaml" in names
    assert any(name.startswith("podlab/panels/") and name.endswith(".js") for name in names)
    assert any(name.startswith("podlab-") and name.endswith("licenses/LICENSE") for name in names)


def test_it_runs_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "import podlab, podlab.workbook as w; print(podlab.__file__); print(w.source())"
    done = subprocess.run(
        [installed, "-I", "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    for line in done.stdout.split():
        assert Path(line).is_relative_to(installed.parent.parent), line


@pytest.mark.cluster
@pytest.mark.skipif(sys.platform == "win32", reason="ends with a signal")
def test_lab_works_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    environ = environment(installed, tmp_path / "home")
    command = [str(installed), "-m", "podlab", "lab", str(tmp_path / "work"), "--no-browser", "--cluster", "embedded"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, encoding="utf-8")
    assert process.stderr
    said = []
    for line in process.stderr:
        said.append(line)
        if "token=" in line:
            break
    try:
        assert "ko/00-welcome.ipynb" in said[-1], said
        assert {path.suffix for path in (tmp_path / "work" / "ko").iterdir()} == {".ipynb"}
    finally:
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        process.wait(30)
        down = [str(installed), "-m", "podlab", "down", "--all"]
        subprocess.run(down, cwd=tmp_path, env=environ, capture_output=True)
    assert "Traceback" not in rest
