"""`podlab clock`: the time of an embedded cluster, which can stand still, go on by steps, and run faster."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from podlab import clusters
from podlab.clusters import Cluster
from podlab.commands import terminal
from podlab.commands.options import LanguageOption, speak
from podlab.errors import ClusterError
from podlab.text import Text

PATH = "/podlab/clock"


class Action(StrEnum):
    """What can be done to the time."""

    SHOW = "show"
    PAUSE = "pause"
    RESUME = "resume"
    STEP = "step"


def run(
    action: Annotated[Action, typer.Argument(show_default=False)] = Action.SHOW,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", help="How far to step; without it, to what is due next. 나아갈 시간(초)."),
    ] = None,
    speed: Annotated[
        float | None, typer.Option("--speed", help="Cluster seconds per second, from now on. 시간의 배속.", min=0.001)
    ] = None,
    language: LanguageOption = None,
) -> None:
    """Show or change an embedded cluster's time. 내장 클러스터의 시간을 보거나 바꿉니다."""
    speak(language)
    with terminal.steps() as report:
        chosen, _ = clusters.choose(report=report)
    if action is Action.SHOW and speed is not None:
        action = Action.RESUME
    print(json.dumps(change(chosen, action, seconds, speed), indent=2))


def change(cluster: Cluster, action: Action, seconds: float | None = None, speed: float | None = None) -> Any:
    """Do it; the clock's state afterwards.

    Raises:
        ClusterError: the cluster's time is the world's.
    """
    if not cluster.simulated:
        raise ClusterError(
            Text(
                ko="{name}({kind})의 시간은 바꿀 수 없습니다: 내장 클러스터만 됩니다",
                en="the time of {name} ({kind}) cannot be changed: only an embedded cluster's can",
            ).format(name=cluster.name, kind=cluster.kind),
            Text(ko="podlab up --cluster embedded", en="podlab up --cluster embedded"),
        )
    from podlab.client import Client

    client = Client(cluster.kubeconfig)
    if action is Action.SHOW:
        return client.request("GET", PATH).json()
    order = {"action": action.value, "seconds": seconds, "speed": speed}
    body = {key: value for key, value in order.items() if value is not None}
    return client.request("POST", PATH, body=body).json()
