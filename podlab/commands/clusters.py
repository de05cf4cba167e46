"""`podlab up`, `down`, `status` and `kubeconfig`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from podlab import clusters
from podlab.clusters import Cluster, Status, choice, export, state
from podlab.clusters.context import Unconfirmed
from podlab.clusters.kind import engine, images, versions
from podlab.clusters.kind.kind import BrokenCluster
from podlab.clusters.machine.probe import Machine
from podlab.commands import clock, terminal
from podlab.commands.options import (
    ClusterOption,
    ExportOption,
    ImageOption,
    KubernetesOption,
    LanguageOption,
    LoadOption,
    NameOption,
    OfflineOption,
    RecreateOption,
    SpeedOption,
    WorkersOption,
    YesOption,
    speak,
)
from podlab.errors import PodlabError
from podlab.text import Text

AGREE = Text(ko="이 클러스터에서 수업을 해도 됩니까?", en="May the lessons use this cluster?")
EXPORTED = Text(ko="{path}에 컨텍스트 {context}{을/를} 넣었습니다", en="added the context {context} to {path}")
KIND_ONLY = Text(
    ko="--load와 --offline은 kind 클러스터에만 씁니다: podlab up --cluster kind",
    en="--load and --offline are for a kind cluster: podlab up --cluster kind",
)
ONE_OR_ALL = Text(ko="--name과 --all은 함께 쓰지 않습니다", en="--name and --all cannot be used together")
RECREATE = Text(ko="{name}{을/를} 지우고 다시 만듭니까?", en="Delete {name} and make it anew?")


def up(
    cluster: ClusterOption = None,
    name: NameOption = None,
    image: ImageOption = None,
    kubernetes: KubernetesOption = None,
    workers: WorkersOption = 0,
    recreate: RecreateOption = False,
    load: LoadOption = None,
    offline: OfflineOption = False,
    export_kubeconfig: ExportOption = False,
    yes: YesOption = False,
    speed: SpeedOption = None,
    language: LanguageOption = None,
) -> None:
    """Start a cluster and choose it. 클러스터를 시작하고 고릅니다."""
    speak(language)
    began = time.monotonic()
    kind_only = kubernetes or load or offline
    wanted = _wanted(cluster or ("kind" if kind_only else None), name, _image(image, kubernetes), workers)
    made = _ready(wanted, tuple(load or ()), offline, recreate, yes)
    if export_kubeconfig:
        path, context = export.export(made)
        terminal.say(EXPORTED.format(context=context, path=path))
    if speed is not None:
        clock.change(made, clock.Action.RESUME, speed=speed)
    status = made.status()
    terminal.say(status.summary)
    if warned := versions.warning(status.kubernetes_version):
        terminal.warn(warned)
    terminal.say(Text(ko="걸린 시간: {took:.1f}초", en="took {took:.1f} s").format(took=time.monotonic() - began))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `podlab up` was asked for."""

    cluster: str | None
    name: str | None
    image: str | None
    workers: int

    @property
    def kind_name(self) -> str:
        """The name that a kind cluster of this wish has."""
        return self.name or choice.parse(self.cluster).name or choice.DEFAULT_NAMES["kind"]


def _wanted(cluster: str | None, name: str | None, image: str | None, workers: int) -> Wanted:
    asked = cluster or name or os.environ.get("PODLAB_CLUSTER")
    last = None if asked else choice.kind_chosen_last(image, workers)
    return Wanted("kind", last, image, workers) if last else Wanted(cluster, name, image, workers)


def _ready(wanted: Wanted, load: tuple[str, ...], offline: bool, recreate: bool, yes: bool) -> Cluster:
    machine = Machine()
    if offline:
        images.need(machine, engine.need(machine).name, (*images.LESSONS, images.registry_image(machine), *load))
    if recreate:
        with terminal.steps() as report:
            _delete_kind(wanted, report)
    made = _start_or_make_anew(wanted, yes)
    if (load or offline) and made.kind != "kind":
        raise typer.BadParameter(str(KIND_ONLY))
    if load or offline:
        name = engine.need(machine).name
        with terminal.steps() as report:
            images.load(machine, name, made.name, (*(images.LESSONS if offline else ()), *load), report)
            if offline:
                images.mirror(machine, name, made.name, images.LESSONS, report)
    return made


def _start_or_make_anew(wanted: Wanted, yes: bool) -> Cluster:
    try:
        return confirmed(lambda agreed: _start(wanted, agreed), yes)
    except BrokenCluster as error:
        if not terminal.asks():
            raise
        terminal.fail(error)
        if not typer.confirm(str(RECREATE.format(name=wanted.kind_name)), err=True):
            raise typer.Exit(terminal.FAILED) from error
    with terminal.steps() as report:
        _delete_kind(wanted, report)
    return _start(wanted, yes)


def confirmed(start: Callable[[bool], Cluster], yes: bool) -> Cluster:
    """Start it; where a context is used for the first time, ask whoever is at the terminal first."""
    try:
        return start(yes)
    except Unconfirmed as error:
        if not terminal.asks():
            raise
        terminal.say(str(error))
        if not typer.confirm(str(AGREE), err=True):
            raise typer.Exit(terminal.FAILED) from error
    return start(True)


def _start(wanted: Wanted, agreed: bool) -> Cluster:
    with terminal.steps() as report:
        return clusters.up(wanted.cluster, wanted.name, wanted.image, report, workers=wanted.workers, confirmed=agreed)


def _delete_kind(wanted: Wanted, report: clusters.Report) -> None:
    for found in clusters.find_all():
        if (found.name, found.kind) == (wanted.kind_name, "kind"):
            clusters.down(found.name, report)


def _image(image: str | None, kubernetes: str | None) -> str | None:
    if kubernetes is None:
        return image
    machine = Machine()
    found = engine.find(machine)
    return versions.node_image(kubernetes, engine.images(machine, found.name, "kindest/node"))


def down(
    name: NameOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All clusters of podlab. podlab의 모든 클러스터.")] = False,
    language: LanguageOption = None,
) -> None:
    """Delete a cluster (without a name the chosen one). 클러스터를 지웁니다."""
    speak(language)
    if name and everything:
        raise typer.BadParameter(str(ONE_OR_ALL))
    names = [found.name for found in clusters.find_all() if not found.adopted] if everything else [name or _only_one()]
    gone, kept = [], []
    for each in names:
        try:
            with terminal.steps() as report:
                clusters.down(each, report)
            gone.append(each)
        except PodlabError as error:
            if not everything:
                raise
            terminal.fail(error)
            kept.append(each)
    terminal.say(Text(ko="지운 클러스터: {names}", en="deleted: {names}").format(names=", ".join(gone) or "-"))
    if kept:
        terminal.say(Text(ko="남은 클러스터: {names}", en="still there: {names}").format(names=", ".join(kept)))
        raise typer.Exit(terminal.FAILED)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts. 스크립트용.")] = False,
    language: LanguageOption = None,
) -> None:
    """List the clusters; exit code 3 where there is none. 클러스터를 나열합니다."""
    speak(language)
    found = [cluster.status() for cluster in clusters.find_all()]
    if as_json:
        print(json.dumps([each.as_dict() for each in found], indent=2, ensure_ascii=False))
    elif found:
        _print_table(found)
    else:
        terminal.say(Text(ko="클러스터가 없습니다. 시작: podlab up", en="no clusters. To start one: podlab up"))
    if not found:
        raise typer.Exit(terminal.NO_CLUSTER)


def kubeconfig(name: NameOption = None, language: LanguageOption = None) -> None:
    """Print the path of a kubeconfig that any client can use. kubeconfig 파일의 경로를 출력합니다."""
    speak(language)
    if name:
        found = next((each for each in clusters.find_all() if each.name == name), None)
        if found is None:
            raise choice.no_such(name)
    else:
        with terminal.steps() as report:
            found, _ = clusters.choose(report=report)
    print(found.kubeconfig)


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
