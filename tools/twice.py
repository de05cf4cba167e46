"""pytest, and once more what failed: a real cluster and a real browser share their machine with others.

What fails only the first time is named in a loud line, so that a test that is often on it is mended.

usage: twice.py [pytest's options]      (a report FILE.xml of the second time is FILE-again.xml)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FAILED = 1  # pytest's exit code when tests ran and some failed; every other code is no matter of luck
PYTEST = (sys.executable, "-m", "pytest", "--durations=15")  # what takes longest is named: it may be made faster
MANY = 10  # so many failures have a cause that a second try only hides


def main(words: list[str]) -> int:
    """Run them; pytest's exit code, the second one's where there was a second."""
    with tempfile.TemporaryDirectory(prefix="podlab-twice-") as cache:
        session = [*PYTEST, "-o", f"cache_dir={cache}", *words]
        code = subprocess.run(session, cwd=ROOT, check=False).returncode
        failed = failures(Path(cache))
        if code != FAILED or not 0 < len(failed) <= MANY:
            return code
        print(f"\n==== {len(failed)} failed, and they are tried once more ====", flush=True)
        left = [word for word in session if "::" not in word or any(test.startswith(word) for test in failed)]
        again = [*(word.replace(".xml", "-again.xml") for word in left), "--last-failed"]
        code = subprocess.run(again, cwd=ROOT, check=False).returncode
        for test in sorted(failed - failures(Path(cache))):
            print(f"==== FAILED ONLY THE FIRST TIME: {test} ====", flush=True)
        return code


def failures(cache: Path) -> set[str]:
    """The tests that pytest's cache calls failed."""
    listed = cache / "v" / "cache" / "lastfailed"
    return set(json.loads(listed.read_text(encoding="utf-8"))) if listed.is_file() else set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
