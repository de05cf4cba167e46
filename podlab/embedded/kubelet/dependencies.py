"""What the parts of one kubelet work with, so that none of them needs the whole. Upstream: pkg/kubelet/kubelet.go"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.clock import Clock
from podlab.embedded.events import Recorder
from podlab.embedded.kubelet.backoff import Backoff
from podlab.embedded.kubelet.checkpoints import Checkpoints
from podlab.embedded.kubelet.imagemanager import ImageManager
from podlab.embedded.kubelet.pleg import Relist
from podlab.embedded.kubelet.podclient import PodClient
from podlab.embedded.kubelet.status.turns import Turns
from podlab.embedded.kubelet.volumes.manager import VolumeManager
from podlab.embedded.runtime.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Dependencies:
    """One node's means; `capacity` is what the node offers, by resource."""

    name: str
    node_ip: str
    capacity: Mapping[str, str]
    registry: Registry
    clock: Clock
    runtime: Runtime
    recorder: Recorder
    pods: PodClient
    images: ImageManager
    volumes: VolumeManager
    checkpoints: Checkpoints
    relist: Relist
    turns: Turns
    restart_backoff: Backoff = field(default_factory=Backoff)

    def facts(self, ip: str) -> dict[str, str]:
        """What the downward API tells of the node and the Pod's address."""
        return {"podIP": ip, "hostIP": self.node_ip, **self.capacity}
