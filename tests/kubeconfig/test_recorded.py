"""What a real kubectl 1.36 said of kubeconfigs, and what it wrote into them: podlab says and writes the same.

`recorded/kubeconfigs.json` has the files, the command lines and the answers of each case; `python -m
tests.kubeconfig.test_recorded kubectl-1.36` records the answers anew. No server is asked.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from podlab.kubectl import line

Case = dict[str, Any]
Run = Callable[[list[str], dict[str, str]], tuple[str, str, int]]
RECORDED = Path(__file__).parent / "recorded" / "kubeconfigs.json"
CASES: dict[str, Case] = json.loads(RECORDED.read_text(encoding="utf-8"))


def carried_out(case: Case, folder: Path, run: Run) -> str:
    """The case in a folder of its own: what each line prints, then what the files hold."""
    for name, text in case["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if text.startswith("#!") else 0o644)
    environ = {"KUBECONFIG": case["env"].replace("DIR", str(folder)), "HOME": str(folder)}
    told = []
    for words in case["run"]:
        out, err, code = run(words.split(" "), environ)
        told.append(f"$ {words}\n{out}--- stderr\n{err}--- exit {code}\n")
    found = sorted(each for each in folder.rglob("*") if each.is_file() and ".kube/cache" not in str(each))
    told += [f"## {each.relative_to(folder)}\n{each.read_text(encoding='utf-8')}\n" for each in found]
    return re.sub(r"(?m)^([EW])\d{4} [\d:.]+ +\d+ ", r"\1 ", "".join(told).replace(str(folder), "DIR"))


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CASES))
def test_kubeconfigs_are_read_and_written_as_kubectl_does(
    name: str,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def run(words: list[str], environ: dict[str, str]) -> tuple[str, str, int]:
        for key, value in environ.items():
            monkeypatch.setenv(key, value)
        code = line.main(words, stdin=io.TextIOWrapper(io.BytesIO()))
        printed = capfd.readouterr()
        return printed.out, printed.err, code

    monkeypatch.setenv("PODLAB_HOME", str(tmp_path_factory.mktemp("podlab")))  # no server has answered yet
    monkeypatch.chdir(tmp_path)
    assert carried_out(CASES[name], tmp_path, run) == CASES[name]["answer"]


def record(kubectl: str) -> None:
    """Ask a real kubectl for every answer."""
    for case in CASES.values():
        with tempfile.TemporaryDirectory() as folder:

            def run(words: list[str], environ: dict[str, str], at: str = folder) -> tuple[str, str, int]:
                done = subprocess.run(
                    [kubectl, *words],
                    cwd=at,
                    env={**os.environ, **environ},
                    capture_output=True,
                    text=True,
                    stdin=subprocess.DEVNULL,
                    check=False,
                )
                return done.stdout, done.stderr, done.returncode

            case["answer"] = carried_out(case, Path(folder), run)
    RECORDED.write_text(json.dumps(CASES, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(sys.argv[1])
