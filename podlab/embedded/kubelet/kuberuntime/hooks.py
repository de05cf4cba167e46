"""Lifecycle hooks: what the kubelet runs in a container, or asks it, after its start and before its end."""

from __future__ import annotations

import asyncio
from typing import Any

from podlab.embedded.kubelet.network import GATEWAY
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.runtime import Container

Obj = dict[str, Any]


DIAL = 0.02
"""Seconds until a request arrives: a server that has just been started listens by then."""


ENTER = 0.03
"""Seconds until a command runs in a container: what the container itself does first is done by then."""


class HookFailed(Exception):
    """The hook did not succeed."""


async def run_hook(container: Container, hook: Obj, spec: Obj) -> None:
    """Run a postStart or preStop handler to its end. Raises HookFailed."""
    if "sleep" in hook:
        await container.clock.sleep(float(hook["sleep"]["seconds"]))
    elif "exec" in hook:
        await container.clock.sleep(ENTER)
        code, _ = await execute(container, list(hook["exec"].get("command") or []))
        if code:
            raise HookFailed
    elif "tcpSocket" in hook:
        raise HookFailed  # a field that is kept for compatibility and that no kubelet carries out
    elif "httpGet" in hook:
        get = hook["httpGet"]
        try:
            port = port_number(spec, get["port"])
            host = get.get("host") or container.ip
            path = get.get("path", "/")
            await container.clock.sleep(DIAL)
            # whatever it answers is well
            await container.runtime.request(host, port, "GET", path, {}, b"", client=GATEWAY)
        except Refused:
            raise HookFailed from None


async def execute(container: Container, command: list[str], limit: float | None = None) -> tuple[int, bytes]:
    """Run a command in a container; (exit code, all output). Raises TimeoutError after `limit` seconds."""
    wrong = executables.missing(command, container.image.commands, (), container.files, container.cwd)
    if wrong:
        return 127, wrong.encode()
    output = bytearray()
    task = asyncio.ensure_future(container.execute(container.process(command, output.extend, output.extend)))
    over = False

    def expire() -> None:
        nonlocal over
        over = True
        task.cancel()

    timer = container.clock.call_later(limit, expire) if limit else None
    try:
        return await task, bytes(output)
    except asyncio.CancelledError:
        if not over:  # whoever waits for the command gave up
            raise
        raise TimeoutError from None
    finally:
        if timer:
            timer.cancel()


def port_number(container: Obj, port: int | str) -> int:
    """A port's number, by number or name. Raises Refused for an unknown name."""
    if isinstance(port, int) or str(port).isdecimal():
        return int(port)
    for declared in container.get("ports") or []:
        if declared.get("name") == port:
            return int(declared["containerPort"])
    raise Refused(f"couldn't find port: {port}")
