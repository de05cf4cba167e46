"""The image of upstream's own tests in a Pod."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.simulation import Simulation, execute, logs

AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"


def _pod(**container: Any) -> dict[str, Any]:
    containers = [{"name": "c", "image": AGNHOST, **container}]
    return {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": containers}}


@pytest.mark.parametrize(
    ("subcommand", "probe", "restarts"),
    [
        ("liveness", {"httpGet": {"path": "/healthz", "port": 8080}}, True),
        ("test-webserver", {"httpGet": {"path": "/", "port": 80}}, False),
        ("grpc-health-checking", {"grpc": {"port": 5000}}, False),
        ("grpc-health-checking", {"grpc": {"port": 2333}}, True),
        ("pause", {"httpGet": {"path": "/", "port": 80}}, True),
    ],
)
async def test_agnhost_serves_what_a_probe_asks_for(
    sim: Simulation, subcommand: str, probe: dict[str, Any], restarts: bool
) -> None:
    sim.create(_pod(args=[subcommand], livenessProbe={**probe, "failureThreshold": 1}))
    await sim.run(60)
    assert (sim.pod("p")["status"]["containerStatuses"][0]["restartCount"] > 0) is restarts


async def test_agnhost_takes_a_flags_value_from_the_next_word(sim: Simulation) -> None:
    sim.create(_pod(args=["netexec", "--http-port", "8090", "--udp-port", "-1"]))
    await sim.until(lambda: sim.ready("p"))
    assert (await execute(sim, "p", "curl", "-s", "127.0.0.1:8090/hostname"))[:2] == (0, "p")
    said = await logs(sim, "p")
    assert [line.partition("] ")[2] for line in said.splitlines()] == ["Started HTTP server on port 8090"]
