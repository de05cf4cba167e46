"""One Pod's life on the node: sync after sync, each of which first publishes what is, then acts.

A sync sees the runtime as of the last relist (once a second), unless it has just started something itself.
Upstream: pkg/kubelet/pod_workers.go, pkg/kubelet/kubelet.go (SyncPod, SyncTerminatingPod, SyncTerminatedPod),
pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions)
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.clock import Timer
from podlab.embedded.kubelet.allocation import admission, resize
from podlab.embedded.kubelet.allocation.resizer import Resizer
from podlab.embedded.kubelet.backoff import JITTER, LONGEST_RETRY, RETRY
from podlab.embedded.kubelet.dependencies import Dependencies
from podlab.embedded.kubelet.eviction import Eviction
from podlab.embedded.kubelet.failure import Failure
from podlab.embedded.kubelet.kuberuntime import actions as podactions
from podlab.embedded.kubelet.kuberuntime.killer import Killer
from podlab.embedded.kubelet.kuberuntime.restarter import Restarter
from podlab.embedded.kubelet.pleg import Reconcile
from podlab.embedded.kubelet.probes import KINDS, ProbeWorker
from podlab.embedded.kubelet.status import observation, podconditions, podspecs, podstatus
from podlab.embedded.kubelet.status.observation import Observation
from podlab.embedded.kubelet.volumes import sources
from podlab.embedded.runtime.instance import Instance
from podlab.embedded.runtime.runtime import Container, Sandbox

Obj = dict[str, Any]

MOUNT, SANDBOX, SANDBOX_STOP = 0.33, 0.17, 0.27
"""Seconds that setting up volumes, starting and stopping a sandbox take."""
FAREWELL = 0.45
"""Seconds from a Pod's last container to its removal from the API."""
RESYNC = 60.0
"""Seconds between two looks at what a Pod's volumes show."""
SECRETLESS = "attempting to pull the image may not succeed."
RUNNING, TERMINATING, TERMINATED = "running", "terminating", "terminated"


class PodWorker:
    """What the kubelet knows and does about one Pod."""

    def __init__(
        self,
        using: Dependencies,
        killer: Killer,
        resizer: Resizer,
        restarter: Restarter,
        pod: Obj,
        others: Callable[[], Iterator[Obj]],
    ) -> None:
        self._others = others
        self._using, self.clock, self.recorder = using, using.clock, using.recorder
        self.randomness = using.registry.randomness
        self._killer, self._resizer, self._restarter = killer, resizer, restarter
        self.pod = self._told = pod  # as of the last write of its own or news of it; the last news
        self.uid: str = pod["metadata"]["uid"]
        self.state = TERMINATED if podspecs.over(pod) else RUNNING
        self.reasons: dict[str, tuple[str, str]] = {}
        self.results: dict[tuple[str, str], bool] = {}  # what probes of a kind last said of a container
        self.probes: list[ProbeWorker] = []
        self.version = self.observed = 0
        self._pending = self._reinspected = False
        self._finished = self.state == TERMINATED
        self._synced: float | None = None
        self._start_time = self.clock.now()
        self._task: asyncio.Task[None] | None = None
        self._retry: Timer | None = None
        self._relist: Timer | None = None
        self._reconcile = Reconcile(self.clock, using.relist, self.poke)
        self._eviction = Eviction(using, self._running, self.poke)
        self._allocation = resize.Allocation.of(pod)

    def _running(self) -> Obj | None:
        return self.pod if self.state == RUNNING else None

    # What wakes it

    def update(self, pod: Obj) -> None:
        """The API server has a new version of the Pod."""
        before, self._told = self._told, pod
        disturbed = False
        if int(pod["metadata"]["resourceVersion"]) > int(self.pod["metadata"]["resourceVersion"]):
            disturbed = podspecs.gated_otherwise(self.pod, pod)
            if podspecs.told_otherwise(self.pod, pod):
                self._reconcile.ask()
            self.pod = pod
            if self.state == RUNNING and podspecs.over(pod):  # somebody else said so
                self.state = TERMINATING
        if disturbed or podspecs.concerns(before, pod):  # our own write may have brought a change home before its news
            self.poke()

    def poke(self) -> None:
        """Sync soon."""
        self._pending = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())  # nobody's errand
            self._task.add_done_callback(_surface)

    def changed(self) -> None:
        """The runtime changed something of the Pod: the next relist sees it."""
        self.version += 1
        if self._relist is None and self._task is None:
            self._relist = self.clock.call_at(self._using.relist.after(self.clock.now()), self._relisted)

    def _relisted(self) -> None:
        self._relist = None
        if self.version != self.observed:
            self.poke()

    def stop(self) -> None:
        """Leave the Pod alone from now on."""
        for timer in filter(None, (self._retry, self._relist)):
            timer.cancel()
        self._eviction.stop()
        self._reconcile.stop()
        for probe in self.probes:
            probe.stop()
        if self._task:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self._pending:
                self._pending = False
                if self._retry:
                    self._retry.cancel()
                await self._fresh()
                self.observed = self.version
                await self._step()
                self._synced = self.clock.now()
        except StatusError as error:
            if error.code not in (404, 409):
                raise
        finally:
            self._task = None
        if self.version != self.observed:
            self.version -= 1
            self.changed()

    async def _fresh(self) -> None:
        """Wait until the runtime has been looked at since the last sync."""
        if self._synced is None:
            await self.turn()
            return
        if self._reinspected:
            self._reinspected = False
            return
        when = self._synced + FAREWELL if self.state == TERMINATED else self._using.relist.after(self._synced)
        if when > self.clock.now():
            await self.clock.sleep(when - self.clock.now())

    async def _step(self) -> None:
        if self.state == RUNNING and self._deleted():
            self.state = TERMINATING
        if self.state == RUNNING:
            await self._sync()
        elif self.state == TERMINATING:
            await self._terminate()
        else:
            self._finish()

    def _deleted(self) -> bool:
        return bool(self.pod["metadata"].get("deletionTimestamp"))

    # Status

    def container(self, name: str) -> Container | None:
        """The latest instance of a container."""
        return self._using.runtime.newest(self.uid, name)

    def sandbox(self) -> Sandbox | None:
        """The Pod's sandbox, if one was started."""
        return self._using.runtime.sandboxes.get(self.uid)

    def given(self) -> Obj:
        """The Pod with the resources that were allocated to it."""
        return self._allocation.applied(self.pod)

    def instances(self) -> list[Instance]:
        """What the runtime has of the Pod."""
        return self._using.runtime.instances(self.uid)

    def observe(self, *, settled: bool) -> Observation:
        """What a status is computed from."""
        sandbox, instances, now = self.sandbox(), self.instances(), self.clock.now()
        asked = resize.asked_for(self.pod)
        return Observation(
            now=now,
            host_ip=self._using.node_ip,
            instances=instances,
            reasons=self.reasons,
            ready=self._answers("readinessProbe", instances),
            started=self._answers("startupProbe", instances),
            alive={id_: ok for (kind, id_), ok in self.results.items() if kind == "livenessProbe"},
            sandbox_ready=bool(sandbox and sandbox.ready),
            ip=sandbox.ip if sandbox and not self.pod["spec"].get("hostNetwork") else "",
            start_time=self._start_time,
            settled=settled,
            actual=self._allocation.actual if self._allocation.actual != asked else {},
            resizing=resize.conditions(self._allocation, self.pod, rfc3339(now)),
            failure=self._eviction.late(self.pod),
            evicted=self._eviction.full,
        )

    def _answers(self, kind: str, instances: list[Instance]) -> dict[str, bool]:
        """What the probes of one kind have found of the containers that have one."""
        probed = {c["name"] for c in (*podspecs.inits(self.pod), *self.pod["spec"]["containers"]) if kind in c}
        return {one.id: self.results.get((kind, one.id), False) for one in instances if one.name in probed}

    def publish(self, *, settled: bool = False) -> Obj:
        """Compute the status and write it if it differs. Raises StatusError."""
        status = podstatus.pod_status(self.given(), self.observe(settled=settled))
        self._eviction.tell(self.pod)
        self._write(status)
        for probe in self.probes:
            if probe.key == "readinessProbe" and probe.id and not self.results.get((probe.key, probe.id), False):
                probe.trigger()
        return status

    def _write(self, status: Obj) -> None:
        self.pod = self._using.pods.write_status(self.pod, status)

    def _sandbox_up(self) -> None:
        """Tell at once that containers can be started now, and nothing else."""
        status = dict(self.pod.get("status") or {})
        made = podconditions.conditions(self.pod, "Pending", [], [], self.observe(settled=False))
        fresh = {c["type"]: c for c in made if c["type"] == "PodReadyToStartContainers"}
        self._write(status | {"conditions": [fresh.get(c["type"], c) for c in status.get("conditions") or []]})

    async def turn(self) -> None:
        """Wait until the node has told of the Pods that came before."""
        await self._using.turns.take()

    def probed(self, kind: str, id_: str, ok: bool) -> None:
        """A probe's answer has settled."""
        before = self.results.get((kind, id_), kind == "livenessProbe")
        self.results[kind, id_] = ok
        if kind == "startupProbe" and not ok:
            self.results["livenessProbe", id_] = False
            self.poke()
        elif before != ok:
            if kind != "livenessProbe":
                try:
                    self.publish()
                except StatusError:
                    return
            self.poke()

    # Running

    def _reject(self, reason: str, message: str) -> None:
        """The node does not admit the Pod. Upstream: pkg/kubelet/kubelet.go (rejectPod)"""
        self.recorder.warning(self.pod, reason, message)
        self.pod = self._using.pods.reject(self.pod, podstatus.rejected(self.pod, reason, message, self.clock.now()))
        self.state, self._finished = TERMINATED, True

    async def _sync(self) -> None:
        if not (self.pod.get("status") or {}).get("startTime"):
            node = self._using.pods.node(self._using.name)
            if refused := admission.rejection(self.pod, node, self._others()):
                self._reject(*refused)
                return
        if not self._resizer.allocate(self.pod, self._allocation, self._others()):
            self._again(RETRY)
        status = self.publish()
        if self._allocation.progressing:
            await self._resizer.actuate(self.pod, self._allocation)
            self._reinspected = self._pending = True
            return
        if observation.restarts_all(self.pod, self.instances()):
            await self._killer.kill_all(self.pod, float(self.pod["spec"].get("terminationGracePeriodSeconds", 30)))
            self._reinspected = self._pending = True
            return
        self._eviction.watch_deadline(self.pod)
        phase = podstatus.phase(self.pod, status.get("initContainerStatuses") or [], status["containerStatuses"])
        if phase in ("Succeeded", "Failed") or self._eviction.due(self.pod):
            self.state, self._pending = TERMINATING, True
            return
        if podactions.work_is_done(self.pod, self.observe(settled=False)):
            if any(instance.state == "running" for instance in self.instances()):
                await self._killer.kill_pod(self.pod, float(self.pod["spec"].get("terminationGracePeriodSeconds", 30)))
                self._using.runtime.stop_sandbox(self.uid)
                self._reinspected = self._pending = True
            return
        try:
            await self._prepare()
            await self._act()
        except Failure as failure:
            again = min(failure.wait, LONGEST_RETRY) if failure.wait else RETRY
            self._again(again * JITTER)
        else:
            if sources.to_refresh(self.pod):
                self._again(RESYNC * JITTER)

    def _again(self, delay: float) -> None:
        if self._retry:
            self._retry.cancel()
        self._retry = self.clock.call_later(delay, self.poke)

    async def _prepare(self) -> None:
        """Volumes, probes and the sandbox. Raises Failure."""
        sandbox = self.sandbox()
        first = sandbox is None or not sandbox.ready  # one that ended with its machine is replaced
        if first:
            await self.clock.sleep(MOUNT)
        try:
            held = self._using.volumes.mount(self.pod)
        except sources.MountError as error:
            if first:
                self.recorder.warning(self.pod, "FailedMount", str(error))
                raise Failure("FailedMount", str(error), self._using.volumes.retry_delay(self.uid) / JITTER) from None
        if missing := self._using.pods.missing_pull_secrets(self.pod):
            told = f"Unable to retrieve some image pull secrets ({', '.join(missing)}); {SECRETLESS}"
            self.recorder.warning(self.pod, "FailedToRetrieveImagePullSecret", told)
        self._start_probes()
        if not first:
            return
        self._eviction.watch_volumes(self.pod)
        await self.clock.sleep(SANDBOX)
        if self._deleted():
            return
        sandbox = self._using.runtime.add_sandbox(self.uid, self.pod["metadata"]["name"], self._host_ip())
        sandbox.volumes = held
        self.changed()
        self._sandbox_up()

    def _host_ip(self) -> str:
        """The node's address, for a Pod on its network; "" for one with a network of its own."""
        return self._using.node_ip if self.pod["spec"].get("hostNetwork") else ""

    def _start_probes(self) -> None:
        if self.probes:
            return
        for container, path in podspecs.paths(self.pod):
            self.probes += [ProbeWorker(self, container, key, path) for key in KINDS if container.get(key)]

    async def _act(self) -> None:
        """Start, restart and kill containers as needed. Raises the last Failure."""
        copies = [dataclasses.replace(instance) for instance in self.instances()]
        known = {name: observation.latest(copies, name) for name in podspecs.names(self.pod)}
        failure, seen = None, self.observe(settled=False)
        for container, path in podactions.due(self.pod, seen):
            if self._deleted() or self.sandbox() is None:
                return
            try:
                await self._restarter.renew(self.pod, container, path, known[container["name"]], seen)
                self.reasons.pop(container["name"], None)
                self._reinspected = self._pending = True
            except Failure as failed:
                if failed.wait and self.reasons.get(container["name"], ("",))[0] == "PostStartHookError":
                    self.version += 1  # the relist still has to see the end of what the hook brought down
                self.reasons[container["name"]] = (failed.reason, failed.message)
                failure = failed if failure is None or failed.wait < failure.wait else failure
        if failure:
            raise failure

    # The end

    async def _terminate(self) -> None:
        for probe in self.probes:
            if probe.key != "readinessProbe":
                probe.stop()
        self.publish()
        await self._killer.kill_pod(self.pod, self._eviction.grace(self.pod))
        await self.clock.sleep(SANDBOX_STOP)
        await self.turn()
        for probe in self.probes:
            probe.stop()
        self._using.runtime.stop_sandbox(self.uid)
        self.observed = self.version
        self.state, self._pending = TERMINATED, True
        self.publish(settled=True)

    def _finish(self) -> None:
        """All has ended: complete the status, and let the API server remove a deleted Pod."""
        last = podstatus.terminated(self.pod["status"]) if self.pod.get("status") else {}
        if last and last != self.pod["status"]:
            self._write(last)
        if not self._finished:
            self._eviction.tell(self.pod)
        self._finished = True
        if not self._deleted():
            return
        self._using.pods.delete(self.pod)


def _surface(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.result()
