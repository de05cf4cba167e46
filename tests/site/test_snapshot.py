"""What is in the memory that the tab's Python starts with is not brought a second time."""

from __future__ import annotations

import zipfile
from pathlib import Path

from podlab.site import snapshot, wheels


def test_a_bundle_loses_the_modules_that_are_in_memory_and_no_other_file(tmp_path: Path) -> None:
    names = ["a/__init__.pyc", "a/b.pyc", "a/b/c.json", "a/c.pyc", "alone.pyc", "a-1.dist-info/METADATA"]
    wheels.write(tmp_path / "start.zip", [(name, name.encode()) for name in names])
    snapshot.thin(tmp_path / "start.zip", ["a", "a.b", "alone", "builtins"])
    with zipfile.ZipFile(tmp_path / "start.zip") as archive:
        assert archive.namelist() == ["a/b/c.json", "a/c.pyc", "a-1.dist-info/METADATA"]
        assert archive.read("a/c.pyc") == b"a/c.pyc"
