"""tools/twice.py: pytest, and once more what failed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import twice  # noqa: E402

pytestmark = pytest.mark.slow  # it starts pytest, up to twice a test
FILE = """
from pathlib import Path
MARK = Path(__file__).with_suffix(".mark")
def test_that_needs_two_tries():
    tried = MARK.exists()
    MARK.touch()
    assert tried
def test_that_passes():
    pass
"""


@pytest.fixture(autouse=True)
def no_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried needs none of those that are installed, and they take a second to import, each time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(tmp_path: Path, text: str, capfd: pytest.CaptureFixture[str], *tests: str) -> tuple[int, str]:
    """A file's tests by twice, or some of them; its exit code and what was printed."""
    (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
    code = twice.main(["-q", "--rootdir", str(tmp_path), "-c", "/dev/null", *(tests or [str(tmp_path)])])
    return code, capfd.readouterr().out


def test_what_passes_the_second_time_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, printed = run(tmp_path, FILE, capfd)
    assert code == 0
    assert "==== FAILED ONLY THE FIRST TIME: test_it.py::test_that_needs_two_tries ====" in printed
    assert "\n1 passed in" in printed


def test_of_tests_that_were_named_those_that_failed_are_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(twice, "ROOT", tmp_path)
    names = [f"test_it.py::{name}" for name in ("test_that_needs_two_tries", "test_that_passes")]
    code, printed = run(tmp_path, FILE, capfd, *names)
    assert code == 0
    assert f"==== FAILED ONLY THE FIRST TIME: {names[0]} ====" in printed
    assert "\n1 passed in" in printed


def test_what_fails_twice_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, printed = run(tmp_path, "def test_that_fails():\n    assert False\n", capfd)
    assert code == 1
    assert "FIRST TIME" not in printed


def test_many_failures_are_no_matter_of_luck(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    many = "\n".join(f"def test_{number}():\n    assert False" for number in range(twice.MANY + 1))
    code, printed = run(tmp_path, many, capfd)
    assert code == 1
    assert "once more" not in printed


def test_the_report_of_the_first_time_stays(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(FILE, encoding="utf-8")
    words = ["-q", f"--junitxml={tmp_path}/report.xml", "--rootdir", str(tmp_path), "-c", "/dev/null", str(tmp_path)]
    assert twice.main(words) == 0
    first, second = ((tmp_path / name).read_text(encoding="utf-8") for name in ("report.xml", "report-again.xml"))
    assert 'failures="1"' in first
    assert 'failures="0"' in second
