"""The packages of the tab in two files: what its Python starts with, and what is fetched when a cell imports it.

They are compiled beforehand, and so is Python's own library, which Pyodide brings as sources: one file is fetched and
unpacked; forty wheels of sources took the tab twice as long.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from podlab.site import node, snapshot, wheels
from podlab.site.wheels import Member

COMPILER = Path(__file__).with_name("bundle.mjs")
START, LATER = "podlab", "kubernetes"
# JupyterLite's worker looks whether these are among what is loaded at the start, by name
NAMES = ("comm", "ipykernel", "ipython", "jedi", "micropip", "piplite", "pyodide-kernel")
UNWANTED = (
    *("/tests/", "/test/", "kubernetes/aio/", "widgetsnbextension-", "IPython/sphinxext/", "podlab/site/piplite/"),
    "anywidget/labextension/",  # the page has it
    *("pydantic/v1/", "pydantic/mypy."),  # of models that are older than any here, and of type checkers
    "wcwidth/table_grapheme_overrides/_known_",  # of terminals; wcwidth does without one that is not there
)
STARTUP = "/lib/python3.14/site-packages/podlab/site/startup.py"
ENVIRONMENT = {
    "PYTHONSTARTUP": STARTUP,
    "PYTHONHASHSEED": "0",
}  # with the seed, the same sources make the same snapshot
LIBRARY, PACKAGES = "/lib/python314.zip", "/lib/python3.14/site-packages"
Entry = dict[str, object]


def lay_out(folder: Path, start: Iterable[Path], later: Iterable[Path]) -> list[Entry]:
    """Put both bundles into Pyodide's folder; what its lock file states of them.

    Raises:
        PodlabError: they cannot be compiled.
    """
    made, library = {START: folder / "start.zip", LATER: folder / "later.zip"}, folder / "python_stdlib.zip"
    for name, found in ((START, start), (LATER, later)):
        merge(made[name], found)
    _compile(folder, dict.fromkeys(made.values(), PACKAGES) | {library: LIBRARY})
    snapshot.lay_out(folder, made[START], library, ENVIRONMENT)
    empty = folder / "empty.zip"
    wheels.write(empty, ())
    bundles = [entry(name, path) for name, path in made.items()]
    return bundles + [entry(name, empty) for name in NAMES]


def merge(path: Path, found: Iterable[Path]) -> None:
    """Write what lies in all the wheels into one file, but for what nobody asks for in a tab."""
    wheels.write(path, (member for wheel in found for member in _members(wheel)))


def entry(name: str, path: Path) -> Entry:
    """How Pyodide's lock file states a file; it names nothing that it depends on."""
    return {
        "name": name,
        "version": hashlib.sha256(path.read_bytes()).hexdigest()[:12],
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(_imports(path)),
        "depends": [],
        "unvendored_tests": False,
    }


def _imports(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        tops = {name.split("/")[0] for name in archive.namelist() if name.endswith((".py", ".pyc"))}
    return {top.partition(".")[0] for top in tops}


def _members(wheel: Path) -> Iterator[Member]:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if _is_wanted(name):
                yield name, archive.read(name)


def _is_wanted(name: str) -> bool:
    top, _, rest = name.partition("/")
    if top.endswith(".data"):
        return False
    if top.endswith(".dist-info"):
        return rest in ("METADATA", "entry_points.txt")
    return not name.endswith((".pyi", "/")) and not any(each in name for each in UNWANTED)


def _compile(folder: Path, bundles: Mapping[Path, str]) -> None:
    node.run(COMPILER, [str(folder), *(f"{path}={place}" for path, place in bundles.items())])
