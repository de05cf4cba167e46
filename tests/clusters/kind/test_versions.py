"""The one table of tested Kubernetes versions, and who reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from podlab.clusters.kind import versions
from podlab.errors import ClusterError

ROOT = Path(versions.__file__).resolve().parents[3]


def test_a_tested_minor_takes_the_newest_image_that_is_here() -> None:
    here = ["kindest/node:v1.36.2", "kindest/node:v1.36.10", "kindest/node:v1.35.9"]
    assert versions.node_image("1.36", here) == "kindest/node:v1.36.10"
    assert versions.node_image("1.36") == versions.TESTED["1.36"]


def test_another_version_is_named_to_its_last_digit() -> None:
    assert versions.node_image("v1.35.1") == "kindest/node:v1.35.1"
    with pytest.raises(ClusterError, match=r"1\.35") as caught:
        versions.node_image("1.35")
    assert "1.36" in str(caught.value.hint)


@pytest.mark.parametrize(("version", "warned"), [("v1.36.2", False), ("v1.35.0", True), ("v1.37.0", True), ("", False)])
def test_another_server_is_a_warning(version: str, warned: bool) -> None:
    assert (versions.warning(version) is not None) is warned


def test_the_workflow_and_the_readme_read_the_table() -> None:
    command = [sys.executable, "-S", "-m", "podlab.clusters.kind.versions"]  # -S: CI has no packages there
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    assert [entry["kubernetes"] for entry in json.loads(said.stdout)] == list(versions.TESTED)
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "python -m podlab.clusters.kind.versions" in workflow
    assert yaml.safe_load(workflow)["jobs"]["kind"]["needs"] == "versions"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for minor in versions.TESTED:
        assert f"Kubernetes는 {minor}에서" in readme
        assert f"Kubernetes is tested at {minor}" in readme
