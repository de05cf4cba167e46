"""The wheels that the tab's Python loads: fetched, or packed from what is installed here."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from podlab import workbook
from podlab.errors import PodlabError
from podlab.text import Text

REQUIREMENTS, LATER = (Path(__file__).with_name(name) for name in ("requirements.txt", "later.txt"))
ABIS, PLATFORMS = ("none", "cp314"), ("any", "pyemscripten_2026_0_wasm32")  # of Pyodide 314
EPOCH = (2020, 1, 1, 0, 0, 0)  # the same sources make the same bytes
# the kernel's own wheels lie in its extension; what only stands in for something is not wanted
LABEXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
KERNEL = LABEXTENSIONS / "@jupyterlite/pyodide-kernel-extension" / "static" / "pypi"
INSTALL = Text(ko='설치: python -m pip install "podlab[site]"', en='install it: python -m pip install "podlab[site]"')
STAND_INS = ("widgetsnbextension-", "piplite-")

Member = tuple[str, bytes]


def at_the_start(folder: Path) -> list[Path]:
    """What the tab's Python starts with, the kit included, as wheels in the folder.

    Raises:
        PodlabError: the packages cannot be fetched.
    """
    fetched = _fetch(folder, REQUIREMENTS)
    write(folder / "podlab.whl", [*_ourselves(), *_pyyaml(), *_stand_in()])
    return [*fetched, *_of_the_kernel(), folder / "podlab.whl"]


def later(folder: Path) -> list[Path]:
    """What is there for cells that import it.

    Raises:
        PodlabError: the packages cannot be fetched.
    """
    return _fetch(folder, LATER)


def write(path: Path, members: Iterable[Member]) -> None:
    """Write an archive; the same members make the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def _fetch(folder: Path, requirements: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    target = [word for abi in ABIS for word in ("--abi", abi)]
    target += [word for platform in PLATFORMS for word in ("--platform", platform)]
    command = [*pip, "--only-binary=:all:", "--python-version", "3.14", "--implementation", "cp", *target]
    command += ["--dest", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise PodlabError(
            Text(ko="탭에서 쓸 패키지를 받지 못했습니다: {why}", en="could not fetch the tab's packages: {why}").format(
                why=(done.stderr.strip().splitlines() or ["pip"])[-1]
            ),
            Text(ko="네트워크와 pip를 확인하십시오", en="look at the network and at pip"),
        )
    return sorted(folder.glob("*.whl"))


def _ourselves() -> Iterator[Member]:
    package, lessons = Path(__file__).resolve().parents[1], workbook.source()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.is_relative_to(package / "notebooks"):
            yield f"podlab/{path.relative_to(package).as_posix()}", path.read_bytes()
    for path in sorted(lessons.rglob("*")):
        if path.is_file() and path.suffix in (".ipynb", ".yaml"):
            yield f"podlab/notebooks/{path.relative_to(lessons).as_posix()}", path.read_bytes()


def _stand_in() -> Iterator[Member]:
    for path in sorted((Path(__file__).parent / "piplite").glob("*.py")):
        yield f"piplite/{path.name}", path.read_bytes()


def _pyyaml() -> Iterator[Member]:
    for file in metadata.files("pyyaml") or ():
        if file.parts[0] == "yaml" and file.suffix == ".py":
            yield file.as_posix(), Path(str(file.locate())).read_bytes()


def _of_the_kernel() -> list[Path]:
    found = sorted(KERNEL.glob("*.whl"))
    if not found:
        raise PodlabError(
            Text(ko="이 환경에 JupyterLite가 없습니다", en="JupyterLite is not in this environment"),
            INSTALL,
        )
    return [wheel for wheel in found if not wheel.name.startswith(STAND_INS)]
