"""`podlab site build`: gather what the tab needs, and let JupyterLite lay the folder out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from podlab import workbook
from podlab.errors import PodlabError
from podlab.site import bundles, landing, offline, pyodide, wheels
from podlab.text import LANGUAGES, Text

KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
KERNELSPEC = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@jupyterlite/pyodide-kernel-extension",
    "anywidget",
    "jupyterlab_pygments",
)
CELL_TOOLBAR = "@jupyterlab/cell-toolbar-extension:plugin"
"""Makes six buttons for each cell that is selected, and JupyterLab keeps them all: 100 MiB after all lessons."""
OLD_FONTS = (".eot", ".svg", ".ttf", ".woff")
"""Forms of Font Awesome for browsers that run no Python; all others take the `.woff2` beside them."""
Say = Callable[[Text], None]


def build(folder: Path, say: Say) -> None:
    """Build the whole site into a folder, which is made anew.

    Raises:
        PodlabError: the folder holds something else, or a part of the site cannot be fetched or made.
    """
    _ours(folder)
    with tempfile.TemporaryDirectory(prefix="podlab-site-") as made:
        lite = Path(made)
        say(Text(ko="Pyodide와 패키지를 받는 중", en="fetching Pyodide and the packages"))
        packages = pyodide.lay_out(lite / "static" / "pyodide", lite / "fetched")
        _lessons(lite / "files")
        (lite / "jupyter-lite.json").write_text(json.dumps(configuration(packages)), encoding="utf-8")
        say(Text(ko="JupyterLite를 만드는 중", en="building JupyterLite"))
        out = lite / "out"
        _jupyterlite(lite, out)
        landing.write(out)
        offline.write(out)
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(out, folder)


def configuration(packages: list[str]) -> dict[str, Any]:
    """JupyterLite's settings: our packages are there from the start, and nothing is looked for elsewhere."""
    options = {"packages": packages, "env": bundles.ENVIRONMENT}
    kernel = {"loadPyodideOptions": options, "disablePyPIFallback": True}
    # the page can be driven from its console, as tests do
    data: dict[str, Any] = {"appName": "podlab", "exposeAppInBrowser": True, "litePluginSettings": {KERNEL: kernel}}
    data["disabledExtensions"] = [CELL_TOOLBAR]
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def for_the_tab(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with the tab's kernel, so that nobody is asked for one; its cells are the same."""
    return {**notebook, "metadata": {**notebook["metadata"], "kernelspec": KERNELSPEC}}


def instructions(lite: Path, out: Path) -> dict[str, Any]:
    """What JupyterLite builds, and with which of the extensions that are installed here."""
    extensions = [str(wheels.LABEXTENSIONS / name) for name in EXTENSIONS]
    asked = {"lite_dir": str(lite), "output_dir": str(out), "contents": [str(lite / "files")], "apps": ["lab"]}
    ours = {"federated_extensions": extensions, "ignore_sys_prefix": ["federated_extensions"]}
    return {"LiteBuildConfig": {**asked, **ours, "no_sourcemaps": True, "no_unused_shared_packages": True}}


def _ours(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / "jupyter-lite.json").exists():
        raise PodlabError(
            Text(ko="{folder}에 다른 것이 있습니다", en="{folder} holds something else").format(folder=folder),
            Text(ko="빈 폴더를 지정하십시오", en="name an empty folder"),
        )


def _lessons(files: Path) -> None:
    for language in LANGUAGES:
        workbook.lay_out(files, language)
    for path in files.rglob("*.ipynb"):
        notebook = for_the_tab(json.loads(path.read_text(encoding="utf-8")))
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")


def _jupyterlite(lite: Path, out: Path) -> None:
    (lite / "jupyter_lite_config.json").write_text(json.dumps(instructions(lite, out)), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    done = subprocess.run(
        command, cwd=lite, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise PodlabError(
            Text(ko="JupyterLite를 만들지 못했습니다: {why}", en="JupyterLite could not be built: {why}").format(
                why="\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            ),
            wheels.INSTALL,
        )
    drop_old_fonts(out)


def drop_old_fonts(site: Path) -> None:
    """Leave out 1 MiB, compressed, that no browser asks for."""
    for font in (site / "build").glob("fa-*.woff2"):
        for ending in OLD_FONTS:
            font.with_suffix(ending).unlink(missing_ok=True)
