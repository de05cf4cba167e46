"""`podlab lab` and `podlab reset`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podlab import clusters, lab, text, workbook
from podlab.clusters import state
from podlab.commands import restoring, terminal
from podlab.commands.clusters import confirmed
from podlab.commands.options import ClusterOption, LanguageOption, YesOption, speak
from podlab.text import Text

FolderArgument = Annotated[
    Path, typer.Argument(metavar="[DIR]", help="The working folder. 작업 폴더.", file_okay=False, show_default=True)
]


def run(
    folder: FolderArgument = Path(workbook.FOLDER),
    cluster: ClusterOption = None,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="The next free one is taken. 다음 빈 포트를 씁니다.")
    ] = lab.FIRST_PORT,
    language: LanguageOption = None,
    yes: YesOption = False,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser. 브라우저 열기.")] = True,
) -> None:
    """Start JupyterLab on a working copy of the lessons. 수업 사본으로 JupyterLab을 시작합니다."""
    speak(language)
    spoken = text.language()
    folder = folder.absolute()
    workbook.lay_out(folder, spoken)
    chosen = confirmed(lambda agreed: _cluster(cluster, agreed), yes)
    terminal.say(chosen.status().summary)
    free = _free_port(port)
    lab.write_hints()
    if not lab.write_settings(spoken):
        terminal.say(Text(ko="JupyterLab의 언어를 설정하지 못했습니다", en="could not set JupyterLab's language"))
    shims = state.home() / "bin"
    lab.write_shims(shims)
    notebook, pinned = f"{spoken}/{workbook.WELCOME}.ipynb", clusters.parse(cluster) != clusters.parse(None)
    started = lab.Lab(folder, spoken, chosen, free, browser, lab.new_token(), notebook, pinned)
    terminal.say(Text(ko="수업 사본: {folder}", en="your copy of the lessons: {folder}").format(folder=folder))
    terminal.say(
        Text(ko="JupyterLab: {url}   (끝내기: Ctrl-C)", en="JupyterLab: {url}   (Ctrl-C ends it)").format(
            url=started.url
        )
    )
    code = lab.run(started, shims)
    terminal.say(
        Text(
            ko="클러스터 {name}{은/는} 계속 실행됩니다. 지우기: {down}",
            en="the cluster {name} goes on. To delete it: {down}",
        ).format(name=chosen.name, down=f"podlab down --name {chosen.name}")
    )
    raise typer.Exit(code)


def _free_port(port: int) -> int:
    free = lab.free_port(port)
    if free != port:
        terminal.say(
            Text(
                ko="포트 {taken}{은/는} 이미 쓰이고 있어 {free}{을/를} 씁니다", en="port {taken} is taken: using {free}"
            ).format(taken=port, free=free)
        )
    return free


def reset(
    lesson: Annotated[
        str | None, typer.Argument(metavar="[LESSON]", help="Such as 02 or 02-create. 예: 02", show_default=False)
    ] = None,
    folder: Annotated[Path | None, typer.Option("--dir", help="The working folder. 작업 폴더.")] = None,
    language: LanguageOption = None,
) -> None:
    """Restore a lesson; without one, delete all that lessons made in the cluster. 수업을 되돌립니다."""
    speak(language)
    if lesson is None:
        restoring.cluster()
    else:
        restoring.lesson(lesson, folder, text.language())


def _cluster(selector: str | None, agreed: bool) -> clusters.Cluster:
    with terminal.steps() as report:
        return clusters.use(selector, report, agreed)[0]
