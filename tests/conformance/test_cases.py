"""What people ran into: small inputs of `tests/cases`, each with what a real cluster says, by podlab's kubectl.

A folder's `steps`: `$` a command, `>` a pattern that its output has, `=` its exit code, `? SECONDS COMMAND` a poll.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conformance.binaries import with_kubectl
from tests.conformance.recorder import Recorder, prepared

CASES = Path(__file__).parents[1] / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


@dataclass(frozen=True)
class Step:
    """A command with what it must print."""

    command: str
    patterns: tuple[str, ...]
    code: int | None
    seconds: float = 0.0


def steps(name: str) -> list[Step]:
    """The steps of a case."""
    found: list[Step] = []
    for line in (CASES / name / "steps").read_text(encoding="utf-8").splitlines():
        sign, _, rest = line.partition(" ")
        if sign == "$":
            found.append(Step(rest, (), None))
        elif sign == "?":
            seconds, _, command = rest.partition(" ")
            found.append(Step(command, (), 0, float(seconds)))
        elif sign == ">":
            last = found[-1]
            found[-1] = Step(last.command, (*last.patterns, rest), last.code)
        else:
            found[-1] = Step(found[-1].command, found[-1].patterns, int(rest))
    return found


@pytest.fixture
def recorder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Recorder]:
    """The case's folder and namespace on the session's cluster."""
    kubeconfig = Path(request.getfixturevalue("cluster").kubeconfig)
    binaries = tmp_path / "bin"
    binaries.mkdir()
    with_kubectl(binaries, shutil.which("kubectl-1.36") if request.config.getoption("--cluster") == "kind" else None)
    made = prepared(CASES / request.getfixturevalue("name"), kubeconfig, tmp_path / "work", binaries)
    yield made
    made.shell(f"kubectl delete namespace {made.namespace} --wait=false")


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_a_real_cluster_says(name: str, recorder: Recorder) -> None:
    wrong = []
    for step in steps(name):
        if step.seconds:
            recorder.until(step.command, step.seconds)
            continue
        done = recorder.shell(step.command)
        printed = done.stdout + done.stderr
        missing = [pattern for pattern in step.patterns if not re.search(pattern, printed)]
        if missing or step.code not in (None, done.returncode):
            wrong.append(f"$ {step.command}\n{printed}exit {done.returncode}, wanted {step.code}, not found: {missing}")
    assert not wrong, "\n".join(wrong)
