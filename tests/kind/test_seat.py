"""A seat's learner goes through the lessons: only the namespace, and what the seat's limits add, read otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from podlab.clusters import Cluster
from podlab.testing.sanitizer import FILE
from podlab.workshop import room

ROOT = Path(__file__).parents[2]
LESSONS = ("01-what-is-a-pod", "02-create", "03-get", "04-describe", "05-delete")
OTHERWISE = r"""
[the seat's namespace, which a panel names in its kubectl lines]
regex: (?a) -n podlab-seat-\d\d\b()
replace: \1

[the seat's namespace]
regex: (?a)\bpodlab-seat-\d\d\b
replace: default

[what the limits add to describe]
regex: (?a)\n    Limits:(?:\n {6}\S+:\s+\S+)+\n    Requests:(?:\n {6}\S+:\s+\S+)+(?=\n)()
replace: \1

[where describe says that]
regex: (?am)^Annotations:  (?:<none>|kubernetes\.io/limit-ranger:\n.*)$
replace: ANNOTATIONS

[where get -o yaml says that]
regex: (?a)\n    kubernetes\.io/limit-ranger: '[^']*'()
replace: \1

[what they add to get -o yaml]
regex: (?a)\n( *)resources:(?: \{\}|(?:\n\1  .*)+)
replace: \n\1RESOURCES

[and to its status]
regex: (?a)\n  allocatedResources:(?:\n    .*)+()
replace: \1

[and to its containers']
regex: (?am)^( *)- allocatedResources:(?:\n\1    .*)+\n\1  (?=\S)
replace: \1-\040

[the class that follows]
regex: (?a)\b(QoS Class|qosClass):(\s+)(?:Burstable|BestEffort)\b
replace: \1:\2CLASS
"""


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_seats_learner_goes_through_the_lessons(cluster: Cluster, tmp_path: Path, language: str) -> None:
    [seat] = room.make(cluster, 1, tmp_path)
    sanitizer = tmp_path / "seat.cfg"
    sanitizer.write_text(FILE.read_text(encoding="ascii") + OTHERWISE, encoding="ascii")
    notebooks = [str(ROOT / "notebooks" / language / f"{lesson}.ipynb") for lesson in LESSONS]
    command = [sys.executable, "-m", "pytest", "-p", "podlab.testing.plugin", "--nbval", "--nbval-current-env"]
    environ = os.environ | {"PODLAB_CLUSTER": str(seat), "KUBECONFIG": str(seat)}
    try:
        options = [
            "-p",
            "no:cacheprovider",
            "-o",
            "notebook_hide_ages=true",
            "--nbval-sanitize-with",
            str(sanitizer),
            *notebooks,
        ]
        run = subprocess.run([*command, *options], cwd=ROOT, env=environ, capture_output=True, encoding="utf-8")
        assert run.returncode == 0, run.stdout[-6000:]
    finally:
        room.remove(cluster, tmp_path)
