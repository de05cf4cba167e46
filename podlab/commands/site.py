"""`podlab site build | serve`: the lessons as a static folder that runs in a browser tab."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podlab import lab
from podlab.commands import terminal
from podlab.commands.options import LanguageOption, speak
from podlab.errors import PodlabError
from podlab.text import Text

FOLDER = Path("build") / "site"
FolderArgument = Annotated[
    Path, typer.Argument(metavar="[DIR]", help="The site's folder. 사이트 폴더.", file_okay=False)
]


def build(folder: FolderArgument = FOLDER, language: LanguageOption = None) -> None:
    """Build the site into a folder; needs podlab[site] and npm. 사이트를 폴더에 만듭니다."""
    speak(language)
    from podlab.site import build as building

    building.build(folder, terminal.say)
    files = [path for path in folder.rglob("*") if path.is_file()]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    terminal.say(
        Text(
            ko="사이트: {folder} (파일 {count}개, {size:.0f} MB). 보기: podlab site serve {folder}",
            en="the site: {folder} ({count} files, {size:.0f} MB). To see it: podlab site serve {folder}",
        ).format(folder=folder, count=len(files), size=megabytes)
    )


def serve(
    folder: FolderArgument = FOLDER,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="The next free one is taken. 다음 빈 포트를 씁니다.")
    ] = lab.FIRST_PORT,
    language: LanguageOption = None,
) -> None:
    """Serve the folder to this machine until Ctrl-C. 이 컴퓨터에서 폴더를 봅니다."""
    speak(language)
    from podlab.site import serve as serving

    if not (folder / "index.html").exists():
        raise PodlabError(
            Text(ko="{folder}에 사이트가 없습니다", en="there is no site in {folder}").format(folder=folder),
            Text(ko=f"만들기: podlab site build {folder}", en=f"build it: podlab site build {folder}"),
        )
    free = lab.free_port(port)
    terminal.say(
        Text(ko="사이트: {url}   (끝내기: Ctrl-C)", en="the site: {url}   (Ctrl-C ends it)").format(
            url=f"http://127.0.0.1:{free}/"
        )
    )
    with serving.server(folder, free) as running:
        running.serve_forever()
