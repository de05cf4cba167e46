"""One action in three forms: kubectl line, HTTP requests, Python call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from podlab import text
from podlab.answers import Request
from podlab.client import Client
from podlab.errors import ApiError, PodlabError
from podlab.kubectl import Kubectl
from podlab.kubectl.commandline.flags import written
from podlab.kubectl.commandline.forms import forms, http, python_call
from podlab.kubectl.output import Output
from podlab.kubectl.verbs.get import get_raw

CALLS = [
    ("kubectl get pods", 'kubectl.get("pods")'),
    ("kubectl get pods -o wide -n team", 'kubectl.get("pods", output="wide", namespace="team")'),
    ("kubectl get pods -A --show-labels", 'kubectl.get("pods", all_namespaces=True, show_labels=True)'),
    ("kubectl apply -f nginx-pod.yaml", 'kubectl.apply("nginx-pod.yaml")'),
    ("kubectl delete -f a.yaml --now", 'kubectl.delete("a.yaml", now=True)'),
    ("kubectl wait pod/web --for=condition=Ready", 'kubectl.wait("pod/web", for_="condition=Ready")'),
    ("kubectl set image pod/web web=nginx:1.27", 'kubectl.set_image("pod/web", "web=nginx:1.27")'),
    ("kubectl create namespace team", 'kubectl.create("namespace", "team")'),
    ("kubectl rollout status deployment/web", 'kubectl.rollout("status", "deployment/web")'),
    ("kubectl api-resources", "kubectl.api_resources()"),
    ("kubectl exec web -- nginx -v", 'kubectl.exec("web", "nginx", "-v")'),
    (
        "kubectl get pod web -o 'jsonpath={.status.podIP}'",
        'kubectl.get("pod", "web", output="jsonpath={.status.podIP}")',
    ),
    ("kubectl logs web --tail=10", 'kubectl.logs("web", tail=10)'),
]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


@pytest.mark.parametrize(("line", "call"), CALLS)
def test_the_python_call_says_the_same(line: str, call: str) -> None:
    assert python_call(line) == call


class _Recorded(Exception):
    """Carries the line that a call was about to carry out."""


class _Recorder(Kubectl):
    """A Kubectl that only says which kubectl line a call is."""

    def __init__(self) -> None:
        pass

    def do(self, verb: str, arguments: Any, flags: Any, **more: Any) -> Output:
        from podlab.kubectl.commandline.flags import written

        raise _Recorded(written(verb, arguments, flags, more.get("after", ())))


@pytest.mark.parametrize(("line", "call"), CALLS)
def test_the_call_is_that_line_again(line: str, call: str) -> None:
    with pytest.raises(_Recorded) as recorded:
        eval(call, {"kubectl": _Recorder()})
    assert sorted(str(recorded.value).split()) == sorted(line.split())


def test_requests_are_told_without_those_that_only_learn() -> None:
    asked = Request("GET", "/api"), Request("GET", "/openapi/v3/api/v1?hash=1")
    made = Request("POST", "/api/v1/namespaces/default/pods", {"kind": "Pod"})
    shown = http([*asked, made])
    assert shown.startswith('POST /api/v1/namespaces/default/pods\n  {\n   "kind": "Pod"\n  }')
    assert "2 requests to learn" in shown and "openapi" not in shown
    assert http([]) == "The server was not asked."


def test_the_forms_stand_side_by_side() -> None:
    found = forms("kubectl get pods", [Request("GET", "/api/v1/namespaces/default/pods?labelSelector=<b>")])
    assert found._repr_html_().count("<td") == 3 and "&lt;b&gt;" in found._repr_html_()
    assert str(found).splitlines()[0] == "kubectl" and 'kubectl.get("pods")' in str(found)


class Unready:
    """A server whose Pod listens only when it is asked for the third time."""

    def __init__(self) -> None:
        self.asked = 0

    def request(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        if self.asked < 3:
            raise ApiError({"code": 503, "reason": "ServiceUnavailable", "message": "connection refused"})
        return SimpleNamespace(text="page")


def test_a_path_that_is_unavailable_is_asked_for_again_but_only_when_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podlab.kubectl.verbs.get.PAUSE", 0.0)
    server: Any = Unready()
    assert get_raw(server, "/proxy/", patience=60.0) == "page" and server.asked == 3
    impatient: Any = Unready()
    with pytest.raises(ApiError, match="connection refused"):
        get_raw(impatient, "/proxy/", patience=0.0)
    assert impatient.asked == 1
    assert written("get", [], {"raw": "/proxy/", "timeout": "10s"}) == "kubectl get --raw=/proxy/"


@pytest.mark.cluster
def test_every_output_tells_how(cluster: Any, tmp_path: Path) -> None:
    client = Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace)
    kubectl = Kubectl(client, folder=tmp_path)
    told = kubectl.get("pods", selector="app=nothing").how()
    assert told.kubectl == "kubectl get pods -l app=nothing"
    assert "/pods?labelSelector=app%3Dnothing" in told.http
    assert told.python == 'kubectl.get("pods", selector="app=nothing")'
    with pytest.raises(PodlabError) as failed:
        kubectl.get("pod", "nobody-here")
    assert "/pods/nobody-here" in failed.value.output.how().http
