"""Which cluster is taken, in every combination of what was asked for and what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from podlab import clusters
from podlab.clusters import Kind, NoSuchCluster, choice, state
from podlab.errors import ClusterError
from tests.clusters.fakes import FakeProvider

World = Callable[..., Mapping[Kind, FakeProvider]]


@pytest.fixture
def world(answering: str) -> World:
    every: dict[Kind, FakeProvider] = {
        "kind": FakeProvider("kind", answering),
        "embedded": FakeProvider("embedded", answering),
        "context": FakeProvider("context", answering),
    }
    return lambda *_: every


def test_an_empty_machine_gets_an_embedded_cluster(world: World) -> None:
    cluster, why = clusters.choose(make=world)
    assert (cluster.name, cluster.kind, why) == ("lab", "embedded", choice.FALLBACK)
    assert state.chosen() is None


def test_a_running_kind_cluster_comes_before_the_embedded_one(world: World) -> None:
    world()["kind"].up("podlab", print)
    cluster, why = clusters.choose(make=world)
    assert (cluster.name, why) == ("podlab", choice.RUNNING)


def test_a_kind_cluster_that_does_not_answer_is_passed_over(world: World, silent: str) -> None:
    state.write(world()["kind"].up("podlab", print).kubeconfig, silent)
    assert clusters.choose(make=world)[0].kind == "embedded"


def test_what_up_chose_last_comes_before_everything_that_runs(world: World) -> None:
    clusters.up("kind", make=world)
    clusters.up("embedded", "mine", make=world)
    cluster, why = clusters.choose(make=world)
    assert (cluster.name, why) == ("mine", choice.CHOSEN)


def test_the_environment_comes_before_the_choice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clusters.up("embedded", "mine", make=world)
    clusters.up("kind", make=world)
    monkeypatch.setenv("PODLAB_CLUSTER", "mine")
    cluster, why = clusters.choose(make=world)
    assert (cluster.name, why) == ("mine", choice.ASKED)
    assert clusters.choose("kind", make=world)[0].name == "podlab"


def test_a_running_cluster_is_not_started_again(world: World) -> None:
    clusters.choose(make=world)
    clusters.choose(make=world)
    clusters.choose("embedded", make=world)
    assert world()["embedded"].asked == ["up lab"]


def test_an_embedded_cluster_that_was_stopped_is_started(world: World, silent: str) -> None:
    state.write(clusters.up("embedded", make=world).kubeconfig, silent)
    assert clusters.choose(make=world)[0].answers()


def test_choosing_never_makes_a_kind_cluster(world: World) -> None:
    with pytest.raises(NoSuchCluster) as caught:
        clusters.choose("kind", make=world)
    assert "podlab up --cluster kind" in str(caught.value.hint)
    assert world()["kind"].asked == []


def test_a_chosen_kind_cluster_that_is_gone_gives_way(world: World, silent: str) -> None:
    state.write(clusters.up("kind", make=world).kubeconfig, silent)
    assert clusters.choose(make=world)[0].kind == "embedded"


def test_a_named_cluster_that_does_not_answer_is_an_error(world: World, silent: str) -> None:
    state.write(clusters.up("kind", "k", make=world).kubeconfig, silent)
    with pytest.raises(ClusterError, match="does not answer"):
        clusters.choose("k", make=world)


def test_a_name_belongs_to_one_kind_of_cluster(world: World) -> None:
    clusters.up("embedded", "same", make=world)
    with pytest.raises(ClusterError, match="same") as caught:
        clusters.up("kind", "same", make=world)
    assert "podlab down --name same" in str(caught.value.hint)
    assert world()["kind"].asked == []


def test_up_by_name_alone_brings_back_what_has_the_name(world: World) -> None:
    clusters.up("kind", "k", make=world)
    clusters.up("embedded", make=world)
    assert clusters.up(name="k", make=world).kind == "kind"
    assert clusters.up(name="fresh", make=world).kind == "embedded"


@pytest.mark.parametrize("image", [None, "node:1"])
def test_up_alone_brings_back_the_kind_cluster_chosen_last(
    world: World, silent: str, monkeypatch: pytest.MonkeyPatch, image: str | None
) -> None:
    monkeypatch.setenv("PODLAB_NODE_IMAGE", image or "")
    state.write(clusters.up("kind", "k", make=world).kubeconfig, silent)
    back = clusters.up(image=image, make=world)
    assert (back.name, back.kind, back.answers()) == ("k", "kind", True)
    assert (world()["kind"].asked, world()["embedded"].asked) == (["up k", "up k"], [])


def test_up_with_wishes_of_its_own_is_not_about_the_last_choice(world: World) -> None:
    clusters.up("kind", "k", make=world)
    assert clusters.up(image="node:2", make=world).name == "podlab"
    clusters.up("kind", "k", make=world)
    assert clusters.up(workers=2, make=world).name == "podlab"
    assert clusters.up("embedded", make=world).kind == "embedded"


def test_up_refuses_a_word_that_names_nothing(world: World) -> None:
    with pytest.raises(ClusterError, match="unknown cluster: kidn"):
        clusters.up("kidn", make=world)
    assert state.chosen() is None


def test_down_forgets_the_cluster_and_the_choice(world: World) -> None:
    clusters.up("kind", "k", make=world)
    clusters.down("k", make=world)
    assert (clusters.find_all(make=world), state.chosen()) == ([], None)
    with pytest.raises(NoSuchCluster):
        clusters.down("k", make=world)


def test_a_kubeconfig_file_is_a_cluster_too(world: World, answering: str, tmp_path: Path) -> None:
    path = tmp_path / "seat-07.kubeconfig"
    path.write_text(answering, encoding="utf-8")
    cluster, why = clusters.choose(str(path), make=world)
    assert (cluster.name, cluster.kubeconfig, cluster.namespace, why) == ("seat-07", path, "default", choice.ASKED)
    with pytest.raises(ClusterError):
        clusters.choose(str(tmp_path / "nothing"), make=world)


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        (None, choice.Selector()),
        ("auto", choice.Selector()),
        ("kind", choice.Selector("kind")),
        ("kind:a", choice.Selector("kind", "a")),
        ("embedded:a-1", choice.Selector("embedded", "a-1")),
        ("context:arn:aws:eks:x/y", choice.Selector("context", context="arn:aws:eks:x/y")),
        ("mine", choice.Selector(name="mine")),
    ],
)
def test_parse(text: str | None, selector: choice.Selector) -> None:
    assert choice.parse(text) == selector


@pytest.mark.parametrize("text", ["context:", "kind:", "minikube:x", "Big", "a_b", "-a", "a" * 50])
def test_what_is_no_selector_is_refused(text: str) -> None:
    with pytest.raises(ClusterError):
        choice.parse(text)
