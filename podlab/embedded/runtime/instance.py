"""A container as the runtime tells of it. Upstream: k8s.io/cri-api/pkg/apis/runtime/v1 ContainerStatus"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Instance:
    """One container that the runtime made: times are seconds since the epoch, `state` created, running or exited.

    `removed` is one that was taken away so that the whole Pod can begin again.
    """

    name: str
    id: str
    image: str
    image_id: str
    attempt: int = 0
    state: str = "created"
    created_at: float = 0.0
    started_at: float = 0.0
    finished_at: float = 0.0
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    spec_image: str = ""
    removed: bool = False
