"""Each finding, on a machine that has it and on one that has not."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeMachine

from podlab.clusters import doctor
from podlab.clusters.probe import Answer, Machine

PACKAGES = {"jupyterlab": "4.6.6", "jupyterlab_widgets": "3.0.17", "ipykernel": "7.4.0", "kubernetes": "37.0.2"}
COMMANDS = {"docker info": Answer(0, "27.0"), "kind version": Answer(0, "0.33.0\n"), "kubectl": Answer(0)}


def healthy(**changes: object) -> FakeMachine:
    return FakeMachine(**{"commands": dict(COMMANDS), "packages": dict(PACKAGES)} | changes)  # type: ignore[arg-type]


def without(command: str) -> dict[str, Answer]:
    return {words: answer for words, answer in COMMANDS.items() if not words.startswith(command)}


def test_a_healthy_machine_has_nothing_to_mend(tmp_path: Path) -> None:
    findings = doctor.examine(healthy(), tmp_path, for_kind=True)
    assert {finding.severity for finding in findings} == {"ok"}


ILL = [
    ("python", "error", healthy(python=(3, 10))),
    ("encoding", "note", healthy(encoding="cp949")),
    ("jupyterlab", "error", healthy(packages=PACKAGES | {"jupyterlab": None})),
    ("widgets", "error", healthy(packages=PACKAGES | {"jupyterlab_widgets": None})),
    ("ipykernel", "error", healthy(packages=PACKAGES | {"ipykernel": "7.0.1"})),
    ("kubernetes", "error", healthy(packages=PACKAGES | {"kubernetes": "36.0.0"})),
    ("kubernetes", "error", healthy(packages=PACKAGES | {"kubernetes": None})),
    ("proxy", "note", healthy(environ={"HTTPS_PROXY": "http://p:3128"})),
    ("engine", "error", healthy(commands=without("docker"))),
    ("engine", "error", healthy(commands=COMMANDS | {"docker info": Answer(1, "", "permission denied")})),
    ("kind", "error", healthy(commands=without("kind"))),
    ("kind", "error", healthy(commands=COMMANDS | {"kind version": Answer(0, "0.9.0\n")})),
    ("disk", "error", healthy(free_bytes=1 << 30)),
]


@pytest.mark.parametrize(("finding", "severity", "machine"), ILL)
def test_each_illness_is_seen_with_its_reason_and_its_cure(
    finding: str, severity: str, machine: FakeMachine, tmp_path: Path
) -> None:
    ill = [found for found in doctor.examine(machine, tmp_path, for_kind=True) if found.severity != "ok"]
    assert [(found.id, found.severity) for found in ill] == [(finding, severity)]
    for text in (ill[0].seen, ill[0].why, ill[0].fix):
        assert text and text.ko and text.en


@pytest.mark.parametrize(("finding", "severity", "machine"), ILL)
def test_what_only_kind_needs_stops_nobody_else(
    finding: str, severity: str, machine: FakeMachine, tmp_path: Path
) -> None:
    kind_only = finding in ("engine", "kind", "disk")
    assert (doctor.worst(doctor.examine(machine, tmp_path)) == "error") is (severity == "error" and not kind_only)


def test_a_proxy_that_spares_loopback_is_fine(tmp_path: Path) -> None:
    machine = healthy(environ={"https_proxy": "http://p:3128", "no_proxy": "127.0.0.1,localhost"})
    assert doctor.proxy(machine, tmp_path).severity == "ok"


def test_a_state_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    found = doctor.state_folder(healthy(), tmp_path / "file")
    assert found.severity == "error"
    assert "PODLAB_HOME" in str(found.fix)


def test_json_has_both_languages(tmp_path: Path) -> None:
    found = doctor.python(healthy(python=(3, 9)), tmp_path).as_dict()
    assert set(found) == {"id", "severity", "seen", "why", "fix"}
    assert set(found["why"]) == {"ko", "en"}


def test_the_real_machine_can_be_examined(tmp_path: Path) -> None:
    found = {finding.id: finding.severity for finding in doctor.examine(Machine(), tmp_path)}
    assert found["python"] == found["state"] == found["kubernetes"] == "ok"
