"""Runs a recorded step with podlab's kubectl: its command line in this process, what is piped in a shell."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from podlab.client import Client
from podlab.kubectl import line as commandline


@dataclass(frozen=True)
class Result:
    """What a step printed."""

    stdout: str
    stderr: str
    code: int

    @property
    def transcript(self) -> str:
        """As a recording holds it."""
        newline = "" if self.stdout.endswith("\n") or not self.stdout else "\n(no newline at end)\n"
        stderr = f"--- stderr\n{self.stderr}" if self.stderr else ""
        return f"{self.stdout}{newline}{stderr}--- exit {self.code}\n\n"


@dataclass(frozen=True)
class Shell:
    """A folder, a cluster and a namespace for a scenario's steps."""

    folder: Path
    kubeconfig: Path
    namespace: str

    def run(self, step: str) -> Result:
        """Run one step: at most one pipe, a here-string, `!` before it."""
        if step.startswith("! "):
            return Result("", "", int(self.run(step[2:]).code == 0))
        here = re.search(r" <<< ('[^']*')", step)
        if here:
            return self._kubectl(step.replace(here[0], ""), shlex.split(here[1])[0] + "\n")
        left, pipe, right = step.partition(" | ")
        if not pipe:
            return self._kubectl(step)
        if right.startswith("kubectl"):
            return self._kubectl(right, self._other(left).stdout)
        done = self._kubectl(left)
        other = self._other(right, done.stdout)
        return Result(other.stdout, done.stderr + other.stderr, other.code)

    def until(self, step: str, seconds: float) -> None:
        """Poll a step until it succeeds, as often as the recorder did: the recorded texts are of such moments."""
        end = time.monotonic() + seconds
        while self.run(step).code:
            assert time.monotonic() < end, f"in {seconds} s there was no success of: {step}"
            time.sleep(0.3)

    def _kubectl(self, step: str, stdin: str = "") -> Result:
        words = shlex.split(step)
        assert words[0] == "kubectl", step
        out, err = io.StringIO(), io.StringIO()
        with _inside(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = commandline.main(words[1:], self.kubeconfig, self.namespace, io.BytesIO(stdin.encode()))
        return Result(out.getvalue(), err.getvalue(), code)

    def _other(self, step: str, stdin: str = "") -> Result:
        done = subprocess.run(
            ["bash", "-c", step], cwd=self.folder, input=stdin, capture_output=True, text=True, encoding="utf-8"
        )
        return Result(done.stdout, done.stderr, done.returncode)


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def changes(client: Client, path: str, seconds: float) -> Iterator[None]:
    """One turn now, and one after each change of a list, for so many seconds."""
    version = client.get(path)["metadata"]["resourceVersion"]
    yield
    for _ in client.watch(path, query={"resourceVersion": version}, timeout=seconds):
        yield
