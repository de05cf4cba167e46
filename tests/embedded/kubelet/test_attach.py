"""Shells that wait to be typed to, and containers that are added to a Pod that runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from podlab.embedded.apiserver.status import StatusError
from tests.embedded.harness import Api
from tests.embedded.simulation import Simulation, logs

Obj = dict[str, Any]


def pod(name: str = "p", **container: Any) -> Obj:
    spec = {"containers": [{"name": "c", "image": "nginx", **container}]}
    return {"kind": "Pod", "metadata": {"name": name}, "spec": spec}


def once_only(made: Obj) -> Obj:
    """The same Pod, never restarted."""
    return {**made, "spec": {**made["spec"], "restartPolicy": "Never"}}


async def test_a_shell_that_nobody_can_type_to_ends(sim: Simulation) -> None:
    sim.create(once_only(pod("alone", image="busybox")))
    await sim.until(lambda: sim.phase("alone") == "Succeeded", limit=10)


@pytest.mark.parametrize("once", [True, False])
async def test_a_shell_hears_who_attaches_and_ends_with_the_first_if_stdin_is_once(once: bool, sim: Simulation) -> None:
    async def typed() -> AsyncIterator[bytes]:
        yield b"echo hello\n"

    sim.create(once_only(pod("told", image="busybox", stdin=True, stdinOnce=once)))
    await sim.until(lambda: sim.ready("told"), limit=10)
    await sim.core.app.node.attach(sim.pod("told"), stdin=typed())
    await sim.run(2)
    assert await logs(sim, "told") == "hello\n"
    assert sim.phase("told") == ("Succeeded" if once else "Running")


async def test_following_ends_well_whatever_the_process_ended_with(sim: Simulation) -> None:
    sim.create(once_only(pod("brief", image="busybox", command=["sh", "-c", "sleep 3; exit 3"])))
    await sim.until(lambda: sim.ready("brief"), limit=10)
    session = await sim.core.app.node.attach(sim.pod("brief"))
    await sim.until(lambda: sim.phase("brief") == "Failed", limit=10)
    assert session.exit_code == 0


async def test_nobody_attaches_to_a_pod_that_has_no_node(sim: Simulation) -> None:
    made = pod("far")
    sim.create({**made, "spec": {**made["spec"], "nodeSelector": {"no": "such"}}})
    await sim.run(5)
    with pytest.raises(StatusError, match="pod far does not have a host assigned"):
        await sim.core.app.node.attach(sim.pod("far"))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("attach?container=c&stdout=true", "container c not found in pod brief_default"),
        ("exec?container=c&stdout=true&command=ls", 'container not found ("c")'),
    ],
)
async def test_a_kubelet_refuses_streams_in_plain_text(asked: str, text: str, sim: Simulation) -> None:
    """Status, type and body as recorded on kind: kubectl before 1.36 says them as they come."""
    sim.create(once_only(pod("brief", image="busybox", command=["true"])))
    await sim.until(lambda: sim.phase("brief") == "Succeeded", limit=10)
    api = Api()
    api.app = sim.core.app
    path = f"/api/v1/namespaces/default/pods/brief/{asked}"
    upgrade = {"connection": "Upgrade", "upgrade": "SPDY/3.1", "authorization": "Bearer admin"}
    answered = await api.call("POST", path, **upgrade)
    assert (answered.code, answered.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert answered.body.decode() == text


async def test_an_ephemeral_container_runs_beside_the_others_and_only_once(sim: Simulation) -> None:
    sim.create(pod())
    await sim.until(lambda: sim.ready("p"))
    guest = {"name": "guest", "image": "busybox", "command": ["sh", "-c", "hostname; exit 4"]}
    pods = sim.registry.resource("pods")

    def add(obj: Obj) -> None:
        obj["spec"]["ephemeralContainers"] = [guest]

    sim.registry.change(pods, "p", sim.namespace, add, subresource="ephemeralcontainers")
    await sim.run(60)
    (status,) = sim.pod("p")["status"]["ephemeralContainerStatuses"]
    assert (status["state"]["terminated"]["exitCode"], status["restartCount"], status["ready"]) == (4, 0, False)
    assert await logs(sim, "p", container="guest") == "p\n"
    assert sim.ready("p") and sim.phase("p") == "Running"


async def test_a_debugger_sees_the_processes_of_its_target_and_ends_with_them(sim: Simulation) -> None:
    sim.create(pod("p", image="nginx"))
    await sim.until(lambda: sim.ready("p"))
    target = sim.pod("p")["spec"]["containers"][0]["name"]
    script = "cat /proc/1/comm; ls /proc/1/root/etc/nginx/conf.d; kill -TERM 1; sleep 60"
    guest = {"name": "guest", "image": "busybox", "targetContainerName": target, "command": ["sh", "-c", script]}

    def add(obj: Obj) -> None:
        obj["spec"]["ephemeralContainers"] = [guest]

    sim.registry.change(sim.registry.resource("pods"), "p", sim.namespace, add, subresource="ephemeralcontainers")
    await sim.run(20)
    (status,) = sim.pod("p")["status"]["ephemeralContainerStatuses"]
    assert await logs(sim, "p", container="guest") == "nginx\ndefault.conf\n"
    assert status["state"]["terminated"]["exitCode"] == 137


async def test_who_has_no_more_to_type_goes_away_from_what_still_listens(sim: Simulation) -> None:
    sim.create(pod(image="busybox", command=["sh", "-c", "while read x; do echo got $x; done; sleep 600"], stdin=True))
    await sim.until(lambda: sim.ready("p"))
    session = await sim.core.app.node.attach(sim.pod("p"), stdin=typed(sim, b"a\n"))
    assert b"".join([data async for _, data in session]) == b"got a\n"
    assert session.exit_code == 0
    assert sim.ready("p")


async def typed(sim: Simulation, data: bytes) -> AsyncIterator[bytes]:
    yield data
    await sim.run(1)
