"""`podlab up`, `down`, `status` and `kubeconfig`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from podlab import clusters
from podlab.clusters import Cluster, Status, choice, state
from podlab.commands import clock, terminal
from podlab.text import Text

ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="auto|embedded|kind|context:NAME",
        help="Which kind of cluster. 클러스터의 종류.",
        show_default=False,
    ),
]
NameOption = Annotated[
    str | None, typer.Option("--name", help="The cluster's name. 클러스터 이름.", show_default=False)
]


def up(
    cluster: ClusterOption = None,
    name: NameOption = None,
    image: Annotated[
        str | None,
        typer.Option(
            "--image", metavar="NODE_IMAGE", envvar="PODLAB_NODE_IMAGE", help="kind's node image. kind의 노드 이미지."
        ),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option("--speed", min=0.001, help="An embedded cluster's seconds per second. 내장 클러스터의 배속."),
    ] = None,
) -> None:
    """Start a cluster and choose it. 클러스터를 시작하고 고릅니다."""
    with terminal.steps() as report:
        made = clusters.up(cluster, name, image, report)
    if speed is not None:
        clock.change(made, clock.Action.RESUME, speed=speed)
    terminal.say(summary(made.status()))


def down(
    name: NameOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All clusters of podlab. podlab의 모든 클러스터.")] = False,
) -> None:
    """Delete a cluster (without a name the chosen one). 클러스터를 지웁니다."""
    if name and everything:
        raise typer.BadParameter("--name, --all")
    names = [found.name for found in clusters.find_all() if not found.adopted] if everything else [name or _only_one()]
    with terminal.steps() as report:
        for each in names:
            clusters.down(each, report)
    terminal.say(Text(ko="지운 클러스터: {names}", en="deleted: {names}").format(names=", ".join(names) or "-"))


def status(as_json: Annotated[bool, typer.Option("--json", help="For scripts. 스크립트용.")] = False) -> None:
    """List the clusters; exit code 3 where there is none. 클러스터를 나열합니다."""
    found = [cluster.status() for cluster in clusters.find_all()]
    if as_json:
        print(json.dumps([each.as_dict() for each in found], indent=2, ensure_ascii=False))
    elif found:
        _print_table(found)
    else:
        terminal.say(Text(ko="클러스터가 없습니다. 시작: podlab up", en="no clusters. To start one: podlab up"))
    if not found:
        raise typer.Exit(terminal.NO_CLUSTER)


def kubeconfig(name: NameOption = None) -> None:
    """Print the path of a kubeconfig that any client can use. kubeconfig 파일의 경로를 출력합니다."""
    if name:
        found = next((each for each in clusters.find_all() if each.name == name), None)
        if found is None:
            raise choice.no_such(name)
    else:
        with terminal.steps() as report:
            found, _ = clusters.choose(report=report)
    print(found.kubeconfig)


def summary(status: Status) -> Text:
    """One line about a cluster."""
    simulated = Text(ko="시뮬레이션된 kubelet", en="simulated kubelet")
    real = Text(ko="실제 컨테이너", en="real containers")
    return Text(
        ko="클러스터 {name} ({kind}), Kubernetes {version}, {what}",
        en="cluster {name} ({kind}), Kubernetes {version}, {what}",
    ).format(
        name=status.name,
        kind=status.kind,
        version=status.kubernetes_version or "?",
        what=simulated if status.simulated else real,
    )


def _only_one() -> str:
    chosen = state.chosen()
    if chosen:
        return chosen
    found: list[Cluster] = clusters.find_all()
    if len(found) == 1:
        return found[0].name
    if not found:
        raise choice.NoSuchCluster(Text(ko="지울 클러스터가 없습니다", en="there is no cluster to delete"))
    raise clusters.NoSuchCluster(
        Text(ko="클러스터가 여럿입니다", en="there are several clusters"),
        Text(
            ko="하나를 고르십시오: podlab down --name NAME ({names})", en="name one: podlab down --name NAME ({names})"
        ).format(names=", ".join(each.name for each in found)),
    )


def _print_table(found: list[Status]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("NAME", "KIND", "KUBERNETES", "READY", "SIMULATED", "NODES"):
        table.add_column(column, no_wrap=True)
    for each in found:
        yes = {True: "yes", False: "no"}
        table.add_row(
            each.name,
            each.kind,
            each.kubernetes_version or "-",
            yes[each.ready],
            yes[each.simulated],
            ",".join(each.nodes) or "-",
        )
    terminal.out.print(table)
