"""Each finding, on a machine that has it and on one that has not."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from podlab.clusters.doctor import doctor
from podlab.clusters.machine.probe import Answer, Machine
from tests.clusters.fakes import FakeMachine

PACKAGES = {"jupyterlab": "4.6.6", "jupyterlab_widgets": "3.0.17", "ipykernel": "7.4.0", "kubernetes": "37.0.2"}
ABOUT = {
    "CgroupVersion": "2",
    "NCPU": 4,
    "MemTotal": 8 << 30,
    "SecurityOptions": ["name=seccomp"],
    "MemoryLimit": True,
}
WIDGETS = "/env/share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager/package.json"
FILES = {
    WIDGETS: "{}",
    "/proc/version": "Linux version 6.1.0",
    "/proc/sys/fs/inotify/max_user_watches": "524288\n",
    "/proc/sys/fs/inotify/max_user_instances": "512\n",
}


def about(**changes: object) -> dict[str, Answer]:
    return {"docker info --format {{json": Answer(0, json.dumps(ABOUT | changes))}


def kubectl(version: str) -> dict[str, Answer]:
    return {"kubectl": Answer(0, json.dumps({"clientVersion": {"gitVersion": version}}))}


COMMANDS = {
    **about(),
    "docker info": Answer(0, "27.0"),
    "docker context": Answer(0, "unix:///var/run/docker.sock\n"),
    "docker network": Answer(0, "172.18.0.0/16 fc00::/64 \n"),
    "ip": Answer(0, "default via 10.0.0.1 dev eth0\n172.18.0.0/16 dev br-1 proto kernel\n10.0.0.0/24 dev eth0\n"),
    "kind version": Answer(0, "0.33.0\n"),
    "kind get clusters": Answer(0, ""),
    **kubectl("v1.36.0"),
}


def healthy(**changes: object) -> FakeMachine:
    return FakeMachine(**{"commands": dict(COMMANDS), "packages": dict(PACKAGES), "files": FILES} | changes)  # type: ignore[arg-type]


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
    ("environment", "error", healthy(files=FILES | {WIDGETS: None})),
    ("environment", "note", healthy(paths={"jupyter-lab": "/other/bin/jupyter-lab"})),
    ("port", "note", healthy(ports=frozenset({8888}))),
    ("kubectl", "note", healthy(commands=COMMANDS | kubectl("v1.20.2"))),
    ("wsl", "note", healthy(files=FILES | {"/proc/version": "Linux version 5.15-microsoft-standard-WSL2"})),
    ("engine-context", "error", healthy(commands=COMMANDS | {"docker context": Answer(0, "ssh://me@far\n")})),
    ("engine-context", "error", healthy(environ={"DOCKER_HOST": "tcp://10.1.2.3:2376"})),
    ("provider-variable", "error", healthy(environ={"KIND_EXPERIMENTAL_PROVIDER": "lima"})),
    ("snap", "note", healthy(paths={"docker": "/snap/bin/docker"})),
    ("rootless", "error", healthy(commands=COMMANDS | about(SecurityOptions=["name=rootless"], MemoryLimit=False))),
    ("cgroups", "note", healthy(commands=COMMANDS | about(CgroupVersion="1"))),
    ("inotify", "note", healthy(files=FILES | {"/proc/sys/fs/inotify/max_user_instances": "128"})),
    ("memory", "error", healthy(commands=COMMANDS | about(MemTotal=1 << 30))),
    ("memory", "note", healthy(commands=COMMANDS | about(MemTotal=5 << 29))),
    ("cpu", "note", healthy(commands=COMMANDS | about(NCPU=1))),
    ("subnet", "error", healthy(commands=COMMANDS | {"ip": Answer(0, "172.18.4.0/22 dev tun0 scope link\n")})),
    ("leftovers", "note", healthy(commands=COMMANDS | {"kind get clusters": Answer(0, "old\n")})),
]
KIND_ONLY = {
    finding for finding, _, _ in ILL if finding not in ("python", "encoding", "jupyterlab", "widgets", "environment")
} - {"ipykernel", "kubernetes", "proxy", "port", "kubectl", "wsl"}


@pytest.mark.parametrize(("finding", "severity", "machine"), ILL)
def test_each_illness_is_seen_with_its_reason_and_its_cure(
    finding: str, severity: str, machine: FakeMachine, tmp_path: Path
) -> None:
    home = Path("/mnt/c/podlab") if finding == "wsl" else tmp_path
    examined = doctor.examine(machine, home, for_kind=True)
    ill = [found for found in examined if found.severity != "ok" and (home is tmp_path or found.id != "state")]
    assert [(found.id, found.severity) for found in ill] == [(finding, severity)]
    for text in (ill[0].seen, ill[0].why, ill[0].fix):
        assert text and text.ko and text.en


@pytest.mark.parametrize(("finding", "severity", "machine"), ILL)
def test_what_only_kind_needs_stops_nobody_else(
    finding: str, severity: str, machine: FakeMachine, tmp_path: Path
) -> None:
    kind_only = finding in KIND_ONLY
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


@pytest.mark.slow
def test_the_real_machine_can_be_examined(tmp_path: Path) -> None:
    found = {finding.id: finding.severity for finding in doctor.examine(Machine(), tmp_path)}
    assert found["python"] == found["state"] == found["kubernetes"] == "ok"


@pytest.mark.kind
def test_what_this_machine_shows_is_what_its_engine_and_kernel_say(tmp_path: Path) -> None:
    machine = Machine()
    found = {finding.id: finding for finding in doctor.examine(machine, tmp_path, for_kind=True)}
    assert found["engine"].severity == found["kind"].severity == "ok"
    version = machine.run(["docker", "info", "--format", "{{.CgroupVersion}}"]).out.strip()
    assert (found["cgroups"].severity == "note") is (version == "1")
    instances = Path("/proc/sys/fs/inotify/max_user_instances")
    if instances.exists() and int(instances.read_text(encoding="utf-8")) < 512:
        assert "max_user_instances=512" in str(found["inotify"].fix)
    names = machine.run(["kind", "get", "clusters"]).out.split()
    assert (found["leftovers"].severity == "note") is bool(names)


def test_a_port_that_is_taken_is_seen_for_real() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert Machine().listens(listening.getsockname()[1])
    assert not Machine().listens(listening_port_of_nobody())


def listening_port_of_nobody() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
