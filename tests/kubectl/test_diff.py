"""`kubectl diff` while the object is changed by others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podlab.client import Response
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.manifests.writing import LAST_APPLIED
from tests.kubectl.canned import Canned

CONFLICT = {"code": 409, "reason": "Conflict", "message": "the object has been modified"}

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: other}}
spec: {containers: [{name: c, image: nginx}]}
"""


class Busy(Canned):
    """A server on which an object changes before so many patches arrive."""

    def __init__(self, folder: Path, changes: int) -> None:
        super().__init__(folder)
        self.changes, self.locked = changes, list[bool]()

    def request(self, method: str, path: str, *, body: object = None, accept: str = "", **more: Any) -> Response:
        if method == "PATCH" and isinstance(body, dict):
            self.locked.append("resourceVersion" in body["metadata"])
            if len(self.locked) <= self.changes:
                raise ApiError(CONFLICT)
        return super().request(method, path, body=body, accept=accept, **more)


@pytest.mark.parametrize(
    ("changes", "locked"),
    [(0, [True]), (1, [True, True]), (3, [True, True, True, False])],
)
def test_an_object_that_changes_in_between_is_looked_at_again(changes: int, locked: list[bool], tmp_path: Path) -> None:
    server = Busy(tmp_path, changes)
    (tmp_path / "pod.yaml").write_text(POD)
    Kubectl(server, folder=tmp_path).diff("pod.yaml")
    assert server.locked == locked


def test_one_that_never_stops_changing_is_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD)
    with pytest.raises(ApiError, match="the object has been modified"):
        Kubectl(Busy(tmp_path, 9), folder=tmp_path).diff("pod.yaml")


class Applied(Canned):
    """All objects carry what an apply leaves, but no Pod's is the one that is named."""

    def request(self, method: str, path: str, *, body: object = None, accept: str = "", **more: Any) -> Response:
        found = json.loads(super().request(method, path, body=body, accept=accept, **more).body)
        for each in found.get("items", []):
            metadata = each.get("metadata") or {}
            if path.endswith("/configmaps") and "uid" in metadata:
                metadata |= {"uid": "other", "annotations": {LAST_APPLIED: "{}"}, "managedFields": [{"manager": "m"}]}
        return Response(200, {}, json.dumps(found).encode())


def test_what_prune_would_delete_is_shown_as_gone(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD)
    shown = str(Kubectl(Applied(tmp_path), folder=tmp_path).diff("pod.yaml", prune=True))
    assert "\n-kind: ConfigMap\n" in shown and "\n-  managedFields:\n" in shown
    assert "-kind: ConfigMap" not in str(Kubectl(Applied(tmp_path), folder=tmp_path).diff("pod.yaml"))


def test_a_kind_that_prune_does_not_know_is_named(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD)
    with pytest.raises(PodlabError, match=r"^error: invalid GroupVersionKind format: v1/Pod, please follow"):
        Kubectl(Applied(tmp_path), folder=tmp_path).diff("pod.yaml", prune=True, prune_allowlist="v1/Pod")


def test_replace_by_force_is_no_dry_run(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD)
    with pytest.raises(PodlabError, match=r"^error: --dry-run can not be used when --force is set$"):
        Kubectl(Canned(tmp_path), folder=tmp_path).replace("pod.yaml", force=True, dry_run="server")
