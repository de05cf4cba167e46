"""What a longer task tells while it runs, and what is known of it at any moment, for a terminal or a panel to draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from podlab.text import Text

MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of an image that is being pulled; bytes are 0 where the engine does not tell them."""

    state: Literal["waiting", "downloading", "extracting", "done"] = "waiting"
    current: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Pull:
    """How far the pull of an image is."""

    image: str
    layers: tuple[Layer, ...] = ()

    @property
    def done(self) -> int:
        """How many layers are there."""
        return sum(layer.state == "done" for layer in self.layers)

    @property
    def current(self) -> int:
        """The bytes that came so far."""
        return sum(layer.current for layer in self.layers)

    @property
    def total(self) -> int:
        """The bytes of all layers of which the engine told the size."""
        return sum(layer.total for layer in self.layers)

    def __str__(self) -> str:
        text = Text(ko="{image}: 레이어 {done}/{all}", en="{image}: {done} of {all} layers")
        if self.total:
            text = Text(
                ko="{image}: 레이어 {done}/{all}, {current:.0f}/{total:.0f} MB",
                en="{image}: {done} of {all} layers, {current:.0f} of {total:.0f} MB",
            )
        sizes = {"current": self.current / MEGA, "total": self.total / MEGA}
        return str(text.format(image=self.image, done=self.done, all=len(self.layers), **sizes))


@dataclass(frozen=True, slots=True)
class Estimate:
    """The seconds that what begins now took the last time."""

    seconds: float

    def __str__(self) -> str:
        return str(
            Text(ko="지난번에는 {took:.0f}초 걸렸습니다", en="It took {took:.0f} s the last time").format(
                took=self.seconds
            )
        )


@dataclass(frozen=True, slots=True)
class Failed:
    """The step that goes on did not work; what begins after it clears up."""

    def __str__(self) -> str:
        return str(Text(ko="되지 않았습니다", en="That did not work"))


Told = str | Pull | Estimate | Failed
"""A step that begins now or failed, how far its pull is, or how long all that follows may take."""

Report = Callable[[Told], None]
"""Told each step of a longer task as it begins; `str()` of what it is told is a line for a person."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step and when it began and ended, in seconds of one clock; one without an end is running."""

    text: str
    began: float
    ended: float | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """All that is known of a task: its steps, the pull that goes on, and since when and how long it may take."""

    steps: tuple[Step, ...] = ()
    pull: Pull | None = None
    estimate: float | None = None
    estimated: float = 0.0

    def after(self, told: Told, now: float) -> Progress:
        """What is known once this was told."""
        if isinstance(told, Pull):
            return replace(self, pull=told)
        if isinstance(told, Estimate):
            return replace(self, estimate=told.seconds, estimated=now)
        if isinstance(told, Failed):
            return self.ended(now, failed=True)
        return replace(self.ended(now), steps=(*self.ended(now).steps, Step(told, now)))

    def ended(self, now: float, failed: bool = False) -> Progress:
        """What is known once the running step has ended, or failed."""
        if not self.running:
            return self
        return replace(self, steps=(*self.steps[:-1], replace(self.steps[-1], ended=now, failed=failed)), pull=None)

    @property
    def failed(self) -> bool:
        """Whether a step did not work."""
        return any(step.failed for step in self.steps)

    @property
    def running(self) -> Step | None:
        """The step that goes on."""
        return self.steps[-1] if self.steps and self.steps[-1].ended is None else None
