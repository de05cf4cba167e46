"""An API server in this very thread answers as the same one behind TLS does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from podlab.client import ONLOOKER, QUIET, Client
from podlab.embedded.server import Core
from podlab.embedded.stepping import SteppingClock
from podlab.errors import ApiError, ClusterError
from podlab.kubeconfig import transport
from podlab.kubeconfig.inprocess import InProcess
from podlab.kubectl import Kubectl
from tests.embedded.simulation import begun
from tests.virtualtime import shared_loop

SERVER = "https://127.0.0.1:6443"
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "web", "image": "nginx:1.27"}]},
}
PODS = "/api/v1/namespaces/default/pods"


def kubeconfig(folder: Path, server: str = SERVER) -> Path:
    path = folder / "kubeconfig"
    named = {
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": "admin"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    }
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "c"} | named))
    return path


@contextmanager
def mounted() -> Iterator[None]:
    """A cluster in this process, where `SERVER` is asked."""

    async def begin() -> Core:
        core = Core(None, "lab", clock=SteppingClock(), seed=1, image=begun())
        core.start()
        await core.ready()
        return core

    with shared_loop() as loop:
        core = loop.run(begin())
        transport.mount(SERVER, InProcess(core.app, loop))
        yield
        transport.unmount(SERVER)
        core.stop()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with mounted():
        yield Client(kubeconfig(tmp_path))


@pytest.fixture
def kubectl(client: Client) -> Kubectl:
    return Kubectl(client)


def test_a_request_is_answered(client: Client) -> None:
    answer = client.request("GET", "/version")
    assert answer.status == 200
    assert answer.json()["gitVersion"].startswith("v1.")
    assert answer.headers["content-type"] == "application/json"


def test_a_failed_request_is_an_api_error(client: Client) -> None:
    with pytest.raises(ApiError) as found:
        client.get(f"{PODS}/nobody")
    assert (found.value.code, str(found.value)) == (404, 'pods "nobody" not found')


def test_warnings_arrive(client: Client) -> None:
    pod = {**POD, "spec": {**POD["spec"], "volumes": [{"name": "v", "gitRepo": {"repository": "x"}}]}}
    assert client.request("POST", PODS, body=pod, query={"dryRun": "All"}).warnings


def test_paths_are_decoded_and_queries_are_not(client: Client) -> None:
    client.request("POST", PODS, body={**POD, "metadata": {"name": "web", "labels": {"a": "b c".replace(" ", "-")}}})
    assert len(client.get(PODS, labelSelector="a in (b-c)")["items"]) == 1


def test_the_seed_path(kubectl: Kubectl) -> None:
    kubectl.run("web", image="nginx:1.27")
    kubectl.wait("pod/web", for_="condition=Ready", timeout="60s")
    assert "1/1     Running" in str(kubectl.get("pods"))
    assert "Successfully assigned default/web to lab-control-plane" in str(kubectl.describe("pod", "web"))
    assert str(kubectl.delete("pod", "web")).strip() == 'pod "web" deleted from default namespace'


def test_a_watch_tells_of_changes(client: Client) -> None:
    seen = []
    version = client.get(PODS)["metadata"]["resourceVersion"]
    client.request("POST", PODS, body=POD)
    for event in client.watch(PODS, query={"resourceVersion": version}):
        phase = event["object"].get("status", {}).get("phase")
        seen.append((event["type"], phase))
        if phase == "Running":
            break
    assert (seen[0], seen[-1]) == (("ADDED", "Pending"), ("MODIFIED", "Running"))


def test_a_watch_that_does_not_wait_says_so(client: Client) -> None:
    events = client.observe(PODS, waits=False)
    assert next(events) == {"type": "LISTED", "items": []}
    assert next(events) is QUIET
    client.request("POST", PODS, body=POD)
    found = next(event for event in events if event is not QUIET)
    assert (found["type"], found["object"]["metadata"]["name"]) == ("ADDED", "web")
    events.close()


def test_a_watch_ends_when_its_reader_goes(client: Client) -> None:
    core_watches = client._transport._app.registry.store._watches  # type: ignore[attr-defined]
    before = len(core_watches)
    events = client.watch(PODS, query={"resourceVersion": client.get(PODS)["metadata"]["resourceVersion"]}, waits=False)
    assert next(events) is QUIET
    assert len(core_watches) == before + 1
    events.close()
    client.get(PODS)
    client.get(PODS)
    assert len(core_watches) == before


def test_silence_is_a_timeout(client: Client) -> None:
    version = client.get(PODS)["metadata"]["resourceVersion"]
    with pytest.raises(ClusterError, match="timeout"):
        list(client.lines(PODS, query={"watch": "true", "resourceVersion": version}, timeout=0.01, agent=ONLOOKER))


def test_exec_speaks_over_a_websocket(kubectl: Kubectl) -> None:
    kubectl.run("web", image="nginx:1.27")
    kubectl.wait("pod/web", for_="condition=Ready", timeout="60s")
    assert str(kubectl.exec("web", "sh", "-c", "echo out; exit 0")).strip() == "out"
    failed = kubectl.exec("web", "sh", "-c", "exit 3")
    assert failed.exit_code == 3
    assert "command terminated with exit code 3" in failed.stderr


def test_a_refused_websocket_is_an_api_error(client: Client) -> None:
    with pytest.raises(ApiError) as found:
        client.connect(f"{PODS}/nobody/exec", query=[("command", "ls")], protocols=["v5.channel.k8s.io"])
    assert found.value.code == 404


def test_what_is_not_mounted_is_asked_over_the_network(client: Client, tmp_path: Path) -> None:
    elsewhere = Client(kubeconfig(tmp_path, "https://127.0.0.1:1"))
    with pytest.raises(ClusterError, match=r"The connection to the server 127.0.0.1:1 was refused"):
        elsewhere.get("/version")
