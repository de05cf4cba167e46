"""`kubectl label`: what a real kubectl 1.36 said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl
from tests.kubectl.canned import Canned


@pytest.mark.parametrize("named", [(("pods", "a=b"), {"all_": True}), (("pods", "web", "other", "a=b"), {})])
def test_a_resource_version_is_one_objects(tmp_path: Path, named: tuple[tuple[str, ...], dict[str, Any]]) -> None:
    words, flags = named
    with pytest.raises(PodlabError, match="--resource-version may only be used with a single resource"):
        Kubectl(Canned(tmp_path)).label(*words, resource_version="1", **flags)


def test_objects_stand_before_the_changes(tmp_path: Path) -> None:
    with pytest.raises(PodlabError, match=r"before label changes: c$"):
        Kubectl(Canned(tmp_path)).label("pod", "x", "a=b", "c", "d")
