"""Running the `kind` command: out of Ctrl-C's reach, its steps told as they begin, what failed in one line."""

from __future__ import annotations

import mmap
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from podlab.clusters import state
from podlab.clusters.kind import engine as engines
from podlab.clusters.machine.probe import Machine
from podlab.clusters.progress import Report
from podlab.errors import ClusterError
from podlab.text import Text

NODE = "kindest/node"
_NODE_IMAGE = re.compile(rb"kindest/node:v\d+\.\d+\.\d+@sha256:[0-9a-f]{64}")
_STEP = re.compile(r"^\s*•\s+(?P<text>.*?)[\s.]*$")


def environment(engine: str) -> Mapping[str, str]:
    """What tells kind to use this engine: nothing for docker, which is its own choice."""
    return {} if engine == "docker" else {"KIND_EXPERIMENTAL_PROVIDER": engine}


def step(line: str) -> str | None:
    """The step that a line of `kind create cluster` begins, without its ornaments."""
    match = _STEP.match(line)
    return re.sub(r"[^\x00-\x7f]", "", match["text"]).rstrip(" .") if match else None


def own_image(kind: str) -> str | None:
    """The node image that this `kind` takes by itself: no command of it tells, but the program has it inside."""
    try:
        with Path(kind).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as program:
            found = _NODE_IMAGE.search(program)
            return found[0].decode() if found else None
    except (OSError, ValueError):  # a script that stands in for it may be empty
        return None


def create(name: str, options: list[str], engine: str, report: Report, keep: tuple[int, ...] = ()) -> None:
    """`kind create cluster`, each step reported as it begins.

    Args:
        keep: file descriptors that live as long as kind does, even when this process is killed.

    Raises:
        ClusterError: it failed; all that kind printed is in `kind-create.log`.
    """
    lines = []
    for line in run(["kind", "create", "cluster", "--name", name, *options], engine, keep):
        if begun := step(line):
            report(begun)
        lines.append(line)
    if lines[-1] != "0":
        raise _creation_failed(name, lines[:-1], engine)


def run(command: list[str], engine: str, keep: tuple[int, ...] = ()) -> Iterator[str]:
    """The lines that the command prints, then its exit code; out of Ctrl-C's reach, and ended when we are."""
    process = _popen(command, {**os.environ, **environment(engine)}, keep)
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


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "kind failed and said nothing"


def need_kind(which: str | None) -> None:
    """Nothing, where there is a `kind` command (its path).

    Raises:
        ClusterError: there is none; the hint names the package.
    """
    if not which:
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


def _popen(command: list[str], environ: Mapping[str, str], keep: tuple[int, ...]) -> subprocess.Popen[str]:
    own: dict[str, Any] = {"start_new_session": True, "pass_fds": keep}
    if sys.platform == "win32":
        own = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=dict(environ),
        **own,
    )


def no_node_image(said: str, here: Sequence[str]) -> ClusterError:
    """The node image could not be pulled; one of those that the engine has already would do."""
    hint = USE_HERE.format(image=max(here)) if here else PULL
    return ClusterError(said, Text(f"{hint.ko}\n  {engines.WITHOUT.ko}", f"{hint.en}\n  {engines.WITHOUT.en}"))


PULL = Text(
    ko="노드 이미지를 받지 못했습니다. 네트워크를 확인하거나 --image IMAGE를 쓰십시오",
    en="the node image could not be pulled. Check the network, or use --image IMAGE",
)
USE_HERE = Text(
    ko="노드 이미지를 받지 못했습니다. 네트워크를 확인하거나, 이 컴퓨터에 있는 이미지를 쓰십시오. 터미널에서: "
    "podlab up --cluster kind --image {image}",
    en="the node image could not be pulled. Check the network, or use the one that is on this computer. In a terminal: "
    "podlab up --cluster kind --image {image}",
)


def _creation_failed(name: str, lines: list[str], engine: str) -> ClusterError:
    text = "\n".join(lines)
    log = state.home() / "kind-create.log"
    log.write_text(text + "\n", encoding="utf-8")
    said = next((line for line in reversed(lines) if line.startswith("ERROR: ")), last_line(text))
    message = f"kind create cluster --name {name}: {said.removeprefix('ERROR: ')}"
    if "failed to pull image" in text or "pulling image" in text:
        return no_node_image(message, engines.images(Machine(), engine, NODE))
    hint = Text(
        ko=f"kind의 출력: {log}   원인 찾기: podlab doctor --cluster kind",
        en=f"what kind printed: {log}   to find the cause: podlab doctor --cluster kind",
    )
    return ClusterError(message, hint)
