"""Clusters of kind: created, found, repaired and deleted, each with a kubeconfig file of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from podlab.clusters import state
from podlab.clusters.cluster import Cluster, silent
from podlab.clusters.kind import command as kind_command
from podlab.clusters.kind import engine as engines
from podlab.clusters.kind import images, nodes, pull
from podlab.clusters.machine import reach
from podlab.clusters.machine.lock import held
from podlab.clusters.machine.probe import Answer, Machine, Probe
from podlab.clusters.progress import Estimate, Failed, Report
from podlab.errors import ClusterError
from podlab.text import Text

ADOPTED = "podlab"
"""A kind cluster of this name is podlab's even where somebody else created it."""

PATIENCE = 60.0
"""Seconds for an API server to come back after its node was started."""


class BrokenCluster(ClusterError):
    """A kind cluster that is there, and that podlab could not bring back."""


class Kind:
    """The provider of kind clusters.

    Args:
        image: the node image; None means kind's own.
        workers: nodes beside the control plane, for a cluster that is made now.
    """

    def __init__(self, image: str | None = None, probe: Probe | None = None, workers: int = 0) -> None:
        self.image = image
        self.probe: Probe = probe or Machine()
        self.workers = workers

    def find(self) -> list[Cluster]:
        """Those that podlab remembers, and a running one called `podlab`."""
        known = [cluster for cluster in state.clusters() if cluster.kind == "kind"]
        if (
            any(cluster.name == ADOPTED and not cluster.adopted for cluster in known)
            or state.kind_of(ADOPTED) == "embedded"
        ):
            return known
        adopted = self._adopted()
        return [cluster for cluster in known if not cluster.adopted] + ([adopted] if adopted else [])

    def _adopted(self) -> Cluster | None:
        known = state.cluster_named(ADOPTED)
        if known and known.answers():
            return known
        if ADOPTED in self.names():
            return self._fetch_kubeconfig(ADOPTED, adopted=True)
        if known:
            state.forget(ADOPTED)
        return None

    def names(self) -> list[str]:
        """What `kind get clusters` lists; nothing where kind or an engine is missing."""
        engine = engines.find(self.probe)
        return [] if engine.trouble or not self.probe.which("kind") else self._names(engine.name)

    def _names(self, engine: str) -> list[str]:
        answer = self._kind(engine, "get", "clusters", "--quiet")
        return answer.out.split() if answer.code == 0 else []

    def up(self, name: str, report: Report = silent) -> Cluster:
        """Create the cluster; one that is there is brought back, and made anew where it was only half made.

        Raises:
            BrokenCluster: it is there, and does not come back.
            ClusterError: kind or an engine is missing, the cluster is somebody else's, or it cannot be made.
        """
        kind_command.need_kind(self.probe.which("kind"))
        engine = engines.need(self.probe).name
        with _making(report) as making:
            if name not in self._names(engine):
                return self._create(name, engine, report, making)
            known = state.cluster_named(name)
            if known is None and name != ADOPTED:
                raise _somebody_elses(name)
            if known and state.is_half_made(name) and not _is_whole(known.kubeconfig):
                report(str(Text(ko="만들다 만 클러스터 지우기", en="Deleting the half-made cluster")))
                self._delete(name, engine)
                return self._create(name, engine, report, making)
            return self._back(name, engine, report)

    def down(self, cluster: Cluster, report: Report = silent) -> None:
        """Delete the cluster's containers and what podlab keeps about it."""
        kind_command.need_kind(self.probe.which("kind"))
        engine = engines.need(self.probe).name
        report(
            str(Text(ko="kind 클러스터 {name} 삭제", en="Deleting the kind cluster {name}").format(name=cluster.name))
        )
        with _making(report):
            self._delete(cluster.name, engine)
        state.forget(cluster.name)

    def _back(self, name: str, engine: str, report: Report) -> Cluster:
        cluster = state.cluster_named(name)
        asleep = nodes.asleep(nodes.of(self.probe, engine, name))
        if asleep:
            stopped = ", ".join(node.name for node in asleep)
            report(str(Text(ko="멈춘 노드 다시 시작: {n}", en="Starting the stopped nodes: {n}").format(n=stopped)))
            try:
                nodes.wake(self.probe, engine, asleep)
            except ClusterError as error:
                raise _broken(name, str(error)) from error
        if cluster is None or not cluster.answers():  # the kubeconfig may be lost, or of another port
            cluster = self._fetch_kubeconfig(name, adopted=cluster is None or cluster.adopted)
        if not cluster.answers():
            report(str(Text(ko="API 서버 기다리기", en="Waiting for the API server")))
        if not _until(lambda: cluster.answers() and _sees_to_account(cluster.kubeconfig), PATIENCE):
            raise _broken(name, self._why(name, engine))
        state.remember(cluster)
        return cluster

    def _why(self, name: str, engine: str) -> Text | str:
        found = nodes.of(self.probe, engine, name)
        if asleep := nodes.asleep(found):
            said = nodes.last_words(self.probe, engine, asleep[0].name)
            return f"{asleep[0].name}: {asleep[0].state}" + (f" ({said})" if said else "")
        return Text(
            ko="노드는 실행 중이지만 API 서버가 {seconds:.0f}초 안에 답하지 않았습니다",
            en="its nodes run, but the API server did not answer within {seconds:.0f} s",
        ).format(seconds=PATIENCE)

    def _fetch_kubeconfig(self, name: str, adopted: bool = False) -> Cluster:
        answer = self._kind(engines.find(self.probe).name, "get", "kubeconfig", "--name", name)
        if answer.code:
            raise _broken(name, kind_command.last_line(answer.err).removeprefix("ERROR: "))
        cluster = Cluster(name, "kind", state.kubeconfig_path(name), f"kind-{name}", adopted=adopted)
        state.remember(cluster, half_made=state.is_half_made(name))
        state.write(cluster.kubeconfig, answer.out)
        return cluster

    def _create(self, name: str, engine: str, report: Report, making: int) -> Cluster:
        self._see_to_image(engine, report)
        cluster = Cluster(name, "kind", state.kubeconfig_path(name), f"kind-{name}")
        began, task = time.monotonic(), f"kind+{self.workers}"
        report(str(Text(ko="kind 클러스터 {name} 만들기", en="Creating the kind cluster {name}").format(name=name)))
        if took := state.took(task):
            report(Estimate(took))
        state.remember(cluster, half_made=True)
        cluster.kubeconfig.unlink(missing_ok=True)
        try:
            kind_command.create(name, self._options(cluster), engine, report, (making,))
            _until(lambda: _sees_to_account(cluster.kubeconfig), PATIENCE)
        except BaseException:
            report(Failed())
            report(str(Text(ko="만들다 만 클러스터 지우기", en="Deleting the half-made cluster")))
            with suppress(KeyboardInterrupt):
                self._delete(name, engine)
                state.forget(name)
            raise
        state.remember(cluster)
        state.note_took(task, time.monotonic() - began)
        return cluster

    def _see_to_image(self, engine: str, report: Report) -> None:
        """Pull the node image where it is missing: kind would, but without a word for as long as 1.2 GB take."""
        image = self.image or kind_command.own_image(self.probe.which("kind") or "")
        if image is None or pull.is_here(self.probe, engine, image):
            return
        report(str(Text(ko="노드 이미지 {image} 받기", en="Pulling the node image {image}").format(image=image)))
        try:
            pull.pull(self.probe, engine, image, report)
        except ClusterError as error:
            report(Failed())
            if self.image:
                raise kind_command.no_node_image(
                    str(error), engines.images(self.probe, engine, kind_command.NODE)
                ) from error

    def _options(self, cluster: Cluster) -> list[str]:
        options = ["--kubeconfig", str(cluster.kubeconfig)] + (["--image", self.image] if self.image else [])
        if self.workers:
            path = state.folder(cluster.name) / "kind.yaml"
            state.write(path, configuration(self.workers))
            options += ["--config", str(path)]
        return options

    def _delete(self, name: str, engine: str) -> None:
        path = str(state.kubeconfig_path(name))
        lines = list(kind_command.run(["kind", "delete", "cluster", "--name", name, "--kubeconfig", path], engine))
        images.remove_mirror(self.probe, engine, name)
        if name in self._names(engine):
            raise ClusterError(
                kind_command.last_line("\n".join(lines[:-1])),
                Text(ko="직접 지우려면: {command}", en="to delete it yourself: {command}").format(
                    command=f"kind delete cluster --name {name}"
                ),
            )

    def _kind(self, engine: str, *words: str) -> Answer:
        return self.probe.run(["kind", *words], environ=kind_command.environment(engine))


def configuration(workers: int) -> str:
    """kind's configuration of a control plane with workers."""
    roles = ["control-plane", *["worker"] * workers]
    lines = ["kind: Cluster", "apiVersion: kind.x-k8s.io/v1alpha4", "nodes:", *(f"- role: {role}" for role in roles)]
    return "\n".join(lines) + "\n"


def _making(report: Report) -> AbstractContextManager[int]:
    # kind holds this lock, too: one that outlives a killed podlab must not delete what the next one makes
    waiting = Text(
        ko="중단된 podlab이 남긴 kind가 끝나기를 기다립니다",
        en="Waiting for the end of a kind that a killed podlab left behind",
    )
    return held(state.home() / "kind.lock", lambda: report(str(waiting)))


def _somebody_elses(name: str) -> ClusterError:
    return ClusterError(
        Text(
            ko="{name}{은/는} podlab이 만들지 않은 kind 클러스터입니다",
            en="{name} is a kind cluster that podlab did not make",
        ).format(name=name),
        Text(
            ko="다른 이름을 쓰거나(--name), 그대로 쓰려면: podlab up --cluster context:kind-{name}",
            en="take another name (--name), or use it as it is: podlab up --cluster context:kind-{name}",
        ).format(name=name),
    )


def _broken(name: str, why: Text | str) -> BrokenCluster:
    return BrokenCluster(
        Text(
            ko="kind 클러스터 {name}{이/가} 있지만 되살리지 못했습니다: {why}",
            en="the kind cluster {name} exists, but could not be brought back: {why}",
        ).format(name=name, why=why),
        Text(
            ko="다시 만들려면 (그 안의 것은 사라집니다): podlab up --cluster kind --name {name} --recreate",
            en="to make it anew (what it holds is lost): podlab up --cluster kind --name {name} --recreate",
        ).format(name=name),
    )


def _is_whole(kubeconfig: Path) -> bool:
    # kind writes the kubeconfig when everything else is done
    return kubeconfig.exists() and reach.answers(kubeconfig)


def _sees_to_account(kubeconfig: Path) -> bool:
    """Whether `default` has its service account, which is made here where it is missing."""
    # A Pod that is created before it is refused. The controller manager makes it three to six seconds after kind has
    # ended, exactly like this one, and leaves one that is there alone: so nobody has to wait for it.
    accounts = "/api/v1/namespaces/default/serviceaccounts"
    try:
        if reach.ask(kubeconfig, f"{accounts}/default")[0] == 200:
            return True
        return reach.ask(kubeconfig, accounts, body={"metadata": {"name": "default"}})[0] in (201, 409)
    except OSError:
        return False


def _until(ready: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
