"""tools/dependencies.py: what was in order is not looked at again until an import or what is installed is another."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import dependencies  # noqa: E402


@pytest.mark.parametrize(
    ("file", "text", "same"),
    [
        ("podlab/a.py", "import yaml\n\nprint(2)\n", True),
        ("podlab/a.py", "import yaml\nimport httpx\n", False),
        ("podlab/a.py", "def late():\n    import yaml\n", False),
        ("podlab/b/c.py", "", False),
        ("pyproject.toml", "[project]\ndependencies = []\n", False),
        ("site/httpx-1.0.dist-info/METADATA", "", False),
        ("README.md", "import this", True),
    ],
)
def test_what_makes_another_state(file: str, text: str, same: bool, tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[project]\n")
    write(tmp_path / "podlab" / "a.py", "import yaml\n\nprint(1)\n")
    before = dependencies.state_of(tmp_path, tmp_path / "site")
    write(tmp_path / file, text)
    assert (dependencies.state_of(tmp_path, tmp_path / "site") == before) is same


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
