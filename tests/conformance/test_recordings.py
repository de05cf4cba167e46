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
from tests.conformance.shell import Shell, changes
from tests.kubectl import recordings
from tests.kubectl.recordings import GOLDEN, commands

NAMESPACES = "/api/v1/namespaces"
SCENARIOS = ("seed", "run-and-edit", "bad-manifests", "errors", "apply-and-diff", "apps-quota")
LOCAL = {
    ("seed", "kubectl get events --sort-by=.metadata.creationTimestamp"),  # the node's own Events are the machine's
    ("run-and-edit", "kubectl get pod web"),  # whether its restart was 6 or 7 s ago
}
NOT_YET = {
    # kubectl hands the fields of its client-side apply over to its server-side apply; podlab's leaves them to both
    ("apply-and-diff", "kubectl get pod nginx-pod-example -o json --show-managed-fields"),
}
ANY_ORDER = {
    ("seed", "kubectl logs nginx-pod-example"),  # stdout's and stderr's lines mix as it happens
    ("run-and-edit", "kubectl describe pod web"),  # Events of the same second
}
MOMENT = {  # what hangs on how soon one command follows another: the kit's come at once, kubectl's after 0.1 s
    ("seed", "kubectl get pods"): (
        r"0/1 +(Pending|ContainerCreating)\b|1/1 +Terminating\b|0/1 +Completed\b",  # on its way up, or down
        "UNDER WAY",
    ),
    ("apply-and-diff", "kubectl apply -f nginx-pod.yaml -o yaml --dry-run=client"): (
        r"resources: \{\}|resources:\s+limits:\s+memory: 9007199254740988Ki",  # before, after the kubelet's next look
        "RESOURCES",
    ),
    ("apps-quota", "kubectl describe deployment web"): (
        r"Progressing +(True +ReplicaSetUpdated|False +ProgressDeadlineExceeded)",  # its five seconds are just over
        "AT ITS DEADLINE",
    ),
}
MACHINE = (  # what is local to the recorded machine or moment and no rule of the recorder names
    (r"OS: Linux \S+", "OS: Linux KERNEL"),
    (r"\b[a-z0-9][a-z0-9-]*-control-plane\b", "NODE"),
    (r'in scheme "[^"]+"', 'in scheme "FILE"'),  # depends on how Kubernetes was compiled
)


def normal(scenario: str, step: str, text: str) -> str:
    """The text of a step without what is local to one run."""
    for pattern, by in (*MACHINE, *([MOMENT[scenario, step]] if (scenario, step) in MOMENT else [])):
        text = re.sub(pattern, by, text)
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
    client.request("POST", NAMESPACES, body=namespace)
    _until_account(client, scenario)
    yield Shell(tmp_path / "input", kubeconfig, scenario)
    client.request("DELETE", f"{NAMESPACES}/{scenario}")
    _until_gone(client, scenario)


@pytest.mark.cluster
def test_what_real_kubectl_printed(scenario: str, shell: Shell) -> None:
    recorded = iter(commands(scenario))
    differences = []
    for kind, step in steps(scenario):
        if kind == "~":
            time.sleep(float(step))  # the scenario's own pause
        elif kind == "?":
            seconds, _, poll = step.partition(" ")
            shell.until(poll, float(seconds))
        else:
            wanted = next(recorded)
            assert wanted.line == step
            seen = (wanted.transcript, shell.run(step).transcript)
            texts = [normal(scenario, step, text) for text in seen]
            if (scenario, step) not in LOCAL | NOT_YET and not _same(scenario, step, *texts):
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
    accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    if not any(client.get(accounts)["items"] for _ in changes(client, accounts, 30)):
        raise AssertionError(f"{namespace} has no ServiceAccount")


def _until_gone(client: Client, namespace: str) -> None:
    there = (
        {each["metadata"]["name"] for each in client.get(NAMESPACES)["items"]} for _ in changes(client, NAMESPACES, 60)
    )
    if all(namespace in names for names in there):
        raise AssertionError(f"{namespace} is there still")
