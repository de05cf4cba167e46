"""Practice clusters: several simulated nodes whose plug a lesson may pull, beside whatever cluster the learner uses."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from podlab.clusters import Cluster, state
from podlab.clusters.browser import is_tab
from podlab.clusters.cluster import check_name
from podlab.clusters.embedded import Embedded
from podlab.errors import ClusterError, PodlabError
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.clusters.tab import Tab
    from podlab.kubectl import Kubectl

NODES = "/podlab/nodes"
MARK = "practice"
"""A file in the folder of a cluster that says that it was made here, and may go."""
MADE = Text(
    ko="연습 클러스터 {name}: 워커 노드 {workers}개(시뮬레이션), 시간은 다음 일이 생길 때로 건너뜁니다.",
    en="Practice cluster {name}: {workers} workers (simulated); its time skips to whatever is due next.",
)
UNPLUGGED = Text(ko="{node}의 전원을 뽑았습니다.", en="{node} is unplugged.")
PLUGGED = Text(ko="{node}의 전원을 다시 꽂았습니다.", en="{node} is plugged in again.")
NONE = Text(ko="연습 클러스터 {name}{이/가} 없습니다", en="there is no practice cluster {name}")
START = Text(ko='먼저 만듭니다: practice.start("{name}")', en='make it first: practice.start("{name}")')
RUNNING = Text(ko='혹시 이것입니까? practice.running("{name}")', en='did you mean this one? practice.running("{name}")')
MOST = 20  # workers, as for `podlab up`
NUMBER = Text(ko="`workers`에는 0에서 {most}까지의 숫자를 적습니다", en="`workers` takes a number from 0 to {most}")
HOW = 'practice.start("farm", workers=2)'
TAKEN = Text(
    ko="이름이 {name}인 클러스터가 이미 있습니다: 지우지 않습니다",
    en="there is a cluster {name} already: it is left alone",
)


def start(name: str = "farm", *, workers: int = 2) -> Kubectl:
    """A fresh practice cluster, which does not become the one that `start()` chooses.

    Raises:
        ClusterError: a cluster of that name is there that was not made for practice; none can be called so.
        PodlabError: `workers` is no number of nodes.
    """
    from podlab.client import Client
    from podlab.kubectl import Kubectl

    if not isinstance(workers, int) or not 0 <= workers <= MOST:
        raise PodlabError(NUMBER.format(most=MOST), Text(ko=HOW, en=HOW))
    end(check_name(name))
    if state.kind_of(name) is not None:
        raise ClusterError(TAKEN.format(name=name), Text(ko='practice.start("farm2")', en='practice.start("farm2")'))
    made = _provider(workers).up(name)
    state.write(state.folder(name) / MARK, str(workers))
    print(MADE.format(name=name, workers=workers))
    return Kubectl(Client(made.kubeconfig, namespace=made.namespace), namespace=made.namespace)


def running(name: str = "farm") -> Kubectl:
    """The practice cluster that was started before, in a kernel that may not know of it.

    Raises:
        ClusterError: none of that name is there.
    """
    from podlab.client import Client
    from podlab.kubectl import Kubectl

    found = state.cluster_named(name)
    if found is None or not (state.folder(name) / MARK).exists():
        ours = [each.name for each in state.clusters() if (state.folder(each.name) / MARK).exists()]
        near = difflib.get_close_matches(name, ours, 1, 0.6)
        hint = RUNNING.format(name=near[0]) if near else START.format(name=name)
        raise ClusterError(NONE.format(name=name), hint)
    if is_tab():  # a kernel's clusters end with it, and go on from what was kept
        _provider(int((state.folder(name) / MARK).read_text(encoding="utf-8"))).up(name)
    return Kubectl(Client(found.kubeconfig, namespace=found.namespace), namespace=found.namespace)


def unplug(kubectl: Kubectl, node: str) -> None:
    """Pull the plug on a node: its kubelet falls silent, nothing is told to anybody.

    Raises:
        ApiError: there is no such node, or the cluster is not a practice cluster.
    """
    _order(kubectl, "stop", node)
    print(UNPLUGGED.format(node=node))


def plug_in(kubectl: Kubectl, node: str) -> None:
    """Let a node that was unplugged start again.

    Raises:
        ApiError: there is no such node, or the cluster is not a practice cluster.
    """
    _order(kubectl, "start", node)
    print(PLUGGED.format(node=node))


def end(name: str = "farm") -> None:
    """Delete a practice cluster, if it is there."""
    found: Cluster | None = state.cluster_named(name)
    if found is not None and (state.folder(name) / MARK).exists():
        _provider(0).down(found)


def _provider(workers: int) -> Embedded | Tab:
    if is_tab():
        from podlab.clusters.tab import practice

        return practice(workers)
    return Embedded(("--stepping", "--seed", "1"), workers=workers)


def _order(kubectl: Kubectl, action: str, node: str) -> None:
    kubectl.client.request("POST", NODES, body={"action": action, "name": node})
