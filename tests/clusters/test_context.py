"""A context becomes a kubeconfig of podlab's own, in podlab's namespace."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from podlab.client import Client
from podlab.clusters import Cluster, context, state
from podlab.errors import ClusterError

CONFIG = {
    "clusters": [
        {"name": "prod", "cluster": {"server": "https://prod:6443", "certificate-authority": "pki/ca.crt"}},
        {"name": "dev", "cluster": {"server": "https://dev:6443"}},
    ],
    "users": [
        {"name": "me", "user": {"client-certificate": "/abs/me.crt", "client-key": "me.key"}},
        {"name": "plugin", "user": {"exec": {"command": "./bin/login", "apiVersion": "v1"}}},
    ],
    "contexts": [
        {"name": "at-prod", "context": {"cluster": "prod", "user": "me", "namespace": "shop"}},
        {"name": "at-dev", "context": {"cluster": "dev", "user": "plugin"}},
        {"name": "broken", "context": {"cluster": "nowhere"}},
    ],
    "current-context": "at-prod",
}


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "theirs" / "config"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


def test_nothing_but_the_context_is_copied_and_its_namespace_is_ours(theirs: Path) -> None:
    made = context.extract(context.find_context("at-prod"), "at-prod", "podlab")
    assert [entry["name"] for key in ("clusters", "users", "contexts") for entry in made[key]] == [
        "prod",
        "me",
        "at-prod",
    ]
    assert made["contexts"][0]["context"]["namespace"] == "podlab"


def test_files_are_named_so_that_the_copy_can_lie_anywhere(theirs: Path) -> None:
    made = context.extract(context.find_context("at-prod"), "at-prod", "podlab")
    assert made["clusters"][0]["cluster"]["certificate-authority"] == str(theirs.parent / "pki/ca.crt")
    assert made["users"][0]["user"] == {
        "client-certificate": "/abs/me.crt",
        "client-key": str(theirs.parent / "me.key"),
    }
    plugin = context.extract(context.find_context("at-dev"), "at-dev", "podlab")
    assert plugin["users"][0]["user"]["exec"]["command"] == str(theirs.parent / "bin/login")


def test_a_context_that_is_not_there_names_those_that_are(theirs: Path) -> None:
    with pytest.raises(ClusterError, match="at-home") as caught:
        context.find_context("at-home")
    assert "at-prod, at-dev, broken" in str(caught.value.hint)


def test_a_context_without_its_cluster(theirs: Path) -> None:
    with pytest.raises(ClusterError, match="nowhere"):
        context.extract(context.find_context("broken"), "broken", "podlab")


def test_our_own_kubeconfig_is_not_theirs(theirs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(state.kubeconfig_path("lab")))
    assert context.find_context("at-dev")[0]["current-context"] == "at-prod"


def test_the_first_use_shows_which_cluster_it_is_and_waits_for_a_yes(theirs: Path) -> None:
    with pytest.raises(context.Unconfirmed) as caught:
        context.Context("at-prod").up("at-prod")
    for shown in ("cluster prod (https://prod:6443)", "user me", "namespace podlab"):
        assert shown in str(caught.value)
    assert "--cluster context:at-prod --yes" in str(caught.value.hint)
    assert state.clusters() == []


@pytest.mark.parametrize(
    ("name", "clean"), [("kind-a", "kind-a"), ("arn:aws:eks:eu/Prod", "arn-aws-eks-eu-prod"), ("___", "context")]
)
def test_name_for(name: str, clean: str) -> None:
    assert context.name_for(name) == clean


@pytest.mark.cluster
def test_only_its_own_namespace_is_made_and_deleted(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "config"
    theirs.write_text(cluster.kubeconfig.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(theirs))
    name = yaml.safe_load(theirs.read_text(encoding="utf-8"))["current-context"]
    client = Client(cluster.kubeconfig)
    before = namespaces(client)

    made = context.Context(name, confirmed=True).up("theirs")
    assert (made.namespace, made.answers()) == ("podlab", True)
    assert namespaces(client) == before | {"podlab": "Active"}
    assert context.Context().up("theirs") == made
    context.Context().down(made)
    assert namespaces(client).get("podlab", "Terminating") == "Terminating"
    assert state.clusters() == []


@pytest.mark.cluster
def test_a_namespace_of_somebody_else_is_left_alone(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "config"
    theirs.write_text(cluster.kubeconfig.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(theirs))
    name = yaml.safe_load(theirs.read_text(encoding="utf-8"))["current-context"]
    client = Client(cluster.kubeconfig)
    observed = client.watch("/api/v1/namespaces", query={"fieldSelector": "metadata.name=podlab"}, timeout=60)
    if "podlab" in namespaces(client):
        next(event for event in observed if event["type"] == "DELETED")
    client.request("POST", "/api/v1/namespaces", body={"metadata": {"name": "podlab"}})
    try:
        with pytest.raises(ClusterError, match="did not make it"):
            context.Context(name, confirmed=True).up("theirs")
        assert state.clusters() == []
        foreign = Cluster("theirs", "context", cluster.kubeconfig, name, "podlab")
        context.Context().down(foreign)
        assert namespaces(client)["podlab"] == "Active"
    finally:
        client.request("DELETE", "/api/v1/namespaces/podlab")


def namespaces(client: Client) -> dict[str, str]:
    return {item["metadata"]["name"]: item["status"]["phase"] for item in client.get("/api/v1/namespaces")["items"]}
