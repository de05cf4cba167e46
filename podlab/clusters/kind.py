"""Clusters of kind: created, found and deleted with the `kind` command, each with a kubeconfig file of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from podlab.clusters import engine as engines
from podlab.clusters import reach, state
from podlab.clusters.cluster import Cluster, Report, silent
from podlab.clusters.probe import Machine, Probe
from podlab.errors import ClusterError
from podlab.text import Text

ADOPTED = "podlab"
"""A kind cluster of this name is podlab's even where somebody else created it."""

_STEP = re.compile(r"^\s*•\s+(?P<text>.*?)[\s.]*$")


class Kind:
    """The provider of kind clusters; `image` is the node image, kind's own where it is None."""

    def __init__(self, image: str | None = None, probe: Probe | None = None) -> None:
        self.image = image
        self.probe: Probe = probe or Machine()

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
        if not self.probe.which("kind") or engines.find(self.probe).trouble:
            return []
        answer = self.probe.run(["kind", "get", "clusters", "--quiet"])
        return answer.out.split() if answer.code == 0 else []

    def up(self, name: str, report: Report = silent) -> Cluster:
        """Create the cluster, unless it is there and answers."""
        need_kind(self.probe)
        engine = engines.need(self.probe)
        known = state.cluster_named(name)
        there = name in self.names()
        if there and known is None and name != ADOPTED:
            raise ClusterError(
                Text(
                    ko="{name}은(는) podlab이 만들지 않은 kind 클러스터입니다",
                    en="{name} is a kind cluster that podlab did not make",
                ).format(name=name),
                Text(
                    ko="다른 이름을 쓰거나(--name), 그대로 쓰려면: podlab up --cluster context:kind-{name}",
                    en="take another name (--name), or use it as it is: podlab up --cluster context:kind-{name}",
                ).format(name=name),
            )
        if there and not state.is_half_made(name):
            return self._back(name)
        if there:
            report(str(Text(ko="만들다 만 클러스터 지우기", en="Deleting the half-made cluster")))
            self._delete(name)
        return self._create(name, engine.name, report)

    def down(self, cluster: Cluster, report: Report = silent) -> None:
        """Delete the cluster's containers and what podlab keeps about it."""
        need_kind(self.probe)
        engines.need(self.probe)
        report(
            str(Text(ko="kind 클러스터 {name} 삭제", en="Deleting the kind cluster {name}").format(name=cluster.name))
        )
        self._delete(cluster.name)
        state.forget(cluster.name)

    def _back(self, name: str) -> Cluster:
        cluster = state.cluster_named(name)
        if cluster is None or not cluster.kubeconfig.exists():
            cluster = self._fetch_kubeconfig(name, adopted=cluster is None)
        if not _until(cluster.answers, seconds=30):
            raise ClusterError(
                Text(
                    ko="kind 클러스터 {name}이(가) 있지만 API 서버가 답하지 않습니다",
                    en="the kind cluster {name} exists, but its API server does not answer",
                ).format(name=name),
                Text(
                    ko="다시 만들려면: podlab down --name {name}, 그다음 podlab up --cluster kind --name {name}",
                    en="to make it anew: podlab down --name {name}, then podlab up --cluster kind --name {name}",
                ).format(name=name),
            )
        return cluster

    def _fetch_kubeconfig(self, name: str, adopted: bool = False) -> Cluster:
        answer = self.probe.run(["kind", "get", "kubeconfig", "--name", name])
        if answer.code:
            raise ClusterError(_last_line(answer.err))
        cluster = Cluster(name, "kind", state.kubeconfig_path(name), f"kind-{name}", adopted=adopted)
        state.remember(cluster)
        state.write(cluster.kubeconfig, answer.out)
        return cluster

    def _create(self, name: str, engine: str, report: Report) -> Cluster:
        cluster = Cluster(name, "kind", state.kubeconfig_path(name), f"kind-{name}")
        state.remember(cluster, half_made=True)
        command = ["kind", "create", "cluster", "--name", name, "--kubeconfig", str(cluster.kubeconfig)]
        command += ["--image", self.image] if self.image else []
        try:
            lines = list(_told(_run_apart(command, engine), report))
            if lines[-1] != "0":
                raise _creation_failed(name, lines[:-1], self.image)
            report(str(Text(ko="기본 서비스 어카운트 기다리기", en="Waiting for the default service account")))
            _until(lambda: _has_service_account(cluster.kubeconfig), seconds=60)
        except BaseException:
            report(str(Text(ko="만들다 만 클러스터 지우기", en="Deleting the half-made cluster")))
            with suppress(KeyboardInterrupt):
                self._delete(name)
                state.forget(name)
            raise
        state.remember(cluster)
        return cluster

    def _delete(self, name: str) -> None:
        path = str(state.kubeconfig_path(name))
        _, *lines = reversed(
            list(_run_apart(["kind", "delete", "cluster", "--name", name, "--kubeconfig", path], None))
        )
        if name in self.names():
            raise ClusterError(_last_line("\n".join(reversed(lines))))


def need_kind(probe: Probe) -> None:
    """Nothing, where there is a `kind` command.

    Raises:
        ClusterError: there is none; the hint names the package.
    """
    if not probe.which("kind"):
        hint = install_kind()
        raise ClusterError(
            Text(ko="kind 명령이 없습니다", en="there is no kind command"),
            Text(ko=f"{hint.ko}\n  {engines.WITHOUT.ko}", en=f"{hint.en}\n  {engines.WITHOUT.en}"),
        )


def install_kind(platform: str = sys.platform) -> Text:
    """How to get kind on this platform."""
    command = {"darwin": "brew install kind", "win32": "winget install Kubernetes.kind"}.get(platform)
    command = command or "conda install -c conda-forge kubernetes-kind"
    return Text(
        ko=f"kind 설치: {command}  (다른 방법: https://kind.sigs.k8s.io/docs/user/quick-start/)",
        en=f"install kind: {command}  (other ways: https://kind.sigs.k8s.io/docs/user/quick-start/)",
    )


def step(line: str) -> str | None:
    """The step that a line of `kind create cluster` begins, without its ornaments."""
    match = _STEP.match(line)
    return re.sub(r"[^\x00-\x7f]", "", match["text"]).rstrip(" .") if match else None


def _told(lines: Iterator[str], report: Report) -> Iterator[str]:
    for line in lines:
        if begun := step(line):
            report(begun)
        yield line


def _run_apart(command: list[str], engine: str | None) -> Iterator[str]:
    """The lines that the command prints, then its exit code; out of Ctrl-C's reach, and ended when we are."""
    environ = dict(os.environ)
    if engine and engine != "docker":
        environ["KIND_EXPERIMENTAL_PROVIDER"] = engine
    process = _popen(command, environ)
    assert process.stdout
    try:
        for line in process.stdout:
            yield line.rstrip("\n")
        yield str(process.wait())
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        process.stdout.close()


def _popen(command: list[str], environ: dict[str, str]) -> subprocess.Popen[str]:
    own: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        own = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environ,
        **own,
    )


def _creation_failed(name: str, lines: list[str], image: str | None) -> ClusterError:
    text = "\n".join(lines)
    state.home().joinpath("kind-create.log").write_text(text + "\n", encoding="utf-8")
    hint = Text(
        ko=f"kind의 출력: {state.home() / 'kind-create.log'}   원인 찾기: podlab doctor --cluster kind",
        en=f"what kind printed: {state.home() / 'kind-create.log'}   to find the cause: podlab doctor --cluster kind",
    )
    if "failed to pull image" in text or "pulling image" in text:
        hint = Text(
            ko="노드 이미지를 받지 못했습니다. 네트워크를 확인하거나 --image IMAGE를 쓰십시오\n  {without}",
            en="the node image could not be pulled. Check the network, or use --image IMAGE\n  {without}",
        ).format(without=engines.WITHOUT)
    said = next((line for line in reversed(lines) if line.startswith("ERROR: ")), _last_line(text))
    return ClusterError(f"kind create cluster --name {name}: {said.removeprefix('ERROR: ')}", hint)


def _has_service_account(kubeconfig: Path) -> bool:
    # a Pod that is created before it is refused
    try:
        return reach.ask(kubeconfig, "/api/v1/namespaces/default/serviceaccounts/default")[0] == 200
    except OSError:
        return False


def _until(ready: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "kind failed and said nothing"
