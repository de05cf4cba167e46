"""What the kubelet does besides the recorded lives: logs, commands, probes, configuration, surviving its server."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.apiserver.registry import Event
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.kubelet.backoff import Backoff
from podlab.embedded.kubelet.environment import ConfigError, environment, expand
from podlab.embedded.runtime.images import IMAGES
from podlab.embedded.runtime.network.network import OUTSIDE
from podlab.embedded.server import Core
from podlab.embedded.stepping import SteppingClock
from tests.embedded.simulation import Simulation, execute, logs

Obj = dict[str, Any]


def pod(name: str = "p", **container: Any) -> Obj:
    return {
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "c", "image": "nginx", **container}]},
    }


def state(sim: Simulation, name: str = "p") -> Obj:
    return dict(sim.pod(name)["status"]["containerStatuses"][0]["state"])


def reasons(sim: Simulation) -> list[str]:
    return [event["object"]["reason"] for event in sim.seen["events"]]


async def test_nginx_answers_and_logs(sim: Simulation) -> None:
    sim.create(pod())
    await sim.until(lambda: sim.ready("p"))
    node, found = sim.core.app.node, sim.pod("p")
    status, headers, body = await node.http(found, 80, "GET", "/", {"user-agent": "test"}, b"")
    assert (status, headers["Content-Type"]) == (200, "text/html")
    assert b"Welcome to nginx!" in body
    assert (await node.http(found, 80, "GET", "/nothing", {}, b""))[0] == 404
    with pytest.raises(StatusError, match="connection refused"):
        await node.http(found, 81, "GET", "/", {}, b"")
    text = await logs(sim, "p")
    assert "10.244.0.1 - - " in text and '"GET / HTTP/1.1" 200 615 "-" "test" "172.18.0.1"' in text
    assert 'open() "/usr/share/nginx/html/nothing" failed (2: No such file or directory)' in text
    assert (await logs(sim, "p", tail_lines=1)).count("\n") == 1
    assert len(await logs(sim, "p", limit_bytes=10)) == 10
    assert (await logs(sim, "p", timestamps=True)).startswith("2027-01-15T")


async def test_commands(sim: Simulation) -> None:
    sim.create(pod())
    await sim.until(lambda: sim.ready("p"))
    assert await execute(sim, "p", "hostname") == (0, "p\n", "")
    assert await execute(sim, "p", "sh", "-c", "echo $KUBERNETES_SERVICE_HOST; exit 3") == (3, "10.96.0.1\n", "")
    assert (await execute(sim, "p", "curl", "-s", "localhost"))[1].startswith("<!DOCTYPE html>")
    session = await sim.core.app.node.exec(sim.pod("p"), container="c", command=["nosuch"])
    assert session.error.endswith('exec: "nosuch": executable file not found in $PATH')
    with pytest.raises(StatusError, match="container x is not valid for pod p"):
        await execute(sim, "p", "ls", container="x")


async def test_an_image_that_names_no_path_gets_the_runtimes(sim: Simulation) -> None:
    sim.create(pod(image="registry.k8s.io/e2e-test-images/agnhost:2.56"))
    await sim.until(lambda: sim.ready("p"))
    found = await execute(sim, "p", "/bin/sh", "-c", "curl --version | head -c 5; echo $PATH")
    assert found == (0, "curl /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n", "")


async def test_a_variable_that_is_not_utf_8_cannot_be_told_to_the_runtime(sim: Simulation) -> None:
    sim.create({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "s"}, "data": {"raw": "AP8="}})
    sim.create(pod(envFrom=[{"secretRef": {"name": "s"}}]))
    await sim.run(2)
    said = "grpc: error unmarshalling request: string field contains invalid UTF-8"
    assert state(sim)["waiting"] == {"reason": "CreateContainerError", "message": said}
    assert f"Error: {said}" in [event["object"]["message"] for event in sim.seen["events"]]


async def test_logs_of_what_does_not_run(sim: Simulation) -> None:
    sim.create(pod(image="nginx:nope"))
    await sim.run(3)
    with pytest.raises(StatusError, match=r'container "c" in pod "p" is waiting to start: image can\'t be pulled'):
        await logs(sim, "p")
    with pytest.raises(StatusError, match='previous terminated container "c" in pod "p" not found'):
        await logs(sim, "p", previous=True)
    with pytest.raises(StatusError, match=r'container not found \("c"\)'):
        await execute(sim, "p", "ls")


async def test_a_command_that_does_not_exist_cannot_start(sim: Simulation) -> None:
    sim.create(pod(command=["nosuch"]))
    await sim.run(2)
    status = sim.pod("p")["status"]["containerStatuses"][0]
    assert status["state"]["waiting"]["reason"] == "RunContainerError"
    assert status["lastState"]["terminated"]["exitCode"] == 128
    assert status["lastState"]["terminated"]["reason"] == "StartError"


async def test_a_volume_of_a_missing_secret_is_waited_for(sim: Simulation) -> None:
    obj = pod(volumeMounts=[{"name": "v", "mountPath": "/v"}])
    obj["spec"]["volumes"] = [{"name": "v", "secret": {"secretName": "late"}}]
    sim.create(obj)
    await sim.run(2)
    assert state(sim) == {"waiting": {"reason": "ContainerCreating"}}
    message = 'MountVolume.SetUp failed for volume "v" : secret "late" not found'
    assert message in [event["object"]["message"] for event in sim.seen["events"]]
    sim.create({"kind": "Secret", "metadata": {"name": "late"}, "stringData": {"key": "value"}})
    await sim.until(lambda: sim.ready("p"), limit=200)
    assert await execute(sim, "p", "cat", "/v/key") == (0, "value", "")


async def test_a_failing_liveness_probe_restarts(sim: Simulation) -> None:
    probe = {"exec": {"command": ["cat", "/tmp/healthy"]}, "periodSeconds": 2, "failureThreshold": 2}
    obj = pod(livenessProbe=probe)
    obj["spec"]["terminationGracePeriodSeconds"] = 1
    sim.create(obj)
    await sim.until(lambda: sim.pod("p")["status"].get("containerStatuses", [{}])[0].get("restartCount") == 1)
    assert "Container c failed liveness probe, will be restarted" in [
        event["object"]["message"] for event in sim.seen["events"]
    ]


async def test_a_readiness_probe_decides_ready(sim: Simulation) -> None:
    sim.create(pod(readinessProbe={"httpGet": {"path": "/ready", "port": 80}, "periodSeconds": 1}))
    await sim.run(4)
    assert "running" in state(sim)
    assert not sim.ready("p")
    await execute(sim, "p", "touch", "/usr/share/nginx/html/ready")
    await sim.until(lambda: sim.ready("p"), limit=3)
    await execute(sim, "p", "rm", "/usr/share/nginx/html/ready")
    await sim.until(lambda: not sim.ready("p"), limit=6)


async def test_memory_has_a_limit(sim: Simulation) -> None:
    limits = {"limits": {"memory": "20Mi"}}
    sim.create(pod(command=["sh", "-c", "x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done"], resources=limits))
    await sim.until(lambda: "OOMKilled" in str(sim.pod("p")["status"]), limit=10)


async def test_a_trap_ends_a_container_in_its_own_way(sim: Simulation) -> None:
    loop = "trap 'echo bye; exit 5' TERM; while true; do sleep 1; done"
    obj = pod(image="busybox", command=["sh", "-c", loop])
    obj["metadata"]["finalizers"] = ["example.com/hold"]
    sim.create(obj)
    await sim.until(lambda: sim.ready("p"))
    sim.delete("p")
    await sim.until(lambda: "terminated" in state(sim))
    assert state(sim)["terminated"]["exitCode"] == 5
    assert await logs(sim, "p") == "bye\n"


async def test_containers_outlive_the_server(tmp_path: Path) -> None:
    first = Simulation(home=tmp_path)
    await first.start()
    probe = {"httpGet": {"port": 80}, "periodSeconds": 1}
    first.create(pod("web", readinessProbe=probe, livenessProbe=probe))
    first.create(
        pod("count", image="busybox", command=["sh", "-c", "i=0; while true; do i=$((i+1)); echo $i; sleep 1; done"])
    )
    await first.until(lambda: first.ready("web") and first.ready("count"))
    await first.run(3.5)
    await first.core.app.node.http(first.pod("web"), 80, "GET", "/", {}, b"")
    before = {
        name: (first.pod(name)["status"]["containerStatuses"], await logs(first, name)) for name in ("web", "count")
    }
    await first.core.store.flushed()
    await first.settle()
    now = first.clock.now()
    # nothing is told that it ends: the next server opens the same file
    second = Simulation(home=tmp_path)
    second.clock = SteppingClock(now + 2)
    second.core = Core(tmp_path, "lab", clock=second.clock, seed=2)
    second.registry = second.core.registry
    await second.start()
    for name, (statuses, text) in before.items():
        after = second.pod(name)["status"]["containerStatuses"]
        assert [(c["containerID"], c["restartCount"], c["state"]) for c in after] == [
            (c["containerID"], c["restartCount"], c["state"]) for c in statuses
        ]
        assert (await logs(second, name)).startswith(text)
    assert len((await logs(second, "count")).split()) > len(before["count"][1].split())
    first.core.stop()
    second.core.stop()


def test_back_off_doubles_and_forgets() -> None:
    backoff, now, delays = Backoff(), 0.0, []
    for _ in range(7):
        backoff.advance("k", now, now)
        delays.append(backoff.delay("k"))
        now += backoff.delay("k")
        assert backoff.remaining("k", now - 1, now) == max(0.0, delays[-1] - 1)
    assert delays == [10, 20, 40, 80, 160, 300, 300]
    backoff.advance("k", now + 601, now + 601)
    assert backoff.delay("k") == 10


def test_environment() -> None:
    found = {"kind": "ConfigMap", "data": {"A": "1"}}
    container = {
        "name": "c",
        "env": [
            {"name": "B", "value": "$(A)-$$(A)-$(NOPE)"},
            {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "envFrom": [{"configMapRef": {"name": "m"}}],
    }
    about = {"metadata": {"name": "p", "namespace": "d", "uid": "u"}, "spec": {"containers": [container]}}
    env = environment(about, container, IMAGES[0], lambda plural, name: found, [], {})
    assert (env["A"], env["B"], env["N"], env["HOSTNAME"]) == ("1", "1-$(A)-$(NOPE)", "p", "p")
    with pytest.raises(ConfigError, match='configmap "m" not found'):
        environment(about, container, IMAGES[0], lambda plural, name: None, [], {})
    assert expand("$(X)", {}) == "$(X)"


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.01, 0.1, 0.4, 0.52, 0.55, 0.6, 0.68, 0.7, 1.5])
async def test_a_pod_comes_up_whenever_the_server_dies(tmp_path: Path, moment: float) -> None:
    first = Simulation(home=tmp_path)
    await first.start()
    first.create(pod("web"))
    await first.run(moment)
    await first.core.store.flushed()
    first.core.stop()
    second = Simulation(home=tmp_path)
    await second.start()
    await second.until(lambda: second.ready("web"), limit=5)
    assert second.pod("web")["status"]["containerStatuses"][0]["restartCount"] == 0
    second.core.stop()


@pytest.mark.parametrize("write", [0, 1, 2])
async def test_a_deletion_at_the_same_moment_as_a_status_is_not_missed(sim: Simulation, write: int) -> None:
    moments: list[float] = []

    def told(event: Event) -> None:
        if event.object.get("status", {}).get("startTime"):
            moments.append(sim.clock.now())

    sim.registry.on(sim.registry.resource("pods"), told)
    sim.create(pod())
    await sim.until(lambda: len(moments) > write, limit=10)
    again = Simulation()
    await again.start()
    again.create(pod())
    again.clock.call_at(moments[write], lambda: again.delete("p", 1))  # before what the kubelet does in that moment
    await again.until(lambda: again.gone("p"), limit=10)
    again.core.stop()


async def test_a_readiness_gate_and_what_others_took_out_of_the_status(sim: Simulation) -> None:
    obj = pod()
    obj["spec"]["readinessGates"] = [{"conditionType": "example.com/ok"}]
    sim.create(obj)
    await sim.until(lambda: bool(sim.pod("p")["status"].get("podIP")))
    await sim.run(3)
    assert not sim.ready("p")

    def replaced(found: Obj) -> None:
        found["status"]["conditions"] = [{"type": "example.com/ok", "status": "True"}]

    sim.registry.change(sim.registry.resource("pods"), "p", "default", replaced, by=Writer("somebody"))
    await sim.until(lambda: sim.ready("p"), limit=5)
    types = [condition["type"] for condition in sim.pod("p")["status"]["conditions"]]
    assert (len(types), types[0]) == (6, "example.com/ok")


async def test_a_pod_beyond_its_deadline_is_told_of_at_each_look(sim: Simulation) -> None:
    obj = pod()
    obj["spec"] |= {"activeDeadlineSeconds": 4, "terminationGracePeriodSeconds": 1}
    sim.create(obj)
    await sim.until(lambda: sim.phase("p") == "Failed")
    await sim.run(5)
    sim.registry.change(
        *(sim.registry.resource("pods"), "p", "default"),
        lambda found: found["metadata"].update(labels={"looked": "at"}),
        subresource="",
    )
    await sim.run(5)
    told = [event["object"] for event in sim.seen["events"] if event["object"]["reason"] == "DeadlineExceeded"]
    assert told[-1]["count"] == 4 and sim.pod("p")["status"]["reason"] == "DeadlineExceeded"


async def test_a_sidecar_is_stopped_when_the_work_is_done(sim: Simulation) -> None:

    def seen(event: Obj) -> list[Obj]:
        return event["object"]["status"].get("conditions") or []

    obj = pod(image="busybox", command=["sleep", "3"])
    helper = {"name": "helper", "image": "busybox", "restartPolicy": "Always"}
    helper["command"] = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"]
    obj["spec"] |= {"restartPolicy": "Never", "initContainers": [helper]}
    sim.create(obj)
    await sim.until(lambda: sim.phase("p") == "Succeeded", limit=20)
    ready = [{c["type"]: c.get("reason") for c in seen(e)}.get("Ready") for e in sim.seen["pods"]]
    begun = ready.index(None, ready.index("ContainersNotReady"))
    assert [*dict.fromkeys(ready[begun:])] == [None, "ContainersNotReady", "PodCompleted"]  # as recorded on kind


async def test_all_containers_are_told_at_once_that_they_are_stopped(sim: Simulation) -> None:
    """Sidecars too, whose turn comes when the others have ended. Upstream: killContainersWithSyncResult"""
    ends = ["sh", "-c", "trap 'sleep 3; exit 0' TERM; while true; do sleep 0.1; done"]
    obj = pod(image="busybox", command=ends)
    sidecars = [{"name": n, "image": "busybox", "restartPolicy": "Always", "command": ends} for n in ("one", "two")]
    obj["spec"]["initContainers"] = sidecars
    sim.create(obj)
    await sim.until(lambda: sim.ready("p"), limit=20)
    sim.delete("p", 30)
    await sim.run(2)
    told = [event["object"]["message"] for event in sim.seen["events"] if event["object"]["reason"] == "Killing"]
    assert told == [f"Stopping container {name}" for name in ("one", "two", "c")]
    states = sim.pod("p")["status"]["initContainerStatuses"]
    assert all("running" in state["state"] for state in states)


async def test_a_sidecar_is_not_started_again_when_the_work_is_done(sim: Simulation) -> None:
    obj = pod(image="busybox", command=["sleep", "1"], restartPolicy="Never")
    helper = {"name": "helper", "image": "busybox", "restartPolicy": "Always"}
    helper["command"] = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"]
    obj["spec"]["initContainers"] = [helper]
    sim.create(obj)
    await sim.run(60)
    told = [event["object"] for event in sim.seen["events"] if event["object"]["reason"] == "Killing"]
    assert [(event["message"], event["count"]) for event in told] == [("Stopping container helper", 1)]


async def test_a_nodes_extended_resources_outlive_the_kubelets_next_report(sim: Simulation) -> None:
    nodes = sim.registry.resource("nodes")

    def offer(node: Obj) -> None:
        for key in ("capacity", "allocatable"):
            node["status"][key]["example.com/dongle"] = "5"

    sim.registry.change(nodes, "lab-control-plane", "", offer)
    sim.create(pod(image="busybox", command=["sleep", "60"]))  # its pull makes the kubelet report
    await sim.until(lambda: sim.ready("p"))
    status = sim.registry.get(nodes, "lab-control-plane")["status"]
    assert any("busybox" in name for image in status["images"] for name in image["names"])
    assert status["capacity"]["example.com/dongle"] == status["allocatable"]["example.com/dongle"] == "5"


async def test_a_resource_that_somebody_gives_a_node_can_be_used_within_ten_seconds(sim: Simulation) -> None:
    nodes = sim.registry.resource("nodes")

    def write(fn: Callable[[Obj], object]) -> None:
        sim.registry.change(nodes, "lab-control-plane", "", lambda node: fn(node["status"]["capacity"]))

    def allocatable() -> Obj:
        return sim.registry.get(nodes, "lab-control-plane")["status"]["allocatable"]

    write(lambda capacity: capacity.update({"example.com/dongle": "2", "cpu": "64"}))
    await sim.until(lambda: allocatable().get("example.com/dongle") == "2", limit=11)
    assert allocatable()["cpu"] == "2"
    write(lambda capacity: capacity.pop("example.com/dongle"))
    await sim.until(lambda: "example.com/dongle" not in allocatable(), limit=11)


async def test_containers_that_are_started_while_something_is_served_end_as_others_do(sim: Simulation) -> None:
    sim.create(pod(image="busybox", command=["sh", "-c", "sleep 2; exit 1"]))
    kubelet, uid = sim.core.nodes.kubelets["lab-control-plane"], sim.pod("p")["metadata"]["uid"]

    def served() -> None:
        OUTSIDE.set(True)
        kubelet.workers[uid].poke()

    await sim.until(lambda: any(each.state == "exited" for each in kubelet.parts.runtime.instances(uid)))
    copy_context().run(served)
    await sim.until(lambda: sim.pod("p")["status"]["containerStatuses"][0]["restartCount"] == 2, limit=30)


async def test_a_pull_secret_that_is_missing_is_told_of_at_each_sync(sim: Simulation) -> None:
    sim.create({**pod(), "spec": {**pod()["spec"], "imagePullSecrets": [{"name": "reg"}]}})
    await sim.until(lambda: sim.ready("p"))
    told = [e["object"] for e in sim.seen["events"] if e["object"]["reason"] == "FailedToRetrieveImagePullSecret"]
    text = "Unable to retrieve some image pull secrets (reg); attempting to pull the image may not succeed."
    assert {(event["type"], event["message"]) for event in told} == {("Warning", text)}
