"""Starting a container once more: what runs of it is killed, and a crash waits its turn.

Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (SyncPod, doBackOff)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podlab.embedded.kubelet.dependencies import Dependencies
from podlab.embedded.kubelet.failure import Failure
from podlab.embedded.kubelet.kuberuntime import actions
from podlab.embedded.kubelet.kuberuntime.killer import Killer
from podlab.embedded.kubelet.kuberuntime.starter import Starter
from podlab.embedded.kubelet.status import podspecs
from podlab.embedded.kubelet.status.observation import Observation
from podlab.embedded.runtime.instance import Instance

Obj = dict[str, Any]
FAILED = 137
"""The exit code of what does not end by itself."""


class Restarter:
    """Starts what a sync has found due, for the first time or again."""

    def __init__(self, using: Dependencies, starter: Starter, killer: Killer) -> None:
        self._using, self._starter, self._killer = using, starter, killer

    async def renew(self, pod: Obj, container: Obj, path: str, known: Sequence[Instance], seen: Observation) -> None:
        """Kill what runs of a container, and start it (again), unless it is to wait. Raises Failure.

        Args:
            known: its instances as the sync found them, the newest first.
        """
        uid = pod["metadata"]["uid"]
        sandbox, found = self._using.runtime.sandboxes[uid], self._using.runtime.newest(uid, container["name"])
        if found and found.instance.state == "running":
            why = actions.why_restarted(container, found.instance, seen)
            grace = actions.grace(container, found.instance, seen)
            changed = found.instance.spec_image != container["image"]
            stays = not changed and not podspecs.restarted(container, pod, FAILED)
            last = stays and actions.is_last(pod, container, seen)
            why = actions.why_stopped(container, last=last) if stays else why
            await self._killer.kill_container(pod, container, found, why, path, grace)
            if last:  # the Pod ends with it
                self._using.runtime.stop_sandbox(uid)
            if stays:
                return
        exited = next((i for i in known if i.state == "exited"), None)
        if exited and not known[0].removed:
            self._back_off(pod, container, exited, path)
        attempt = found.instance.attempt + 1 if found else 0
        await self._starter.start(pod, container, sandbox, attempt, path)

    def _back_off(self, pod: Obj, container: Obj, exited: Instance, path: str) -> None:
        backoff, meta = self._using.restart_backoff, pod["metadata"]
        key, now = f"{meta['uid']}_{container['name']}_{container['image']}", self._using.clock.now()
        remaining = backoff.remaining(key, exited.finished_at, now)
        if not remaining:
            backoff.advance(key, exited.finished_at, now)
            return
        who = f"{meta['name']}_{meta['namespace']}({meta['uid']})"
        text = f"Back-off restarting failed container {container['name']} in pod {who}"
        self._using.recorder.warning(pod, "BackOff", text, path)
        delay = podspecs.duration(backoff.delay(key))
        message = f"back-off {delay} restarting failed container={container['name']} pod={who}"
        raise Failure("CrashLoopBackOff", message, remaining)
