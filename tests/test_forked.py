"""tools/forked.py: tests in several processes are reported as if they were in one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.slow,  # it starts pytest
    pytest.mark.skipif(sys.platform != "linux", reason="where there is no fork, make check takes pytest-xdist"),
]
MODULE = """
import os, warnings
from pathlib import Path
import pytest

@pytest.fixture(scope="session", autouse=True)
def once():
    yield
    Path(f"ended-{os.getpid()}").touch()

@pytest.fixture
def broken():
    raise RuntimeError("broken fixture")

def test_passes():
    print("nobody is told")

def test_fails():
    print("said before it failed")
    assert 1 == 2, "not equal"

def test_cannot_begin(broken):
    pass

@pytest.mark.skip(reason="not today")
def test_is_skipped():
    pass

@pytest.mark.xfail
def test_is_known():
    assert False

def test_warns():
    warnings.warn("mind the gap", FutureWarning)
"""
PROCESSES = min(3, len(os.sched_getaffinity(0))) if sys.platform == "linux" else 1
TOLD = "1 failed, 2 passed, 1 skipped, 1 xfailed, 1 warning, 1 error"


def run(folder: Path, modules: dict[str, str], *options: str) -> tuple[int, str]:
    """pytest's exit code, and what it printed."""
    for name, text in modules.items():
        (folder / f"test_{name}.py").write_text(text, encoding="utf-8")
    words = ["-m", "pytest", "-q", "-p", "tools.forked", "-c", "/dev/null", "--rootdir", str(folder), "--tb=short"]
    environ = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *words, *options], cwd=folder, env=environ, capture_output=True, encoding="utf-8"
    )
    return done.returncode, done.stdout + done.stderr


def total(count: int) -> str:
    """What pytest says at its end when so many modules are run."""
    return ", ".join(f"{int(part.split()[0]) * count} {part.split()[1]}" for part in TOLD.split(", "))


def test_each_test_is_run_once_and_reported(tmp_path: Path) -> None:
    code, said = run(tmp_path, dict.fromkeys("abc", MODULE))
    assert code == 1
    assert total(3).replace("warning", "warnings").replace("error", "errors") in said
    assert said.count("said before it failed") == 3 and "nobody is told" not in said
    assert said.count("E   AssertionError: not equal") == said.count("E   RuntimeError: broken fixture") == 3
    assert said.count("FutureWarning: mind the gap") == 3
    assert len(list(tmp_path.glob("ended-*"))) == PROCESSES


def test_a_report_file_has_them_all(tmp_path: Path) -> None:
    run(tmp_path, dict.fromkeys("ab", MODULE), "--junitxml=report.xml")
    assert 'errors="2" failures="2" skipped="4" tests="12"' in (tmp_path / "report.xml").read_text(encoding="utf-8")


def test_what_took_longest_is_told_of_each_part(tmp_path: Path) -> None:
    _, said = run(tmp_path, dict.fromkeys("ab", MODULE), "--durations=0", "--durations-min=0")
    parts = re.findall(r"^[\d.]+s (\w+) +test_", said, re.M)
    assert Counter(parts) == {"call": 8, "setup": 12, "teardown": 12}


def test_a_process_that_dies_is_told_of(tmp_path: Path) -> None:
    dying = "import os, signal\ndef test_it():\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    code, said = run(tmp_path, {"a": "def test_it():\n    pass\n", "b": dying})
    assert code == pytest.ExitCode.INTERNAL_ERROR
    assert "a process of the tests has ended before its tests did" in said


def test_what_breaks_pytest_itself_is_shown(tmp_path: Path) -> None:
    broken = "def test_it(request):\n    request.node.nodeid.nothing\n"
    (tmp_path / "conftest.py").write_text("def pytest_runtest_logstart():\n    1 / 0\n", encoding="utf-8")
    code, said = run(tmp_path, {"a": broken, "b": broken})
    assert code == pytest.ExitCode.INTERNAL_ERROR
    assert "ZeroDivisionError" in said


def test_the_first_failure_ends_it(tmp_path: Path) -> None:
    code, said = run(tmp_path, {"a": MODULE, "b": MODULE, "c": MODULE}, "-x")
    assert code == 1
    assert "stopping after 1 failures" in said
    assert len(list(tmp_path.glob("ended-*"))) == PROCESSES  # what was begun is torn down


def test_a_module_that_cannot_be_imported_stops_it(tmp_path: Path) -> None:
    code, said = run(tmp_path, {"a": "1 / 0\n", "b": MODULE, "c": MODULE})
    assert code == pytest.ExitCode.INTERRUPTED
    assert "1 error during collection" in said
