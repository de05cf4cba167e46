"""The container engine under kind: docker, podman or nerdctl, in this order; the first that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from podlab.clusters.machine.probe import Answer, Probe
from podlab.errors import ClusterError
from podlab.text import Text

ENGINES = ("docker", "podman", "nerdctl")

Trouble = Literal["absent", "stopped", "forbidden", "silent"]

WITHOUT = Text(
    ko="Docker 없이 시작하려면: podlab up --cluster embedded (시뮬레이션 클러스터, 몇 초면 됩니다)",
    en="to start without Docker: podlab up --cluster embedded (a simulated cluster, ready in seconds)",
)

SAID: dict[Trouble, tuple[Text, Text]] = {
    "absent": (
        Text(
            ko="컨테이너 엔진이 없습니다: docker, podman, nerdctl 가운데 하나도 찾지 못했습니다",
            en="no container engine: found neither docker nor podman nor nerdctl",
        ),
        Text(
            ko="kind 클러스터에는 Docker가 필요합니다: https://docs.docker.com/get-started/get-docker/",
            en="a kind cluster needs Docker: https://docs.docker.com/get-started/get-docker/",
        ),
    ),
    "stopped": (
        Text(ko="{engine}{이/가} 설치되어 있지만 실행 중이 아닙니다", en="{engine} is installed but not running"),
        Text(
            ko="Docker Desktop을 켜거나, Linux에서는: sudo systemctl start {engine}",
            en="start Docker Desktop, or on Linux: sudo systemctl start {engine}",
        ),
    ),
    "forbidden": (
        Text(
            ko="{engine}{은/는} 실행 중이지만, 이 사용자에게는 쓸 권한이 없습니다",
            en="{engine} is running, but this user may not use it",
        ),
        Text(
            ko="사용자를 docker 그룹에 넣고 다시 로그인하십시오: sudo usermod -aG docker $USER",
            en="put yourself into the group docker and log in again: sudo usermod -aG docker $USER",
        ),
    ),
    "silent": (
        Text(ko="{engine}{이/가} 제때 답하지 않습니다", en="{engine} does not answer in time"),
        Text(ko="{engine}{을/를} 다시 시작한 뒤 다시 해 보십시오", en="restart {engine}, then try again"),
    ),
}


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine of this machine: `trouble` is None when it works."""

    name: str
    trouble: Trouble | None
    version: str = ""

    @property
    def seen(self) -> Text:
        """What is the matter with it."""
        return SAID[self.trouble or "absent"][0].format(engine=self.name)

    @property
    def fix(self) -> Text:
        """The command that mends it."""
        return SAID[self.trouble or "absent"][1].format(engine=self.name)


def find(probe: Probe) -> Engine:
    """The first engine that works, else the first that is there at all; KIND_EXPERIMENTAL_PROVIDER decides alone."""
    wanted = probe.environ.get("KIND_EXPERIMENTAL_PROVIDER")
    there = [name for name in ((wanted,) if wanted in ENGINES else ENGINES) if probe.which(name)]
    engines = []
    for name in there:
        engines.append(judge(name, probe.run([name, "info", "--format", "{{.ServerVersion}}"])))
        if engines[-1].trouble is None:
            return engines[-1]
    return engines[0] if engines else Engine("docker", "absent")


def judge(name: str, answer: Answer) -> Engine:
    """What `NAME info` means."""
    if answer.code == 0:
        return Engine(name, None, answer.out.strip())
    if answer.code == 124:
        return Engine(name, "silent")
    return Engine(name, "forbidden" if "permission denied" in (answer.out + answer.err).lower() else "stopped")


def images(probe: Probe, engine: str, repository: str) -> list[str]:
    """The images of a repository that the engine has, as `REPOSITORY:TAG`."""
    answer = probe.run([engine, "images", repository, "--format", "{{.Repository}}:{{.Tag}}"])
    return [line.removeprefix("docker.io/") for line in answer.out.split()] if answer.code == 0 else []


def need(probe: Probe) -> Engine:
    """An engine that works.

    Raises:
        ClusterError: there is none; the hint says what mends it, and how to go on without.
    """
    engine = find(probe)
    if engine.trouble:
        hint = Text(ko=f"{engine.fix.ko}\n  {WITHOUT.ko}", en=f"{engine.fix.en}\n  {WITHOUT.en}")
        raise ClusterError(engine.seen, hint)
    return engine
