"""Two clusters at once, three nodes, no network, an engine that is gone: what a classroom meets."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from podlab.client import Client
from podlab.clusters import Cluster, state
from podlab.clusters.kind import images
from podlab.clusters.kind.kind import Kind
from podlab.clusters.machine.probe import Machine
from podlab.errors import ClusterError

PODS = "/api/v1/namespaces/default/pods"
SEED = Path(__file__).parents[2] / "notebooks" / "manifests" / "nginx-pod.yaml"
Command = Callable[..., "subprocess.Popen[str]"]

pytestmark = pytest.mark.timeout(900)  # one command may take 600 seconds where an image comes slowly


def kept(name: str) -> Cluster:
    """What `podlab` keeps of the cluster."""
    found = state.cluster_named(name)
    assert found
    return found


def done(process: subprocess.Popen[str]) -> str:
    """What a command that ends well said."""
    said = process.communicate(timeout=600)[1]
    assert process.returncode == 0, said
    return said


def becomes_ready(client: Client, name: str, **spec: Any) -> bool:
    """Create the seed Pod under this name, and see it become Ready."""
    pod = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    pod["metadata"]["name"] = name
    pod["spec"] |= spec
    client.request("POST", PODS, body=pod)
    events = client.watch(PODS, query={"fieldSelector": f"metadata.name={name}"}, timeout=300)
    conditions = (each for event in events for each in event["object"].get("status", {}).get("conditions", []))
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def test_two_clusters_at_once(podlab: Command) -> None:
    names = ("podlab-test-a", "podlab-test-b")
    ups = [podlab("up", "--cluster", "kind", "--name", name) for name in names]
    for up in ups:
        done(up)
    first, second = map(kept, names)
    for each in (first, second):
        assert each.settle(print).nodes == (f"{each.name}-control-plane",)
        assert becomes_ready(Client(each.kubeconfig), "seed")
    done(podlab("down", "--name", first.name))
    assert not first.answers()
    assert [pod["metadata"]["name"] for pod in Client(second.kubeconfig).get(PODS)["items"]] == ["seed"]


def test_the_default_service_account_is_as_the_controller_manager_makes_them() -> None:
    cluster = Kind(os.environ.get("PODLAB_NODE_IMAGE") or None).up("podlab-test-account")
    client = Client(cluster.kubeconfig)
    cluster.settle(print)
    ours, theirs = (
        client.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/default")
        for namespace in ("default", "kube-public")
    )
    for each in (ours, theirs):
        for name in ("creationTimestamp", "namespace", "resourceVersion", "uid"):
            del each["metadata"][name]
    assert ours == theirs


@pytest.mark.skipif(not os.environ.get("PODLAB_REGISTRY_IMAGE"), reason="PODLAB_REGISTRY_IMAGE names no registry")
def test_three_nodes_without_any_network(podlab: Command) -> None:
    machine, name = Machine(), "podlab-test-three"
    done(podlab("up", "--cluster", "kind", "--name", name, "--workers", "2", "--offline"))
    nodes = (f"{name}-control-plane", f"{name}-worker", f"{name}-worker2")
    assert sorted(kept(name).settle(print).nodes) == sorted(nodes)
    for node in nodes:
        hosts = machine.run(["docker", "exec", node, "cat", f"{images.CERTS}/hosts.toml"]).out
        assert hosts == images.hosts(f"{name}-mirror")
        assert machine.run(["docker", "exec", node, "ip", "route", "del", "default"]).code == 0
    client = Client(kept(name).kubeconfig)
    for node in nodes[1:]:
        assert becomes_ready(client, f"on-{node}", nodeName=node)
    said = machine.run(["docker", "logs", f"{name}-mirror"])
    assert (said.out + said.err).count("/v2/library/nginx/manifests/latest") >= 2


def test_an_engine_that_stops_in_a_lesson_is_one_clear_line_and_all_is_back_with_it(
    monkeypatch: pytest.MonkeyPatch, podlab: Command
) -> None:
    name = "podlab-test-engine"
    done(podlab("up", "--cluster", "kind", "--name", name))
    client = Client(kept(name).kubeconfig)
    kept(name).settle(print)
    assert becomes_ready(client, "seed")
    subprocess.run(["docker", "stop", "--time", "2", f"{name}-control-plane"], check=True, capture_output=True)
    with monkeypatch.context() as gone:
        gone.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
        with pytest.raises(ClusterError) as lesson:
            client.get(PODS)
        assert len(str(lesson.value).splitlines()) == 1
        assert "podlab" in str(lesson.value.hint)
        up = podlab("up", "--cluster", "kind", "--name", name)
        said = up.communicate(timeout=60)[1]
        assert up.returncode == 1
        assert [line for line in said.splitlines() if "✗" in line] == ["✗ docker is installed but not running"]
    assert "Starting the stopped nodes" in done(podlab("up"))  # as the lesson's hint says
    [pod] = client.get(PODS)["items"]
    assert pod["metadata"]["name"] == "seed"
