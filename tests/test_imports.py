"""`import podlab` and `import podlab.embedded` cost next to nothing: names are resolved when first used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import podlab

ROOT = Path(__file__).parent.parent
LOADED = "import sys, {name}; print(*sys.modules)"
DEAR = {"asyncio", "cryptography", "http", "ipywidgets", "jinja2", "json", "kubernetes", "sqlite3", "ssl"}
DEAR |= {"IPython", "anywidget", "pydantic", "rich", "subprocess", "typer", "urllib", "uvicorn", "yaml"}


def loaded(name: str) -> set[str]:
    """All modules that a fresh Python has after this import."""
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path[:0] = [{str(ROOT)!r}]; {LOADED.format(name=name)}",
    ]
    return set(subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.split())


@pytest.mark.parametrize(("name", "ours"), [("podlab", {"podlab"}), ("podlab.embedded", {"podlab", "podlab.embedded"})])
def test_an_import_brings_nothing_dear_and_no_other_module_of_ours(name, ours):
    modules = loaded(name)
    assert not modules & DEAR
    assert {module for module in modules if module.partition(".")[0] == "podlab"} == ours


def test_every_public_name_is_found_where_it_is_said_to_be():
    for name in podlab.__all__:
        assert getattr(podlab, name).__module__.startswith("podlab."), name
    assert set(podlab.__all__) <= set(dir(podlab))


def test_no_other_name_is_found():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        podlab.nothing  # noqa: B018
