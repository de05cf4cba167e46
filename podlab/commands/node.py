"""`podlab node`: the machines of an embedded cluster, whose plug can be pulled."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from podlab import clusters
from podlab.clusters import Cluster
from podlab.commands import terminal
from podlab.commands.options import LanguageOption, speak
from podlab.errors import ClusterError
from podlab.text import Text

PATH = "/podlab/nodes"
NAMELESS = Text(ko="노드의 이름을 적으십시오: podlab node {action} NAME", en="name the node: podlab node {action} NAME")
STATES = {"on": Text(ko="켜짐", en="on"), "off": Text(ko="꺼짐", en="off")}


class Action(StrEnum):
    """What can be done to a machine."""

    SHOW = "show"
    STOP = "stop"
    START = "start"


def run(
    action: Annotated[Action, typer.Argument(show_default=False)] = Action.SHOW,
    name: Annotated[str | None, typer.Argument(show_default=False, help="The node. 노드의 이름.")] = None,
    language: LanguageOption = None,
) -> None:
    """Show, stop or start the nodes of an embedded cluster. 내장 클러스터의 노드를 보거나, 끄거나, 켭니다."""
    speak(language)
    if action is not Action.SHOW and name is None:
        raise typer.BadParameter(str(NAMELESS.format(action=action.value)))
    with terminal.steps() as report:
        chosen, _ = clusters.choose(report=report)
    for each, state in change(chosen, action, name).items():
        print(f"{each}\t{STATES[state]}")


def change(cluster: Cluster, action: Action, name: str | None = None) -> dict[str, str]:
    """Do it; the states of all machines afterwards.

    Raises:
        ClusterError: the cluster's machines are not podlab's to stop.
        ApiError: there is no such node.
    """
    if not cluster.simulated:
        raise ClusterError(
            Text(
                ko="{name}({kind})의 노드는 여기서 끄고 켤 수 없습니다: 내장 클러스터만 됩니다",
                en="the nodes of {name} ({kind}) cannot be stopped from here: only an embedded cluster's can",
            ).format(name=cluster.name, kind=cluster.kind),
            Text(ko="kind라면: docker stop NODE", en="of kind: docker stop NODE"),
        )
    from podlab.client import Client

    client = Client(cluster.kubeconfig)
    if action is Action.SHOW:
        found: Any = client.request("GET", PATH).json()
    else:
        found = client.request("POST", PATH, body={"action": action.value, "name": name}).json()
    return dict(found)
