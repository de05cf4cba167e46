"""What podlab remembers between two commands: which clusters it has, and which one was chosen last."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from podlab.clusters.cluster import Cluster, Kind
from podlab.home import home as home


def folder(name: str) -> Path:
    """Where everything about one cluster is kept."""
    return home() / "clusters" / name


def kubeconfig_path(name: str) -> Path:
    """The kubeconfig file that podlab keeps for the cluster."""
    return folder(name) / "kubeconfig"


def clusters() -> list[Cluster]:
    """All that are remembered, by name."""
    names = sorted(path.parent.name for path in (home() / "clusters").glob("*/cluster.json"))
    return [cluster for cluster in map(cluster_named, names) if cluster]


def cluster_named(name: str) -> Cluster | None:
    """What is remembered about the cluster, if anything."""
    try:
        kept = json.loads((folder(name) / "cluster.json").read_text(encoding="utf-8"))
        rest = (kept.get("context"), kept.get("namespace", "default"), bool(kept.get("adopted")))
        return Cluster(name, kept["kind"], kubeconfig_path(name), *rest)
    except (OSError, ValueError, KeyError):
        return None


def kind_of(name: str) -> Kind | None:
    """The kind of the cluster of that name."""
    known = cluster_named(name)
    return known.kind if known else None


def remember(cluster: Cluster, *, half_made: bool = False) -> None:
    """Keep the cluster in mind; `half_made` until it has been up once."""
    folder(cluster.name).mkdir(mode=0o700, parents=True, exist_ok=True)
    kept: dict[str, object] = {"kind": cluster.kind, "context": cluster.context, "namespace": cluster.namespace}
    kept |= {"adopted": cluster.adopted, "halfMade": half_made}
    write(folder(cluster.name) / "cluster.json", json.dumps(kept, indent=1) + "\n")


def is_half_made(name: str) -> bool:
    """Whether somebody began to make the cluster and never finished."""
    try:
        return bool(json.loads((folder(name) / "cluster.json").read_text(encoding="utf-8")).get("halfMade"))
    except (OSError, ValueError):
        return False


def forget(name: str) -> None:
    """Remove everything kept about the cluster."""
    (folder(name) / "cluster.json").unlink(missing_ok=True)
    shutil.rmtree(folder(name), ignore_errors=True)
    if chosen() == name:
        (home() / "chosen").unlink(missing_ok=True)


def chosen() -> str | None:
    """The name of the cluster that `podlab up` chose last."""
    try:
        return (home() / "chosen").read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def choose(name: str) -> None:
    """Make this the cluster that is used when none is named."""
    write(home() / "chosen", name + "\n")


def took(task: str) -> float | None:
    """The seconds that the task took the last time."""
    try:
        return float(json.loads((home() / "took.json").read_text(encoding="utf-8"))[task])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_took(task: str, seconds: float) -> None:
    """Keep in mind how long the task took."""
    try:
        known = dict(json.loads((home() / "took.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        known = {}
    write(home() / "took.json", json.dumps(known | {task: round(seconds, 1)}) + "\n")


def write(path: Path, text: str) -> None:
    """Replace the file in one step; only its owner may read it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
