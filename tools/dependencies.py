"""What podlab imports is stated in pyproject.toml, as deptry sees it; it looks again when there is something to see.

python tools/dependencies.py

It takes a second and a half to read all modules, and little of what changes in them is an import.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHECKED = ROOT / "build" / "checked" / "dependencies"
"""The state that was in order."""


def state_of(root: Path, installed: Path) -> str:
    """All that the outcome follows from: lines with an import, what is stated, and what is installed."""
    told = hashlib.sha256((root / "pyproject.toml").read_bytes())
    told.update("\n".join(sorted(path.name for path in installed.glob("*-info"))).encode())
    for path in sorted((root / "podlab").rglob("*.py")):
        lines = [line for line in path.read_bytes().splitlines() if b"import" in line]
        told.update(b"\n".join([str(path.relative_to(root)).encode(), *lines]))
    return told.hexdigest()


def main() -> int:
    """The exit code: deptry's, or 0 where all is as it was when it was in order."""
    state = state_of(ROOT, Path(sysconfig.get_path("purelib")))
    if CHECKED.exists() and CHECKED.read_text(encoding="ascii") == state:
        return 0
    deptry = Path(sys.executable).with_name("deptry")
    code = subprocess.run([str(deptry), "."], cwd=ROOT, check=False).returncode
    if not code:
        CHECKED.parent.mkdir(parents=True, exist_ok=True)
        CHECKED.write_text(state, encoding="ascii")
    return code


if __name__ == "__main__":
    sys.exit(main())
