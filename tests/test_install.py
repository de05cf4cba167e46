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


def test_somebody_who_waits_is_told_how_far_it_is() -> None:
    assert install.progress("Collecting jupyterlab>=4.4 (from podlab==0.1.0)\n", 7) == "7: jupyterlab>=4.4"
    assert "100" in install.progress("Installing collected packages: a, b\n", 100)
    assert install.progress("  Downloading x.whl (8.1 MB)\n", 7) == ""


def test_what_failed_is_shown_whole(capfd: pytest.CaptureFixture[str]) -> None:
    assert not install.install([sys.executable, "-c", "print('Collecting a'); print('why'); raise SystemExit(1)"])
    assert "why" in capfd.readouterr().out


def test_an_installation_that_there_is_not(capfd: pytest.CaptureFixture[str]) -> None:
    assert install.main("nothing") == 1
    assert "install.py [lab|site]" in capfd.readouterr().err
