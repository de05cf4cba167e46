"""What JupyterLite is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podlab import workbook
from podlab.errors import PodlabError
from podlab.site import build, landing


def test_nothing_is_looked_for_elsewhere() -> None:
    kernel = build.configuration(["podlab"])["jupyter-config-data"]["litePluginSettings"][build.KERNEL]
    assert kernel["loadPyodideOptions"]["packages"] == ["podlab"]
    assert kernel["disablePyPIFallback"]


def test_what_runs_before_the_first_cell_lies_where_it_is_looked_for() -> None:
    environ = build.configuration([])["jupyter-config-data"]["litePluginSettings"][build.KERNEL]["loadPyodideOptions"]
    place = environ["env"]["PYTHONSTARTUP"].partition("site-packages/podlab/")[2]
    assert (Path(build.__file__).parents[1] / place).is_file()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_lesson_in_the_tab_has_the_same_cells(language: str) -> None:
    for path in (workbook.source() / language).glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        made = build.for_the_tab(notebook)
        assert made["cells"] == notebook["cells"]
        assert made["metadata"]["kernelspec"]["name"] == "python"


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(PodlabError):
        build.build(tmp_path, print)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_jupyterlite_finds_its_configuration_in_the_landing_page() -> None:
    assert '<script id="jupyter-config-data"' in landing.page()


def test_the_pages_script_comes_between_jupyterlites_settings_and_its_start() -> None:
    html = '<script id="jupyter-config-data">{}</script><script>start()</script>'
    assert landing.with_script(html) == (
        '<script id="jupyter-config-data">{}</script>\n    <script src="../podlab.js"></script><script>start()</script>'
    )


def test_what_jupyterlab_would_never_give_back_is_not_made() -> None:
    assert build.configuration([])["jupyter-config-data"]["disabledExtensions"] == [build.CELL_TOOLBAR]


def test_of_a_font_only_the_form_that_browsers_take_is_left(tmp_path: Path) -> None:
    built = tmp_path / "build"
    built.mkdir()
    for name in ("fa-solid-900.woff2", "fa-solid-900.svg", "fa-solid-900.ttf", "MathJax_Main.woff", "1450.svg"):
        (built / name).write_text("")
    build.drop_old_fonts(tmp_path)
    assert {path.name for path in built.iterdir()} == {"fa-solid-900.woff2", "MathJax_Main.woff", "1450.svg"}
