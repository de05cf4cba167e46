"""The wheels of the tab: packed the same each time, stated in Pyodide's form, and enough for podlab."""

from __future__ import annotations

import hashlib
import re
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from podlab.site import pyodide, wheels

ROOT = Path(__file__).resolve().parents[2]
BROUGHT = {
    canonicalize_name(line.split("==")[0])
    for line in wheels.REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}
# packed from what is installed, or a stand-in that the kernel brings
BESIDES = {"podlab", "pyyaml", "ipykernel", "piplite", "pyodide-kernel", "widgetsnbextension"}
# what nothing in the tab asks for: the official client, the command line, what JupyterLite has itself
LEFT_OUT = {"kubernetes", "typer", "jupyterlab-widgets"}
TAB = {"sys_platform": "emscripten", "platform_system": "Emscripten", "python_version": "3.14", "os_name": "posix"}


def test_a_packed_wheel_is_the_same_each_time(tmp_path: Path) -> None:
    first = wheels.pack(tmp_path / "a", "thing", "1.0", [("thing/__init__.py", b"x = 1\n")]).read_bytes()
    assert wheels.pack(tmp_path / "b", "thing", "1.0", [("thing/__init__.py", b"x = 1\n")]).read_bytes() == first


def test_a_wheel_is_stated_with_its_sum_and_what_it_can_be_imported_by(tmp_path: Path) -> None:
    members = [("some_thing/__init__.py", b""), ("alone.py", b""), ("some_thing/data.json", b"{}")]
    wheel = wheels.pack(tmp_path, "Some_Thing", "1.0", members)
    entry = wheels.locked(wheel)
    assert (entry["name"], entry["version"], entry["file_name"]) == ("some-thing", "1.0", wheel.name)
    assert entry["imports"] == ["alone", "some_thing"]
    assert entry["sha256"] == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_the_record_names_every_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(wheels.pack(tmp_path, "thing", "1.0", [("thing/__init__.py", b"")])) as archive:
        record = archive.read("thing-1.0.dist-info/RECORD").decode()
        assert {line.split(",")[0] for line in record.splitlines()} == set(archive.namelist())


def test_the_lock_file_names_our_packages_alone(tmp_path: Path) -> None:
    wheel = wheels.pack(tmp_path, "thing", "1.0", [("thing/__init__.py", b"")])
    lock = pyodide.lock_file({"info": {"abi_version": "2026_0"}, "packages": {"numpy": {}}}, [wheel])
    assert lock["info"] == {"abi_version": "2026_0"}
    assert list(lock["packages"]) == ["thing"]


def test_everything_that_podlab_needs_in_the_tab_is_brought() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [line for line in project["dependencies"] if not _satisfied(Requirement(line))] == []


@pytest.mark.parametrize("name", sorted(BROUGHT))
def test_what_is_brought_has_what_it_needs(name: str) -> None:
    try:
        needed = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        pytest.skip(f"{name} is in the tab alone")
    assert [line for line in needed if not _satisfied(Requirement(line))] == []


@pytest.mark.parametrize("line", wheels.REQUIREMENTS.read_text(encoding="utf-8").splitlines())
def test_each_version_is_pinned(line: str) -> None:
    assert line.startswith("#") or re.fullmatch(r"[a-z0-9-]+==[0-9.]+", line)


def _satisfied(needed: Requirement) -> bool:
    wanted = needed.marker is None or needed.marker.evaluate({**TAB, "extra": ""})
    return not wanted or canonicalize_name(needed.name) in BROUGHT | BESIDES | LEFT_OUT
