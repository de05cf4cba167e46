"""Python as WebAssembly: npm's `pyodide`, with a lock file that names our packages and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from podlab.errors import PodlabError
from podlab.site import bundles, wheels
from podlab.text import Text

VERSION = "314.0.6"  # the one that jupyterlite-pyodide-kernel 0.8.6 was made for
NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"


def lay_out(folder: Path, fetched: Path) -> list[str]:
    """Put Python and its packages into the folder; the names of those that it starts with.

    Args:
        fetched: where what they are made of may lie meanwhile.

    Raises:
        PodlabError: something cannot be fetched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(_fetched(fetched)) as archive:
        for name in (*NEEDED, LOCK):
            source = archive.extractfile(f"package/{name}")
            assert source
            (folder / name).write_bytes(source.read())
    start, later = wheels.at_the_start(fetched / "start"), wheels.later(fetched / "later")
    theirs = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    lock = lock_file(theirs, bundles.lay_out(folder, start, later))
    (folder / LOCK).write_text(json.dumps(lock, separators=(",", ":")), encoding="utf-8")
    return sorted({bundles.START, *bundles.NAMES})


def lock_file(theirs: dict[str, Any], entries: list[bundles.Entry]) -> dict[str, Any]:
    """Pyodide's lock file with our packages in the place of its own, which only its server has."""
    return {**theirs, "packages": {str(entry["name"]): entry for entry in entries}}


def _fetched(target: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise PodlabError(
            Text(ko="npm이 없어 Pyodide를 받을 수 없습니다", en="there is no npm to fetch Pyodide with"),
            Text(ko="Node.js를 설치하십시오", en="install Node.js"),
        )
    target.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", "--silent", f"pyodide@{VERSION}", "--pack-destination", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise PodlabError(
            Text(ko="Pyodide를 받지 못했습니다: {why}", en="could not fetch Pyodide: {why}").format(
                why=(done.stderr.strip().splitlines() or ["npm"])[-1]
            ),
            Text(ko="네트워크와 npm을 확인하십시오", en="look at the network and at npm"),
        )
    return target / f"pyodide-{VERSION}.tgz"
