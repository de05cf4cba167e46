"""What a lesson left half-way, taken away: the next test finds the cluster as if nobody had been there."""

from __future__ import annotations

from podlab.client import Client
from podlab.clusters import Cluster
from podlab.clusters.reset import empty
from podlab.kubectl import Kubectl
from podlab.lessons import practice
from podlab.lessons.faults.bench import clear_faults


def cleared(cluster: Cluster) -> None:
    """Delete all of the learner's in the cluster, its practice clusters, and the files of its faults."""
    kubectl = Kubectl(Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace))
    clear_faults(kubectl)
    practice.end("farm")
    kubectl.delete("deployments,statefulsets,daemonsets,jobs", all=True, cascade="foreground")
    kubectl.delete("pods", all=True, now=True)
    empty(cluster)
