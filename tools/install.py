"""Make `.venv` with podlab and all it needs: with uv where it is there, else with venv and pip.

Also a Python that is too old for podlab can run this, and is told so.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WHAT = ".[lab,test,dev]"


def main():
    """Make it; the exit code."""
    os.chdir(str(ROOT))
    uv = shutil.which("uv")
    if uv:
        done = PYTHON.exists() or run(uv, "venv", "--python", ">=3.11", str(VENV))
        done = done and run(uv, "pip", "install", "--python", str(PYTHON), "-e", WHAT)
    else:
        python = new_enough([sys.executable, "python3.14", "python3.13", "python3.12", "python3.11"])
        if not python:
            now = "{}.{}".format(*sys.version_info[:2])
            return say(
                f"podlab에는 Python 3.11 이상이 필요합니다 (지금은 {now}).",
                f"podlab needs Python 3.11 or newer (this is {now}).",
                "https://www.python.org/downloads/     make install PYTHON=/path/to/python3.12",
            )
        if not PYTHON.exists() and not make(python):
            return say(
                "이 Python에는 venv가 없습니다.", "this Python has no venv.", "Debian, Ubuntu: apt install python3-venv"
            )
        done = run(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", WHAT)
    if not done:
        return say(
            "설치하지 못했습니다. 위의 메시지를 보십시오.", "the installation failed: see above.", "make clean install"
        )
    (VENV / ".installed").touch()
    return 0


def new_enough(names):
    """The first of the Pythons that podlab can run on."""
    test = "import sys; sys.exit(sys.version_info < (3, 11))"
    for path in filter(None, map(shutil.which, names)):
        if subprocess.call([path, "-c", test], stderr=subprocess.DEVNULL) == 0:
            return path
    return None


def make(python):
    """An empty virtual environment; whether that worked."""
    made = run(python, "-m", "venv", str(VENV))
    if not made:
        shutil.rmtree(str(VENV), ignore_errors=True)
    return made


def run(*command):
    """Run the command in sight of the user; whether it worked."""
    print("$ " + " ".join(command).replace(f"{ROOT}{os.sep}", ""), flush=True)
    return subprocess.call(command) == 0


def say(korean, english, fix):
    """Say what is missing and what mends it; the exit code."""
    sys.stderr.write(f"\n{korean}\n{english}\n  → {fix}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
