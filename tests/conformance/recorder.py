"""Records a scenario again on any cluster, as `tests/golden` holds it: a transcript and watch streams."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WATCHED = (
    "pods",
    "events",
    "replicasets.apps",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
)
LIMIT, POLL, SETTLE = 120, 0.2, 0.7
SHOWN = ("--watch-only", "-o", "json", "--output-watch-events", "--show-managed-fields")


@dataclass(frozen=True)
class Recorder:
    """Runs steps with the `kubectl` that is first on PATH."""

    environment: dict[str, str]
    namespace: str
    folder: Path

    def record(self, steps: str, out: Path) -> None:
        """Run the steps; write what they print and what happens meanwhile."""
        out.mkdir(parents=True)
        began = time.monotonic()
        with self._watching(out), (out / "transcript.txt").open("w", encoding="utf-8") as transcript:
            for line in filter(str.strip, steps.splitlines()):
                sign, _, rest = line.partition(" ")
                if sign == "~":
                    time.sleep(float(rest))  # the scenario's own pause
                elif sign == "?":
                    seconds, _, command = rest.partition(" ")
                    self.until(command, float(seconds))
                elif sign == "$":
                    transcript.write(f"[t={time.monotonic() - began:.1f}] $ {rest}\n{self._printed(rest)}")
            time.sleep(SETTLE)  # what the last step brings about

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """One command, in bash."""
        return subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, encoding="utf-8", timeout=LIMIT,
        )  # fmt: skip

    def until(self, command: str, seconds: float) -> None:
        """Poll a command until it succeeds, at most so long."""
        end = time.monotonic() + seconds
        while self.shell(command).returncode and time.monotonic() < end:
            time.sleep(POLL)  # as often as the recordings were made

    def _printed(self, command: str) -> str:
        done = self.shell(command)
        newline = "" if done.stdout.endswith("\n") or not done.stdout else "\n(no newline at end)\n"
        ended = "" if done.stderr.endswith("\n") else "\n"
        stderr = f"--- stderr\n{done.stderr}{ended}" if done.stderr else ""
        return f"{done.stdout}{newline}{stderr}--- exit {done.returncode}\n\n"

    @contextlib.contextmanager
    def _watching(self, out: Path) -> Iterator[None]:
        """Streams of `kubectl get --watch`, one a resource, split into a line an event at the end."""
        raw = {name: out / f"{name}.raw" for name in WATCHED}
        with contextlib.ExitStack() as stack:
            watches = [self._watch(name, stack.enter_context(path.open("wb"))) for name, path in raw.items()]
            time.sleep(1.5)  # until all of them listen
            try:
                yield
            finally:
                for watch in watches:
                    watch.terminate()
                    watch.wait()
        for name, path in raw.items():
            events = list(_objects(path.read_text(encoding="utf-8")))
            path.unlink()
            if events:
                text = "".join(f"{json.dumps(event)}\n" for event in events)
                (out / f"watch-{name}.jsonl").write_text(text, encoding="utf-8")

    def _watch(self, name: str, into: object) -> subprocess.Popen[bytes]:
        command = ["kubectl", "get", name, "-n", self.namespace, *SHOWN]
        return subprocess.Popen(command, env=self.environment, stdout=into, stderr=subprocess.DEVNULL)  # type: ignore[call-overload,no-any-return]


def _objects(text: str) -> Iterator[object]:
    decoder, text = json.JSONDecoder(), text.lstrip()
    while text:
        try:
            value, end = decoder.raw_decode(text)
        except ValueError:  # cut off in the middle of its last event
            return
        yield value
        text = text[end:].lstrip()


def prepared(scenario: Path, kubeconfig: Path, work: Path, binaries: Path) -> Recorder:
    """A copy of the scenario's files and of the kubeconfig, and its namespace, ready for Pods."""
    name = scenario.name
    shutil.copytree(scenario / "input" if (scenario / "input").is_dir() else scenario, work)
    own = work.parent / f"{name}.kubeconfig"
    shutil.copy(kubeconfig, own)
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    recorder = Recorder({**os.environ, "PATH": path, "KUBECONFIG": str(own), "COLUMNS": "400"}, name, work)
    recorder.shell(f"kubectl create namespace {name}")
    recorder.until(f"kubectl get sa default -n {name}", 10)
    recorder.shell(f"kubectl config set-context --current --namespace={name}")
    return recorder
