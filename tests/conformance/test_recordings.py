"""The recorded commands again, with podlab's kubectl: the same text, character for character but for what is local."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from podlab.client import Client
from podlab.errors import ApiError
from tests.conformance.shell import Shell
from tests.kubectl import recordings
from tests.kubectl.recordings import GOLDEN, commands

SCENARIOS = ("seed", "run-and-edit", "bad-manifests", "errors", "apply-and-diff")
LOCAL = {
    ("seed", "kubectl get events --sort-by=.metadata.creationTimestamp"),  # the node's own Events are the machine's
    ("run-and-edit", "kubectl get pod web"),  # whether its restart was 6 or 7 s ago
}
NOT_YET = {
    # kubectl hands the fields of its client-side apply over to its server-side apply; podlab's leaves them to both
    ("apply-and-diff", "kubectl get pod nginx-pod-example -o json --show-managed-fields"),
}
NOT_EMBEDDED = {  # the embedded API server has no server-side apply yet, and says so with 415
    ("apply-and-diff", "kubectl apply --server-side -f nginx-pod.yaml"),
    ("apply-and-diff", "kubectl apply --server-side --force-conflicts -f nginx-pod.yaml"),
}
ANY_ORDER = {
    ("seed", "kubectl logs nginx-pod-example"),  # stdout's and stderr's lines mix as it happens
    ("run-and-edit", "kubectl describe pod web"),  # Events of the same second
}
MACHINE = (  # what is local to the recorded machine or moment and no rule of the recorder names
    (re.compile(r"0/1 +(Pending|ContainerCreating)\b"), "0/1  STARTING"),
    (re.compile(r"(1/1 +Terminating|0/1 +(Terminating|Completed))\b"), "ENDING"),
    (re.compile(r"OS: Linux \S+"), "OS: Linux KERNEL"),
    (re.compile(r"\b[a-z0-9][a-z0-9-]*-control-plane\b"), "NODE"),
    (re.compile(r'in scheme "[^"]+"'), 'in scheme "FILE"'),  # depends on how Kubernetes was compiled
)


def normal(text: str) -> str:
    """The text without what is local to one run."""
    for pattern, by in MACHINE:
        text = pattern.sub(by, text)
    return str(recordings.normal(text))


@pytest.fixture(scope="module")
def kubeconfig(request: pytest.FixtureRequest) -> Path:
    """PODLAB_TEST_KUBECONFIG, else the session's cluster."""
    given = os.environ.get("PODLAB_TEST_KUBECONFIG")
    return Path(given) if given else Path(request.getfixturevalue("cluster").kubeconfig)


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shell(scenario: str, kubeconfig: Path, tmp_path: Path) -> Iterator[Shell]:
    """The scenario's files in a folder, and the namespace that it was recorded in."""
    inputs = GOLDEN / scenario / "input"
    shutil.copytree(inputs, tmp_path / "input")
    if (inputs / "default-namespace").exists():
        yield Shell(tmp_path / "input", kubeconfig, "default")
        return
    client = Client(kubeconfig)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": scenario}}
    client.request("POST", "/api/v1/namespaces", body=namespace)
    _until_account(client, scenario)
    yield Shell(tmp_path / "input", kubeconfig, scenario)
    client.request("DELETE", f"/api/v1/namespaces/{scenario}")
    _until_gone(client, f"/api/v1/namespaces/{scenario}")


@pytest.fixture(scope="module")
def left_out(kubeconfig: Path) -> set[tuple[str, str]]:
    """The commands that are run but not compared on this cluster."""
    try:
        Client(kubeconfig).get("/podlab/clock")
    except ApiError:
        return LOCAL | NOT_YET
    return LOCAL | NOT_YET | NOT_EMBEDDED


@pytest.mark.cluster
def test_what_real_kubectl_printed(scenario: str, shell: Shell, left_out: set[tuple[str, str]]) -> None:
    recorded = iter(commands(scenario))
    differences = []
    for kind, step in steps(scenario):
        if kind == "~":
            time.sleep(float(step))
        elif kind == "?":
            seconds, _, poll = step.partition(" ")
            shell.until(poll, float(seconds))
        else:
            wanted = next(recorded)
            assert wanted.line == step
            texts = normal(wanted.transcript), normal(shell.run(step).transcript)
            if (scenario, step) not in left_out and not _same(scenario, step, *texts):
                differences += [f"\n$ {step}", *_difference(*texts)]
    assert not differences, "\n".join(differences)


def steps(scenario: str) -> list[tuple[str, str]]:
    """The scenario's steps, each with its sign: `$` a command, `~` a wait in seconds, `?` a poll."""
    lines = (GOLDEN / scenario / "input" / "steps").read_text(encoding="utf-8").splitlines()
    return [(line[0], line[2:]) for line in lines if line[:2] in ("$ ", "~ ", "? ")]


def _same(scenario: str, step: str, wanted: str, got: str) -> bool:
    if (scenario, step) in ANY_ORDER:
        return sorted(wanted.splitlines()) == sorted(got.splitlines())
    return wanted == got


def _difference(wanted: str, got: str) -> list[str]:
    return list(difflib.unified_diff(wanted.splitlines(), got.splitlines(), "recorded", "podlab", n=1, lineterm=""))


def _until_account(client: Client, namespace: str) -> None:
    """Pods can be created when the namespace has its ServiceAccount."""
    end = time.monotonic() + 30
    while not client.get(f"/api/v1/namespaces/{namespace}/serviceaccounts")["items"]:
        assert time.monotonic() < end, f"{namespace} has no ServiceAccount"
        time.sleep(0.1)


def _until_gone(client: Client, path: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            client.get(path)
        except ApiError as error:
            assert error.code == 404, error
            return
        time.sleep(0.2)
    raise AssertionError(f"{path} is there still")
