"""`kubectl config set`: what a real kubectl 1.36 said and wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl
from tests.kubectl.canned import Canned


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("foo.bar", "error: unable to parse foo.bar after [] at api.Config"),
        ("clusters", "error: can't set a map to a value: map[]"),
    ],
)
def test_what_cannot_be_set(tmp_path: Path, name: str, line: str) -> None:
    with pytest.raises(PodlabError) as wrong:
        Kubectl(Canned(tmp_path)).config("set", name, "x")
    assert str(wrong.value) == line


def test_a_file_says_which_context_is_current_and_no_preferences_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("preferences: {}\n", encoding="utf-8")
    Kubectl(Canned(tmp_path)).config("set-cluster", "a", server="https://b")
    assert path.read_text(encoding="utf-8") == (
        "apiVersion: v1\nclusters:\n- cluster:\n    server: https://b\n  name: a\ncontexts: null\n"
        'current-context: ""\nkind: Config\nusers: null\n'
    )
