"""What tools other than kubectl do with a cluster: kr8s, lightkube and the official client on their main paths."""

from __future__ import annotations

import contextlib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podlab.client import Client
from podlab.clusters import Cluster
from podlab.kubectl import Kubectl

pytestmark = pytest.mark.cluster

CHARTS = sorted((Path(__file__).parent / "charts").glob("*.yaml"))
WAIT = 90


@pytest.fixture(autouse=True)
def tidied(cluster: Cluster) -> Iterator[None]:
    """No Pod is left for the next test to see, from a test that failed either."""
    yield
    kubectl = Kubectl(Client(cluster.kubeconfig), namespace="default")
    kubectl.delete("deployments,statefulsets", all=True)
    kubectl.wait("pods", all=True, for_="delete", timeout=f"{WAIT}s")


def deployment(name: str) -> dict[str, Any]:
    """One replica of nginx."""
    labels = {"app": name}
    container = {"name": "web", "image": "nginx"}
    template = {"metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec}


@pytest.mark.filterwarnings("ignore:Kubernetes version")
def test_kr8s(cluster: Cluster) -> None:
    import kr8s
    from kr8s.objects import Deployment

    api = kr8s.api(kubeconfig=str(cluster.kubeconfig))
    web = Deployment(deployment("by-kr8s"), api=api)
    web.create()
    web.wait("condition=Available", timeout=WAIT)
    web.scale(2)
    web.wait("condition=Available", timeout=WAIT)
    pod = web.pods()[0]
    pod.wait("condition=Ready", timeout=WAIT)
    assert pod.exec(["echo", "hi"]).stdout == b"hi\n"
    assert any("start worker process" in line for line in pod.logs(follow=True))
    with pod.portforward(80) as port, urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        assert answer.status == 200
    web.refresh()
    assert web.replicas == 2
    web.label({"seen": "yes"})
    kind, seen = next(iter(api.watch("deployments", namespace="default", field_selector="metadata.name=by-kr8s")))
    assert (kind, seen.labels["seen"]) == ("ADDED", "yes")
    web.delete(propagation_policy="Foreground")
    web.wait("delete", timeout=WAIT)
    assert not web.exists()


def test_lightkube(cluster: Cluster) -> None:
    from lightkube import ApiError, KubeConfig, codecs
    from lightkube import Client as Lightkube
    from lightkube.resources.apps_v1 import Deployment
    from lightkube.resources.core_v1 import Pod

    client = Lightkube(config=KubeConfig.from_file(str(cluster.kubeconfig)), field_manager="lightkube")
    client.apply(codecs.from_dict(deployment("by-lightkube")))
    client.wait(Deployment, "by-lightkube", for_conditions=["Available"])
    scale = client.get(Deployment.Scale, "by-lightkube")
    scale.spec.replicas = 2
    client.replace(scale)
    client.patch(Deployment, "by-lightkube", {"metadata": {"labels": {"seen": "yes"}}})
    seen = set()
    for kind, found in client.watch(Pod, labels={"app": "by-lightkube"}):
        assert kind in ("ADDED", "MODIFIED")
        seen.add(found.metadata.name)
        if len(seen) == 2:
            break
    name = seen.pop()
    client.wait(Pod, name, for_conditions=["Ready"])
    assert any("start worker process" in line for line in client.log(name, follow=True))
    client.delete(Deployment, "by-lightkube")
    with pytest.raises(ApiError) as gone:
        client.get(Deployment, "by-lightkube")
    assert gone.value.status.code == 404


def asked(api: Any, pod: str, port: int, request: bytes) -> tuple[bytes, str | None]:
    """All that a forwarded port answers until it hangs up, and what its error channel says."""
    from kubernetes import client, stream

    core = client.CoreV1Api(api)
    forward = stream.portforward(core.connect_get_namespaced_pod_portforward, pod, "default", ports=str(port))
    there = forward.socket(port)
    there.setblocking(True)
    there.settimeout(WAIT)
    said = b""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the library hangs up on what it has not sent
        there.sendall(request)
        while piece := there.recv(4096):
            said += piece
    return said, forward.error(port)


def test_the_official_client(cluster: Cluster) -> None:
    from kubernetes import client, config, stream, watch

    api = config.new_client_from_config(config_file=str(cluster.kubeconfig))
    apps, core = client.AppsV1Api(api), client.CoreV1Api(api)
    apps.create_namespaced_deployment("default", deployment("by-official"))
    about = {"namespace": "default", "label_selector": "app=by-official", "timeout_seconds": WAIT}
    for event in watch.Watch().stream(core.list_namespaced_pod, **about):
        conditions = event["object"].status.conditions or []
        if any((c.type, c.status) == ("Ready", "True") for c in conditions):
            name = event["object"].metadata.name
            break
    written = watch.Watch().stream(core.read_namespaced_pod_log, name=name, namespace="default")
    assert any("start worker process" in line for line in written)
    said = stream.stream(
        core.connect_get_namespaced_pod_exec, name, "default", command=["echo", "hi"], stdout=True, stderr=True
    )
    assert said == "hi\n"
    page, error = asked(api, name, 80, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (page[:15], error) == (b"HTTP/1.1 200 OK", None)
    nothing, error = asked(api, name, 81, b"x")
    assert nothing == b""
    assert error and error.startswith("error forwarding port 81 to pod ")
    scaled = apps.patch_namespaced_deployment_scale("by-official", "default", {"spec": {"replicas": 3}})
    assert scaled.spec.replicas == 3
    apps.delete_namespaced_deployment("by-official", "default")
    with pytest.raises(client.ApiException) as gone:
        apps.read_namespaced_deployment("by-official", "default")
    assert gone.value.status == 404


@pytest.mark.parametrize("chart", CHARTS, ids=lambda path: path.stem)
def test_a_chart_rolls_out_and_goes(cluster: Cluster, chart: Path) -> None:
    if cluster.kind == "kind" and "image: nginx" not in chart.read_text(encoding="utf-8"):
        pytest.skip("on kind the lessons' images are there, and no others need to be")
    from lightkube import ApiError, KubeConfig, codecs
    from lightkube import Client as Lightkube
    from lightkube.resources.apps_v1 import Deployment, StatefulSet
    from lightkube.resources.core_v1 import PersistentVolumeClaim, Pod

    client = Lightkube(config=KubeConfig.from_file(str(cluster.kubeconfig)), field_manager="helm")
    objects = codecs.load_all_yaml(chart.read_text(encoding="utf-8"))
    for each in objects:
        client.apply(each, namespace="default")
    for each in objects:
        if isinstance(each, (Deployment, StatefulSet)):
            labels = each.spec.template.metadata.labels
            for kind, pod in client.watch(Pod, labels=labels, server_timeout=WAIT):
                ready = [c for c in pod.status.conditions or [] if c.type == "Ready" and c.status == "True"]
                if kind != "DELETED" and ready:
                    break
    for each in reversed(objects):
        client.delete(type(each), each.metadata.name, namespace="default")
    for claim in client.list(PersistentVolumeClaim, namespace="default"):
        with contextlib.suppress(ApiError):
            client.delete(PersistentVolumeClaim, claim.metadata.name, namespace="default")
    for each in objects:
        with pytest.raises(ApiError):
            client.get(type(each), each.metadata.name, namespace="default")
