"""Packages of npm that checks need, pinned, in build/npm; where npm is not there, that is said and nothing more."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "build" / "npm"
MODULES = FOLDER / "node_modules"
VERSIONS = {"axe-core": "4.14.1", "eslint": "10.15.0", "prettier": "3.10.1", "typescript": "7.0.2"}


def missing(packages: list[str]) -> list[str]:
    """Those that are not there in the pinned version, as npm writes them."""
    return [f"{name}@{VERSIONS[name]}" for name in packages if not (MODULES / name / f".{VERSIONS[name]}").exists()]


def install(packages: list[str]) -> str:
    """Install what is not there; returns why that failed, or nothing."""
    wanted = missing(packages)
    if not wanted:
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "no npm on this machine"
    FOLDER.mkdir(parents=True, exist_ok=True)
    everything = [f"{name}@{VERSIONS[name]}" for name in VERSIONS if name in packages or (MODULES / name).exists()]
    command = [npm, "install", "--prefix", str(FOLDER), "--no-save", "--silent", *everything]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        return f"npm could not install {' '.join(wanted)}\n{done.stderr.strip()}"
    for package in everything:
        name, _, version = package.rpartition("@")
        (MODULES / name / f".{version}").touch()
    return ""


def main(packages: list[str]) -> None:
    """Install packages by name; what cannot be is told, and is no failure."""
    if why := install(packages):
        print(f"{', '.join(packages)}: {why}, so what needs it is skipped")


if __name__ == "__main__":
    main(sys.argv[1:])
