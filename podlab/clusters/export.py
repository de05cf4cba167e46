"""A cluster's context in the person's own kubeconfig, where they asked for it; it goes with the cluster."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from podlab.clusters import state
from podlab.clusters.cluster import Cluster
from podlab.errors import ClusterError
from podlab.text import Text

SECTIONS = ("clusters", "users", "contexts")
MARK = "exported"


def export(cluster: Cluster) -> tuple[Path, str]:
    """Add the cluster to the person's kubeconfig and make it the current context; all else there stays.

    Returns:
        The file, and the context's name in it.

    Raises:
        ClusterError: what is there is no kubeconfig.
    """
    from podlab.clusters.machine import reach

    path, name = theirs(), cluster.context or f"podlab-{cluster.name}"
    there = reach.load(path)
    if path.exists() and path.stat().st_size and not there:
        raise ClusterError(
            Text(ko="kubeconfig로 읽을 수 없습니다: {path}", en="cannot be read as a kubeconfig: {path}").format(
                path=path
            ),
            Text(ko="다른 파일을 쓰려면: KUBECONFIG=파일", en="to use another file: KUBECONFIG=FILE"),
        )
    _write(path, merged(there, reach.load(cluster.kubeconfig), name))
    state.write(state.folder(cluster.name) / MARK, f"{path}\n{name}\n")
    return path, name


def withdraw(cluster: Cluster) -> None:
    """Take the cluster out of the kubeconfig that it was exported to, if it was."""
    from podlab.clusters.machine import reach

    try:
        path, name = (state.folder(cluster.name) / MARK).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    if there := reach.load(Path(path)):
        _write(Path(path), without(there, name))


def theirs() -> Path:
    """The person's kubeconfig: the first of KUBECONFIG's that is none of ours, else `~/.kube/config`."""
    own = state.home() / "clusters"
    listed = [Path(part) for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    return next((path for path in listed if own not in path.absolute().parents), Path.home() / ".kube" / "config")


def merged(there: dict[str, Any], ours: dict[str, Any], name: str) -> dict[str, Any]:
    """Their kubeconfig with the current context of ours under the name, and current."""
    from podlab.clusters.machine import reach

    entry = reach.entry(ours)
    added: dict[str, dict[str, Any]] = {
        "clusters": {"name": name, "cluster": entry.cluster},
        "users": {"name": name, "user": entry.user},
        "contexts": {"name": name, "context": {**entry.context, "cluster": name, "user": name}},
    }
    rest = without(there, name)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        **rest,
        **{section: [*(rest.get(section) or []), added[section]] for section in SECTIONS},
        "current-context": name,
    }


def without(there: dict[str, Any], name: str) -> dict[str, Any]:
    """Their kubeconfig without the context, cluster and user of the name."""
    rest = {section: [each for each in there.get(section) or [] if each.get("name") != name] for section in SECTIONS}
    current = {} if there.get("current-context") != name else {"current-context": ""}
    return {**there, **rest, **current}


def _write(path: Path, config: dict[str, Any]) -> None:
    import yaml

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.write(path, yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
