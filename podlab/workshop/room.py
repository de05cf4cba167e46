"""Making, resetting and removing the seats of a room."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from podlab.client import Client
from podlab.clusters import Cluster, Report, reset, state
from podlab.clusters.cluster import silent
from podlab.clusters.machine import reach
from podlab.errors import ApiError, ClusterError
from podlab.text import Text
from podlab.workshop import seat as seats

GONE = 60.0
"""Seconds to wait for the namespace of a seat that was removed just before."""

HOURS = 24 * 7
"""How long a seat's token lives, unless the cluster allows less."""


def make(
    cluster: Cluster, count: int, folder: Path, server: str | None = None, hours: int = HOURS, report: Report = silent
) -> list[Path]:
    """Make seats 1 to `count`, or bring them up to date; their kubeconfigs, in the folder beside the slips.

    Args:
        server: the API server's URL as learners reach it, where it is not the teacher's.
        hours: the life of the tokens.

    Raises:
        ClusterError: a seat's namespace is somebody else's.
        ApiError: the teacher may not make namespaces or roles there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = Client(cluster.kubeconfig)
    made = []
    for each in map(seats.number, range(1, count + 1)):
        report(str(Text(ko="{n}번 자리", en="Seat {n}").format(n=each)))
        _apply(client, each)
        made.append(folder / f"seat-{each}.kubeconfig")
        state.write(made[-1], _kubeconfig(client, cluster, each, server, hours))
        made[-1].with_suffix(".md").write_text(seats.slip(each), encoding="utf-8")
    return made


def taken(cluster: Cluster) -> list[str]:
    """The numbers of the seats that are there."""
    items = Client(cluster.kubeconfig).get("/api/v1/namespaces", labelSelector=seats.LABEL)["items"]
    there = [item for item in items if not item["metadata"].get("deletionTimestamp")]
    return sorted((item["metadata"]["labels"][seats.LABEL] for item in there), key=int)


def begin_anew(cluster: Cluster, seat: str, report: Report = silent) -> list[str]:
    """Delete all that the seat's learner made, and mend the seat; its token stays good. What was deleted."""
    if seats.number(seat) not in taken(cluster):
        raise _no_seat(seat)
    own = Cluster(cluster.name, cluster.kind, cluster.kubeconfig, cluster.context, seats.namespace(seat))
    deleted = reset.empty(own, report, seats.KEPT)
    _apply(Client(cluster.kubeconfig), seat)
    return deleted


def remove(cluster: Cluster, folder: Path, report: Report = silent) -> list[str]:
    """Delete all seats, and their files in the folder; the numbers of those that were there."""
    client, there = Client(cluster.kubeconfig), taken(cluster)
    for each in there:
        report(str(Text(ko="{n}번 자리 삭제", en="Deleting seat {n}").format(n=each)))
        client.request("DELETE", f"/api/v1/namespaces/{seats.namespace(each)}")
        for suffix in ("kubeconfig", "md"):
            (folder / f"seat-{each}.{suffix}").unlink(missing_ok=True)
    return there


def _apply(client: Client, seat: str) -> None:
    _until_gone(client, seat)
    for path, obj in seats.objects(seat):
        try:
            client.request("POST", path, body=obj)
        except ApiError as error:
            if error.code != 409 or "being terminated" in str(error):
                raise
            _mend(client, f"{path}/{obj['metadata']['name']}", obj)


def _until_gone(client: Client, seat: str) -> None:
    """Wait for the end of a namespace that is being deleted: a room that was removed a moment ago."""
    end = time.monotonic() + GONE
    try:
        while client.get(f"/api/v1/namespaces/{seats.namespace(seat)}")["metadata"].get("deletionTimestamp"):
            if time.monotonic() > end:
                break  # the API server's refusal says the rest
            time.sleep(0.2)
    except ApiError as error:
        if error.code != 404:
            raise


def _mend(client: Client, path: str, obj: dict[str, Any]) -> None:
    there = client.get(path)
    if (there["metadata"].get("labels") or {}).get(seats.LABEL) != obj["metadata"]["labels"][seats.LABEL]:
        raise ClusterError(
            Text(
                ko="이미 있고, podlab이 만든 것이 아닙니다: {path}",
                en="exists already, and podlab did not make it: {path}",
            ).format(path=path)
        )
    client.request("PATCH", path, body=obj, content_type="application/merge-patch+json")


def _kubeconfig(client: Client, cluster: Cluster, seat: str, server: str | None, hours: int) -> str:
    import yaml

    path = f"/api/v1/namespaces/{seats.namespace(seat)}/serviceaccounts/{seats.LEARNER}/token"
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": hours * 3600},
    }
    token = client.request("POST", path, body=body).json()["status"]["token"]
    part = dict(reach.entry(reach.load(cluster.kubeconfig), cluster.context).cluster)
    if server:
        part["server"] = server
    if cluster.simulated:
        part["extensions"] = [reach.SIMULATED]
    return yaml.safe_dump(seats.kubeconfig(part, seat, token), sort_keys=False)


def _no_seat(seat: str) -> ClusterError:
    return ClusterError(
        Text(ko="{n}번 자리가 없습니다", en="there is no seat {n}").format(n=seat),
        Text(ko="자리를 만들려면: podlab workshop seats N", en="to make seats: podlab workshop seats N"),
    )
