"""What ends a Pod before its time: its deadline, and a volume that has outgrown its limit.

Upstream: pkg/kubelet/active_deadline.go, pkg/kubelet/eviction
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from podlab.apimachinery import quantity
from podlab.apimachinery.times import seconds
from podlab.embedded.clock import Timer
from podlab.embedded.kubelet.dependencies import Dependencies
from podlab.embedded.kubelet.status import podresources
from podlab.embedded.runtime.runtime import Container

Obj = dict[str, Any]

EVICTED = "Evicted"
GRACE = 1
"""Seconds that an evicted Pod has for its end."""
FULLNESS = 60.0
"""Seconds between two looks at how full a Pod's volumes are."""
OVERDUE = ("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")


class Eviction:
    """One Pod's reasons to end. `running` gives the Pod as long as it runs; `poke` wakes its worker."""

    def __init__(self, using: Dependencies, running: Callable[[], Obj | None], poke: Callable[[], None]) -> None:
        self._using, self._clock, self._running, self._poke = using, using.clock, running, poke
        self._deadline: Timer | None = None
        self._look: Timer | None = None
        self.full: tuple[str, str] | None = None

    def due(self, pod: Obj) -> bool:
        """Whether the Pod has to end."""
        return self.full is not None or self.overdue(pod)

    def late(self, pod: Obj) -> tuple[str, str] | None:
        """Reason and message of a Pod beyond its deadline."""
        return OVERDUE if self.overdue(pod) else None

    def grace(self, pod: Obj) -> float:
        """Seconds that the Pod has for its end."""
        given = GRACE if self.full else pod["metadata"].get("deletionGracePeriodSeconds")
        return float(pod["spec"].get("terminationGracePeriodSeconds", 30) if given is None else given)

    def overdue(self, pod: Obj) -> bool:
        """Whether the Pod's deadline has passed."""
        limit, began = pod["spec"].get("activeDeadlineSeconds"), (pod.get("status") or {}).get("startTime")
        return bool(limit and began and self._clock.now() - seconds(began) >= limit)

    def tell(self, pod: Obj) -> None:
        """Each look at a Pod beyond its deadline is told."""
        if self.overdue(pod):
            self._using.recorder.normal(pod, *OVERDUE)

    def watch_deadline(self, pod: Obj) -> None:
        """Wake the worker when the deadline comes."""
        limit = pod["spec"].get("activeDeadlineSeconds")
        if limit and self._deadline is None:
            self._deadline = self._clock.call_at(seconds(pod["status"]["startTime"]) + limit, self._poke)

    def watch_volumes(self, pod: Obj) -> None:
        """Look every now and then whether what the Pod writes has outgrown a limit."""
        if self._using.volumes.limited(pod) or podresources.storage_limit(pod["spec"]):
            self._look = self._clock.call_later(FULLNESS, self._look_at_volumes)

    def _look_at_volumes(self) -> None:
        self._look, pod = None, self._running()
        if pod is None:
            return
        if message := self._outgrown(pod):
            self.full = EVICTED, message
            self._using.recorder.warning(pod, *self.full)
            self._poke()
        else:
            self.watch_volumes(pod)

    def _outgrown(self, pod: Obj) -> str:
        """What has outgrown its limit: a volume, the Pod, one of its containers.

        Upstream: pkg/kubelet/eviction/eviction_manager.go (localStorageEviction)
        """
        volumes, uid = self._using.volumes, pod["metadata"]["uid"]
        if full := volumes.overfull(pod):
            return f'Usage of EmptyDir volume "{full[0]}" exceeds the limit "{full[1]}". '
        written = {c["name"]: _written(self._using.runtime.newest(uid, c["name"])) for c in pod["spec"]["containers"]}
        limit = podresources.storage_limit(pod["spec"])
        if limit and sum(written.values()) + volumes.on_disk(pod) > quantity.whole(limit):
            return f"Pod ephemeral local storage usage exceeds the total limit of containers {limit}. "
        for name, most in podresources.storage_limits(pod["spec"]).items():
            if written[name] > quantity.whole(most):
                return f'Container {name} exceeded its local ephemeral storage limit "{most}". '
        return ""

    def stop(self) -> None:
        """Look no more."""
        for timer in filter(None, (self._deadline, self._look)):
            timer.cancel()


def _written(container: Container | None) -> int:
    """Bytes that a container has on the node's disk beside its image: its own files, and its log."""
    if container is None:
        return 0
    image = sum(map(len, container.image.files.values()))
    return container.files.root.size() - image + sum(len(line.data) for line in container.log.lines)
