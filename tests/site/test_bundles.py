"""The packages of the tab as two files: the same each time, without what nobody asks for, stated in Pyodide's form."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from podlab.site import bundles, pyodide, wheels


def wheel(path: Path, *names: str) -> Path:
    wheels.write(path, [(name, name.encode()) for name in names])
    return path


def test_the_same_members_make_the_same_bytes(tmp_path: Path) -> None:
    one, other = wheel(tmp_path / "one.zip", "thing/__init__.py"), wheel(tmp_path / "other.zip", "thing/__init__.py")
    assert one.read_bytes() == other.read_bytes()


def test_wheels_become_one_file(tmp_path: Path) -> None:
    found = [wheel(tmp_path / "a.whl", "a/__init__.py", "a/a.json"), wheel(tmp_path / "b.whl", "b.py")]
    bundles.merge(tmp_path / "all.zip", found)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist() == ["a/__init__.py", "a/a.json", "b.py"]
        assert archive.read("b.py") == b"b.py"


@pytest.mark.parametrize(
    "name",
    [
        "a/tests/test_a.py",
        "a-1.dist-info/RECORD",
        "a-1.data/share/x.js",
        "kubernetes/aio/__init__.py",
        "pydantic/v1/main.py",
        "pydantic/mypy.py",
        "anywidget/labextension/static/main.js",
        "wcwidth/table_grapheme_overrides/_known_1.py",
        "a/__init__.pyi",
    ],
)
def test_what_nobody_asks_for_is_left_out(tmp_path: Path, name: str) -> None:
    bundles.merge(tmp_path / "all.zip", [wheel(tmp_path / "a.whl", name, "a/b.py", "a-1.dist-info/METADATA")])
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist() == ["a/b.py", "a-1.dist-info/METADATA"]


def test_a_bundle_is_stated_with_its_sum_and_what_it_can_be_imported_by(tmp_path: Path) -> None:
    path = wheel(
        tmp_path / "start.zip", "some_thing/__init__.pyc", "alone.py", "some_thing/data.json", "a-1.dist-info/M"
    )
    entry = bundles.entry("podlab", path)
    assert (entry["name"], entry["file_name"], entry["imports"]) == ("podlab", "start.zip", ["alone", "some_thing"])
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_lock_file_names_our_packages_alone(tmp_path: Path) -> None:
    entry = bundles.entry("thing", wheel(tmp_path / "thing.zip", "thing.py"))
    lock = pyodide.lock_file({"info": {"abi_version": "2026_0"}, "packages": {"numpy": {}}}, [entry])
    assert lock["info"] == {"abi_version": "2026_0"}
    assert list(lock["packages"]) == ["thing"]
