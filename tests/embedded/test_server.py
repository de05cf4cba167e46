"""The server as a process: answers over TLS, keeps port, token and state, and tells time over HTTP."""

from __future__ import annotations

import http.client
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Obj = dict[str, Any]


@contextmanager
def running(home: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "podlab.embedded", "--home", str(home), "--name", "t", "--stepping", "--seed", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert "https://127.0.0.1:" in process.stdout.readline()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(10)


def ask(home: Path, path: str, method: str = "GET", body: Obj | None = None) -> tuple[int, Any]:
    config = json.loads((home / "kubeconfig").read_text(encoding="utf-8"))
    port = int(config["clusters"][0]["cluster"]["server"].rsplit(":", 1)[1])
    context = ssl.create_default_context(cafile=str(home / "ca.crt"))
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    headers = {"Authorization": f"Bearer {config['users'][0]['user']['token']}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, json.loads(data) if data[:1] == b"{" else data.decode()


def test_a_cluster_survives_being_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home) as process:
        assert ask(home, "/readyz") == (200, "ok")
        node = ask(home, "/api/v1/nodes/t-control-plane")[1]
        assert any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"])
        assert ask(home, "/api/v1/namespaces/default/configmaps", "POST", {"metadata": {"name": "kept"}})[0] == 201
        port = (home / "port").read_text(encoding="utf-8")
        process.kill()
    with running(home):
        assert (home / "port").read_text(encoding="utf-8") == port
        assert ask(home, "/api/v1/namespaces/default/configmaps/kept")[0] == 200
        assert ask(home, "/podlab/clock")[1]["stepping"] is True


def test_a_token_is_an_account(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home):
        path = "/api/v1/namespaces/default/serviceaccounts/default/token"
        token = ask(home, path, "POST", {"spec": {"expirationSeconds": 600}})[1]["status"]["token"]
        review = {"spec": {"token": token}}
        answered = ask(home, "/apis/authentication.k8s.io/v1/tokenreviews", "POST", review)[1]["status"]
        assert answered["authenticated"] is True
        assert answered["user"]["username"] == "system:serviceaccount:default:default"
        forged = {"spec": {"token": token[:-4] + "AAAA"}}
        assert (
            "authenticated" not in ask(home, "/apis/authentication.k8s.io/v1/tokenreviews", "POST", forged)[1]["status"]
        )
