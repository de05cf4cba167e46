"""The command line that scripts rely on: exit codes, what goes to which stream, and nothing that asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import podlab
from podlab.clusters import Cluster, state

ROOT = Path(podlab.__file__).parent.parent

pytestmark = pytest.mark.slow


class Machine:
    """An empty state folder, and a PATH with nothing but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()

    def run(
        self,
        *words: str,
        language: str = "en",
        stdin: int = subprocess.DEVNULL,
        environ: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        own = {name: os.environ[name] for name in ("SYSTEMROOT", "HOME", "USERPROFILE", "TEMP") if name in os.environ}
        own |= {"PODLAB_HOME": str(self.folder / "home"), "PATH": str(self.folder / "bin")}
        own |= {"LANGUAGE": language, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **(environ or {})}
        command = [sys.executable, "-m", "podlab", *words]
        return subprocess.run(command, env=own, capture_output=True, encoding="utf-8", stdin=stdin, cwd=self.folder)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    if (tmp_path / "home" / "clusters").exists():
        made.run("down", "--all")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--help",), 0),
        ((), 2),
        (("nonsense",), 2),
        (("status", "--nonsense"), 2),
        (("lab", "--language", "fr"), 2),
        (("lab", "--port", "0"), 2),
        (("down", "--name", "a", "--all"), 2),
        (("status",), 3),
        (("down",), 3),
        (("down", "--all"), 0),
        (("down", "--name", "a"), 3),
        (("kubeconfig", "--name", "a"), 3),
        (("up", "--cluster", "minikube:x"), 1),
        (("up", "--cluster", "context:none"), 1),
        (("up", "--cluster", "embedded", "--name", "Big_Name"), 1),
        (("reset", "99"), 1),
        (("progress",), 0),
        (("progress", "--export", "no/such/folder/record.html"), 1),
    ],
)
def test_exit_codes(machine: Machine, words: tuple[str, ...], code: int) -> None:
    done = machine.run(*words)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("language", "said", "on"),
    [("en", "there is no kind command", "without Docker"), ("ko", "kind 명령이 없습니다", "Docker 없이")],
)
def test_without_kind_it_says_what_is_missing_and_how_to_go_on(
    machine: Machine, language: str, said: str, on: str
) -> None:
    done = machine.run("up", "--cluster", "kind", language=language)
    assert done.returncode == 1
    assert said in done.stderr
    assert on in done.stderr
    assert "podlab up --cluster embedded" in done.stderr


def test_a_lesson_that_was_brought_back_may_still_be_open(machine: Machine, tmp_path: Path) -> None:
    fresh, again = (machine.run("reset", "02", "--dir", str(tmp_path), "--language", "en") for _ in range(2))
    assert "Reload Notebook from Disk" not in fresh.stdout + fresh.stderr
    assert "Reload Notebook from Disk" in again.stdout + again.stderr


def test_the_record_is_written_in_the_language_asked_for(machine: Machine, tmp_path: Path) -> None:
    for language, title in (("ko", "podlab 학습 기록"), ("en", "podlab: record of learning")):
        path = tmp_path / f"{language}.html"
        done = machine.run("progress", "--export", str(path), "--language", language)
        assert (done.returncode, str(path) in done.stdout + done.stderr) == (0, True)
        assert title in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "ko"),
    [
        (("status",), "클러스터가 없습니다"),
        (("down",), "지울 클러스터가 없습니다"),
        (("doctor",), "상태 폴더"),
        (("up", "--cluster", "context:none"), "컨텍스트"),
    ],
)
def test_each_command_speaks_the_language_asked_for(machine: Machine, words: tuple[str, ...], ko: str) -> None:
    spoken, other = (machine.run(*words, "--language", which, language="en") for which in ("ko", "en"))
    assert ko in spoken.stdout + spoken.stderr
    assert ko not in other.stdout + other.stderr


def test_json_is_alone_on_stdout(machine: Machine) -> None:
    done = machine.run("status", "--json")
    assert (json.loads(done.stdout), done.returncode) == ([], 3)
    findings = json.loads(machine.run("doctor", "--json").stdout)
    assert {"python", "engine", "kind"} <= {finding["id"] for finding in findings}


def test_doctor_fails_where_kind_is_wanted_and_cannot_be(machine: Machine) -> None:
    assert machine.run("doctor", "--cluster", "kind").returncode == 1


def test_it_stops_quietly_when_nobody_reads(machine: Machine) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environ = os.environ | {"PODLAB_HOME": str(machine.folder / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "podlab", "doctor", "--json"]
    done = subprocess.run(command, env=environ, stdout=writing, stderr=subprocess.PIPE, encoding="utf-8")
    os.close(writing)
    assert "Traceback" not in done.stderr


@pytest.mark.cluster
def test_a_cluster_from_up_to_down(machine: Machine) -> None:
    up = machine.run("up", "--cluster", "embedded", "--name", "one")
    assert (up.returncode, up.stdout) == (0, "")
    [status] = json.loads(machine.run("status", "--json").stdout)
    assert set(status) == {"name", "kind", "kubernetes_version", "ready", "simulated", "kubeconfig", "nodes"}
    assert (status["name"], status["kind"], status["simulated"]) == ("one", "embedded", True)
    assert (
        machine.run("kubeconfig").stdout
        == machine.run("kubeconfig", "--name", "one").stdout
        == status["kubeconfig"] + "\n"
    )
    assert machine.run("kubectl", "get", "namespaces", "-o", "name").stdout.startswith("namespace/default\n")
    clash = machine.run("up", "--cluster", "kind", "--name", "one")
    assert clash.returncode == 1
    assert machine.run("down").returncode == 0
    assert machine.run("status").returncode == 3


@pytest.mark.cluster
def test_kubectl_passes_everything_through(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = os.environ | {"PODLAB_CLUSTER": cluster.name, "PYTHONPATH": str(ROOT), "PODLAB_HOME": str(state.home())}

    def kubectl(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "podlab", "kubectl", *words]
        return subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)

    missing = kubectl("get", "pod", "none")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == 'Error from server (NotFound): pods "none" not found\n'
    assert kubectl("get", "--help").returncode == 0
    assert kubectl("get", "ns", "default", "-o", "jsonpath={.metadata.name}").stdout == "default"


@pytest.mark.cluster
def test_reset_deletes_what_lessons_made_and_nothing_else(cluster: Cluster) -> None:
    from podlab.client import Client
    from podlab.clusters import reset

    client = Client(cluster.kubeconfig)
    core = "/api/v1/namespaces/default"
    client.request(
        "POST", f"{core}/configmaps", body={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine"}}
    )
    spec = {"containers": [{"name": "nginx", "image": "nginx"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "mine"}, "spec": spec}
    client.request("POST", f"{core}/pods", body=pod)
    assert {"configmaps/mine", "pods/mine"} <= set(reset.empty(cluster))
    assert client.get(f"{core}/services/kubernetes")
    assert [item["metadata"]["name"] for item in client.get(f"{core}/configmaps")["items"]] == ["kube-root-ca.crt"]


@pytest.mark.cluster
def test_the_time_of_an_embedded_cluster_can_be_stopped(machine: Machine) -> None:
    assert machine.run("up", "--cluster", "embedded", "--speed", "5").returncode == 0
    assert json.loads(machine.run("clock").stdout)["speed"] == 5
    stopped = json.loads(machine.run("clock", "pause").stdout)
    assert stopped["paused"]
    assert json.loads(machine.run("clock").stdout)["now"] == stopped["now"]
    assert not json.loads(machine.run("clock", "resume").stdout)["paused"]
    assert machine.run("clock", "backwards").returncode == 2


@pytest.mark.cluster
def test_kubectl_runs_on_the_chosen_cluster_unless_the_command_line_names_another(
    machine: Machine, cluster: Cluster
) -> None:
    nowhere = machine.folder / "nowhere.yaml"
    nowhere.write_text("apiVersion: v1\nkind: Config\n", encoding="utf-8")
    asked = ("kubectl", "get", "ns", "default", "-o", "name")
    given = {"PODLAB_CLUSTER": str(cluster.kubeconfig), "KUBECONFIG": str(nowhere)}
    done = machine.run(*asked, environ=given)
    assert (done.returncode, done.stdout) == (0, "namespace/default\n"), done.stderr
    done = machine.run(*asked, "--kubeconfig", str(nowhere), environ=given)
    assert done.returncode == 1
    given["PODLAB_CLUSTER"] = str(nowhere)
    done = machine.run(*asked, "--kubeconfig", str(cluster.kubeconfig), environ=given)
    assert (done.returncode, done.stdout) == (0, "namespace/default\n"), done.stderr


@pytest.mark.cluster
def test_a_room_on_any_cluster(machine: Machine, cluster: Cluster, podlab_home: Path) -> None:
    environ = {"PODLAB_HOME": str(podlab_home)}
    choice = ("--cluster", cluster.name)
    assert machine.run("workshop", "seats", "2", *choice, environ=environ).returncode == 0
    try:
        done = machine.run("workshop", "check", *choice, environ=environ)
        assert done.returncode == 0, done.stdout
    finally:
        assert machine.run("workshop", "remove", *choice, environ=environ).returncode == 0
