"""Containers of a Pod that share their processes see and end each other's, as recorded on kind."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.apiserver.status import StatusError
from tests.embedded.simulation import Simulation, execute, logs

Obj = dict[str, Any]
TYPED = json.loads((Path(__file__).parents[1] / "runtime/recorded/terminal.json").read_text(encoding="utf-8"))
RECORDED = (Path(__file__).parents[1] / "runtime/recorded/nginx.txt").read_text(encoding="utf-8")
SIGNALS = re.findall(r"^### (\d+) (.*)\n((?:\[.*\n)+)", RECORDED, re.M)


def told(log: str) -> list[str]:
    """What a log of nginx says, whatever the ids; two workers end in any order, at once or not."""
    lines = re.findall(r"\[(?:notice|error|emerg)\] .*", log)
    found = [re.sub(r"\b(?!1#)\d+#\d+:", "W:", re.sub(r"(from|process) \d+", r"\1 N", line)) for line in lines]
    return [line for line in found if "SIGCHLD" not in line and "SIGIO" not in line]


async def script(sim: Simulation, text: str) -> tuple[int | None, str, str]:
    """What `kubectl exec -- sh -c` does while time passes."""
    task = asyncio.ensure_future(execute(sim, "p", "sh", "-c", text))
    await sim.until(task.done, limit=60)
    return task.result()


@pytest.mark.parametrize(("code", "command", "log"), SIGNALS)
async def test_nginx_tells_of_signals(sim: Simulation, code: str, command: str, log: str) -> None:
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}})
    await sim.until(lambda: sim.ready("p"), limit=30)
    found, out, _ = await script(sim, f"{command}; sleep 3; echo after")
    assert (found, out) == (int(code), "" if int(code) else "after\n")
    await sim.until(lambda: not int(code) or bool(ended(sim, "c")), limit=10)
    after = await logs(sim, "p", previous=bool(int(code)))
    assert sorted(told(after)[-len(told(log)) :]) == sorted(told(log))


async def test_a_shell_on_a_terminal_prompts_and_shows_what_is_typed(sim: Simulation) -> None:
    """kubectl exec -it nginx -- sh as kind shows it: erasing, ^C and ^D too; which pts it is depends on the node."""
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}})
    await sim.until(lambda: sim.ready("p"), limit=30)

    session = await sim.core.app.node.exec(sim.pod("p"), command=["sh"], stdin=keys(sim, TYPED["typed"]), tty=True)
    shown = b"".join([data async for _, data in session])
    assert (shown.decode(), session.exit_code) == (TYPED["shown"], TYPED["code"])


async def keys(sim: Simulation, typed: list[str]) -> AsyncIterator[bytes]:
    for text in typed:
        await sim.settle()
        yield text.encode()
    await sim.settle()


async def test_a_container_with_a_terminal_is_shown_to_who_attaches(sim: Simulation) -> None:
    """kubectl run -it --image=nginx --restart=Never -- sh, as kind shows and logs it."""
    asked = TYPED["attached"]
    container = {"name": "c", "image": "nginx", "args": ["sh"], "tty": True, "stdin": True, "stdinOnce": True}
    spec = {"restartPolicy": "Never", "containers": [container]}
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    await sim.until(lambda: sim.ready("p"), limit=30)
    with pytest.raises(StatusError, match="tty and stderr cannot both be true"):
        await sim.core.app.node.attach(sim.pod("p"))
    session = await sim.core.app.node.attach(sim.pod("p"), stdin=keys(sim, asked["typed"]), tty=True)
    assert b"".join([data async for _, data in session]).decode() == asked["shown"]
    assert await logs(sim, "p") == asked["logged"]
    await sim.until(lambda: sim.phase("p") == "Failed", limit=30)
    assert sim.pod("p")["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == asked["code"]


@pytest.mark.parametrize(("image", "shell", "prompt"), [("busybox", "sh", "\r/ # "), ("nginx", "bash", "\rroot@p:/# ")])
async def test_a_shell_that_edits_its_line_shows_its_prompt_to_who_attaches(
    sim: Simulation, image: str, shell: str, prompt: str
) -> None:
    """As on kind, where kubectl changes the window's size so that it is drawn anew, but for the codes that clear it."""
    container = {"name": "c", "image": image, "args": [shell], "tty": True, "stdin": True}
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [container]}})
    await sim.until(lambda: sim.ready("p"), limit=30)
    session = await sim.core.app.node.attach(sim.pod("p"), tty=True)
    assert await anext(session) == (1, prompt.encode())
    await session.close()


async def test_what_exec_left_behind_goes_on(sim: Simulation) -> None:
    """As kind does: kubectl exec ends when nothing holds its output any more."""
    spec = {"containers": [{"name": "c", "image": "busybox", "command": ["sleep", "2000"]}]}
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    await sim.until(lambda: sim.ready("p"), limit=30)
    began = sim.clock.now()
    assert (await script(sim, "sleep 30 > /dev/null 2>&1 & echo started"))[1] == "started\n"
    assert sim.clock.now() - began < 5
    assert (await script(sim, "httpd -p 8000 -h /etc; wget -qO- localhost:8000/hostname"))[1] == "p\n"
    assert sim.clock.now() - began < 5
    loop = "(while true; do sleep 1; done) > /dev/null 2>&1 & echo started"
    assert (await script(sim, loop))[1] == "started\n"
    assert sim.clock.now() - began < 5
    assert "sleep 30" in (await execute(sim, "p", "ps"))[1]
    await script(sim, "sleep 40 & echo started")
    assert sim.clock.now() - began >= 40
    assert "sleep 30" not in (await execute(sim, "p", "ps"))[1]


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


async def test_a_pod_of_the_hosts_processes_sees_the_nodes_programs(sim: Simulation) -> None:
    """As on kind: systemd is the first, and a container's own process, which is not, ends by TERM at once."""
    shell = {"name": "sh", "image": "busybox", "command": ["sleep", "2000"]}
    spec = {"hostPID": True, "containers": [shell], "terminationGracePeriodSeconds": 30}
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    await sim.until(lambda: sim.ready("p"), limit=30)
    assert (await execute(sim, "p", "cat", "/proc/1/comm"))[1] == "systemd\n"
    _, out, _ = await execute(sim, "p", "ps", "-o", "pid,comm")
    rows = [line.split() for line in out.splitlines()[1:]]
    assert rows[:4] == [["1", "systemd"], ["97", "containerd"], ["542", "kubelet"], ["782", "kube-proxy"]]
    assert [name for _, name in rows[4:]] == ["sleep", "ps"]
    assert (await execute(sim, "p", "kill", "-9", "542", "1"))[0] == 0
    assert (await execute(sim, "p", "pidof", "kubelet"))[1] == "542\n"
    await execute(sim, "p", "sh", "-c", "kill $(pidof sleep)")
    await sim.until(lambda: bool(ended(sim, "sh")), limit=10)
    assert ended(sim, "sh")["exitCode"] == 143


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


async def test_curl_keeps_heads_and_tells_where_it_is_sent(sim: Simulation) -> None:
    """As recorded on kind."""
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}})
    await sim.until(lambda: sim.ready("p"), limit=30)
    asks = "curl -s localhost -D /tmp/h -o /dev/null; head -1 /tmp/h | tr -d '\\r'; mkdir /usr/share/nginx/html/sub; "
    asks += "curl -s -o /dev/null -w '%{http_code} %{redirect_url}\\n' localhost/sub; "
    asks += "curl -s -o /dev/null -w '[%{redirect_url}]\\n' localhost"
    assert (await script(sim, asks))[1] == "HTTP/1.1 200 OK\n301 http://localhost/sub/\n[]\n"


@pytest.mark.parametrize(("image", "failed"), [("nginx:1.27", False), ("nginx:alpine", True)])
async def test_a_hook_that_ends_nginx_is_done_if_it_does_not_wait(sim: Simulation, image: str, failed: bool) -> None:
    """Only the smaller image has a killall that would wait for the end of process 1, and so for its own."""
    command = ["sh", "-c", "nginx -s quit; while killall -0 nginx; do sleep 1; done"]
    container = {"name": "c", "image": image, "lifecycle": {"preStop": {"exec": {"command": command}}}}
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [container]}})
    await sim.until(lambda: sim.ready("p"), limit=30)
    sim.delete("p")
    await sim.until(lambda: sim.gone("p"), limit=10)
    events = sim.core.registry.list(sim.core.registry.resource("events"), "default")
    assert ("FailedPreStopHook" in {event["reason"] for event in events}) is failed


async def test_the_containers_of_a_pod_share_memory_and_find_it_again_when_restarted(sim: Simulation) -> None:
    """As recorded on kind."""
    once = "test -f /dev/shm/x && sleep 1000; echo first > /dev/shm/x; exit 42"
    containers = [
        {"name": "c", "image": "busybox", "command": ["sleep", "1000"]},
        {"name": "d", "image": "busybox", "command": ["sh", "-c", once]},
    ]
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": containers}})
    await sim.run(90)
    states = sim.pod("p")["status"]["containerStatuses"]
    assert [(one["restartCount"], one["ready"]) for one in states] == [(0, True), (1, True)]
    asked = "cat /dev/shm/x; test -c /dev/shm/x || test -c /dev/null && echo x"
    assert (await execute(sim, "p", "sh", "-c", asked, container="c"))[1] == "first\nx\n"
