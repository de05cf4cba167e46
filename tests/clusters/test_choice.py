"""Which cluster is taken, in every combination of what was asked for and what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab.clusters import Kind, NoSuchCluster, choice, state
from podlab.clusters.choice import Choice
from podlab.errors import ClusterError
from tests.clusters.fakes import FakeProvider


@pytest.fixture
def every(answering: str) -> dict[Kind, FakeProvider]:
    return {
        "kind": FakeProvider("kind", answering),
        "embedded": FakeProvider("embedded", answering),
        "context": FakeProvider("context", answering),
    }


@pytest.fixture
def world(every: dict[Kind, FakeProvider]) -> Choice:
    return Choice(lambda *_: every)


def test_an_empty_machine_gets_an_embedded_cluster(world: Choice) -> None:
    cluster, why = world.choose()
    assert (cluster.name, cluster.kind, why) == ("lab", "embedded", choice.FALLBACK)
    assert state.chosen() is None


def test_a_running_kind_cluster_comes_before_the_embedded_one(world: Choice, every: dict[Kind, FakeProvider]) -> None:
    every["kind"].up("podlab", print)
    cluster, why = world.choose()
    assert (cluster.name, why) == ("podlab", choice.RUNNING)


def test_a_kind_cluster_that_does_not_answer_is_passed_over(
    world: Choice, every: dict[Kind, FakeProvider], silent: str
) -> None:
    state.write(every["kind"].up("podlab", print).kubeconfig, silent)
    assert world.choose()[0].kind == "embedded"


def test_what_up_chose_last_comes_before_everything_that_runs(world: Choice) -> None:
    world.up("kind")
    world.up("embedded", "mine")
    cluster, why = world.choose()
    assert (cluster.name, why) == ("mine", choice.CHOSEN)


def test_the_environment_comes_before_the_choice(world: Choice, monkeypatch: pytest.MonkeyPatch) -> None:
    world.up("embedded", "mine")
    world.up("kind")
    monkeypatch.setenv("PODLAB_CLUSTER", "mine")
    cluster, why = world.choose()
    assert (cluster.name, why) == ("mine", choice.ASKED)
    assert world.choose("kind")[0].name == "podlab"


def test_a_running_cluster_is_not_started_again(world: Choice, every: dict[Kind, FakeProvider]) -> None:
    world.choose()
    world.choose()
    world.choose("embedded")
    assert every["embedded"].asked == ["up lab"]


def test_an_embedded_cluster_that_was_stopped_is_started(world: Choice, silent: str) -> None:
    state.write(world.up("embedded").kubeconfig, silent)
    assert world.choose()[0].answers()


def test_choosing_never_makes_a_kind_cluster(world: Choice, every: dict[Kind, FakeProvider]) -> None:
    with pytest.raises(NoSuchCluster) as caught:
        world.choose("kind")
    assert "podlab up --cluster kind" in str(caught.value.hint)
    assert every["kind"].asked == []


def test_a_chosen_kind_cluster_that_is_gone_gives_way(world: Choice, silent: str) -> None:
    state.write(world.up("kind").kubeconfig, silent)
    assert world.choose()[0].kind == "embedded"


def test_a_named_cluster_that_does_not_answer_is_an_error(world: Choice, silent: str) -> None:
    state.write(world.up("kind", "k").kubeconfig, silent)
    with pytest.raises(ClusterError, match="does not answer"):
        world.choose("k")


def test_a_name_belongs_to_one_kind_of_cluster(world: Choice, every: dict[Kind, FakeProvider]) -> None:
    world.up("embedded", "same")
    with pytest.raises(ClusterError, match="same") as caught:
        world.up("kind", "same")
    assert "podlab down --name same" in str(caught.value.hint)
    assert every["kind"].asked == []


def test_up_by_name_alone_brings_back_what_has_the_name(world: Choice) -> None:
    world.up("kind", "k")
    world.up("embedded")
    assert world.up(name="k").kind == "kind"
    assert world.up(name="fresh").kind == "embedded"


@pytest.mark.parametrize("image", [None, "node:1"])
def test_up_alone_brings_back_the_kind_cluster_chosen_last(
    world: Choice, every: dict[Kind, FakeProvider], silent: str, monkeypatch: pytest.MonkeyPatch, image: str | None
) -> None:
    monkeypatch.setenv("PODLAB_NODE_IMAGE", image or "")
    state.write(world.up("kind", "k").kubeconfig, silent)
    back = world.up(image=image)
    assert (back.name, back.kind, back.answers()) == ("k", "kind", True)
    assert (every["kind"].asked, every["embedded"].asked) == (["up k", "up k"], [])


def test_up_with_wishes_of_its_own_is_not_about_the_last_choice(world: Choice) -> None:
    world.up("kind", "k")
    assert world.up(image="node:2").name == "podlab"
    world.up("kind", "k")
    assert world.up(workers=2).name == "podlab"
    assert world.up("embedded").kind == "embedded"


def test_up_refuses_a_word_that_names_nothing(world: Choice) -> None:
    with pytest.raises(ClusterError, match="unknown cluster: kidn"):
        world.up("kidn")
    assert state.chosen() is None


def test_down_forgets_the_cluster_and_the_choice(world: Choice) -> None:
    world.up("kind", "k")
    world.down("k")
    assert (world.find_all(), state.chosen()) == ([], None)
    with pytest.raises(NoSuchCluster):
        world.down("k")


def test_a_kubeconfig_file_is_a_cluster_too(world: Choice, answering: str, tmp_path: Path) -> None:
    path = tmp_path / "seat-07.kubeconfig"
    path.write_text(answering, encoding="utf-8")
    cluster, why = world.choose(str(path))
    assert (cluster.name, cluster.kubeconfig, cluster.namespace, why) == ("seat-07", path, "default", choice.ASKED)
    with pytest.raises(ClusterError):
        world.choose(str(tmp_path / "nothing"))


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
