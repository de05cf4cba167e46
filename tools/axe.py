"""Install axe-core, which the browser tests hold the panels against, into build/axe; where npm is not there, say so."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

VERSION = "4.14.1"
FOLDER = Path(__file__).parents[1] / "build" / "axe"
SCRIPT = FOLDER / "node_modules" / "axe-core" / "axe.min.js"


def install() -> str:
    """Install it unless it is there; returns what to tell, or nothing."""
    if SCRIPT.exists():
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "axe-core: no npm on this machine, so the accessibility tests will be skipped"
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--prefix", str(FOLDER), "--no-save", "--silent", f"axe-core@{VERSION}"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode == 0 and SCRIPT.exists():
        return f"axe-core {VERSION}: installed"
    return f"axe-core: npm could not install it, so the accessibility tests will be skipped\n{done.stderr.strip()}"


if __name__ == "__main__":
    print(install(), end="")
