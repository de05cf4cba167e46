"""kind: what is read from its output, and what is said where it cannot work; the real one is marked so."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from podlab.clusters import Cluster, state
from podlab.clusters.kind import command as kind_command
from podlab.clusters.kind import engine, kind
from podlab.clusters.kind.kind import Kind
from podlab.clusters.machine.probe import Answer
from podlab.errors import ClusterError
from tests.clusters.fakes import FakeMachine

DOCKER = {"docker info": Answer(0, "27.0\n")}


@pytest.mark.parametrize(
    ("line", "step"),
    [
        (" • Ensuring node image (kindest/node:v1.36.2) 🖼  ...", "Ensuring node image (kindest/node:v1.36.2)"),
        (" • Starting control-plane 🕹️  ...", "Starting control-plane"),
        (" ✓ Starting control-plane 🕹️", None),
        ('Creating cluster "a" ...', None),
        ("", None),
    ],
)
def test_step(line: str, step: str | None) -> None:
    assert kind_command.step(line) == step


@pytest.mark.parametrize(
    ("commands", "environ", "name", "trouble"),
    [
        ({}, {}, "docker", "absent"),
        (DOCKER, {}, "docker", None),
        ({"docker info": Answer(1, "", "Cannot connect to the Docker daemon")}, {}, "docker", "stopped"),
        ({"docker info": Answer(1, "", "permission denied while trying to connect")}, {}, "docker", "forbidden"),
        ({"docker info": Answer(124)}, {}, "docker", "silent"),
        ({"docker info": Answer(1), "podman info": Answer(0, "5.1")}, {}, "podman", None),
        (DOCKER | {"podman info": Answer(0, "5.1")}, {}, "docker", None),
        (DOCKER | {"podman info": Answer(0, "5.1")}, {"KIND_EXPERIMENTAL_PROVIDER": "podman"}, "podman", None),
        ({"nerdctl info": Answer(0, "2.0")}, {}, "nerdctl", None),
    ],
)
def test_engine(commands: dict[str, Answer], environ: dict[str, str], name: str, trouble: str | None) -> None:
    found = engine.find(FakeMachine(commands, environ=environ))
    assert (found.name, found.trouble) == (name, trouble)


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (DOCKER, "there is no kind command"),
        ({"kind get": Answer(0)}, "no container engine"),
        ({"kind get": Answer(0), "docker info": Answer(1)}, "docker is installed but not running"),
    ],
)
def test_without_what_kind_needs_the_way_on_is_named(commands: dict[str, Answer], said: str) -> None:
    with pytest.raises(ClusterError, match=said) as caught:
        Kind(probe=FakeMachine(commands)).up("a")
    assert "podlab up --cluster embedded" in str(caught.value.hint)
    assert state.clusters() == []


def test_a_kind_cluster_of_somebody_else_is_left_alone() -> None:
    machine = FakeMachine(DOCKER | {"kind get clusters": Answer(0, "theirs\n")})
    with pytest.raises(ClusterError, match="podlab did not make") as caught:
        Kind(probe=machine).up("theirs")
    assert "context:kind-theirs" in str(caught.value.hint)
    assert Kind(probe=machine).find() == []


def test_a_kind_cluster_called_podlab_is_adopted(answering: str) -> None:
    commands = {"kind get clusters": Answer(0, "podlab\n"), "kind get kubeconfig": Answer(0, answering)}
    found = Kind(probe=FakeMachine(DOCKER | commands)).find()
    assert [(cluster.name, cluster.adopted, cluster.answers()) for cluster in found] == [("podlab", True, True)]


def test_an_adopted_cluster_that_is_gone_is_forgotten(silent: str) -> None:
    commands = {"kind get clusters": Answer(0, "podlab\n"), "kind get kubeconfig": Answer(0, silent)}
    assert Kind(probe=FakeMachine(DOCKER | commands)).find()
    assert Kind(probe=FakeMachine(DOCKER | {"kind get clusters": Answer(0, "")})).find() == []
    assert state.clusters() == []


PS = "docker ps --all --filter label=io.x-k8s.kind.cluster=a"


def a_cluster_of(kubeconfig: str, half_made: bool = False) -> Cluster:
    cluster = Cluster("a", "kind", state.kubeconfig_path("a"), "kind-a")
    state.remember(cluster, half_made=half_made)
    state.write(cluster.kubeconfig, kubeconfig)
    return cluster


def machine(**commands: Answer) -> FakeMachine:
    listed = {"kind get clusters": Answer(0, "a\n"), "kind get kubeconfig": Answer(1, "", "ERROR: no nodes\n")}
    return FakeMachine(DOCKER | listed | commands)


def test_nodes_that_stopped_are_started_and_paused_ones_go_on(answering: str) -> None:
    rows = "a-worker\texited\tworker\na-control-plane\tpaused\tcontrol-plane\n"
    box, told = machine(**{PS: Answer(0, rows), "docker start a-worker": Answer(0)}), list[str]()
    box.commands["docker unpause a-control-plane"] = Answer(0)
    cluster = a_cluster_of(answering)
    assert Kind(probe=box).up("a", told.append) == cluster
    assert told == ["Starting the stopped nodes: a-control-plane, a-worker"]


def test_the_default_service_account_is_made_where_nobody_has_made_it(
    answering: str, posted: list[tuple[str, object]]
) -> None:
    a_cluster_of(answering, half_made=True)
    Kind(probe=machine()).up("a")
    assert posted == [("/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "default"}})]
    assert not state.is_half_made("a")


def test_a_lost_kubeconfig_is_fetched(answering: str) -> None:
    cluster = a_cluster_of(answering)
    cluster.kubeconfig.unlink()
    box = machine(**{"kind get kubeconfig": Answer(0, answering)})
    assert Kind(probe=box).up("a") == cluster
    assert cluster.answers()


def test_a_cluster_that_does_not_come_back_says_why_and_offers_to_be_made_anew(silent: str) -> None:
    a_cluster_of(silent)
    stopped = {PS: Answer(0, "a-control-plane\texited\tcontrol-plane\n")}
    for box, why in (
        (machine(), "no nodes"),
        (machine(**stopped, **{"docker start": Answer(1, "", "Error: no space left")}), "no space left"),
    ):
        with pytest.raises(kind.BrokenCluster, match=why) as caught:
            Kind(probe=box).up("a")
        assert "podlab up --cluster kind --name a --recreate" in str(caught.value.hint)


def test_podman_is_named_to_kind() -> None:
    asked: list[tuple[str, object]] = []

    class Watched(FakeMachine):
        def run(self, command: Sequence[str], timeout: float = 15, environ: Mapping[str, str] | None = None) -> Answer:
            asked.append((" ".join(command), environ))
            return super().run(command, timeout, environ)

    Kind(probe=Watched({"podman info": Answer(0, "5"), "kind get clusters": Answer(0)})).names()
    assert asked[-1] == ("kind get clusters --quiet", {"KIND_EXPERIMENTAL_PROVIDER": "podman"})


def test_workers_are_configured() -> None:
    nodes = yaml.safe_load(kind.configuration(2))["nodes"]
    assert [node["role"] for node in nodes] == ["control-plane", "worker", "worker"]


@pytest.mark.kind
def test_a_real_cluster_comes_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    provider, steps = Kind(os.environ.get("PODLAB_NODE_IMAGE") or None), list[str]()
    cluster = provider.up("podlab-test-own", steps.append)
    try:
        assert cluster.answers()
        assert any(step.startswith("Starting control-plane") for step in steps)
        assert provider.up("podlab-test-own") == cluster
        subprocess.run(["docker", "stop", "--time", "2", "podlab-test-own-control-plane"], check=True)
        assert not cluster.answers()
        cluster.kubeconfig.unlink()
        assert provider.up("podlab-test-own").answers()
        assert cluster.status().nodes == ("podlab-test-own-control-plane",)
    finally:
        provider.down(cluster)
    assert "podlab-test-own" not in provider.names()
    assert not (tmp_path / ".kube").exists()


@pytest.mark.kind
def test_an_interrupt_leaves_no_half_cluster() -> None:
    import os

    def interrupt(step: object) -> None:
        if str(step).startswith("Starting"):
            raise KeyboardInterrupt

    provider = Kind(os.environ.get("PODLAB_NODE_IMAGE") or None)
    with pytest.raises(KeyboardInterrupt):
        provider.up("podlab-test-half", interrupt)
    assert "podlab-test-half" not in provider.names()
    assert state.clusters() == []


@pytest.mark.parametrize(
    ("here", "image"), [([], "IMAGE"), (["kindest/node:v1.35.0", "kindest/node:v1.36.2"], "kindest/node:v1.36.2")]
)
def test_where_no_node_image_comes_the_next_step_names_one_that_is_here(here: list[str], image: str) -> None:
    hint = kind_command.no_node_image("failed to pull image", here).hint
    assert hint is not None
    assert all(f"--image {image}" in text for text in (hint.ko, hint.en))
