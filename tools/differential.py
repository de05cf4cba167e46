"""Run the same command lines with a real kubectl and with podlab's, each in a namespace of its own; show differences.

python tools/differential.py KUBECONFIG FILE [--kubectl kubectl-1.36] [--folder DIR] [--name NAME] [--record FILE] [-v]

FILE has a command line per line, without `kubectl`; `#` a note; `~` seconds to wait; `!` a shell line for both sides.
A line is cut as a shell cuts it; `< text` at its end is standard input, with `\n` for line breaks. NS stands for the
side's namespace, NAME-real or NAME-ours, which is made anew; CONTEXT for the context. Each side has a kubeconfig of its
own, so what `config` changes is not seen by the other. Spaces count, but for those inside of lines that something of
another width in each run moves.
"""

from __future__ import annotations

import argparse
import difflib
import io
import itertools
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from podlab.kubectl import line as commandline

UNPLACED = ("config", "help", "--help", "options", "plugin", "kustomize", "gett", "foo")
PATIENCE = 60  # seconds for a line
SAME: tuple[tuple[str, str], ...] = (
    (r"(?m)^Waiting for (deployment|daemon set|statefulset|\d+ pods).*\n", ""),
    (r"(?m)^-+$", "----"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UID"),
    (r"((resourceVersion|Resource Version)\"?:\s*\"?)\d+", r"\1N"),
    (r"containerd://[0-9a-f]{64}", "containerd://ID"),
    (r"\b[0-9a-f]{64}\b", "HEX"),
    (r"\.[0-9a-f]{16}\b", ".EVENT"),
    (r"ErrImagePull|ImagePullBackOff", "NoImage"),
    (r"(observedGeneration\"?: )\d+", r"\1N"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| \+0000)?", "TIME"),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", "DATE"),
    (r"\b\d+(\.\d+)?(ms|s|m|h|d)(\d+[smh])?\b", "AGE"),
    (r"\b[EWF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ", "LOG "),
    (r"127\.0\.0\.1:\d{5}", "SERVER"),
    (r"\[::1\]:\d{5}", "SERVER"),
    (r"\b3[0-2]\d{3}\b", "NODEPORT"),
    (r"-[0-9a-f]{8,10}-[a-z0-9]{5}\b", "-POD"),
    (r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-RND"),
    (r"\b10\.\d+\.\d+\.\d+\b", "IP"),
    (r"podlab/\w+|kubectl/v\S+", "AGENT"),
    (r"(LIVE|MERGED)-\d+", r"\1-N"),
    (r"kubectl-edit-\w+", "kubectl-edit-N"),
    (r"eyJ[\w.-]+", "TOKEN"),
    (r"ca\.crt:\s+\d+ bytes", "CA"),
)


def normal(text: str) -> str:
    """What is the same in every run."""
    lines: list[str] = []
    for _, block in itertools.groupby(text.splitlines(keepends=True), key=_indentation):
        before = "".join(block)
        after = before
        for pattern, same in SAME:
            after = re.sub(pattern, same, after)
        lines.append(after if after == before else re.sub(r"(?<=\S) +", " ", after))
    return "".join(lines)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


@dataclass(frozen=True)
class Side:
    """Where a row is run: the real kubectl's namespace and kubeconfig, or podlab's."""

    name: str
    kubeconfig: str
    kubectl: str = ""  # "" for podlab's

    def run(self, words: list[str], stdin: str) -> tuple[str, str, int]:
        """Carry a line out."""
        return real(self, words, stdin) if self.kubectl else ours(self, words, stdin)


def real(side: Side, words: list[str], stdin: str) -> tuple[str, str, int]:
    """What the real kubectl prints, and its exit code."""
    environ = {**os.environ, "KUBECONFIG": side.kubeconfig}
    try:
        done = subprocess.run(
            ["kubectl", *words],
            executable=shutil.which(side.kubectl),
            input=stdin.encode(),
            capture_output=True,
            env=environ,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode("utf-8", "replace"), f"{(late.stderr or b'').decode()}(went on)\n", -1
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), done.returncode


class Late(BaseException):
    """The row's time is up."""


def ours(side: Side, words: list[str], stdin: str) -> tuple[str, str, int]:
    """What podlab prints, and its exit code."""
    out, err, before = io.StringIO(), io.StringIO(), (sys.stdout, sys.stderr)
    sys.stdout, sys.stderr = out, err
    os.environ["KUBECONFIG"] = side.kubeconfig
    signal.alarm(PATIENCE)
    try:
        code = commandline.main(words, None, None, io.BytesIO(stdin.encode()))
    except Late:
        err.write("(went on)\n")
        code = -1
    except BaseException as error:
        err.write("".join(traceback.format_exception(error)))
        code = -1
    finally:
        signal.alarm(0)
        sys.stdout, sys.stderr = before
    return out.getvalue(), err.getvalue(), code


def without_help(text: str) -> str:
    """Help is podlab's own, in two languages: only that and where it is printed is compared."""
    return (
        "HELP\n"
        if re.search(r"(?m)^Usage:$|^Commands below it:$|kubectl options|Use .kubectl <command>", text)
        else text
    )


def late(*_: object) -> None:
    """End a line that goes on."""
    raise Late


def answer(row: str, side: Side, context: str) -> str:
    """What one side prints for a row, without what differs from run to run."""
    text, _, stdin = row.partition(" < ")
    words = [word.replace("CONTEXT", context) for word in shlex.split(text.replace("NS", side.name))]
    placed = "-A" in words or any(word.startswith(("-n", "--namespace")) for word in words)
    words = words if placed or words[0] in UNPLACED else ["-n", side.name, *words]
    out, err, code = side.run(words, stdin.replace("\\n", "\n").replace("NS", side.name))
    whole = f"{without_help(out)}--- stderr\n{without_help(err)}--- exit {code}\n"
    return normal(whole.replace(side.name, "SIDE").replace(side.kubeconfig, "KUBECONFIG"))


def prepare(row: str, sides: Sequence[Side]) -> bool:
    """Do what a row asks for that is no comparison: a comment, `~` a pause, `!` a line of the shell on each side."""
    if row.startswith("~"):
        time.sleep(float(row[1:]))
    elif row.startswith("!"):
        for side in sides:
            environ = {**os.environ, "KUBECONFIG": side.kubeconfig}
            subprocess.run(row[1:].replace("NS", side.name), shell=True, env=environ, check=False, capture_output=True)
    return not row or row.startswith(("#", "~", "!"))


def made(name: str, kubectl: str, kubeconfig: str, folder: Path) -> tuple[Side, Side]:
    """Both sides, their namespaces made anew."""
    sides = []
    for each, program in (("real", kubectl), ("ours", "")):
        own = folder / f"{name}-{each}.kubeconfig"
        own.write_text(Path(kubeconfig).read_text(encoding="utf-8"), encoding="utf-8")
        sides.append(Side(f"{name}-{each}", str(own), program))
        asking = Side(f"{name}-{each}", str(own), kubectl)
        real(asking, ["delete", "namespace", asking.name, "--ignore-not-found"], "")
        real(asking, ["create", "namespace", asking.name], "")
        real(asking, ["wait", "-n", asking.name, "--for=create", "sa/default", "--timeout=10s"], "")
    return sides[0], sides[1]


def main() -> int:
    """Compare the lines of a file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kubeconfig")
    parser.add_argument("file")
    parser.add_argument("--kubectl", default="kubectl-1.36")
    parser.add_argument("--folder", default=".")
    parser.add_argument("--name", default="diff")
    parser.add_argument("--record", help="a file that gets the real kubectl's answers, which tests are held to")
    parser.add_argument("-v", action="store_true")
    given = parser.parse_args()
    kubeconfig, rows = str(Path(given.kubeconfig).resolve()), Path(given.file).read_text(encoding="utf-8").splitlines()
    os.chdir(given.folder)
    signal.signal(signal.SIGALRM, late)
    with tempfile.TemporaryDirectory() as folder:
        sides = made(given.name, given.kubectl, kubeconfig, Path(folder))
        context = real(sides[0], ["config", "current-context"], "")[0].strip()
        return compare([row for row in rows if row], sides, context, given.v, given.record)


def compare(rows: Sequence[str], sides: Sequence[Side], context: str, verbose: bool, record: str | None) -> int:
    """Run each row on both sides, and print what differs."""
    same = total = 0
    kept: list[dict[str, str]] = []
    for row in rows:
        if prepare(row, sides):
            continue
        found = [answer(row, side, context) for side in sides]
        kept.append({"line": row, "answer": found[0]})
        total += 1
        same += found[0] == found[1]
        if found[0] == found[1]:
            if verbose:
                print(f"= {row}")
            continue
        print(f"\n≠ {row}")
        print("".join(difflib.unified_diff(*[f.splitlines(keepends=True) for f in found], "kubectl", "podlab", n=1)))
        sys.stdout.flush()
    print(f"{same} of {total} the same")
    if record:
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in kept)
        (Path(__file__).parents[1] / record).write_text(lines, encoding="utf-8")
    return 0 if same == total else 1


if __name__ == "__main__":
    sys.exit(main())
