"""Make `.venv` with podlab and what it needs: with uv where it is there, else with venv and pip.

usage: install.py [lab|site]   lab: only what a learner needs; site: and what builds the site; without: all, tests too

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
EXTRAS = {"lab": ".[lab]", "site": ".[lab,site]", "all": ".[lab,site,test,dev]"}
# not compiled beforehand: Python compiles what is used, and the rest is a fourth of the size
PIP = ("-m", "pip", "install", "--no-compile", "--disable-pip-version-check", "-e")
STAMPS = {"lab": ".installed-lab", "site": ".installed-site", "all": ".installed"}
TOLD = {
    "lab": (
        "수업에 필요한 패키지를 설치합니다(처음 한 번, 약 330 MB, 보통 1분에서 3분).",
        "installing what the lessons need (this once, about 330 MB, mostly one to three minutes)",
    ),
    "site": (
        "정적 사이트를 만드는 패키지를 설치합니다(처음 한 번).",
        "installing what builds the static site (this once)",
    ),
    "all": (
        "수업과 시험에 필요한 패키지를 설치합니다(처음 한 번, 약 750 MB, 보통 2분에서 5분).",
        "installing what lessons and tests need (this once, about 750 MB, mostly two to five minutes)",
    ),
}


def main(which="all"):
    """Make it; the exit code."""
    os.chdir(str(ROOT))
    if which not in EXTRAS:
        return say("그런 설치는 없습니다: " + which, "there is no such installation: " + which, "install.py [lab|site]")
    if which != "all" and (VENV / STAMPS["all"]).exists():
        (VENV / STAMPS[which]).touch()
        return 0
    print("podlab: {}\npodlab: {}".format(*TOLD[which]), flush=True)
    uv = shutil.which("uv")
    if uv:
        done = PYTHON.exists() or run(uv, "venv", "--python", ">=3.11", str(VENV))
        done = done and run(uv, "pip", "install", "--python", str(PYTHON), "-e", EXTRAS[which])
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
        done = install([str(PYTHON), *PIP, EXTRAS[which]])
    if not done:
        return say(
            "설치하지 못했습니다. 위의 메시지를 보십시오.", "the installation failed: see above.", "make clean install"
        )
    (VENV / STAMPS[which]).touch()
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


def install(command):
    """Run pip and tell, in one line, how far it is; all that it said where it failed. Whether it worked."""
    print("$ " + " ".join(command).replace(f"{ROOT}{os.sep}", ""), flush=True)
    said, found = [], 0
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    for line in process.stdout:
        said.append(line)
        found += line.startswith("Collecting ")
        step = progress(line, found)
        if step and sys.stdout.isatty():
            print(f"\r\033[K  {step}", end="", flush=True)
        elif step and (found % 25 == 0 or not line.startswith("Collecting ")):
            print(f"  {step}", flush=True)
    if sys.stdout.isatty():
        print("\r\033[K", end="")
    worked = process.wait() == 0
    if not worked:
        sys.stdout.write("".join(said))
    return worked


def progress(line, found):
    """What pip's line means for somebody who waits, or nothing."""
    if line.startswith("Collecting "):
        return f"{found}: {line.split()[1]}"
    if line.startswith("Installing collected packages"):
        return f"{found} 패키지를 풀어 넣는 중 · unpacking {found} packages"
    return ""


def run(*command):
    """Run the command in sight of the user; whether it worked."""
    print("$ " + " ".join(command).replace(f"{ROOT}{os.sep}", ""), flush=True)
    return subprocess.call(command) == 0


def say(korean, english, fix):
    """Say what is missing and what mends it; the exit code."""
    sys.stderr.write(f"\n{korean}\n{english}\n  → {fix}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
