"""Making `.venv`: which Python is taken, and what is said where none can be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import install  # noqa: E402


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX executables")
def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    assert install.new_enough([str(old), "no-such-python", sys.executable]) == sys.executable
    assert install.new_enough([str(old)]) is None
