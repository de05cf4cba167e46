"""What the tab is brought: pinned, and enough for podlab."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from podlab.site import wheels

ROOT = Path(__file__).resolve().parents[2]
PINNED = [
    line for path in (wheels.REQUIREMENTS, wheels.LATER) for line in path.read_text(encoding="utf-8").splitlines()
]
BROUGHT = {canonicalize_name(line.split("==")[0]) for line in PINNED if line and not line.startswith("#")}
# packed from what is installed, or a stand-in that the kernel brings
BESIDES = {"podlab", "pyyaml", "ipykernel", "piplite", "pyodide-kernel"}
# what nothing in the tab asks for: completion by reading code, the client's asynchronous twin, other time zones, the
# command line, what JupyterLite has itself
LEFT_OUT = {"jedi", "aiohttp", "aiohttp-retry", "tzdata", "typer", "jupyterlab-widgets", "widgetsnbextension"}
TAB = {"sys_platform": "emscripten", "platform_system": "Emscripten", "python_version": "3.14", "os_name": "posix"}


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


@pytest.mark.parametrize("line", PINNED)
def test_each_version_is_pinned(line: str) -> None:
    assert line.startswith("#") or re.fullmatch(r"[a-z0-9-]+==[0-9.a-z]+", line)


def _satisfied(needed: Requirement) -> bool:
    wanted = needed.marker is None or needed.marker.evaluate({**TAB, "extra": ""})
    return not wanted or canonicalize_name(needed.name) in BROUGHT | BESIDES | LEFT_OUT
