"""The server as a process: answers over TLS, keeps port, token and state, and tells time over HTTP."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from podlab.client import Client
from tests.embedded.process import Connection, ask, running

pytestmark = pytest.mark.slow
STEPPING = ("--stepping", "--seed", "1")


def test_a_cluster_survives_being_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, *STEPPING) as process:
        assert ask(home, "/readyz") == (200, "ok")
        node = ask(home, "/api/v1/nodes/t-control-plane")[1]
        assert any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"])
        assert ask(home, "/api/v1/namespaces/default/configmaps", "POST", {"metadata": {"name": "kept"}})[0] == 201
        port = (home / "port").read_text(encoding="utf-8")
        process.kill()
    with running(home, *STEPPING):
        assert (home / "port").read_text(encoding="utf-8") == port
        assert ask(home, "/api/v1/namespaces/default/configmaps/kept")[0] == 200
        assert ask(home, "/podlab/clock")[1]["stepping"] is True


def test_workers_join_when_the_addons_have_their_node(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, "--workers", "2"):
        pods = ask(home, "/api/v1/pods")[1]["items"]
        nodes = [each["metadata"]["name"] for each in ask(home, "/api/v1/nodes")[1]["items"]]
    made = [each for each in pods if "pod-template-hash" in each["metadata"]["labels"]]
    assert nodes == ["t-control-plane", "t-worker", "t-worker2"]
    assert [each["spec"].get("nodeName") for each in made] == ["t-control-plane"] * 3


def test_a_cluster_with_watchers_stops_without_a_word(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with (tmp_path / "told").open("w+", encoding="utf-8") as told:
        with running(home, *STEPPING, stderr=told):
            watch = Connection(home).open("/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=0")
            assert watch.status == 200
        told.seek(0)
        assert told.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_only_the_owner_reads_the_state(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, *STEPPING):
        modes = {path.name: path.stat().st_mode & 0o077 for path in [home, *home.iterdir()]}
    assert "state.db" in modes
    assert not any(modes.values()), modes


def test_a_token_is_an_account(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, *STEPPING):
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


def test_the_admin_shows_a_certificate(tmp_path: Path) -> None:
    home, path = tmp_path / "home", "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    with running(home, *STEPPING):
        client = Client(home / "kubeconfig")
        [user] = json.loads((home / "kubeconfig").read_text(encoding="utf-8"))["users"]
        assert set(user["user"]) == {"client-certificate-data", "client-key-data"}
        who = client.request("POST", path, body={}).json()["status"]["userInfo"]
        assert (who["username"], who["groups"][0]) == ("kubernetes-admin", "kubeadm:cluster-admins")


def test_an_approved_request_makes_a_user(tmp_path: Path) -> None:
    home, path = tmp_path / "home", "/apis/certificates.k8s.io/v1/certificatesigningrequests"
    key = tmp_path / "jane.key"
    pem = requested(key, "jane", "devs")
    with running(home, *STEPPING):
        spec = {"request": base64.b64encode(pem).decode(), "signerName": "kubernetes.io/kube-apiserver-client"}
        asked = {"metadata": {"name": "jane"}, "spec": {**spec, "usages": ["client auth"]}}
        made = ask(home, path, "POST", asked)[1]
        made["status"] = {"conditions": [{"type": "Approved", "status": "True", "reason": "R"}]}
        assert ask(home, f"{path}/jane/approval", "PUT", made)[0] == 200
        issued = until(lambda: ask(home, f"{path}/jane")[1]["status"].get("certificate"))
        (tmp_path / "jane.crt").write_bytes(base64.b64decode(issued))
        trust = ssl.create_default_context(cafile=str(home / "ca.crt"))
        trust.load_cert_chain(tmp_path / "jane.crt", key)
        port = int((home / "port").read_text(encoding="utf-8"))
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=trust, timeout=10)
        connection.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")
        who = json.loads(connection.getresponse().read())["status"]["userInfo"]
    assert (who["username"], who["groups"]) == ("jane", ["devs", "system:authenticated"])
    assert who["extra"]["authentication.kubernetes.io/credential-id"][0].startswith("X509SHA256=")


def requested(path: Path, name: str, group: str) -> bytes:
    """A request for a certificate, whose key is written to `path`."""
    key = ec.generate_private_key(ec.SECP256R1())
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, bare))
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def until(found: Callable[[], Any]) -> Any:
    """What is found in the end, however often it must be asked for."""
    for _ in range(1000):
        if value := found():
            return value
    raise AssertionError("it was never there")


def test_a_stepping_cluster_waits_for_a_slow_reader(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home, *STEPPING):
        client = Client(home / "kubeconfig")
        spec = {"containers": [{"name": "c", "image": "nginx"}]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "slow"}, "spec": spec}
        created = client.request("POST", "/api/v1/namespaces/default/pods", body=pod).json()
        query = {"resourceVersion": created["metadata"]["resourceVersion"]}
        events = client.watch("/api/v1/namespaces/default/pods", query=query)
        next(events)
        end, moments = time.monotonic() + 0.3, set()
        while time.monotonic() < end:
            moments.add(client.request("GET", "/podlab/clock").json()["now"])
        assert len(moments) == 1
        assert any(event["object"]["status"]["phase"] == "Running" for event in events)
        assert all(sent.path != "/podlab/clock" or sent.method == "GET" for sent in client.take_sent().requests)
