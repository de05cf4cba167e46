"""When the world fails: a full disk, an interrupt, a token that is no good any more, a cluster that goes away."""

from __future__ import annotations

import io
import json
import os
import select
import signal
import subprocess
import sys
import textwrap
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import yaml

from podlab import text
from podlab.client import Client
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubectl import Kubectl, line
from tests.embedded.process import running
from tests.test_client import Server, kubeconfig, says

POD = {
    "kind": "Pod",
    "apiVersion": "v1",
    "metadata": {"name": "x", "namespace": "team", "uid": "u", "resourceVersion": "7"},
    "status": {},
}
LISTED = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [POD]}
PODS = {"resource": "pods", "responseKind": {"kind": "Pod"}, "scope": "Namespaced", "singularResource": "pod"}
CORE = {"metadata": {}, "versions": [{"version": "v1", "resources": [{**PODS, "verbs": ["get", "list", "watch"]}]}]}


def discovery(items: list[object]) -> dict[str, object]:
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size to stand for a full disk")
def test_a_full_disk_costs_nothing_that_was_there(tmp_path: Path) -> None:
    manifest = tmp_path / "nginx-pod.yaml"
    manifest.write_text("kind: Pod\n", encoding="utf-8")
    script = """
        import resource, signal
        from pathlib import Path
        from podlab import text
        from podlab.errors import ManifestError
        from podlab.kubectl.magics import write_manifest
        text.use("en")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        try:
            write_manifest(Path("nginx-pod.yaml"), "nginx-pod.yaml", "kind: Pod\\n" * 100)
        except ManifestError as error:
            print("\\n".join(error._render_traceback_()))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    line, hint = done.stdout.splitlines()
    assert line.startswith("error: open nginx-pod.yaml: ")
    assert "disk has room" in hint
    assert manifest.read_text(encoding="utf-8") == "kind: Pod\n"
    assert [path.name for path in tmp_path.iterdir()] == ["nginx-pod.yaml"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a process by its id")
def test_an_interrupt_ends_a_wait_at_once_with_one_line(tmp_path: Path) -> None:
    server = Server()
    server.answers["/api"] = [says(200, discovery([CORE]))]
    server.answers["/apis"] = [says(200, discovery([]))]
    server.answers["/api/v1/namespaces/team/pods/x"] = [says(200, POD)]

    def watched(handler: BaseHTTPRequestHandler) -> None:
        if "watch=" not in handler.path:
            says(200, LISTED)(handler)
            return
        handler.send_response(200)
        handler.end_headers()
        # the learner presses the stop button while the watch is open; and again, should the first have come in the
        # moment between Python's look for signals and the call that blocks
        os.kill(os.getpid(), signal.SIGINT)
        while not select.select([handler.connection], [], [], 5)[0]:
            os.kill(os.getpid(), signal.SIGINT)

    server.answers["/api/v1/namespaces/team/pods"] = [watched]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    text.use("en")
    try:
        with pytest.raises(PodlabError) as stopped:
            Kubectl(Client(kubeconfig(tmp_path, server.url))).wait("pod/x", for_="condition=Ready", timeout="60s")
    finally:
        signal.signal(signal.SIGINT, before)
        text.use(None)
        server.http.shutdown()
        server.http.server_close()
    command, line = stopped.value._render_traceback_()[:2]
    assert command == "$ kubectl wait pod/x --for=condition=Ready --timeout=60s"
    assert line == str(stopped.value) == "Stopped waiting for condition=Ready."


@pytest.mark.slow
def test_a_token_that_is_no_good_names_the_way_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home):
        config = yaml.safe_load((home / "kubeconfig").read_text(encoding="utf-8"))
        config["users"][0]["user"] = {"token": "expired"}
        other = tmp_path / "expired"
        other.write_text(yaml.safe_dump(config), encoding="utf-8")
        with pytest.raises(ApiError) as refused:
            Kubectl(Client(other)).get("pods")
    assert refused.value.code == 401
    assert str(refused.value) == "error: You must be logged in to the server (Unauthorized)"
    assert refused.value.hint


@pytest.mark.slow
def test_a_cluster_that_goes_away_in_a_lesson(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home) as process:
        kubectl = Kubectl(Client(home / "kubeconfig"))
        assert "No resources found" in kubectl.get("pods").stderr
        process.kill()
    text.use("en")
    with pytest.raises(ClusterError) as gone:
        kubectl.get("pods")
    assert "refused - did you specify the right host or port?" in str(gone.value)
    assert gone.value.hint is not None
    assert "podlab up" in gone.value.hint.en
    assert "podlab up" in gone.value.hint.ko
    text.use(None)
    with running(home):
        assert "No resources found" in kubectl.get("pods").stderr


@pytest.mark.parametrize(("typed", "asked", "said"), [
    ("", "Please enter Username: ", "error: EOF\n"),
    ("me\nsecret\n", "Please enter Username: Please enter Password: ", "error: error reading input for Password\n"),
])  # fmt: skip
def test_who_asks_is_asked_on_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: str, asked: str, said: str
) -> None:
    path = tmp_path / "config"
    entry = "clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}]\n"
    path.write_text(f"{entry}contexts: [{{name: a, context: {{cluster: a}}}}]\ncurrent-context: a\n", encoding="utf-8")
    assert line.main(["get", "pods"], path, stdin=io.StringIO(typed)) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (asked, said)


@pytest.mark.parametrize(("server", "proxy", "times", "said"), [
    ("ftp://x", "", 5, 'Unable to connect to the server: unsupported protocol scheme "ftp"\n'),
    ("127.0.0.1:99999", "", 5, "Unable to connect to the server: dial tcp: address 99999: invalid port\n"),
    ("https://127.0.0.1:1", "http://127.0.0.1:1", 5,
     "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n"),
])  # fmt: skip
def test_what_is_logged_of_a_server_that_cannot_be_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: str, proxy: str, times: int, said: str
) -> None:
    path = tmp_path / "config"
    entry = {"server": server} | ({"proxy-url": proxy} if proxy else {})
    config = {
        "clusters": [{"name": "a", "cluster": entry}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "u"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "current-context": "a",
    }
    path.write_text(json.dumps(config), encoding="utf-8")
    assert line.main(["get", "pods"], path) == 1
    err = capsys.readouterr().err
    assert err.count("couldn't get current server API group list") == times and err.endswith(said)
