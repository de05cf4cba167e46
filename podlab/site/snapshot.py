"""The memory that the tab's Python starts with, made beforehand: importing takes the tab longer than all else."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from podlab.site import node, wheels

MAKER = Path(__file__).with_name("snapshot.mjs")
LOADER = Path(__file__).with_name("pyodide.mjs")
"""It stands where JupyterLite looks for Pyodide's own module, which is `loader.mjs` then."""


def lay_out(folder: Path, start: Path, library: Path, environment: Mapping[str, str]) -> None:
    """Make the snapshot, have it loaded, and leave out of both bundles what is in memory already.

    Raises:
        PodlabError: it cannot be made.
    """
    (folder / "pyodide.mjs").rename(folder / "loader.mjs")
    with tempfile.TemporaryDirectory(prefix="podlab-packages-") as packages:
        with zipfile.ZipFile(start) as archive:
            archive.extractall(packages)
        told = node.run(MAKER, [str(folder), packages, json.dumps(environment)])
    shutil.copyfile(LOADER, folder / "pyodide.mjs")
    for bundle in (start, library):
        thin(bundle, json.loads(told.splitlines()[-1]))


def thin(bundle: Path, names: list[str]) -> None:
    """Leave the modules of these names out."""
    paths = {name.replace(".", "/") for name in names}
    gone = {f"{path}.pyc" for path in paths} | {f"{path}/__init__.pyc" for path in paths}
    with zipfile.ZipFile(bundle) as archive:
        kept = [(name, archive.read(name)) for name in archive.namelist() if name not in gone]
    wheels.write(bundle, kept)
