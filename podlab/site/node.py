"""Node.js, which runs the tab's Python while the site is built."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from podlab.errors import PodlabError
from podlab.text import Text


def run(script: Path, words: Iterable[str]) -> str:
    """Run a script; what it printed.

    Raises:
        PodlabError: there is no Node.js, or the script failed.
    """
    found = shutil.which("node")
    if found is None:
        raise PodlabError(
            Text(
                ko="Node.js가 없어 패키지를 컴파일할 수 없습니다", en="there is no Node.js to compile the packages with"
            ),
            Text(ko="Node.js를 설치하십시오", en="install Node.js"),
        )
    command = [found, str(script), *words]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise PodlabError(
            Text(ko="패키지를 컴파일하지 못했습니다: {why}", en="could not compile the packages: {why}").format(
                why=done.stderr.strip()[-1000:]
            )
        )
    return done.stdout
