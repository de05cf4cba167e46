"""What a real kubectl 1.36 said of folders with plugins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl
from podlab.kubectl.verbs.plugin import NONE
from tests.kubectl.canned import Canned


def program(folder: Path, name: str, mode: int = 0o755) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_plugins_are_listed_with_what_is_wrong_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    found = [program(one, "kubectl-foo"), program(one, "kubectl-get"), program(two, "kubectl-foo")]
    monkeypatch.setenv("PATH", f"{one}{os.pathsep}{two}")
    with pytest.raises(PodlabError) as said:
        Kubectl(Canned(tmp_path)).plugin("list")
    assert str(said.value) == "error: 2 plugin warnings were found"
    output = said.value.output
    assert output.stdout == "\n".join(["The following compatible plugins are available:", "", *found, ""])
    assert output.stderr.splitlines() == [
        '  - warning: kubectl-get overwrites existing command: "kubectl get"',
        f"  - warning: {found[2]} is overshadowed by a similarly named plugin: {found[0]}",
    ]


def test_one_plugin_alone_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "kubectl-foo")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert str(Kubectl(Canned(tmp_path)).plugin("list", name_only=True)).endswith("\n\nkubectl-foo\n")


def test_no_plugin_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nope"))
    with pytest.raises(PodlabError) as said:
        Kubectl(Canned(tmp_path)).plugin("list")
    assert str(said.value) == NONE
