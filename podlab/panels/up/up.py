"""Up: `podlab up` as a button, and what it does as it does it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

import anywidget
from IPython.display import display
from traitlets import Dict

from podlab import clusters
from podlab.clusters import Cluster, Told
from podlab.clusters.progress import Progress, Pull
from podlab.errors import PodlabError
from podlab.panels import background, presses, writer
from podlab.panels.panel import HERE, hear_while_busy, module
from podlab.text import Text

Phase = Literal["idle", "working", "done", "failed", "cancelled"]
Kind = Literal["kind", "embedded"]

LABELS = {
    "panel": Text(ko="클러스터 시작", en="Start a cluster"),
    "start": Text(ko="{kind} 클러스터 시작", en="Start the {kind} cluster"),
    "embedded": Text(ko="Docker 없이 내장 클러스터 시작", en="Start the embedded cluster, without Docker"),
    "again": Text(ko="다시 시도", en="Try again"),
    "cancel": Text(ko="취소", en="Cancel"),
    "cancelling": Text(ko="이 단계가 끝나면 멈추고 지웁니다", en="Stopping after this step; what was made is deleted"),
    "cancelled": Text(ko="취소했습니다. 남은 것은 없습니다.", en="Cancelled. Nothing is left behind."),
    "pulling": Text(ko="이미지 받기", en="Image pull"),
    "estimate": Text(ko="지난번에 걸린 시간에 견준 진행", en="Progress, measured by the last time"),
    "about": Text(ko="{took}초 지남, 지난번에는 {estimate}초", en="{took} s so far, {estimate} s the last time"),
    "next": Text(
        ko="이 클러스터를 쓰려면 노트북의 첫 셀을 다시 실행하십시오.",
        en="To use it, run the first cell of the notebook again.",
    ),
    "unheard": presses.LABELS["unheard"],
    "severed": presses.LABELS["severed"],
    "many": Text(ko="{count}단계가 지났습니다.", en="{count} steps went by."),
}
TWIN = Text(
    ko="{kind} 클러스터를 시작하는 단추입니다. 터미널에서는: {command}",
    en="A button that starts the {kind} cluster. In a terminal: {command}",
)


class Cancelled(PodlabError):
    """Somebody pressed Cancel."""


@dataclass(slots=True)
class Task:
    """One press of the button."""

    kind: Kind
    phase: Phase = "working"
    progress: Progress = field(default_factory=Progress)
    cancelling: bool = False
    message: str = ""
    hint: str = ""

    def told(self, told: Told) -> None:
        """Take in what was told.

        Raises:
            Cancelled: instead of going on.
        """
        self.progress = self.progress.after(told, time.monotonic())
        if self.cancelling:
            self.cancelling = False  # what is told of the clearing up must not stop it
            raise Cancelled(LABELS["cancelled"])

    def end(self, phase: Phase, message: object = "", hint: object = "") -> None:
        """It is over."""
        self.progress = self.progress.ended(time.monotonic())
        self.phase, self.message, self.hint = phase, str(message), str(hint or "")


class Up(anywidget.AnyWidget):
    """A button that does what `podlab up --cluster KIND` does, and shows each step as it happens.

    Args:
        kind: `kind` or `embedded`.
        up: starts the cluster, told what happens; only tests give another than podlab's own.
    """

    _css = HERE / "panel.css"
    _esm = module("up/up")
    labels = Dict().tag(sync=True)
    shown = Dict().tag(sync=True)

    def __init__(self, kind: Kind = "kind", up: Callable[[str, clusters.Report], Cluster] | None = None) -> None:
        self._kind, self._task = kind, Task(kind, "idle")
        self._up = up or (lambda each, report: clusters.up(each, report=report))
        self._begun: background.Work | None = None
        self._presses = presses.Presses(self.send)
        labels = {name: str(text.format(kind=kind) if name == "start" else text) for name, text in LABELS.items()}
        super().__init__(labels=labels | {"command": command(kind)}, shown=drawn(self._task, time.monotonic()))
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return f"Up({self._kind!r})"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle, metadata = super()._repr_mimebundle_() or ({}, {})
        said = escape(str(TWIN)).format(kind=self._kind, command=f"<code>{command(self._kind)}</code>")
        hear_while_busy(self)
        return bundle | {"text/plain": repr(self), "text/html": f"<p>{said}</p>"}, metadata

    def _heard(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        self._presses.take(content, lambda: self._act(content.get("event")))
        writer.schedule(self)

    def _act(self, event: object) -> None:
        if event == "cancel":
            self._task.cancelling = self._task.phase == "working"
        elif event in ("start", "embedded"):
            self.start(self._kind if event == "start" else "embedded")

    def start(self, kind: Kind) -> None:
        """Begin, unless it is going on already; returns at once."""
        if self._task.phase == "working":
            return
        self._task = Task(kind)
        task = self._task
        self._begun = background.begin(lambda: self._work(task), "podlab-up")

    def follow(self) -> clusters.Report:
        """A `Report` for a start that a cell makes itself: with the first step the panel appears under the cell."""
        report = self._reporter(self._task)

        def appear(told: Told) -> None:
            if self._task.phase == "idle":
                self._task.phase = "working"
                display(self)  # type: ignore[no-untyped-call]
            report(told)

        return appear

    def followed(self, made: Cluster | None, error: PodlabError | None = None) -> None:
        """What came of it; nothing is shown where it had nothing to do."""
        if self._task.phase == "working":
            summary = made.status().summary if made else error
            self._task.end("done" if made else "failed", summary, error.hint if error else "")
            writer.schedule(self)

    def _reporter(self, task: Task) -> clusters.Report:
        def report(told: Told) -> None:
            task.told(told)
            writer.schedule(self)

        return report

    def _work(self, task: Task) -> None:
        report = self._reporter(task)
        try:
            made = self._up(task.kind, report)
            if "PODLAB_CLUSTER" in os.environ:
                os.environ["PODLAB_CLUSTER"] = made.name
            task.end("done", made.status().summary, LABELS["next"])
        except Cancelled as cancelled:
            task.end("cancelled", cancelled)
        except PodlabError as error:
            task.end("failed", error, error.hint)
        except Exception as error:  # a thread must not print; the panel tells of it
            task.end("failed", repr(error))
        finally:
            writer.schedule(self)

    def join(self) -> None:
        """Wait for the end of what was begun."""
        if self._begun:
            self._begun.join()

    def write(self) -> None:
        """Put what is known into the trait; called by the writer's thread only."""
        self.shown = drawn(self._task, time.monotonic())
        hear_while_busy(self)

    def expire(self, now: float) -> float | None:
        """Nothing is watched."""
        return None


def command(kind: Kind) -> str:
    """The command line that does the same."""
    return f"podlab up --cluster {kind}"


def drawn(task: Task, now: float) -> dict[str, Any]:
    """What the view draws; all times are seconds before now, so that it needs nobody's clock."""
    known = task.progress
    steps = [
        {
            "text": step.text,
            "took": round((step.ended or now) - step.began, 1),
            "running": step.ended is None,
            "failed": step.failed,
        }
        for step in known.steps
    ]
    estimate = {"seconds": round(known.estimate), "took": round(now - known.estimated, 1)} if known.estimate else None
    return {
        "phase": task.phase,
        "cancelling": task.cancelling,
        "steps": steps,
        "pull": {"text": str(known.pull), "part": _part(known.pull)} if known.pull else None,
        "estimate": estimate,
        "message": task.message,
        "hint": task.hint,
    }


def _part(pull: Pull) -> float:
    """How much of it is there: of its bytes, where they are known, else of its layers."""
    done, whole = (pull.current, pull.total) if pull.total else (pull.done, len(pull.layers))
    return round(done / whole, 3) if whole else 0.0
