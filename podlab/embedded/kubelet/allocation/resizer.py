"""Carrying out a resize: allocate it if the node has room, put it in force, and tell of it.

Upstream: pkg/kubelet/allocation/allocation_manager.go, pkg/kubelet/kuberuntime (doPodResizeAction)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from podlab.embedded.kubelet.allocation import resize
from podlab.embedded.kubelet.allocation.resize import Allocation
from podlab.embedded.kubelet.dependencies import Dependencies
from podlab.embedded.kubelet.kuberuntime.killer import Killer
from podlab.embedded.kubelet.kuberuntime.starter import Starter, memory_limit
from podlab.embedded.kubelet.status import podspecs

Obj = dict[str, Any]


class Resizer:
    """Resizes the Pods of one node."""

    def __init__(self, using: Dependencies, starter: Starter, killer: Killer) -> None:
        self._using, self._starter, self._killer = using, starter, killer

    def allocate(self, pod: Obj, mine: Allocation, others: Iterable[Obj]) -> bool:
        """Give a running Pod what it asks for now, if the node has it; False if that is to be tried again."""
        asked, running = resize.asked_for(pod), pod["metadata"]["uid"] in self._using.runtime.sandboxes
        if not running:
            mine.allocated = mine.actual = asked
        if asked == mine.allocated:
            mine.pending = None
            return True
        before = mine.pending
        mine.pending = resize.verdict(pod, self._using.pods.node(self._using.name), others)
        if mine.pending is None:
            mine.allocated, mine.progressing = asked, True
            self._using.recorder.normal(pod, "ResizeStarted", f"Pod resize started: {resize.described(pod)}")
            return True
        reason, why, name = mine.pending
        if before is None or before[0] != reason:
            told = f"Pod resize OutOf{name}: {resize.described(pod, why)}"
            self._using.recorder.warning(pod, f"Resize{reason}", told)
        return False

    async def actuate(self, pod: Obj, mine: Allocation) -> None:
        """Put in force what was allocated: in place, or with a new container."""
        for container, path in podspecs.paths(pod):
            if mine.actual.get(container["name"], {}) != mine.allocated.get(container["name"], {}):
                await self._container(pod, container, path, mine)
        mine.actual, mine.progressing = dict(mine.allocated), False
        self._using.recorder.normal(pod, "ResizeCompleted", f"Pod resize completed: {resize.described(pod)}")

    async def _container(self, pod: Obj, container: Obj, path: str, mine: Allocation) -> None:
        name, uid = container["name"], pod["metadata"]["uid"]
        found = self._using.runtime.newest(uid, name)
        if found is None or found.instance.state != "running":
            return
        found.memory_limit = memory_limit(container)
        if resize.restarts(container, mine.actual.get(name, {}), mine.allocated[name]):
            message = f"Container {name} resize requires restart"
            await self._killer.kill_container(pod, container, found, message, path)
            sandbox = self._using.runtime.sandboxes[uid]
            await self._starter.start(pod, container, sandbox, found.instance.attempt + 1, path)
