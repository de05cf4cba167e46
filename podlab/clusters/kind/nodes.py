"""The containers that are a kind cluster's nodes: which there are, in what state, and starting those that stopped."""

from __future__ import annotations

from dataclasses import dataclass

from podlab.clusters.machine.probe import Probe
from podlab.errors import ClusterError

LABEL = "io.x-k8s.kind.cluster"
ROLE = "io.x-k8s.kind.role"
BALANCER = "external-load-balancer"


@dataclass(frozen=True, slots=True)
class Node:
    """A node's container; `state` is the engine's word, such as `running`, `exited` or `paused`."""

    name: str
    state: str
    role: str = "control-plane"


def of(probe: Probe, engine: str, cluster: str) -> list[Node]:
    """The cluster's node containers, running or not; none where the engine does not answer."""
    form = f'{{{{.Names}}}}\t{{{{.State}}}}\t{{{{.Label "{ROLE}"}}}}'
    answer = probe.run([engine, "ps", "--all", "--filter", f"label={LABEL}={cluster}", "--format", form])
    rows = [line.split("\t") for line in answer.out.splitlines() if line.count("\t") == 2]
    return sorted((Node(name, state.lower(), role) for name, state, role in rows), key=lambda node: node.name)


def asleep(nodes: list[Node]) -> list[Node]:
    """Those that do not run."""
    return [node for node in nodes if not node.state.startswith(("running", "up"))]


def wake(probe: Probe, engine: str, nodes: list[Node]) -> None:
    """Start the stopped ones, let the paused ones go on.

    Raises:
        ClusterError: the engine cannot; its own line says why.
    """
    for node in nodes:
        verb = "unpause" if node.state == "paused" else "start"
        answer = probe.run([engine, verb, node.name], timeout=60)
        if answer.code:
            said = (answer.err or answer.out).strip().splitlines()
            raise ClusterError(f"{engine} {verb} {node.name}: {said[-1] if said else answer.code}")


def last_words(probe: Probe, engine: str, node: str) -> str:
    """The last line that the node's container printed; empty where there is none."""
    answer = probe.run([engine, "logs", "--tail", "5", node])
    lines = [line for line in (answer.out + answer.err).splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
