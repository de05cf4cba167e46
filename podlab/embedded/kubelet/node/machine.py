"""The machine that a kubelet runs on: its names and addresses, as kind gives them."""

from __future__ import annotations

from dataclasses import dataclass

CONTROL_PLANE_IP = "172.18.0.3"


@dataclass(frozen=True, slots=True)
class Machine:
    """One node of a cluster.

    Attributes:
        subnet: the first three numbers of its Pods' addresses.
        tainted: whether only what tolerates a control plane runs here, as where there are workers.
    """

    cluster: str
    name: str
    ip: str = CONTROL_PLANE_IP
    subnet: str = "10.244.0"
    worker: bool = False
    tainted: bool = False

    @property
    def number(self) -> int:
        """Its place among the cluster's nodes, the control plane's being 0."""
        return int(self.subnet.rpartition(".")[2])

    @property
    def cidr(self) -> str:
        """Where its Pods' addresses come from."""
        return f"{self.subnet}.0/24"


def machines(cluster: str, workers: int) -> list[Machine]:
    """The nodes of a cluster, the control plane first."""
    first = Machine(cluster, f"{cluster}-control-plane", tainted=workers > 0)
    names = [f"{cluster}-worker{number if number > 1 else ''}" for number in range(1, workers + 1)]
    rest = [
        Machine(cluster, name, f"172.18.0.{number + 3}", f"10.244.{number}", worker=True)
        for number, name in enumerate(names, 1)
    ]
    return [first, *rest]
