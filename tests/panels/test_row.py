"""The row of a Pod, held against what real kubectl printed while the recorded watch stream said what it said."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podlab.panels.row import row, tone

GOLDEN = Path(__file__).parents[1] / "golden"
HEADER = re.compile(r"^NAME +READY +STATUS +RESTARTS +AGE")
LINE = re.compile(r"^(\S+) +(\d+/\d+) +(\S+) +(\d+)(?: \((\S+) ago\))? +\S+")
ROUNDING = 0.05
"""Seconds by which a stamp of one decimal may be before its moment."""
RECORDINGS = sorted(p.parent.name for p in GOLDEN.glob("*/watch-pods.jsonl"))


def events(name: str) -> Iterator[dict[str, Any]]:
    for line in (GOLDEN / name / "watch-pods.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def printed(name: str) -> Iterator[tuple[float, str, str, str, int]]:
    """Every Pod row in a transcript's `kubectl get pods` tables, with the time when the next step began."""
    text = (GOLDEN / name / "transcript.txt").read_text(encoding="utf-8")
    steps = re.split(r"^(?=\[t=)", text, flags=re.M)
    stamps = [float(found[1]) if (found := re.match(r"\[t=([\d.]+)\]", step)) else 0.0 for step in steps]
    for step, end in zip(steps, [*stamps[1:], math.inf], strict=True):
        inside = False
        for line in step.splitlines():
            inside = bool(HEADER.match(line)) or (inside and not line.startswith("---"))
            if inside and (cells := LINE.match(line)):
                yield end, cells[1], cells[2], cells[3], int(cells[4])


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDINGS)
def test_every_printed_row_is_a_row_of_the_stream(name: str) -> None:
    rows = [(e["t"], row(e["object"])) for e in events(name) if e["type"] in ("ADDED", "MODIFIED")]
    known = {r.name for _, r in rows}
    for time, pod, ready, status, restarts in printed(name):
        if pod not in known:
            continue
        seen = {(r.ready, r.status, r.restarts) for t, r in rows if r.name == pod and t <= time + ROUNDING}
        assert (ready, status, restarts) in seen, (time, pod, sorted(seen))


def test_the_recordings_print_many_rows() -> None:
    rows = [cells for name in RECORDINGS for cells in printed(name)]
    assert len(rows) > 60
    assert {"Running", "ContainerCreating", "Terminating", "Completed", "ErrImagePull"} <= {r[3] for r in rows}


@pytest.mark.parametrize(
    ("reason", "ready", "expected"),
    [
        ("Running", True, "ready"),
        ("Running", False, "waiting"),
        ("ContainerCreating", False, "waiting"),
        ("Init:0/2", False, "waiting"),
        ("Init:Error", False, "failing"),
        ("Completed", False, "done"),
        ("Terminating", True, "leaving"),
        ("CrashLoopBackOff", False, "failing"),
        ("OOMKilled", False, "failing"),
        ("Unknown", False, "failing"),
    ],
)
def test_tone(reason: str, ready: bool, expected: str) -> None:
    assert tone(reason, ready=ready) == expected


def pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p", "uid": "u"}, "spec": {"containers": [{"name": "c"}]}, "status": status}


def test_a_pod_without_a_status_has_a_row() -> None:
    bare = row({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "a"}, {"name": "b"}]}})
    assert (bare.ready, bare.status, bare.restarts, bare.ip, bare.node) == ("0/2", "", 0, "", "")


def test_a_gated_pod_says_so() -> None:
    gated = pod(phase="Pending", conditions=[{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}])
    assert row(gated).status == "SchedulingGated"


def test_a_killed_container_without_a_reason_shows_its_signal_or_exit_code() -> None:
    signalled = {"name": "c", "state": {"terminated": {"exitCode": 137, "signal": 9}}}
    assert row(pod(phase="Failed", containerStatuses=[signalled])).status == "Signal:9"
    exited = {"name": "c", "state": {"terminated": {"exitCode": 3}}}
    assert row(pod(phase="Failed", containerStatuses=[exited])).status == "ExitCode:3"


def test_a_pod_on_a_lost_node_is_unknown_while_it_is_deleted() -> None:
    lost = pod(phase="Running", reason="NodeLost")
    lost["metadata"]["deletionTimestamp"] = "2026-11-23T02:00:00Z"
    assert row(lost).status == "Unknown"


def test_a_sidecar_counts_for_ready_and_total() -> None:
    sidecar = {"name": "s", "restartCount": 2, "started": True, "ready": True, "state": {"running": {}}}
    main = {"name": "c", "restartCount": 1, "ready": True, "state": {"running": {}}}
    both = pod(phase="Running", initContainerStatuses=[sidecar], containerStatuses=[main])
    both["spec"]["initContainers"] = [{"name": "s", "restartPolicy": "Always"}]
    assert (row(both).ready, row(both).restarts) == ("2/2", 3)
