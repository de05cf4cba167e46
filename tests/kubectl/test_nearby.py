"""The name that was meant, below kubectl's own line that another one is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podlab.client import Client
from podlab.clusters import Cluster
from podlab.errors import PodlabError
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.nearby import beside, doubt, unmet
from podlab.kubectl.output import Output

NOTHING = Output(stderr="No resources found in prod namespace.\n")


class Namespaces:
    """A client that knows which namespaces there are."""

    def get(self, _: str) -> dict[str, list[dict[str, dict[str, str]]]]:
        return {"items": [{"metadata": {"name": name}} for name in ("default", "kube-system")]}


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


@pytest.mark.parametrize(
    ("output", "flags", "said"),
    [
        (NOTHING, {"namespace": "kube-sytem"}, "Did you mean `kube-system`?"),
        (NOTHING, {"namespace": "prod"}, "There is no namespace prod"),
        (NOTHING, {"namespace": "default,kube-system"}, "`-n` takes one namespace"),
        (NOTHING, {"namespace": "default"}, ""),
        (NOTHING, {}, ""),
        (NOTHING, {"sort_by": "age"}, "Where no object has the field `age`"),
        (Output("web\n"), {"namespace": "prod", "sort_by": "age"}, ""),
        (Output(".status.podIP}"), {"output": "jsonpath=.status.podIP}"}, "`jsonpath={.status.podIP}`"),
        (Output("10.0.0.1"), {"output": "jsonpath={.status.podIP}"}, ""),
        (Output(""), {"output": "jsonpath={.status.podIp}"}, "There is no value at that path"),
        (Output(""), {"output": "jsonpath={range .items[*]}{.a}{end}"}, ""),
        (Output(stderr="sh: 1: wget: not found\n"), {}, "has no `wget`"),
        (Output(stderr="bash: line 1: wget: command not found\n"), {}, "has no `wget`"),
        (Output(stderr='Warning: unknown field "replicas"\n'), {}, "There is a field `replicas`, but not here"),
        (Output(stderr='Warning: unknown field "zzz"\n'), {}, "There is no field `zzz` there"),
        (Output(stderr="cat: /x: No such file or directory\n"), {}, ""),
    ],
)
def test_a_question_that_may_be_wrong_although_it_has_an_answer(output, flags, said):
    found = doubt(output, flags, Namespaces())  # type: ignore[arg-type]
    assert said in found.en if said else found is None


def test_it_is_told_below_the_answer_and_is_no_part_of_it():
    told = replace(NOTHING, hint=doubt(NOTHING, {"sort_by": "age"}, Namespaces()))  # type: ignore[arg-type]
    assert "\n→ " in repr(told) and str(told) == "" and told == NOTHING


@pytest.mark.parametrize(
    ("awaited", "said"),
    [
        ("jsonpath={.status.replicas}=0", "`{.status.replicas}` never comes to be `0`"),
        ("jsonpath='{.status.phase}'=Running", "The value at `{.status.phase}` did not come to be `Running` in time"),
        ("condition=Ready", ""),
    ],
)
def test_a_wait_for_a_value_tells_of_that_value(awaited: str, said: str) -> None:
    found = unmet(PodlabError("error: timed out waiting for the condition on deployments/web"), {"for_": awaited})
    assert said in found.en if found else not said
    assert unmet(PodlabError('Error from server (NotFound): pods "web" not found'), {"for_": awaited}) is None
