"""Scripts that `kubectl exec POD -- sh -c` runs do on podlab what they did on kind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.runtime import images, programs, rootfs
from podlab.embedded.runtime.machine.children import start
from podlab.embedded.runtime.machine.process import Process
from tests.embedded.runtime.test_scripts_on_stdin import HOSTS, PATH, nowhere
from tests.embedded.runtime.test_shell import machine

RECORDED = json.loads((Path(__file__).parent / "recorded/execs.json").read_text(encoding="utf-8"))
"""[Pod, shell, script, exit code, standard output, standard error]: busybox and nginx (bash and dash) on kind, 1.36."""
SHELLS = {"box": ("busybox", "sh"), "bash": ("nginx", "bash"), "dash": ("nginx", "sh")}


def executed(pod: str, shell: str, script: str) -> list[Any]:
    """[exit code, standard output, standard error] of a script beside the container's process."""
    image, name = SHELLS[shell]
    mounts = (
        rootfs.one_file("/etc/hosts", HOSTS % pod.encode()),
        rootfs.one_file("/etc/hostname", f"{pod}\n".encode()),
    )
    container, out, err = machine(image, mounts), bytearray(), bytearray()
    container.hostname = pod
    found = images.find(images.normalize(image))
    assert found
    command = ["sleep", "36000"] if image == "busybox" else list(found.command)
    container.processes.running[1] = Process(container, command, {}, nowhere, nowhere)

    async def ran() -> int:
        env = {"PATH": PATH, "HOME": "/root", "HOSTNAME": pod}
        process = Process(container, [name, "-c", script], env, out.extend, err.extend, time=1_700_000_000.0)
        container.processes.enter(process)
        return await start(process, lambda: programs.run(process)).outcome()

    return [asyncio.run(ran()), out.decode(), err.decode()]


@pytest.mark.slow
@pytest.mark.parametrize(("pod", "shell", "script", "code", "out", "err"), RECORDED)
def test_scripts_do_what_they_do_on_kind(pod: str, shell: str, script: str, code: int, out: str, err: str) -> None:
    assert executed(pod, shell, script) == [code, out, err]


def test_there_are_many() -> None:
    assert len(RECORDED) >= 60
