"""`podlab workshop seats | check | reset | remove`: a room of learners on the chosen cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podlab import clusters
from podlab.clusters import Cluster
from podlab.commands import terminal
from podlab.commands.clusters import confirmed
from podlab.commands.options import ClusterOption, LanguageOption, YesOption, speak
from podlab.errors import PodlabError
from podlab.text import Text

FolderOption = Annotated[Path, typer.Option("--dir", help="Where kubeconfigs and slips are. 파일을 두는 폴더.")]
FOLDER = Path("podlab-seats")
NUMBER = Text(
    ko="자리는 07 같은 숫자로 적습니다. {seat}{은/는} 숫자가 아닙니다", en="a seat is a number such as 07, not {seat}"
)


def seats(
    count: Annotated[int, typer.Argument(min=1, max=99, metavar="N", help="How many. 자리의 수.")],
    folder: FolderOption = FOLDER,
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="URL", help="The API server as learners reach it. 학습자가 쓸 주소."),
    ] = None,
    hours: Annotated[int, typer.Option("--hours", min=1, help="How long the tokens live. 토큰의 수명(시간).")] = 168,
    cluster: ClusterOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Make N seats, or bring them up to date. 자리 N개를 만듭니다."""
    speak(language)
    from podlab.workshop import room

    chosen = _chosen(cluster, yes)
    with terminal.steps() as report:
        made = room.make(chosen, count, folder, server, hours, report)
    terminal.say(
        Text(
            ko="자리 {n}개: {folder} (자리마다 kubeconfig 하나, 안내문 하나). 확인: podlab workshop check",
            en="{n} seats: {folder} (a kubeconfig and a slip each). To check them: podlab workshop check",
        ).format(n=len(made), folder=folder)
    )


def check(folder: FolderOption = FOLDER, cluster: ClusterOption = None, language: LanguageOption = None) -> None:
    """Prove by real requests that no seat reaches another. 자리가 서로 닿지 않는지 실제 요청으로 확인합니다."""
    speak(language)
    from podlab.workshop import isolation, room

    numbers = [each for each in room.taken(_chosen(cluster, False)) if (folder / f"seat-{each}.kubeconfig").exists()]
    if not numbers:
        raise PodlabError(
            Text(ko="{folder}에 자리가 없습니다", en="no seats in {folder}").format(folder=folder),
            Text(ko="만들려면: podlab workshop seats N", en="to make some: podlab workshop seats N"),
        )
    results = list(isolation.check(folder, numbers))
    failed = [result for result in results if not result.passed]
    for result in failed:
        print(f"FAILED seat {result.seat}: {result.attempt.what} (HTTP {result.code})")
    terminal.say(
        Text(
            ko="자리 {seats}개, 요청 {all}번, 기대와 다른 것 {failed}번",
            en="{seats} seats, {all} requests, {failed} not as they must be",
        ).format(seats=len(numbers), all=len(results), failed=len(failed))
    )
    if failed:
        raise typer.Exit(terminal.FAILED)


def reset(
    seat: Annotated[str, typer.Argument(metavar="SEAT", help="Such as 07. 예: 07")],
    cluster: ClusterOption = None,
    language: LanguageOption = None,
) -> None:
    """Empty one seat; its kubeconfig stays good. 자리 하나를 비웁니다."""
    speak(language)
    from podlab.workshop import room

    if not seat.isdecimal():
        raise typer.BadParameter(str(NUMBER.format(seat=seat)), param_hint="SEAT")
    with terminal.steps() as report:
        deleted = room.begin_anew(_chosen(cluster, False), seat, report)
    terminal.say(
        Text(ko="{n}번 자리에서 지운 오브젝트: {count}", en="objects deleted in seat {n}: {count}").format(
            n=seat, count=len(deleted)
        )
    )


def remove(folder: FolderOption = FOLDER, cluster: ClusterOption = None, language: LanguageOption = None) -> None:
    """Delete all seats and their files. 모든 자리와 파일을 지웁니다."""
    speak(language)
    from podlab.workshop import room

    with terminal.steps() as report:
        gone = room.remove(_chosen(cluster, False), folder, report)
    terminal.say(Text(ko="지운 자리: {n}", en="deleted seats: {n}").format(n=", ".join(gone) or "-"))


def _chosen(selector: str | None, yes: bool) -> Cluster:
    def start(agreed: bool) -> Cluster:
        with terminal.steps() as report:
            return clusters.use(selector, report, agreed)[0]

    return confirmed(start, yes)
