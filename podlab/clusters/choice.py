"""Which cluster: what was asked for, what `podlab up` chose last, a running kind cluster, else the embedded one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from podlab.clusters import export, state
from podlab.clusters.browser import Absent, is_tab
from podlab.clusters.cluster import Cluster, Kind, Provider, check_name, silent
from podlab.clusters.machine.lock import held
from podlab.clusters.progress import Report
from podlab.errors import ClusterError
from podlab.text import Text

Providers = Mapping[Kind, Provider]

DEFAULT_NAMES: dict[Kind, str] = {"kind": "podlab", "embedded": "lab", "context": "context"}

ASKED = Text(ko="지정한 클러스터", en="as asked for")
CHOSEN = Text(ko="podlab up으로 마지막에 고른 클러스터", en="the last choice of podlab up")
RUNNING = Text(ko="실행 중인 kind 클러스터", en="a kind cluster is running")
IN_TAB = Text(ko="이 브라우저 탭 안에서", en="in this browser tab")
FALLBACK = Text(ko="실행 중인 kind 클러스터 없음", en="no kind cluster is running")


@dataclass(frozen=True, slots=True)
class Selector:
    """What somebody asked for: a kind of cluster, a name, a context, a kubeconfig file, or nothing at all."""

    kind: Kind | None = None
    name: str | None = None
    context: str | None = None
    file: Path | None = None


def parse(selector: str | None) -> Selector:
    """`auto`, `kind[:NAME]`, `embedded[:NAME]`, `context:NAME`, the name of a cluster, or a kubeconfig's path.

    Raises:
        ClusterError: it is none of these.
    """
    text = selector or "auto"
    kind, _, rest = text.partition(":")
    if text == "auto":
        return Selector()
    if kind == "context" and rest:
        return Selector("context", context=rest)
    if kind == "kind" and (rest or ":" not in text):
        return Selector("kind", check_name(rest) if rest else None)
    if kind == "embedded" and (rest or ":" not in text):
        return Selector("embedded", check_name(rest) if rest else None)
    if os.sep in text or "/" in text or Path(text).is_file():
        return Selector(file=Path(text).expanduser().absolute())
    if ":" in text:
        raise _unknown(text)
    return Selector(name=check_name(text))


class Choice:
    """Which cluster, of those that some providers have or can make.

    Args:
        providers: makes them for a context, a node image, a number of workers and whether somebody agreed.
    """

    def __init__(self, providers: Callable[..., Providers]) -> None:
        self._providers = providers

    def choose(self, selector: str | None = None, report: Report = silent) -> tuple[Cluster, Text]:
        """The cluster to use and why; an embedded one is started where it does not run, a kind one is never created.

        Args:
            selector: as for `parse`; without one PODLAB_CLUSTER, else what is there decides.
            report: told of the steps when something must be started.

        Raises:
            ClusterError: what was asked for is not there, or does not answer.
        """
        asked = parse(selector or os.environ.get("PODLAB_CLUSTER"))
        every = self._providers(asked.context)
        if asked.file:
            return _from_file(asked.file), ASKED
        if asked.kind == "embedded" or (asked.kind is None and asked.name):
            known = state.cluster_named(asked.name or DEFAULT_NAMES["embedded"])
            if known is None and asked.kind is None:
                raise no_such(asked.name or "")
            kind: Kind = known.kind if known and asked.kind is None else "embedded"
            return _usable(every, kind, asked.name or DEFAULT_NAMES["embedded"], report), ASKED
        if asked.kind:
            return _existing(every, asked), ASKED
        return _by_itself(every, report)

    def use(
        self, selector: str | None = None, report: Report = silent, confirmed: bool = False
    ) -> tuple[Cluster, Text]:
        """As `choose`; but a kind cluster or a context that is asked for by name is made: the asker wants it."""
        if parse(selector).kind in ("kind", "context"):
            return self.up(selector, report=report, confirmed=confirmed), ASKED
        return self.choose(selector, report)

    def up(
        self,
        selector: str | None = None,
        name: str | None = None,
        image: str | None = None,
        report: Report = silent,
        workers: int = 0,
        confirmed: bool = False,
    ) -> Cluster:
        """Make or start a cluster and choose it for all that follows.

        Args:
            selector: as for `parse`; without one the kind cluster that was chosen last, even where it was stopped
                since, else what `choose` would take.
            name: the cluster's name, unique across all kinds.
            image: kind's node image; without one PODLAB_NODE_IMAGE, else kind's own.
            workers: kind's nodes beside the control plane.
            confirmed: whether a person agreed to the use of a context.

        Raises:
            ClusterError: it cannot be made, or the name is taken by a cluster of another kind.
        """
        asked = parse(selector or (None if name else os.environ.get("PODLAB_CLUSTER")))
        _check_makeable(asked, name)
        wanted = image or os.environ.get("PODLAB_NODE_IMAGE") or None
        every = self._providers(asked.context, wanted, workers, confirmed)
        name = check_name(name) if name else asked.name
        if asked.kind is None and name is None:
            name = kind_chosen_last(image, workers)
        if asked.kind is None and name is None and not (image or workers):
            cluster, _ = _by_itself(every, report)
        else:
            kind = asked.kind or (state.kind_of(name) if name else None) or ("kind" if image or workers else "embedded")
            cluster = _up(every, kind, name or _name_for(asked, kind), report)
        state.choose(cluster.name)
        return cluster

    def down(self, name: str, report: Report = silent) -> None:
        """Delete the cluster.

        Raises:
            ClusterError: there is none of that name, or it cannot be deleted.
        """
        every = self._providers()
        found = next((cluster for cluster in _all(every) if cluster.name == name), None)
        if found is None:
            raise no_such(name)
        with _starting(report):
            export.withdraw(found)
            every[found.kind].down(found, report)

    def find_all(self) -> list[Cluster]:
        """All clusters that podlab may use, running or not, by name."""
        return _all(self._providers())


def kind_chosen_last(image: str | None = None, workers: int = 0) -> str | None:
    """The kind cluster that `podlab up` alone brings back: the last choice, unless an image or workers are wanted."""
    if workers or image not in (None, os.environ.get("PODLAB_NODE_IMAGE")):
        return None
    last = state.cluster_named(state.chosen() or "")
    return last.name if last and last.kind == "kind" else None


def providers(
    context: str | None = None, image: str | None = None, workers: int = 0, confirmed: bool = False
) -> Providers:
    """The three real ones; in a browser tab, the one that there can be."""
    if is_tab():
        from podlab.clusters.tab import Tab

        return {"kind": Absent(), "context": Absent(), "embedded": Tab()}
    from podlab.clusters.context import Context
    from podlab.clusters.embedded import Embedded
    from podlab.clusters.kind.kind import Kind as KindProvider

    return {
        "kind": KindProvider(image, workers=workers),
        "context": Context(context, confirmed),
        "embedded": Embedded(workers=workers),
    }


def not_kept(cluster: Cluster) -> Text | None:
    """Why the browser does not keep what the cluster of this tab holds; None where it does, or where no tab is."""
    if not is_tab():
        return None
    from podlab.clusters.tab import running

    there = running(cluster)
    if there is None:
        return None
    there.keep()
    return there.trouble


def shared_by(cluster: Cluster) -> Text | None:
    """Which other kernel of this browser runs the cluster; None where this one does."""
    from podlab.clusters.tab import visited

    there = visited(cluster)
    return there.share.why() if there else None


def beware(cluster: Cluster) -> Text | None:
    """What the learner should know of the cluster of this tab; that it slept is said once."""
    if not is_tab():
        return None
    from podlab.clusters.tab import running

    there = running(cluster)
    slept = there.slept if there else None
    if there:
        there.slept = None
    return not_kept(cluster) or slept


def no_such(name: str) -> ClusterError:
    """There is no cluster of that name."""
    return NoSuchCluster(
        Text(ko="{name}{이라는/라는} 클러스터가 없습니다", en="there is no cluster {name}").format(name=name),
        Text(ko="있는 클러스터: podlab status", en="those that there are: podlab status"),
    )


class NoSuchCluster(ClusterError):
    """A cluster was named that podlab does not have."""


def _check_makeable(asked: Selector, name: str | None) -> None:
    if asked.file:
        raise ClusterError(
            Text(ko="kubeconfig 파일은 시작할 수 없습니다", en="a kubeconfig file is nothing to start"),
            Text(ko="그대로 쓰려면: PODLAB_CLUSTER={path}", en="to use it as it is: PODLAB_CLUSTER={path}").format(
                path=asked.file
            ),
        )
    if asked.name and state.kind_of(asked.name) is None and not name:  # a typo, or a name that `--name` would give
        raise _unknown(asked.name)


def _by_itself(every: Providers, report: Report) -> tuple[Cluster, Text]:
    last = state.cluster_named(state.chosen() or "")
    if last and not is_tab() and (last.kind == "embedded" or last.answers()):
        return _usable(every, last.kind, last.name, report), CHOSEN
    if is_tab():
        used = _usable(every, "embedded", DEFAULT_NAMES["embedded"], report)
        return used, shared_by(used) or IN_TAB
    name = DEFAULT_NAMES["kind"]
    running = next((c for c in every["kind"].find() if c.name == name and c.answers()), None)
    if running:
        return running, RUNNING
    return _usable(every, "embedded", DEFAULT_NAMES["embedded"], report), FALLBACK


def _usable(every: Providers, kind: Kind, name: str, report: Report) -> Cluster:
    known = state.cluster_named(name)
    if known and known.kind == kind and known.kubeconfig.exists() and known.answers():
        return known
    if kind == "embedded":
        return _up(every, kind, name, report)
    raise _silent(known) if known else no_such(name)


def _existing(every: Providers, asked: Selector) -> Cluster:
    assert asked.kind
    name = asked.name or _name_for(asked, asked.kind)
    found = next((c for c in every[asked.kind].find() if c.name == name), None)
    if found is None:
        how = f"context:{asked.context}" if asked.context else f"{asked.kind} --name {name}"
        raise NoSuchCluster(
            Text(ko="{kind} 클러스터 {name}{이/가} 없습니다", en="there is no {kind} cluster {name}").format(
                kind=asked.kind, name=name
            ),
            Text(ko="만들려면: podlab up --cluster {how}", en="to make it: podlab up --cluster {how}").format(how=how),
        )
    if not found.answers():
        raise _silent(found)
    return found


def _up(every: Providers, kind: Kind, name: str, report: Report) -> Cluster:
    with _starting(report):
        known = state.cluster_named(name) or next((c for c in every["kind"].find() if c.name == name), None)
        if known and known.kind != kind:
            raise ClusterError(
                Text(
                    ko="{name}{은/는} 이미 {kind} 클러스터의 이름입니다",
                    en="{name} is the name of a cluster of kind {kind} already",
                ).format(name=name, kind=known.kind),
                Text(
                    ko="다른 이름을 쓰거나(--name), 먼저 지우십시오: podlab down --name {name}",
                    en="take another name (--name), or delete that one first: podlab down --name {name}",
                ).format(name=name),
            )
        return every[kind].up(name, report)


def _starting(report: Report) -> AbstractContextManager[int]:
    waiting = Text(
        ko="다른 podlab이 클러스터를 시작하고 있어 기다립니다",
        en="Waiting for another podlab that is starting a cluster",
    )
    return held(state.home() / "lock", lambda: report(str(waiting)))


def _all(every: Providers) -> list[Cluster]:
    return sorted((cluster for provider in every.values() for cluster in provider.find()), key=lambda c: c.name)


def _name_for(asked: Selector, kind: Kind) -> str:
    if asked.context:
        from podlab.clusters.context import name_for

        return name_for(asked.context)
    return DEFAULT_NAMES[kind]


def _from_file(path: Path) -> Cluster:
    from podlab.clusters.machine import reach

    try:
        entry = reach.entry(reach.load(path))
    except KeyError as missing:
        raise ClusterError(
            Text(ko="쓸 수 있는 kubeconfig가 아닙니다: {path}", en="no usable kubeconfig: {path}").format(path=path)
        ) from missing
    return Cluster(path.stem, "context", path, None, str(entry.context.get("namespace") or "default"))


def _silent(cluster: Cluster) -> ClusterError:
    return ClusterError(
        Text(
            ko="클러스터 {name}({kind}){이/가} 답하지 않습니다",
            en="the cluster {name} ({kind}) does not answer",
        ).format(name=cluster.name, kind=cluster.kind),
        Text(
            ko="원인 찾기: podlab doctor   다시 시작: podlab up --name {name}",
            en="to find the cause: podlab doctor   to bring it back: podlab up --name {name}",
        ).format(name=cluster.name),
    )


def _unknown(text: str) -> ClusterError:
    return ClusterError(
        Text(ko="알 수 없는 클러스터입니다: {text}", en="unknown cluster: {text}").format(text=text),
        Text(
            ko="auto, kind, embedded, context:NAME, 클러스터 이름, kubeconfig 파일 경로 가운데 하나여야 합니다",
            en="it is one of auto, kind, embedded, context:NAME, the name of a cluster, the path of a kubeconfig",
        ),
    )


_here = Choice(providers)
choose, use, up, down, find_all = _here.choose, _here.use, _here.up, _here.down, _here.find_all
