"""Up: what it draws of a task, what its buttons do, and a twin that says the same on every machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podlab import clusters, text
from podlab.clusters import Cluster
from podlab.clusters.progress import Estimate, Layer, Pull
from podlab.errors import ClusterError
from podlab.panels.up.up import Task, Up, drawn

MADE = Cluster("made", "kind", Path("/nowhere/kubeconfig"))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


def press(up: Up, event: str = "start") -> dict[str, Any]:
    """Press a button and wait for the end; what is drawn then."""
    up._heard(None, {"event": event}, None)
    up.join()
    up.write()
    return dict(up.shown)


def test_what_is_drawn() -> None:
    task = Task("kind")
    task.progress = task.progress.after("a", 1.0).after(Estimate(20.4), 2.0).after("b", 3.0)
    task.progress = task.progress.after(Pull("i", (Layer("downloading", 1_000_000, 4_000_000),)), 3.5)
    seen = drawn(task, 5.0)
    assert seen["steps"] == [
        {"text": "a", "took": 2.0, "running": False, "failed": False},
        {"text": "b", "took": 2.0, "running": True, "failed": False},
    ]
    assert seen["pull"] == {"text": "i: 0 of 1 layers, 1 of 4 MB", "part": 0.25}
    assert seen["estimate"] == {"seconds": 20, "took": 3.0}


def test_the_button_does_what_podlab_up_does(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def up(kind: str, report: clusters.Report) -> Cluster:
        asked.append(kind)
        report("Creating")
        return MADE

    monkeypatch.setenv("PODLAB_CLUSTER", "lab")
    seen = press(Up(up=up))
    assert (asked, seen["phase"]) == (["kind"], "done")
    assert seen["message"].startswith("cluster made (kind)")
    assert "first cell" in seen["hint"]
    import os

    assert os.environ["PODLAB_CLUSTER"] == "made"


def test_without_docker_it_says_so_and_offers_the_embedded_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    up = Up()
    seen = press(up)
    assert (seen["phase"], seen["message"]) == ("failed", "there is no kind command")
    assert "podlab up --cluster embedded" in seen["hint"]


def test_the_embedded_cluster_is_one_press_away() -> None:
    asked = list[str]()

    def up(kind: str, report: clusters.Report) -> Cluster:
        asked.append(kind)
        if kind == "kind":
            raise ClusterError("no container engine")
        return MADE

    panel = Up(up=up)
    assert press(panel)["phase"] == "failed"
    assert press(panel, "embedded")["phase"] == "done"
    assert asked == ["kind", "embedded"]


def test_cancel_stops_after_the_step_and_lets_it_clear_up() -> None:
    begun, cancelled, told = threading.Event(), threading.Event(), list[str]()

    def up(kind: str, report: clusters.Report) -> Cluster:
        report("Creating")
        begun.set()
        assert cancelled.wait(10)
        try:
            report("Starting control-plane")
        except BaseException:
            report("Deleting the half-made cluster")
            told.append("deleted")
            raise
        return MADE

    panel = Up(up=up)
    panel._heard(None, {"event": "start"}, None)
    assert begun.wait(10)
    panel._heard(None, {"event": "start"}, None)  # a second press while it works is none
    panel._heard(None, {"event": "cancel"}, None)
    cancelled.set()
    panel.join()
    panel.write()
    assert (told, panel.shown["phase"]) == (["deleted"], "cancelled")


@pytest.mark.parametrize(("language", "words"), [("ko", "단추"), ("en", "button")])
def test_the_twin_is_the_same_whatever_the_machine_has(language: str, words: str) -> None:
    text.use(language)  # type: ignore[arg-type]
    bundle, _ = Up()._repr_mimebundle_()
    assert bundle["text/plain"] == "Up('kind')"
    assert words in bundle["text/html"]
    assert "<code>podlab up --cluster kind</code>" in bundle["text/html"]


def test_a_start_in_a_cell_shows_the_panel_with_its_first_step_and_not_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    panel = Up()
    report = panel.follow()
    panel.followed(MADE)
    assert (capsys.readouterr().out, panel._task.phase) == ("", "idle")
    report("Creating")
    report(Estimate(3.0))
    panel.followed(None, ClusterError("no luck"))
    panel.write()
    assert capsys.readouterr().out == "Up('kind')\n"
    assert (panel.shown["phase"], panel.shown["message"]) == ("failed", "no luck")
