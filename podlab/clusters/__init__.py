"""Where a kubeconfig comes from: kind, a context, or the embedded cluster; above this nobody can tell which."""

from __future__ import annotations

from podlab.clusters.browser import is_tab
from podlab.clusters.choice import NoSuchCluster, beware, choose, down, find_all, not_kept, parse, up, use
from podlab.clusters.cluster import Cluster, Kind, Provider, Status
from podlab.clusters.progress import Report, Told

__all__ = [
    "Cluster",
    "Kind",
    "NoSuchCluster",
    "Provider",
    "Report",
    "Status",
    "Told",
    "beware",
    "choose",
    "down",
    "find_all",
    "is_tab",
    "not_kept",
    "parse",
    "up",
    "use",
]
