"""Images for a kind cluster: put into every node, and into a registry beside it, so that no network is needed."""

from __future__ import annotations

import json
import os
from itertools import zip_longest

from podlab.clusters.cluster import silent
from podlab.clusters.kind import nodes
from podlab.clusters.machine.probe import Probe
from podlab.clusters.progress import Report
from podlab.errors import ClusterError
from podlab.text import Text

LESSONS = ("nginx:latest", "nginx:1.27", "busybox:latest")
"""What the Pods of the lessons run."""

REGISTRY = "registry:2"
"""The registry's own image, unless PODLAB_REGISTRY_IMAGE names another; it listens on port 5000."""

LABEL = "podlab.cluster"
CERTS = "/etc/containerd/certs.d/docker.io"


def registry_image(probe: Probe) -> str:
    """The image of the registry beside a cluster."""
    return probe.environ.get("PODLAB_REGISTRY_IMAGE") or REGISTRY


def need(probe: Probe, engine: str, images: tuple[str, ...]) -> None:
    """Nothing, where the engine has all the images.

    Raises:
        ClusterError: some are missing; the hint is the command that brings them.
    """
    missing = [image for image in images if probe.run([engine, "image", "inspect", image, "--format", "x"]).code]
    if missing:
        raise ClusterError(
            Text(ko="이 컴퓨터에 없는 이미지: {names}", en="images that are not on this machine: {names}").format(
                names=", ".join(missing)
            ),
            Text(ko="네트워크가 있을 때: {commands}", en="while there is a network: {commands}").format(
                commands=" && ".join(f"{engine} pull {image}" for image in missing)
            ),
        )


def load(probe: Probe, engine: str, cluster: str, images: tuple[str, ...], report: Report = silent) -> None:
    """Put the images into every node of the cluster; `kind load` fails with Docker's containerd image store.

    Raises:
        ClusterError: an image is missing, or a node does not take it.
    """
    need(probe, engine, images)
    ids = _must(probe, [engine, "image", "inspect", *images, "--format", "{{.Id}}"]).split()
    wanted = {_full(image): own.removeprefix("sha256:") for image, own in zip_longest(images, ids, fillvalue="")}
    for node in _nodes(probe, engine, cluster):
        there = _on_node(probe, engine, node)
        missing = [image for image in images if (_full(image), wanted[_full(image)]) not in there]
        if not missing:
            continue
        names = ", ".join(missing)
        report(str(Text(ko="{i} 이미지를 {n}에 넣기", en="Putting {i} into {n}").format(i=names, n=node)))
        into = [engine, "exec", "--interactive", node, "ctr", "--namespace", "k8s.io", "images", "import"]
        answer = probe.pipe([engine, "save", *missing], [*into, "--all-platforms", "-"])
        if answer.code:
            raise _failed(f"{engine} save {names} | {engine} exec {node} ctr images import", answer.err)


def _on_node(probe: Probe, engine: str, node: str) -> set[tuple[str, str]]:
    """The node's images, each by name and id; none where it does not tell."""
    answer = probe.run([engine, "exec", node, "crictl", "images", "--output", "json"])
    try:
        found = json.loads(answer.out)["images"]
        return {(tag, image["id"].removeprefix("sha256:")) for image in found for tag in image.get("repoTags") or ()}
    except (ValueError, KeyError):
        return set()


def _full(image: str) -> str:
    """The image's name as a node has it: `docker.io/library/nginx:latest`."""
    first, _, rest = image.partition("/")
    if rest and ("." in first or ":" in first or first == "localhost"):
        return image
    return f"docker.io/{image}" if rest else f"docker.io/library/{image}"


def mirror(probe: Probe, engine: str, cluster: str, images: tuple[str, ...], report: Report = silent) -> str:
    """A registry beside the cluster that its nodes ask instead of Docker Hub, with the images in it.

    Returns:
        The name of the registry's container; it is deleted with the cluster.

    Raises:
        ClusterError: an image is missing, or the registry does not start or takes no image.
    """
    name, own = f"{cluster}-mirror", registry_image(probe)
    need(probe, engine, (own, *images))
    report(str(Text(ko="레지스트리 {name} 시작", en="Starting the registry {name}").format(name=name)))
    if probe.run([engine, "start", name]).code:
        options = ["--detach", "--restart", "always", "--network", "kind", "--publish", "127.0.0.1::5000"]
        _must(probe, [engine, "run", *options, "--name", name, "--label", f"{LABEL}={cluster}", own])
    port = _must(probe, [engine, "port", name, "5000/tcp"]).split()[0].rpartition(":")[2]
    for image in images:
        report(str(Text(ko="{i} 이미지를 레지스트리에 넣기", en="Putting {i} into the registry").format(i=image)))
        address = f"127.0.0.1:{port}/library/{image}"
        _must(probe, [engine, "tag", image, address])
        try:
            _push(probe, engine, address)
        finally:
            probe.run([engine, "rmi", address])
    script = 'mkdir -p "$1" && printf %s "$2" >"$1/hosts.toml"'
    for node in _nodes(probe, engine, cluster):
        _must(probe, [engine, "exec", node, "sh", "-c", script, "sh", CERTS, hosts(name)])
    return name


def hosts(registry: str) -> str:
    """containerd's `hosts.toml` that names the registry, and nothing behind it: offline nothing else answers."""
    url = f"http://{registry}:5000"
    return f'server = "{url}"\n\n[host."{url}"]\n  capabilities = ["pull", "resolve"]\n'


def remove_mirror(probe: Probe, engine: str, cluster: str) -> None:
    """Delete the cluster's registry, if it has one."""
    listed = probe.run([engine, "ps", "--all", "--quiet", "--filter", f"label={LABEL}={cluster}"]).out.split()
    if listed:
        probe.run([engine, "rm", "--force", "--volumes", *listed], timeout=60)


def _nodes(probe: Probe, engine: str, cluster: str) -> list[str]:
    return [node.name for node in nodes.of(probe, engine, cluster) if node.role != nodes.BALANCER]


def _push(probe: Probe, engine: str, address: str) -> None:
    insecure = [] if engine == "docker" else ["--tls-verify=false" if engine == "podman" else "--insecure-registry"]
    for attempts_left in (4, 3, 2, 1, 0):  # a registry that has just started refuses connections
        answer = probe.run([engine, "push", *insecure, address], timeout=300)
        if not answer.code:
            return
        if not attempts_left:
            raise _failed(f"{engine} push {address}", answer.err)


def _must(probe: Probe, command: list[str]) -> str:
    answer = probe.run(command, timeout=60)
    if answer.code:
        raise _failed(" ".join(command[:3]), answer.err or answer.out)
    return answer.out


def _failed(what: str, said: str) -> ClusterError:
    lines = [line for line in said.splitlines() if line.strip()]
    return ClusterError(
        f"{what}: {lines[-1] if lines else os.strerror(5)}",
        Text(ko="원인 찾기: podlab doctor --cluster kind", en="to find the cause: podlab doctor --cluster kind"),
    )
