"""`FindFault` and `exam`: a guess before Explain, hints below the check, the same text every time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from podlab import text
from podlab.client import Client
from podlab.clusters import Cluster
from podlab.kubectl import Kubectl
from podlab.lessons.faults import bench
from podlab.lessons.faults.exam import exam
from podlab.lessons.faults.panel import FindFault
from podlab.lessons.faults.table import draw
from podlab.panels import Explain

pytestmark = pytest.mark.cluster
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def kubectl(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kubectl]:
    """kubectl in a folder of its own; every fault is gone afterwards."""
    monkeypatch.chdir(tmp_path)
    text.use("en")
    found = Kubectl(Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace))
    yield found
    bench.clear_faults(found)
    text.use(None)


def test_explain_comes_after_the_first_guess_be_it_right_or_wrong(kubectl: Kubectl) -> None:
    courier = FindFault(kubectl, "09-courier")
    assert "made a guess" in str(courier.explain())
    assert not courier.guess("z") and not courier.guesses
    assert not courier.guess("b")
    assert isinstance(courier.explain(), Explain)


def test_the_panel_guesses_explains_and_checks(kubectl: Kubectl) -> None:
    courier = FindFault(kubectl, "09-courier")
    _, question, explained, button, view = courier.box().children
    assert not isinstance(explained.children[0], Explain)
    question.children[1].press(0)
    assert "✔" in question.children[2].value
    assert isinstance(explained.children[0], Explain)
    button.press()
    assert "linus" in view.found
    Path("courier.yaml").write_text(courier.fault.solution, encoding="utf-8")
    kubectl.replace("courier.yaml", force=True)
    kubectl.wait("pod/courier", for_="condition=Ready", timeout="60s")
    button.press()
    assert courier.repaired and "Passed" in view.found


def test_explain_follows_the_pod_though_no_view_was_heard(kubectl: Kubectl) -> None:
    live = threading.Event()
    _, question, explained, *_ = FindFault(kubectl, "09-courier").box().children
    question.children[1].press(0)
    (panel,) = explained.children
    panel.observe(lambda _: live.set() if panel.connection == "live" else None, "connection")
    assert panel.connection == "live" or live.wait(30)
    panel.close()


def test_on_paper_it_is_the_same_every_time(kubectl: Kubectl) -> None:
    first, second = (FindFault(kubectl, "09-courier")._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/html"] == second["text/html"] and first["text/plain"] == second["text/plain"]
    assert VIEW in first and "Windows nodes" in first["text/plain"]


def test_an_exam_keeps_count(kubectl: Kubectl) -> None:
    mine = exam(kubectl, seed=11, count=2)
    assert [each.fault.key for each in mine.faults] == [
        each.fault.key for each in exam(kubectl, seed=11, count=2).faults
    ]
    right = next(letter for letter in "abc" if mine.faults[0].fault.question.judge(letter))
    mine.faults[0].guess(right)
    for letter in "abc":
        mine.faults[1].guess(letter)
    assert "first guesses 1/2, repaired 0/2" in mine.sheet() or "first guesses 2/2, repaired 0/2" in mine.sheet()
    assert VIEW in mine._repr_mimebundle_() and str(mine).startswith("Exam 11")


LIMITS = {
    "apiVersion": "v1",
    "kind": "LimitRange",
    "metadata": {"name": "seat"},
    "spec": {"limits": [{"type": "Container", "default": {"memory": "128Mi"}}]},
}


@pytest.fixture
def limited(kubectl: Kubectl) -> Iterator[Kubectl]:
    """A namespace whose Pods have a limit, as a seat's do."""
    name = f"limited-{uuid4().hex[:8]}"
    kubectl.create("namespace", name)
    found = Kubectl(kubectl.client, namespace=name)
    found.apply(LIMITS)
    yield found
    kubectl.delete("namespace", name, wait=False)


def test_a_fault_that_a_seat_does_not_allow_is_refused_plainly(limited: Kubectl) -> None:
    with pytest.raises(bench.NotHere) as refused:
        FindFault(limited, "09-storeroom")
    assert "must be less than or equal to memory limit" in str(refused.value) and "podlab up" in str(refused.value.hint)
    assert not Path("storeroom.yaml").exists()


def test_an_exam_draws_another_for_one_that_cannot_be_made(limited: Kubectl) -> None:
    seed = next(n for n in range(100) if draw(n, 1)[0].key == "storeroom")
    (drawn,) = exam(limited, seed=seed, count=1).faults
    assert drawn.fault.key != "storeroom"
    assert [each.fault for each in exam(limited, seed=seed, count=1).faults] == [drawn.fault]
