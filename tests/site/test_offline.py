"""Which files the service worker keeps, and when it is another one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podlab.site import offline


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name in ("index.html", "build/12.a8fa7b2.js", "build/x.eot", "static/six-1.0-py3-none-any.whl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "static" / "podlab-0.1.0-py3-none-any.whl").write_bytes(b"ours")
    (tmp_path / offline.WORKER).write_text("theirs();", encoding="utf-8")
    return tmp_path


def site(script: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(script.partition(" = ")[2].partition(";\n")[0])
    return found


def test_a_file_whose_name_says_its_content_is_asked_for_once(out: Path) -> None:
    found = site(offline.script(out))
    assert found["lasting"] == ["build/12.a8fa7b2.js", "static/six-1.0-py3-none-any.whl"]
    assert found["others"] == ["index.html", "static/podlab-0.1.0-py3-none-any.whl"]


def test_another_byte_is_another_version(out: Path) -> None:
    before = site(offline.script(out))["version"]
    assert site(offline.script(out))["version"] == before
    (out / "index.html").write_text("changed", encoding="utf-8")
    assert site(offline.script(out))["version"] != before


def test_jupyterlites_own_comes_after_ours(out: Path) -> None:
    offline.write(out)
    text = (out / offline.WORKER).read_text(encoding="utf-8")
    assert text.index("podlabSite") < text.index("stopImmediatePropagation") < text.index("theirs();")
