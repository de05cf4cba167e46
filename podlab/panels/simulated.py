"""Whether a client's cluster imitates its containers, and what such a cluster leaves out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from podlab.clusters import state
from podlab.clusters.machine import reach
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client

NOTE = Text(
    ko="시뮬레이션된 kubelet: API 서버, 스케줄러와 컨트롤러는 Kubernetes처럼 움직이지만 컨테이너는 흉내만 냅니다. "
    "이미지를 실제로 내려받지 않고, 디스크가 없으며, 통신은 이 클러스터 안에서만 됩니다.",
    en="Simulated kubelet: API server, scheduler and controllers act as in Kubernetes, the containers are imitated: "
    "no image is really pulled, there is no disk, and traffic stays within this cluster.",
)


def is_simulated(client: Client) -> bool:
    """Whether the client's kubeconfig is that of an embedded cluster, or of a seat in one."""
    named = client.kubeconfig or os.environ.get("KUBECONFIG") or ""
    paths = {Path(each).absolute() for each in str(named).split(os.pathsep) if each}
    known = (each for each in state.clusters() if each.kubeconfig.absolute() in paths)
    return any(each.simulated for each in known) or any(map(reach.says_simulated, paths))
