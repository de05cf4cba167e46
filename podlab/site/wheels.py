"""The wheels that the tab's Python loads: fetched, or packed from what is installed here."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from podlab import __version__, workbook
from podlab.errors import PodlabError
from podlab.text import Text

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
TARGET = ("--python-version", "3.14", "--implementation", "py", "--abi", "none", "--platform", "any")
EPOCH = (2020, 1, 1, 0, 0, 0)  # the same sources make the same bytes
WHEEL = "Wheel-Version: 1.0\nGenerator: podlab\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
# the kernel's own wheels lie in its extension; what it stands in for is not wanted twice
LABEXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
KERNEL = LABEXTENSIONS / "@jupyterlite/pyodide-kernel-extension" / "static" / "pypi"
INSTALL = Text(ko='설치: python -m pip install "podlab[site]"', en='install it: python -m pip install "podlab[site]"')
STAND_INS = ("widgetsnbextension-3",)

Member = tuple[str, bytes]


def gather(folder: Path) -> list[Path]:
    """Every wheel of the tab, in the folder.

    Raises:
        PodlabError: the packages cannot be fetched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command = [*pip, "--only-binary=:all:", *TARGET, "--dest", str(folder), "--requirement", str(REQUIREMENTS)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise PodlabError(
            Text(ko="탭에서 쓸 패키지를 받지 못했습니다: {why}", en="could not fetch the tab's packages: {why}").format(
                why=(done.stderr.strip().splitlines() or ["pip"])[-1]
            ),
            Text(ko="네트워크와 pip를 확인하십시오", en="look at the network and at pip"),
        )
    for wheel in _of_the_kernel():
        (folder / wheel.name).write_bytes(wheel.read_bytes())
    pack(folder, "podlab", __version__, _ourselves())
    pack(folder, "pyyaml", metadata.version("pyyaml"), _pyyaml())
    return sorted(folder.glob("*.whl"))


def pack(folder: Path, name: str, version: str, members: Iterable[Member]) -> Path:
    """Write a pure wheel of these files."""
    folder.mkdir(parents=True, exist_ok=True)
    path, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    told = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    whole = [*members, (f"{info}/METADATA", told.encode()), (f"{info}/WHEEL", WHEEL.encode())]
    record = "".join(f"{member},,\n" for member, _ in [*whole, (f"{info}/RECORD", b"")])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for member, content in [*whole, (f"{info}/RECORD", record.encode())]:
            entry = zipfile.ZipInfo(member, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def locked(wheel: Path) -> dict[str, object]:
    """How Pyodide's lock file states a wheel; all are loaded at the start, so none names what it depends on."""
    name, version = wheel.name.split("-")[:2]
    return {
        "name": name.lower().replace("_", "-"),
        "version": version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(_imports(wheel)),
        "depends": [],
        "unvendored_tests": False,
    }


def _imports(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist() if name.endswith(".py")}
    return {top.removesuffix(".py") for top in tops if not top.endswith((".data", ".dist-info"))}


def _ourselves() -> Iterator[Member]:
    package, lessons = Path(__file__).resolve().parents[1], workbook.source()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.is_relative_to(package / "notebooks"):
            yield f"podlab/{path.relative_to(package).as_posix()}", path.read_bytes()
    for path in sorted(lessons.rglob("*")):
        if path.is_file() and path.suffix in (".ipynb", ".yaml"):
            yield f"podlab/notebooks/{path.relative_to(lessons).as_posix()}", path.read_bytes()


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
