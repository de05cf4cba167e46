"""Containers of a Pod that share their processes see and end each other's, as recorded on kind."""

from __future__ import annotations

from typing import Any

from tests.embedded.simulation import Simulation, execute

Obj = dict[str, Any]


async def sharing(sim: Simulation) -> None:
    """A Pod of nginx and a shell that share their processes, running."""
    nginx = {"name": "nginx", "image": "nginx:1.27"}
    shell = {"name": "sh", "image": "busybox", "command": ["sleep", "2000"]}
    spec = {"shareProcessNamespace": True, "containers": [nginx, shell], "terminationGracePeriodSeconds": 2}
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    await sim.until(lambda: sim.ready("p"), limit=30)


def ended(sim: Simulation, name: str) -> Obj:
    """How a container ended last."""
    statuses = {status["name"]: status for status in sim.pod("p")["status"]["containerStatuses"]}
    found: Obj = statuses[name].get("lastState", {}).get("terminated", {})
    return found


async def test_each_sees_what_runs_in_the_other(sim: Simulation) -> None:
    await sharing(sim)
    _, out, _ = await execute(sim, "p", "ps", "-o", "user,args", container="sh")
    assert [line.split(None, 1) for line in out.splitlines()][1:6] == [
        ["65535", "/pause"],
        ["root", "nginx: master process nginx -g daemon off;"],
        ["101", "nginx: worker process"],
        ["101", "nginx: worker process"],
        ["root", "sleep 2000"],
    ]
    look = "ls /proc/$(pidof nginx | tr ' ' '\\n' | sort -n | head -1)/root/usr/share/nginx/html/index.html"
    assert "index.html" in (await execute(sim, "p", "sh", "-c", look, container="sh"))[1]


async def test_a_signal_from_the_other_ends_a_container(sim: Simulation) -> None:
    await sharing(sim)
    await execute(sim, "p", "sh", "-c", "kill -TERM $(pidof sleep)", container="sh")
    await sim.until(lambda: bool(ended(sim, "sh")), limit=10)
    assert (ended(sim, "sh")["exitCode"], ended(sim, "sh")["reason"]) == (143, "Error")
    await execute(sim, "p", "sh", "-c", "kill -KILL $(cat /run/nginx.pid)", container="nginx")
    await sim.until(lambda: bool(ended(sim, "nginx")), limit=10)
    assert ended(sim, "nginx")["exitCode"] == 137


async def test_nginx_that_is_told_to_quit_has_done_its_work(sim: Simulation) -> None:
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}})
    await sim.until(lambda: sim.ready("p"), limit=30)
    await execute(sim, "p", "sh", "-c", "kill -QUIT 1")
    await sim.until(lambda: bool(ended(sim, "c")), limit=10)
    assert (ended(sim, "c")["exitCode"], ended(sim, "c")["reason"]) == (0, "Completed")
