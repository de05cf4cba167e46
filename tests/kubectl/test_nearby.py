"""The name that was meant, below kubectl's own line that another one is not there."""

from __future__ import annotations

import pytest

from podlab.client import Client
from podlab.clusters import Cluster
from podlab.errors import PodlabError
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.nearby import beside


@pytest.mark.parametrize(
    ("name", "there", "said"),
    [
        ("nginx-pod-exmaple", ["nginx-pod-example", "web"], "Did you mean `nginx-pod-example`?"),
        ("web", ["web-7d4b9-x2x4z", "db-0"], "Did you mean `web-7d4b9-x2x4z`?"),
        ("web", ["web-1", "web-2"], "There now: `web-1`, `web-2`"),
        ("nginx", ["blue", "green"], "There now: `blue`, `green`"),
    ],
)
def test_what_is_there_is_named(name: str, there: list[str], said: str) -> None:
    found = beside(name, there)
    assert found and said in found.en and f"`{there[0]}`" in found.ko


@pytest.mark.parametrize("there", [[], ["a", "b", "c", "d", "e"]])
def test_nothing_is_named_where_there_is_nothing_or_too_much(there: list[str]) -> None:
    assert beside("nginx", there) is None


@pytest.mark.cluster
def test_the_hint_follows_kubectls_line(cluster: Cluster) -> None:
    kubectl = Kubectl(Client(cluster.kubeconfig, context=cluster.context), namespace="default")
    kubectl.delete("configmap", "settings", ignore_not_found=True)
    kubectl.create("configmap", "settings", from_literal="a=b")
    for call in (
        lambda: kubectl.get("configmap", "setings"),
        lambda: kubectl.describe("configmap", "setings"),
        lambda: kubectl.delete("configmap", "setings"),
    ):
        with pytest.raises(PodlabError) as raised:
            call()
        assert str(raised.value) == 'Error from server (NotFound): configmaps "setings" not found'
        assert raised.value.hint and "Did you mean `settings`?" in raised.value.hint.en
    kubectl.delete("configmap", "settings")


@pytest.mark.cluster
def test_a_manifests_text_is_no_file(cluster: Cluster) -> None:
    with pytest.raises(PodlabError) as raised:
        Kubectl(Client(cluster.kubeconfig, context=cluster.context)).apply("apiVersion: v1\nkind: Pod\n")
    assert raised.value.hint and "kubectl.apply(yaml.safe_load(text))" in raised.value.hint.en
