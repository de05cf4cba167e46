"""Embedded clusters: each is one server process of its own that outlives the kernel, Ctrl-C and the terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import time
from contextlib import suppress
from pathlib import Path

from podlab.clusters import state
from podlab.clusters.cluster import Cluster, silent
from podlab.clusters.progress import Report
from podlab.errors import ClusterError
from podlab.text import Text

START_SECONDS = 30.0


class Embedded:
    """The provider of embedded clusters; `options` are passed to the server, such as `--speed 10`.

    Args:
        workers: the nodes beside the control plane that are wanted; 0 takes the cluster as it is.
    """

    def __init__(self, options: tuple[str, ...] = (), *, workers: int = 0) -> None:
        self.options = (*options, "--workers", str(workers)) if workers else options
        self.workers = workers

    def find(self) -> list[Cluster]:
        """Those that podlab remembers."""
        return [cluster for cluster in state.clusters() if cluster.kind == "embedded"]

    def up(self, name: str, report: Report = silent) -> Cluster:
        """Start the server, unless it answers; what the cluster holds is kept from the last time."""
        cluster = Cluster(name, "embedded", state.kubeconfig_path(name))
        if self.workers and self.workers != (there := _workers(name)) and there is not None:
            raise _other_workers(name, there)
        if cluster.kubeconfig.exists() and cluster.answers():
            return cluster
        report(str(Text(ko="내장 클러스터 {name} 시작", en="Starting the embedded cluster {name}").format(name=name)))
        state.remember(cluster)
        stop(state.folder(name))
        process = launch(state.folder(name), name, self.options)
        end = time.monotonic() + START_SECONDS
        while not (cluster.kubeconfig.exists() and cluster.answers()):
            if process.poll() is not None or time.monotonic() > end:
                raise _did_not_start(name)
            time.sleep(0.02)
        return cluster

    def down(self, cluster: Cluster, report: Report = silent) -> None:
        """Stop the server and delete what the cluster holds."""
        report(
            str(
                Text(ko="내장 클러스터 {name} 삭제", en="Deleting the embedded cluster {name}").format(
                    name=cluster.name
                )
            )
        )
        stop(state.folder(cluster.name))
        state.forget(cluster.name)


def _workers(name: str) -> int | None:
    """How many workers a cluster was made with; None if there is none of that name."""
    try:
        return int((state.folder(name) / "workers").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _other_workers(name: str, there: int) -> ClusterError:
    return ClusterError(
        Text(
            ko="내장 클러스터 {name}에는 워커 노드가 {there}개 있고, 나중에 바꿀 수 없습니다",
            en="the embedded cluster {name} has {there} workers, which cannot be changed later",
        ).format(name=name, there=there),
        Text(
            ko="새로 만들려면: podlab down --name {name}, 그다음 podlab up --cluster embedded --workers N",
            en="to make it anew: podlab down --name {name}, then podlab up --cluster embedded --workers N",
        ).format(name=name),
    )


def launch(folder: Path, name: str, options: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """Start the server as a process that belongs to nobody's terminal, job or process group."""
    command = [sys.executable, "-m", "podlab.embedded", "--home", str(folder), "--name", name, *options]
    with (folder / "server.log").open("ab") as log:
        process = _detached(command, log.fileno(), folder)
    state.write(folder / "pid", f"{process.pid}\n")
    return process


def stop(folder: Path) -> None:
    """End the folder's server, if it runs; its database survives this as it survives `kill -9`."""
    try:
        pid = int((folder / "pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if _is_server(pid, folder):
        with suppress(OSError):
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 5
        while _is_server(pid, folder):
            if sys.platform == "win32":  # SIGTERM is TerminateProcess there: what is left now is another process
                break
            if time.monotonic() > end:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        if sys.platform != "win32":  # one that is ending has no command line any more, and is a child to wait for still
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
    (folder / "pid").unlink(missing_ok=True)


def _detached(command: list[str], log: int, folder: Path) -> subprocess.Popen[bytes]:
    environ = dict(os.environ)
    source = str(Path(__file__).resolve().parents[2])
    if source != sysconfig.get_path("purelib"):
        environ["PYTHONPATH"] = os.pathsep.join(filter(None, [source, environ.get("PYTHONPATH")]))
    if sys.platform != "win32":
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environ, cwd=folder, start_new_session=True
        )
    flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    for extra in (subprocess.CREATE_BREAKAWAY_FROM_JOB, 0):  # a job that lets nobody go refuses the first
        with suppress(PermissionError):
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environ,
                cwd=folder,
                creationflags=flags | extra,
            )
    raise ClusterError(f"could not start {command[0]}")


def _is_server(pid: int, folder: Path) -> bool:
    """Whether the process is still this folder's server: after a restart of the machine its number may be another's."""
    with suppress(ChildProcessError, OSError):
        if sys.platform != "win32" and os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    import psutil

    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return "podlab.embedded" in words and str(folder) in words


def _did_not_start(name: str) -> ClusterError:
    log = state.folder(name) / "server.log"
    stop(state.folder(name))
    try:
        lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    reason = lines[-1] if lines else str(Text(ko="아무 말이 없었습니다", en="it said nothing"))
    return ClusterError(
        Text(
            ko="내장 클러스터 {name}{이/가} 시작되지 않았습니다: {reason}",
            en="the embedded cluster {name} did not start: {reason}",
        ).format(name=name, reason=reason),
        Text(
            ko="자세한 기록: {log}   새로 만들려면: podlab down --name {name}, 그다음 podlab up --cluster embedded",
            en="the whole log: {log}   to make it anew: podlab down --name {name}, then podlab up --cluster embedded",
        ).format(log=log, name=name),
    )
