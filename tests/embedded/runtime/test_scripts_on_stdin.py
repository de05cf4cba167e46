"""Scripts that `kubectl exec -i POD -- sh` reads from its input do on podlab what they did on kind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.runtime import images, programs, rootfs
from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.machine.children import start
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.streams import Input
from tests.embedded.runtime.test_shell import machine

HOSTS = b"# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n10.244.0.7\t%s\n"
RECORDED = json.loads((Path(__file__).parent / "recorded/stdin.json").read_text(encoding="utf-8"))
"""[image, script, exit code, standard output, standard error]: busybox 1.35 and nginx on kind, 1.36.

Of busybox's help they have the synopsis alone, as podlab does, which says so."""


def nowhere(data: bytes) -> None:
    """Output that nobody reads."""


def fed(image: str, script: str) -> list[Any]:
    """[exit code, standard output, standard error] of a shell that reads a script, beside the container's process."""
    name = {"busybox": "box", "nginx": "web"}[image]
    mounts = (
        rootfs.one_file("/etc/hosts", HOSTS % name.encode()),
        rootfs.one_file("/etc/hostname", f"{name}\n".encode()),
    )
    container, out, err = machine(image, mounts), bytearray(), bytearray()
    container.hostname = name
    container.files.write("/etc/hostname", f"{name}\n".encode())
    found = images.find(images.normalize(image))
    assert found
    first = Process(container, ["sleep", "3600"] if image == "busybox" else list(found.command), {}, nowhere, nowhere)
    container.processes.running[1] = first

    async def executed() -> int:
        process = Process(container, ["sh"], {"PATH": PATH, "HOME": "/root", "HOSTNAME": name}, out.extend, err.extend)
        process.time, process.stdin = 1_700_000_000.0, Input(script.encode())
        container.processes.enter(process)
        return await start(process, lambda: programs.run(process)).outcome()

    code = asyncio.run(executed())
    return [code, *(written.decode().replace(f"\n\n{usage.UNEXPLAINED}", "") for written in (out, err))]


PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@pytest.mark.slow
@pytest.mark.parametrize(("image", "script", "code", "out", "err"), RECORDED)
def test_scripts_do_what_they_do_on_kind(image: str, script: str, code: int, out: str, err: str) -> None:
    assert fed(image, script) == [code, out, err]


def test_there_are_many() -> None:
    assert len(RECORDED) >= 60


@pytest.mark.slow
def test_a_walk_through_everything_ends() -> None:
    script = "find / -name passwd 2>/dev/null; readlink /proc/1/root; cp -r / /tmp/x 2>/dev/null || echo refused"
    assert fed("busybox", script) == [0, "/etc/passwd\n/\nrefused\n", ""]
