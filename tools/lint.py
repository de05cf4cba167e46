"""Layout, types, contracts, dependencies, unused names and JavaScript, all at once; what each says is told together."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (  # the longest first
    "mypy",
    "python tools/unused.py",
    "python tools/javascript.py",
    "lint-imports",
    "python tools/dependencies.py",
    "ruff format --check .",
    "ruff check .",
)


def run(command: str) -> subprocess.CompletedProcess[str]:
    """One command of the environment that runs this."""
    program, *words = command.split()
    return subprocess.run(
        [str(Path(sys.executable).with_name(program)), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def main() -> int:
    """Run them all; the exit code is 1 where one found something, and that one is told last."""
    with ThreadPoolExecutor() as pool:
        done = dict(zip(COMMANDS, pool.map(run, COMMANDS), strict=True))
    for command, result in sorted(done.items(), key=lambda item: item[1].returncode != 0):
        print(f"$ {command}")
        if result.returncode:
            print(result.stdout.rstrip())
    return int(any(result.returncode for result in done.values()))


if __name__ == "__main__":
    sys.exit(main())
