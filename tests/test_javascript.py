"""tools/javascript.py: what was in order is not looked at again until something is another."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import javascript  # noqa: E402


@pytest.mark.parametrize("change", ["another text", "another name", "one more"])
def test_another_file_is_another_state(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(javascript, "ROOT", tmp_path)
    file = tmp_path / "a.js"
    file.write_text("1", encoding="utf-8")
    before = javascript.state_of([file])
    assert javascript.state_of([file]) == before
    files = [file]
    if change == "another text":
        file.write_text("2", encoding="utf-8")
    elif change == "another name":
        files = [file.rename(tmp_path / "b.js")]
    else:
        files.append(tmp_path / "c.js")
        files[-1].write_text("", encoding="utf-8")
    assert javascript.state_of(files) != before
