"""Run the same command lines with a real kubectl and with podlab's, each in a namespace of its own; show differences.

python tools/differential.py KUBECONFIG FILE [--kubectl kubectl-1.36] [--folder DIR] [-v]

FILE has a command line per line, without `kubectl`; `#` a note; `~` seconds to wait; `!` a shell line for both sides.
A line is cut as a shell cuts it; `< text` at its end is standard input, with `\n` for line breaks.
"""

from __future__ import annotations

import argparse
import difflib
import io
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

from podlab.kubectl import line as commandline

SIDES = ("diff-real", "diff-kit")
SAME: tuple[tuple[str, str], ...] = (
    (r"diff-(real|kit)", "diff-ns"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UID"),
    (r"(resourceVersion\"?: \"?)\d+", r"\1N"),
    (r"(observedGeneration\"?: )\d+", r"\1N"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| \+0000)?", "TIME"),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", "DATE"),
    (r"\b\d+(\.\d+)?(ms|s|m|h|d)(\d+[smh])?\b", "AGE"),
    (r"\b[EWF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ", "LOG "),
    (r"-[0-9a-f]{8,10}-[a-z0-9]{5}\b", "-POD"),
    (r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-RND"),
    (r"\b10\.\d+\.\d+\.\d+\b", "IP"),
    (r"127\.0\.0\.1:\d{5}", "SERVER"),
    (r"\[::1\]:\d{5}", "SERVER"),
    (r"podlab/\w+|kubectl/v\S+", "AGENT"),
    (r"(LIVE|MERGED)-\d+", r"\1-N"),
    (r"eyJ[\w.-]+", "TOKEN"),
    (r"ca\.crt:\s+\d+ bytes", "CA"),
    (r" +", " "),
)


def normal(text: str) -> str:
    for pattern, same in SAME:
        text = re.sub(pattern, same, text)
    return text


def real(kubectl: str, words: list[str], stdin: str, kubeconfig: str, folder: str) -> tuple[str, str, int]:
    done = subprocess.run(
        [kubectl, *words],
        input=stdin.encode(),
        capture_output=True,
        cwd=folder,
        env={**os.environ, "KUBECONFIG": kubeconfig},
        timeout=120,
    )
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), done.returncode


class Stream(io.StringIO):
    """A terminal's stream that can be read afterwards."""


def ours(words: list[str], stdin: str, kubeconfig: str, folder: str) -> tuple[str, str, int]:
    out, err, before = Stream(), Stream(), (sys.stdout, sys.stderr, Path.cwd())
    sys.stdout, sys.stderr = out, err
    os.chdir(folder)
    os.environ["KUBECONFIG"] = kubeconfig
    try:
        code = commandline.main(words, None, None, io.BytesIO(stdin.encode()))
    except BaseException as error:
        import traceback

        err.write("".join(traceback.format_exception(error)))
        code = -1
    finally:
        sys.stdout, sys.stderr = before[:2]
        os.chdir(before[2])
    return out.getvalue(), err.getvalue(), code


def both(row: str, kubectl: str, kubeconfig: str, folder: str) -> list[str]:
    """What the real kubectl and then podlab's prints for a row, each in a namespace of its own."""
    text, _, stdin = row.partition(" < ")
    stdin = stdin.replace("\\n", "\n")
    found = []
    for side in SIDES:
        words = [word.replace("NS", side) for word in shlex.split(text)]
        placed = "-A" in words or any(word.startswith(("-n", "--namespace")) for word in words)
        words = words if placed else ["-n", side, *words]
        if side == SIDES[0]:
            out, err, code = real(kubectl, words, stdin, kubeconfig, folder)
        else:
            out, err, code = ours(words, stdin, kubeconfig, folder)
        found.append(normal(f"{out}--- stderr\n{err}--- exit {code}\n"))
    return found


def prepare(row: str, kubeconfig: str, folder: str) -> bool:
    """Do what a row asks for that is no comparison: a comment, `~` a pause, `!` a line of the shell on each side."""
    if row.startswith("~"):
        time.sleep(float(row[1:]))
    elif row.startswith("!"):
        for side in SIDES:
            environ = {**os.environ, "KUBECONFIG": kubeconfig}
            subprocess.run(row[1:].replace("NS", side), shell=True, cwd=folder, env=environ, check=False)
    return not row or row.startswith(("#", "~", "!"))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("kubeconfig")
    parser.add_argument("file")
    parser.add_argument("--kubectl", default="kubectl-1.36")
    parser.add_argument("--folder", default=".")
    parser.add_argument("-v", action="store_true")
    given = parser.parse_args()
    kubeconfig, folder = str(Path(given.kubeconfig).resolve()), str(Path(given.folder).resolve())
    for side in SIDES:
        real(given.kubectl, ["create", "namespace", side], "", kubeconfig, folder)
    same = total = 0
    for row in Path(given.file).read_text(encoding="utf-8").splitlines():
        if prepare(row, kubeconfig, folder):
            continue
        found = both(row, given.kubectl, kubeconfig, folder)
        total += 1
        if found[0] == found[1]:
            same += 1
            if given.v:
                print(f"= {row}")
            continue
        print(f"\n≠ {row}")
        print("".join(difflib.unified_diff(*[f.splitlines(keepends=True) for f in found], "kubectl", "podlab", n=1)))
    print(f"{same} of {total} the same")
    return 0 if same == total else 1


if __name__ == "__main__":
    sys.exit(main())
