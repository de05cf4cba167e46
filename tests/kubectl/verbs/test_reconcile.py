"""What `auth reconcile` makes of a role or a binding, with the lines that a real kubectl 1.36 printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl
from podlab.kubectl.verbs.reconcile import compared
from tests.kubectl.canned import Canned

Object = dict[str, Any]
READ = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
JANE, JOE = ({"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": name} for name in ("jane", "joe"))
VIEW = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}


def role(*rules: Object, **more: Any) -> Object:
    return {"metadata": {"name": "web", "namespace": "default"}, "rules": list(rules), **more}


def binding(*subjects: Object, to: Object = VIEW) -> Object:
    return {"metadata": {"name": "web", "namespace": "default"}, "roleRef": to, "subjects": list(subjects)}


def test_a_role_gets_the_verbs_that_it_lacks_one_by_one() -> None:
    change = compared(role(READ), role({**READ, "resources": ["pods", "services"], "verbs": ["get"]}), "rules", False)
    lacking = {"apiGroups": [""], "resources": ["services"], "verbs": ["get"]}
    assert (change.operation, change.missing, change.obj["rules"]) == ("update", [lacking], [READ, lacking])
    assert [each["verbs"] for each in change.extra] == [["list"]]


@pytest.mark.parametrize(("remove", "operation", "subjects"), [(False, "", [JANE, JOE]), (True, "update", [JANE])])
def test_what_is_too_much_goes_only_where_that_is_asked(remove: bool, operation: str, subjects: list[Object]) -> None:
    change = compared(binding(JANE, JOE), binding(JANE), "subjects", remove)
    assert (change.operation, change.obj["subjects"], change.extra) == (operation, subjects, [JOE])


def test_a_binding_to_another_role_is_made_anew() -> None:
    assert (
        compared(binding(JANE), binding(JANE, to={**VIEW, "name": "edit"}), "subjects", False).operation == "recreate"
    )


def test_selectors_are_added_and_taken_back() -> None:
    one, two = ({"clusterRoleSelectors": [{"matchLabels": {"to": name}}]} for name in ("a", "b"))
    both = compared(role(aggregationRule=one), role(aggregationRule=two), "rules", False).obj["aggregationRule"]
    assert both == {"clusterRoleSelectors": one["clusterRoleSelectors"] + two["clusterRoleSelectors"]}
    assert compared(role(aggregationRule=one), role(aggregationRule=two), "rules", True).obj["aggregationRule"] == two
    assert "aggregationRule" not in compared(role(aggregationRule=one), role(), "rules", False).obj


def test_kubectls_lines(tmp_path: Path) -> None:
    (tmp_path / "role.yaml").write_text(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: web, namespace: default}\n"
        'rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n',
        encoding="utf-8",
    )
    kubectl = Kubectl(Canned(tmp_path), folder=tmp_path)
    told = kubectl.auth("reconcile", filename="role.yaml")
    assert told.stdout == "role.rbac.authorization.k8s.io/web reconciled\n"
    assert told.stderr == (
        "\treconciliation required update\n\tmissing rules added:\n"
        "\t\t{Verbs:[get] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n"
    )
    with pytest.raises(PodlabError, match="--dry-run=server for command reconcile is not supported yet"):
        kubectl.auth("reconcile", filename="role.yaml", dry_run="server")
