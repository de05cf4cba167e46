"""Images without a network: into the nodes, and in a registry beside the cluster."""

from __future__ import annotations

import json
import os
import re
import tomllib

import pytest

from podlab.client import Client
from podlab.clusters.kind import images, nodes
from podlab.clusters.kind.kind import Kind
from podlab.clusters.machine.probe import Answer, Machine
from podlab.errors import ClusterError
from podlab.lessons import lesson
from tests.clusters.fakes import FakeMachine

NODES = {"docker ps --all --filter label=io.x-k8s": Answer(0, "a-control-plane\trunning\tcontrol-plane\n")}
HERE = {"docker image inspect": Answer(0)}


def test_a_missing_image_names_the_command_that_brings_it() -> None:
    machine = FakeMachine({"docker image inspect nginx:latest": Answer(0)})
    with pytest.raises(ClusterError, match="registry:2") as caught:
        images.need(machine, "docker", ("nginx:latest", "registry:2"))
    assert str(caught.value.hint).endswith("docker pull registry:2")


def test_the_registry_is_a_matter_of_taste() -> None:
    assert images.registry_image(FakeMachine()) == images.REGISTRY
    assert images.registry_image(FakeMachine(environ={"PODLAB_REGISTRY_IMAGE": "zot:2"})) == "zot:2"


def test_a_node_that_takes_no_image_says_so() -> None:
    machine = FakeMachine(HERE | NODES | {"docker save": Answer(1, "", "ctr: no space left on device")})
    with pytest.raises(ClusterError, match="no space left on device"):
        images.load(machine, "docker", "a", ("nginx:latest",))


def test_an_image_that_a_node_has_is_not_put_there_again() -> None:
    listed = {"images": [{"id": "sha256:1a", "repoTags": ["docker.io/library/nginx:latest"]}, {"id": "sha256:2b"}]}
    node = {"docker exec a-control-plane crictl images": Answer(0, json.dumps(listed))}
    own = {"docker image inspect nginx:latest --format {{.Id}}": Answer(0, "sha256:1a\n")}
    machine, told = FakeMachine(own | HERE | NODES | node), list[object]()
    images.load(machine, "docker", "a", ("nginx:latest",), told.append)
    assert told == []
    machine.commands |= {"docker image inspect nginx:latest --format {{.Id}}": Answer(0, "sha256:9c\n")}
    machine.commands |= {"docker save nginx:latest | docker exec": Answer(0)}
    images.load(machine, "docker", "a", ("nginx:latest",), told.append)
    assert told == ["Putting nginx:latest into a-control-plane"]


@pytest.mark.parametrize(
    ("image", "full"),
    [
        ("nginx:latest", "docker.io/library/nginx:latest"),
        ("me/app:1", "docker.io/me/app:1"),
        ("ghcr.io/me/app:1", "ghcr.io/me/app:1"),
        ("localhost/app:1", "localhost/app:1"),
        ("127.0.0.1:5000/app:1", "127.0.0.1:5000/app:1"),
    ],
)
def test_a_node_knows_an_image_by_its_full_name(image: str, full: str) -> None:
    assert images._full(image) == full


def test_a_room_without_a_network_has_every_image_that_a_lesson_runs() -> None:
    texts = [*lesson.notebooks().glob("src/*.md"), *lesson.notebooks().glob("manifests/*.yaml")]
    said = "\n".join(path.read_text(encoding="utf-8") for path in texts)
    named = set(re.findall(r"""image(?:": |=|: )"?((?:nginx|busybox):[\w.-]+)""", said))
    assert named - {"nginx:lates"} == set(images.LESSONS)  # the tag that an exercise misspells


def test_containerd_asks_the_registry_alone() -> None:
    told = tomllib.loads(images.hosts("a-mirror"))
    assert told["server"] == "http://a-mirror:5000"
    assert list(told["host"]) == ["http://a-mirror:5000"]


@pytest.mark.kind
@pytest.mark.skipif(not os.environ.get("PODLAB_REGISTRY_IMAGE"), reason="PODLAB_REGISTRY_IMAGE names no registry")
def test_a_pod_that_always_pulls_gets_ready_from_the_registry_beside_the_cluster() -> None:
    machine, provider = Machine(), Kind(os.environ.get("PODLAB_NODE_IMAGE") or None)
    cluster = provider.up("podlab-test-mirror")
    try:
        [node] = [node.name for node in nodes.of(machine, "docker", cluster.name)]
        machine.run(["docker", "exec", node, "rm", "-rf", "/etc/containerd/certs.d/docker.io"])
        images.load(machine, "docker", cluster.name, images.LESSONS)
        mirror = images.mirror(machine, "docker", cluster.name, images.LESSONS)
        assert images.mirror(machine, "docker", cluster.name, images.LESSONS) == mirror
        container = {"name": "c", "image": "nginx:latest", "imagePullPolicy": "Always"}
        client = Client(cluster.kubeconfig)
        pods = "/api/v1/namespaces/default/pods"
        client.request("POST", pods, body={"metadata": {"name": "p"}, "spec": {"containers": [container]}})
        query = {"fieldSelector": "metadata.name=p"}
        ready = (
            condition["status"] == "True"
            for event in client.watch(pods, query=query, timeout=120)
            for condition in event["object"].get("status", {}).get("conditions", [])
            if condition["type"] == "Ready"
        )
        assert any(ready)
        said = machine.run(["docker", "logs", mirror])
        assert "/v2/library/nginx/manifests/latest" in said.out + said.err
    finally:
        provider.down(cluster)
    assert not machine.run(["docker", "ps", "--all", "--quiet", "--filter", f"name={mirror}"]).out
