"""Scenarios of the kinds that a recording names, again: the same words from kubectl, the same lives of objects."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from podlab.client import Client
from podlab.clusters.embedded import Embedded
from tests.conformance.binaries import with_kubectl
from tests.conformance.recorder import prepared
from tests.kubectl.recordings import GOLDEN, compare

SCENARIOS = (
    "api-pv", "api-strict", "apply-threeway", "cascade-kinds", "cel-compiled", "cel-rules", "claims-life",
    "cm-immutables",
    "crd-boats", "crd-fleet", "crd-selectors", "crd-tutorial", "cron-by-hand", "ds-rollback",
    "full-volumes",
    "ingress-kinds", "job-backoff", "job-indexed", "job-indices", "job-policies", "job-stopgo", "job-suspends",
    "keep-and-claim",
    "limits-and-policy", "net-objects", "node-drain",
    "pod-fields", "pod-resize", "pod-spreads", "probe-kinds", "probe-limits", "processes-and-signals", "projections",
    "quota-counts", "raw-http", "rbac-aggregates",
    "rbac-crew", "rbac-reader", "rbac-shift", "replicaset-adopts", "resize-kinds", "resize-turns", "restart-rules",
    "roll-mends", "roll-pause",
    "rollout-recreate", "rollout-stuck", "rollout-surge", "rs-kin", "sched-gates", "service-kinds",
    "service-names", "side-order",
    "sidecars-hooks", "slices-turn",
    "ssa-conflicts", "ssa-managers", "ssa-parts", "ssa-tenants", "sts-identity", "sts-modes", "sts-parallel",
    "svc-fields", "svc-hand", "svc-traffic",
    "tokens-bound", "volume-claims", "volume-kinds",
)  # fmt: skip
BY_HTTP = (
    "admission-turns",
    "http-custom",
    "http-lists",
    "http-writes",
    "lists-over-http",
    "pod-parts",
    "raw-mixed",
    "ssa-sets",
)
"""Their steps need what they were recorded with."""
ELSEWHERE = {
    ("multi", 2): ("drain-pdb", "ds-nodes", "node-taints", "placement", "preempting", "push-out", "taint-life"),
}
"""Recorded on clusters of these names with so many workers."""
NEEDED = ("curl", "jq", "kubectl-1.36")
EQUAL = 0.95
"""The share of each that must be equal on a machine that has other things to do."""
WARM = ("nginx:1.27", "busybox")
"""Images that the recorded node had pulled before."""


@pytest.fixture(scope="module")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the `kubectl` to use: kubectl 1.36 where there is one, else podlab's own."""
    return with_kubectl(tmp_path_factory.mktemp("bin"), shutil.which("kubectl-1.36"))


@pytest.fixture(scope="module")
def kubeconfig(request: pytest.FixtureRequest) -> Path:
    """The session's cluster, whose node has the images already."""
    if request.config.getoption("--cluster") == "kind":
        pytest.skip("they were recorded on kind, three times each: what differed there is marked in `timing`")
    cluster = request.getfixturevalue("cluster")
    if cluster.name != "lab":
        pytest.skip(f"the recorded node is lab-control-plane, and this cluster is called {cluster.name}")
    path = Path(cluster.kubeconfig)
    _warm(path)
    return path


def _warm(kubeconfig: Path) -> None:
    """Let every node pull the images."""
    client, pods = Client(kubeconfig), "/api/v1/namespaces/default/pods"
    nodes = [node["metadata"]["name"] for node in client.get("/api/v1/nodes")["items"]]
    for number, (node, image) in enumerate(itertools.product(nodes, WARM)):
        container = {"name": "c", "image": image}
        spec = {"containers": [container], "terminationGracePeriodSeconds": 0, "nodeName": node}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"warm-{number}"}, "spec": spec}
        client.request("POST", pods, body=pod)
        for event in client.watch(pods, query={"fieldSelector": f"metadata.name=warm-{number}"}, timeout=60):
            if event["object"]["status"].get("phase") not in (None, "Pending"):
                break
        client.request("DELETE", f"{pods}/warm-{number}")


def _compared(scenario: Path, kubeconfig: Path, binaries: Path, home: Path) -> Iterator[tuple[str, bool]]:
    """Everything that was recorded and does not hang on the moment, and whether it is equal now."""
    out = home / "out" / scenario.name
    recorder = prepared(scenario, kubeconfig, home / scenario.name, binaries)
    recorder.record((scenario / "input" / "steps").read_text(encoding="utf-8"), out)
    recorder.shell(f"kubectl delete namespace {scenario.name} --wait=false")
    timing = scenario / "timing"
    moment = timing.read_text(encoding="utf-8").splitlines() if timing.exists() else []
    for what, equal, _ in compare.differences(scenario, out):
        if what not in moment:
            yield f"{scenario.name}: {what}", equal


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_nearly_all_is_as_recorded(kubeconfig: Path, binaries: Path, tmp_path: Path) -> None:
    names = (*SCENARIOS, *(BY_HTTP if all(map(shutil.which, NEEDED)) else ()))
    _check([entry for name in names for entry in _compared(GOLDEN / name, kubeconfig, binaries, tmp_path)])


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cluster_of", list(ELSEWHERE), ids=lambda cluster: cluster[0])
def test_nearly_all_is_as_recorded_elsewhere(
    cluster_of: tuple[str, int], request: pytest.FixtureRequest, binaries: Path, tmp_path: Path
) -> None:
    if request.config.getoption("--cluster") == "kind":
        pytest.skip("they were recorded on kind, twice each: what differed there is marked in `timing`")
    name, workers = cluster_of
    provider = Embedded(workers=workers)
    cluster = provider.up(name)
    try:
        path = Path(cluster.kubeconfig)
        _warm(path)
        _check(
            [e for scenario in ELSEWHERE[cluster_of] for e in _compared(GOLDEN / scenario, path, binaries, tmp_path)]
        )
    finally:
        provider.down(cluster)


def _check(compared: list[tuple[str, bool]]) -> None:
    for commands in (True, False):
        entries = [(what, equal) for what, equal in compared if (": $ " in what) is commands]
        different = [what for what, equal in entries if not equal]
        assert len(entries) > 100
        assert len(different) <= len(entries) * (1 - EQUAL), "\n".join(different)
