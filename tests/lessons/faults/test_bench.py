"""Each fault in a cluster: its symptom shows, a wrong repair is refused, its solution is judged as repaired."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from podlab import text
from podlab.client import Client
from podlab.clusters import Cluster
from podlab.kubectl import Kubectl
from podlab.lessons.checking import check
from podlab.lessons.faults import bench
from podlab.lessons.faults.fault import Fault
from podlab.lessons.faults.table import FAULTS

pytestmark = pytest.mark.cluster

# A repair that a learner may well try, and what is said of it.
WRONG = {
    "menu": ("1.27-fresh", "1.72", "(ErrImagePull)|(ImagePullBackOff)"),
    "flyer": ("ngnix", "nginxx", "it has to be an nginx"),
    "price-tag": ("key: colour", "key: colour, optional: true", "with optional"),
    "greeter": ("command:", "args: [x]\n    command:", "SHOP_NAME is still not set"),
    "oven": ("8Mi", "10Mi", "the memory limit is 10Mi"),
    "stock": ("failureThreshold: 3", "failureThreshold: 4", "waits for 8 s"),
    "counter": ("/health", "/healthz", "asks for /healthz"),
    "till": ("port: 8080", "port: 443", "asks at port 443"),
    "storeroom": ("64Ti", "32Ti", "Unschedulable"),
    "courier": ("    kubernetes.io/os: linus", "    {}", "the nodeSelector is gone"),
    "night-shift": ("  containers:", "  tolerations: [{operator: Exists}]\n  containers:", "tolerates every taint"),
    "ledger": ("1.27", "latest", "still Terminating"),
}


@pytest.fixture
def kubectl(stage: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kubectl]:
    """kubectl in a folder of its own; every fault is gone afterwards."""
    monkeypatch.chdir(tmp_path)
    text.use("en")
    found = Kubectl(Client(stage.kubeconfig, context=stage.context, namespace=stage.namespace))
    yield found
    bench.clear_faults(found)
    text.use(None)


def mistake(kubectl: Kubectl, each: Fault) -> str:
    """Repair it wrongly; what is said of that."""
    old, new, _ = WRONG[each.key]
    assert old in each.manifest
    path = Path(each.file)
    path.write_text(each.manifest.replace(old, new), encoding="utf-8")
    if each.deleted:
        kubectl.apply(each.file)
    else:
        kubectl.replace(each.file, force=True)
    if each.key in ("menu", "storeroom"):  # nothing but the cluster can tell
        kubectl.wait(f"pod/{each.key}", for_=each.until, timeout="60s")
    result = each.judge(bench.pod(kubectl, each))
    assert not result and result.look
    return str(result)


def row(kubectl: Kubectl, each: Fault) -> dict[str, str]:
    """What `kubectl get pods` shows of it, by column; of RESTARTS the number alone."""
    head, line = str(kubectl.get("pod", each.key)).splitlines()
    return dict(zip(head.split(), line.split(), strict=False))


@pytest.mark.parametrize("each", FAULTS, ids=lambda each: each.key)
def test_from_its_symptom_to_its_repair(each: Fault, kubectl: Kubectl) -> None:
    bench.bring(kubectl, each)
    shown = row(kubectl, each)
    words = each.sign.split()
    assert {column: shown[column] for column in words[::2]} == dict(zip(words[::2], words[1::2], strict=True))
    seen = each.judge(bench.pod(kubectl, each))
    assert not seen and seen.look
    said = mistake(kubectl, each)
    assert any(part in said for part in WRONG[each.key][2].split("|"))
    exec(compile(each.check.solution, each.key, "exec"), {"kubectl": kubectl, "check": check})
    assert each.judge(bench.pod(kubectl, each)).passed
    bench.bring(kubectl, each)  # what is there stays: a kernel's restart costs nobody their repair
    assert each.judge(bench.pod(kubectl, each)).passed
    bench.clear_faults(kubectl, each)
    assert bench.pod(kubectl, each) is None and not Path(each.file).exists()


def test_the_taint_is_taken_off_the_nodes_again(kubectl: Kubectl) -> None:
    (each,) = (one for one in FAULTS if one.taint)
    bench.bring(kubectl, each)
    assert each.taint.partition(":")[0] in str(kubectl.describe("nodes"))
    bench.untaint(kubectl)
    assert each.taint.partition(":")[0] not in str(kubectl.describe("nodes"))
