"""The documentation's guestbook: what is written at its page is kept by one Redis, and read from the other."""

from __future__ import annotations

from tests.embedded.network.test_services import execute, pod, service
from tests.embedded.simulation import Simulation, logs

SAMPLES = "us-docker.pkg.dev/google-samples/containers/gke"
REDIS = {"ports": [{"port": 6379}]}
SAID = "http://localhost/guestbook.php?key=messages&cmd="


async def test_what_is_said_is_kept_and_read_again(sim: Simulation) -> None:
    sim.create(pod("leader", "docker.io/redis:6.0.5"))
    sim.create(service("redis-leader", "leader", **REDIS))
    sim.create(pod("follower", f"{SAMPLES}/gb-redis-follower:v2"))
    sim.create(service("redis-follower", "follower", **REDIS))
    sim.create(
        pod("frontend", f"{SAMPLES}/gb-frontend:v5", container={"env": [{"name": "GET_HOSTS_FROM", "value": "dns"}]})
    )
    await sim.until(lambda: all(sim.ready(name) for name in ("leader", "follower", "frontend")))
    await sim.run(3)
    assert await execute(sim, "frontend", "curl", "-s", f"{SAID}get") == (0, '{"data": ""}', "")
    assert await execute(sim, "frontend", "curl", "-s", f"{SAID}set&value=,hello") == (0, '{"message": "Updated"}', "")
    assert await execute(sim, "frontend", "curl", "-s", f"{SAID}get") == (0, '{"data": ",hello"}', "")
    assert (await execute(sim, "follower", "redis-cli", "get", "messages"))[1] == ",hello\n"
    _, page, _ = await execute(sim, "frontend", "curl", "-s", "http://localhost/")
    assert "<title>Guestbook</title>" in page
    assert "Connecting to MASTER redis-leader:6379" in await logs(sim, "follower")


async def test_without_a_redis_the_page_fails_and_says_why_in_its_log(sim: Simulation) -> None:
    sim.create(pod("frontend", f"{SAMPLES}/gb-frontend:v5"))
    await sim.until(lambda: sim.ready("frontend"))
    code, out, _ = await execute(sim, "frontend", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"{SAID}get")
    assert (code, out) == (0, "500")
    assert "ConnectionException: Connection refused [tcp://redis-follower:6379]" in await logs(sim, "frontend")
