"""What a cluster is to the kit: a kubeconfig with a name; and what a provider of clusters can do."""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from podlab.clusters.progress import Report, Told
from podlab.errors import ClusterError
from podlab.kubeconfig.eventloop import pause
from podlab.text import Text

Kind = Literal["kind", "context", "embedded"]
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Status:
    """What a cluster answers about itself; `kubernetes_version` is empty where none answers."""

    name: str
    kind: Kind
    kubernetes_version: str
    ready: bool
    simulated: bool
    kubeconfig: Path
    nodes: tuple[str, ...]

    @property
    def summary(self) -> Text:
        """One line for a person."""
        simulated = Text(ko="시뮬레이션된 kubelet", en="simulated kubelet")
        real = Text(ko="실제 컨테이너", en="real containers")
        return Text(
            ko="클러스터 {name} ({kind}), Kubernetes {version}, {what}",
            en="cluster {name} ({kind}), Kubernetes {version}, {what}",
        ).format(
            name=self.name,
            kind=self.kind,
            version=self.kubernetes_version or "?",
            what=simulated if self.simulated else real,
        )

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON, as `podlab status --json` prints it."""
        return asdict(self) | {"kubeconfig": str(self.kubeconfig), "nodes": list(self.nodes)}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A name, and a kubeconfig file any client can use; `context` is the one in it that was asked for, if any.

    An `adopted` one was made by somebody else: only its name deletes it.
    """

    name: str
    kind: Kind
    kubeconfig: Path
    context: str | None = None
    namespace: str = "default"
    adopted: bool = False

    @property
    def simulated(self) -> bool:
        """Whether its containers are simulated."""
        return self.kind == "embedded"

    def answers(self) -> bool:
        """Whether its API server says that it is ready, within two seconds."""
        from podlab.clusters.machine import reach

        return reach.answers(self.kubeconfig)

    def settle(self, report: Report, seconds: float = 60.0) -> Status:
        """Wait until its nodes are Ready: before that the scheduler says of each Pod that no node will have it.

        Returns:
            The status then, or after that many seconds; at once where nobody answers or no node may be seen.
        """
        end = time.monotonic() + seconds
        status = self.status()
        if status.nodes and not status.ready:
            report(str(Text(ko="노드가 Ready가 되기를 기다리기", en="Waiting for the nodes to be Ready")))
        while status.nodes and not status.ready and time.monotonic() < end:
            pause(0.2)
            status = self.status()
        return status

    def status(self) -> Status:
        """Ask the cluster; one that does not answer is not ready, and no error."""
        from podlab.clusters.machine import reach

        version, nodes = reach.describe(self.kubeconfig)
        ready = bool(nodes) and all(nodes.values())
        simulated = self.simulated or reach.says_simulated(self.kubeconfig)
        return Status(self.name, self.kind, version, ready, simulated, self.kubeconfig, tuple(nodes))


class Provider(Protocol):
    """A place where kubeconfigs come from."""

    def find(self) -> list[Cluster]:
        """The clusters of this kind that podlab may use, running or not."""

    def up(self, name: str, report: Report) -> Cluster:
        """Make the cluster, or bring an existing one back; returns when its API server answers."""

    def down(self, cluster: Cluster, report: Report) -> None:
        """Delete the cluster and what podlab keeps about it."""


def check_name(name: str) -> str:
    """The name itself.

    Raises:
        ClusterError: no node could be called `NAME-control-plane`.
    """
    if not _NAME.fullmatch(name) or len(name) > 49:
        raise ClusterError(
            Text(
                ko="{name!r}{은/는} 클러스터 이름으로 쓸 수 없습니다: 영어 소문자, 숫자, -만, 49자까지",
                en="{name!r} cannot name a cluster: lower-case letters, digits and -, 49 characters at most",
            ).format(name=name),
            Text(ko="예: podlab up --name lab", en="for example: podlab up --name lab"),
        )
    return name


def silent(told: Told) -> None:
    """A `Report` that tells nobody."""
