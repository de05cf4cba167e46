"""Fakes at the two seams of this package: a machine whose commands are a table, and providers that keep a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from podlab.clusters import Cluster, Kind, Report, state
from podlab.clusters.machine.probe import Answer


@dataclass
class FakeMachine:
    """`commands` answers by the words a command begins with; what is not named there is not installed."""

    commands: dict[str, Answer] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    python: tuple[int, int] = (3, 11)
    encoding: str = "utf-8"
    free_bytes: int = 100 << 30
    files: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    ports: frozenset[int] = frozenset()
    prefix: Path = Path("/env")

    def which(self, command: str) -> str | None:
        if command in self.paths:
            return self.paths[command]
        return f"/usr/bin/{command}" if any(line.split()[0] == command for line in self.commands) else None

    def run(self, command: Sequence[str], timeout: float = 15, environ: Mapping[str, str] | None = None) -> Answer:
        line = " ".join(command)
        return next((answer for words, answer in self.commands.items() if line.startswith(words)), Answer(127))

    def pipe(self, source: Sequence[str], sink: Sequence[str]) -> Answer:
        return self.run([*source, "|", *sink])

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def listens(self, port: int) -> bool:
        return port in self.ports

    def free(self, path: Path) -> int:
        return self.free_bytes

    def installed(self, package: str) -> str | None:
        return self.packages.get(package)


@dataclass
class FakeProvider:
    """Clusters by name; `up` makes one whose kubeconfig is the given text."""

    kind: Kind
    kubeconfig: str
    clusters: dict[str, Cluster] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def find(self) -> list[Cluster]:
        return list(self.clusters.values())

    def up(self, name: str, report: Report) -> Cluster:
        self.asked.append(f"up {name}")
        cluster = Cluster(name, self.kind, state.kubeconfig_path(name))
        state.remember(cluster)
        state.write(cluster.kubeconfig, self.kubeconfig)
        self.clusters[name] = cluster
        return cluster

    def down(self, cluster: Cluster, report: Report) -> None:
        self.asked.append(f"down {cluster.name}")
        del self.clusters[cluster.name]
        state.forget(cluster.name)
