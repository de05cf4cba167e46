"""busybox's applets say what they said on kind; what podlab does not simulate it refuses plainly."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.runtime import images, programs, rootfs
from podlab.embedded.runtime.commands.commands import COMMANDS
from podlab.embedded.runtime.commands.refusals import REASONS
from podlab.embedded.runtime.images.commands import BUSYBOX
from podlab.embedded.runtime.machine.children import start
from podlab.embedded.runtime.machine.process import Process
from tests.embedded.runtime.test_servers import Running
from tests.embedded.runtime.test_shell import machine, run, sh

RECORDED = Path(__file__).parent / "recorded"
BLOCKS = (RECORDED / "applets.txt").read_text(encoding="utf-8").split("### ")[1:]
ROWS = [
    line.split(None, 2)
    for line in (RECORDED / "tutorials.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def busybox() -> Any:
    """A container that sleeps, with a file of the kubelet's."""
    made = machine("busybox", (rootfs.one_file("/etc/hosts", b"127.0.0.1\tlocalhost\n10.244.0.7\tb2\n"),))
    made.hostname = "b2"
    made.processes.running[1] = Process(made, ["sleep", "3600"], {}, _nowhere, _nowhere)
    return made


def _nowhere(data: bytes) -> None:
    pass


def beside(container: Any, script: str) -> str:
    """What a script prints that `kubectl exec` runs."""
    out = bytearray()
    process = Process(container, ["sh", "-c", script], {}, out.extend, out.extend, pid=2, time=1_700_000_000.0)
    container.processes.running[2] = process
    asyncio.run(programs.run(process))
    return out.decode(errors="replace")


def test_applets_print_what_they_print_on_kind() -> None:
    container, wrong = busybox(), []
    for block in BLOCKS:
        script, _, output = block.partition("\n")
        found = beside(container, f"{{ {script}\n}} 2>&1")
        if found != output:
            wrong.append(f"### {script}\n--- kind\n{output}--- podlab\n{found}")
    assert not wrong, "\n".join(wrong)
    assert len(BLOCKS) >= 35


def test_ps_shows_what_runs_beside_the_first_process() -> None:
    rows = beside(busybox(), "ps; ps -o pid,comm; top -bn1 | tail -n +4").splitlines()
    assert rows[:2] == ["PID   USER     COMMAND", "    1 root     sleep 3600"]
    assert "    1 sleep" in rows and "  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND" in rows


def test_killall_and_pkill_end_by_name() -> None:
    script = "sleep 100 & sleep 200 & killall sleep; echo $?; wait; pkill nope; echo $?"
    assert run("sh", "-c", script, container=machine("alpine"))[1] == "0\n1\n"


@pytest.mark.parametrize("name", sorted(BUSYBOX - set(COMMANDS) - {"sh", "ash", "busybox", "httpd"}))
def test_an_applet_that_is_not_simulated_says_so(name: str) -> None:
    code, out, err = run(name, container=machine("busybox"))
    assert code and not out and err.startswith(f"{name}: podlab does not simulate this command: ")


def test_refusals_name_a_reason() -> None:
    assert REASONS["vi"] in run("sh", "-c", "vi", container=machine("busybox"))[2]
    assert "nothing can be installed" in sh("apt-get update")[2]
    assert sh("vi") == (127, "", "sh: 1: vi: not found\n")


def test_proc_tells_of_processes_and_mounts() -> None:
    container = busybox()
    assert beside(container, "tr '\\0' ' ' < /proc/1/cmdline") == "sleep 3600 "
    assert "/dev/vda /etc/hosts ext4" in beside(container, "cat /proc/self/mounts")
    assert beside(container, "grep -c processor /proc/cpuinfo; ls /proc/1 | head -2") == "2\ncgroup\ncmdline\n"


def test_find_follows_links_where_it_is_told_to() -> None:
    container = busybox()
    made = "mkdir -p /v/..1; echo x > /v/..1/k; ln -s ..1 /v/..data; ln -s ..data/k /v/k; ln -s nowhere /v/lost; "
    plain = ["/v/..1/k"]
    followed = ["/v/..1/k", "/v/..data/k", "/v/k"]
    assert beside(container, f"{made}find /v -type f").split() == plain
    assert beside(container, "find /v -follow -type f").split() == followed
    assert beside(container, "find -L /v -type f").split() == followed
    assert beside(container, "find -L /v -type l").split() == ["/v/lost"]
    assert len(beside(container, "ln -s . /v/loop; find -L /v -name k").split()) > len(followed)


def test_dash_and_bash_differ_in_time_and_printf() -> None:
    assert sh("time true") == (127, "", "sh: 1: time: not found\n")
    assert "real" in run("bash", "-c", "time true")[2]
    assert sh("printf '\\x41\\101'")[1] == "\\x41A" and run("bash", "-c", "printf '\\x41'")[1] == "A"


def test_normal_diff_of_diffutils() -> None:
    script = "printf 'a\\nb\\nc\\n' > /tmp/1; printf 'a\\nB\\nc\\nd\\n' > /tmp/2; diff /tmp/1 /tmp/2"
    assert sh(script) == (1, "2c2\n< b\n---\n> B\n3a4\n> d\n", "")


@pytest.mark.parametrize(("count", "image", "line"), ROWS)
def test_commands_of_tutorials(count: str, image: str, line: str) -> None:
    """Works, or is refused as the real image refuses it, or plainly as not simulated."""
    wanted, _, line = line.partition(" ")

    async def play() -> tuple[int, str]:
        return await Running(image, *(("sleep", "60") if image in SHELLS else ())).run("sh", "-c", line)

    code, output = asyncio.run(play())
    assert {"works": code == 0, "refused": "podlab" in output, "absent": code == 127}[wanted], (code, output)


SHELLS = ("busybox", "alpine", "nginx", "ubuntu", "python:3", "registry.k8s.io/e2e-test-images/jessie-dnsutils:1.3")


def test_the_list_of_tutorials_covers_what_was_counted() -> None:
    total = sum(int(row[0]) for row in ROWS)
    works = sum(int(row[0]) for row in ROWS if row[2].startswith("works"))
    assert total >= 300 and works / total >= 0.95
    assert all(images.find(images.normalize(row[1])) for row in ROWS)


SCRIPTS = (RECORDED / "scripts.txt").read_text(encoding="utf-8").split("### ")[1:]


def test_scripts_print_what_they_print_on_kind() -> None:
    wrong = []
    for block in SCRIPTS:
        script, _, output = block.partition("\n--- kind\n")
        found = run("sh", "-c", script, container=machine("busybox"), env={"GREETING": "hello"})[1]
        if found.rstrip("\n") != output.rstrip("\n"):
            wrong.append(f"### {script}\n--- kind\n{output}--- podlab\n{found}")
    assert not wrong, "\n".join(wrong)
    assert len(SCRIPTS) >= 25


def test_a_named_pipe_joins_who_writes_and_who_reads() -> None:
    script = "mkfifo /tmp/p; (echo through > /tmp/p) & cat /tmp/p; test -p /tmp/p && echo fifo; mkfifo /tmp/p"
    assert run("sh", "-c", script, container=machine("busybox"))[1:] == (
        "through\nfifo\n",
        "mkfifo: /tmp/p: File exists\n",
    )


def test_a_subshell_has_a_folder_of_its_own() -> None:
    assert run("sh", "-c", "(cd /tmp; pwd); pwd", container=machine("busybox"))[1] == "/tmp\n/\n"


def test_who_ends_itself_ends_by_the_signal() -> None:
    assert beside_code("kill -TERM $$; echo not here") == 143


def beside_code(script: str) -> int:
    """The exit code of a script that `kubectl exec` runs."""

    async def executed() -> int:
        container = busybox()
        process = Process(container, ["sh", "-c", script], {}, _nowhere, _nowhere, time=1_700_000_000.0)
        container.processes.enter(process)
        return await start(process, lambda: programs.run(process)).outcome()

    return asyncio.run(executed())
