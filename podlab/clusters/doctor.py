"""What may keep podlab from working on this machine: each finding says what was seen, why it matters, and the cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from podlab.clusters import engine
from podlab.clusters.kind_command import install_kind
from podlab.clusters.probe import Probe
from podlab.text import Text

Severity = Literal["ok", "note", "error"]

KIND_FLOOR = (0, 27)
DISK_FLOOR = 4 << 30

Check = Callable[[Probe, Path], "Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `note` keeps nothing from working that is needed here; `fix` is empty when `ok`."""

    id: str
    severity: Severity
    seen: Text
    why: Text | None = None
    fix: Text | None = None

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON: each sentence in both languages."""
        said = {"seen": self.seen, "why": self.why, "fix": self.fix}
        texts = {key: {"ko": text.ko, "en": text.en} if text else None for key, text in said.items()}
        return {"id": self.id, "severity": self.severity, **texts}


def examine(probe: Probe, home: Path, *, for_kind: bool = False) -> list[Finding]:
    """All findings; what only kind needs is an error when `for_kind`, else a note.

    Args:
        probe: the machine.
        home: the state folder.
        for_kind: whether a kind cluster is wanted.
    """
    found = [check(probe, home) for check in ALWAYS]
    for finding in (check(probe, home) for check in FOR_KIND):
        soften = finding.severity == "error" and not for_kind
        found.append(Finding(finding.id, "note", finding.seen, finding.why, finding.fix) if soften else finding)
    return found


def worst(findings: Iterable[Finding]) -> Severity:
    """The gravest severity among them."""
    order: list[Severity] = ["ok", "note", "error"]
    return max((finding.severity for finding in findings), key=order.index, default="ok")


def python(probe: Probe, home: Path) -> Finding:
    """Python is new enough."""
    seen = Text(*["Python {}.{}".format(*probe.python)] * 2)
    if probe.python >= (3, 11):
        return Finding("python", "ok", seen)
    why = Text(ko="podlab에는 Python 3.11 이상이 필요합니다", en="podlab needs Python 3.11 or newer")
    fix = Text(ko="설치: https://www.python.org/downloads/", en="install it: https://www.python.org/downloads/")
    return Finding("python", "error", seen, why, fix)


def encoding(probe: Probe, home: Path) -> Finding:
    """The locale's encoding is UTF-8."""
    seen = Text(ko="로캘의 인코딩: {name}", en="the locale's encoding: {name}").format(name=probe.encoding)
    if probe.encoding.replace("-", "") == "utf8":
        return Finding("encoding", "ok", seen)
    why = Text(
        ko="다른 도구가 한국어 텍스트를 잘못 읽을 수 있습니다 (podlab 자신은 늘 UTF-8로 읽습니다)",
        en="other tools may misread Korean text (podlab itself always reads UTF-8)",
    )
    fix = Text(ko="환경 변수를 설정하십시오: PYTHONUTF8=1", en="set an environment variable: PYTHONUTF8=1")
    return Finding("encoding", "note", seen, why, fix)


def state_folder(probe: Probe, home: Path) -> Finding:
    """The state folder can be written."""
    seen = Text(ko="상태 폴더: {home}", en="the state folder: {home}").format(home=home)
    try:
        mark = home / ".doctor"
        mark.write_text("", encoding="utf-8")
        mark.unlink()
    except OSError as error:
        why = Text(*[str(error)] * 2)
        fix = Text(ko="다른 폴더를 쓰십시오: PODLAB_HOME=폴더", en="use another folder: PODLAB_HOME=FOLDER")
        return Finding("state", "error", seen, why, fix)
    return Finding("state", "ok", seen)


def jupyterlab(probe: Probe, home: Path) -> Finding:
    """JupyterLab is in this environment."""
    version = probe.installed("jupyterlab")
    if version:
        return Finding("jupyterlab", "ok", Text(*[f"JupyterLab {version}"] * 2))
    return Finding(
        "jupyterlab",
        "error",
        Text(ko="이 환경에 JupyterLab이 없습니다", en="JupyterLab is not in this environment"),
        Text(ko="podlab lab은 JupyterLab을 시작합니다", en="podlab lab starts JupyterLab"),
        Text(*['python -m pip install "podlab[lab]"'] * 2),
    )


def widgets(probe: Probe, home: Path) -> Finding:
    """JupyterLab's side of the widgets is in this environment."""
    version = probe.installed("jupyterlab_widgets")
    if version:
        return Finding("widgets", "ok", Text(*[f"jupyterlab_widgets {version}"] * 2))
    return Finding(
        "widgets",
        "error",
        Text(ko="이 환경에 jupyterlab_widgets가 없습니다", en="jupyterlab_widgets is not in this environment"),
        Text(ko="패널 자리에 'Loading widget…'만 보입니다", en="a panel shows 'Loading widget…' for ever"),
        Text(*["python -m pip install --force-reinstall jupyterlab_widgets"] * 2),
    )


def ipykernel(probe: Probe, home: Path) -> Finding:
    """The kernel is none of those whose background updates die."""
    return _not_one_of(
        probe,
        "ipykernel",
        {"7.0.0", "7.0.1"},
        Text(ko="이 버전에서는 패널이 갱신되지 않습니다", en="with this version panels stop updating"),
    )


def client(probe: Probe, home: Path) -> Finding:
    """The Python client is none of those that lose the token."""
    return _not_one_of(
        probe,
        "kubernetes",
        {"36.0.0"},
        Text(ko="이 버전은 인증 토큰을 보내지 않습니다", en="this version sends no bearer token"),
    )


def proxy(probe: Probe, home: Path) -> Finding:
    """Proxy variables leave loopback alone."""
    names = [name for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy") if probe.environ.get(name)]
    if not names:
        return Finding("proxy", "ok", Text(ko="프록시 변수 없음", en="no proxy variables"))
    seen = Text(*[", ".join(names)] * 2)
    spared = ",".join(probe.environ.get(name, "") for name in ("NO_PROXY", "no_proxy"))
    if "127.0.0.1" in spared or "*" in spared.split(","):
        return Finding("proxy", "ok", seen)
    return Finding(
        "proxy",
        "note",
        seen,
        Text(
            ko="kubectl이 127.0.0.1의 클러스터를 프록시로 찾게 됩니다",
            en="kubectl looks for the cluster on 127.0.0.1 through the proxy",
        ),
        Text(*["NO_PROXY=127.0.0.1,localhost"] * 2),
    )


def kubectl(probe: Probe, home: Path) -> Finding:
    """There is a kubectl, or there is ours."""
    path = probe.which("kubectl")
    if path:
        return Finding("kubectl", "ok", Text(*[f"kubectl: {path}"] * 2))
    return Finding(
        "kubectl",
        "ok",
        Text(ko="kubectl이 없어 podlab kubectl을 대신 씁니다", en="no kubectl: podlab kubectl takes its place"),
    )


def container_engine(probe: Probe, home: Path) -> Finding:
    """A container engine answers."""
    found = engine.find(probe)
    if not found.trouble:
        return Finding("engine", "ok", Text(*[f"{found.name} {found.version}"] * 2))
    why = Text(
        ko="kind 클러스터에 필요합니다. 내장 클러스터에는 필요 없습니다",
        en="a kind cluster needs it. The embedded cluster does not",
    )
    return Finding("engine", "error", found.seen, why, found.fix)


def kind_command(probe: Probe, home: Path) -> Finding:
    """The kind command is there and new enough."""
    if not probe.which("kind"):
        why = Text(
            ko="kind 클러스터를 만드는 명령입니다. 내장 클러스터에는 필요 없습니다",
            en="it makes kind clusters. The embedded cluster does not need it",
        )
        return Finding(
            "kind",
            "error",
            Text(ko="kind 명령이 없습니다", en="there is no kind command"),
            why,
            install_kind(),
        )
    answer = probe.run(["kind", "version", "--quiet"])
    found = re.search(r"(\d+)\.(\d+)", answer.out)
    seen = Text(*[f"kind {answer.out.strip()}"] * 2)
    if found and (int(found[1]), int(found[2])) >= KIND_FLOOR:
        return Finding("kind", "ok", seen)
    why = Text(
        ko="{}.{} 이상에서 시험했습니다".format(*KIND_FLOOR), en="tested with {}.{} and newer".format(*KIND_FLOOR)
    )
    return Finding("kind", "error", seen, why, install_kind())


def disk(probe: Probe, home: Path) -> Finding:
    """There is room for a node image."""
    free = probe.free(home)
    seen = Text(ko="빈 디스크: {free:.1f} GiB", en="free disk: {free:.1f} GiB").format(free=free / (1 << 30))
    if free >= DISK_FLOOR:
        return Finding("disk", "ok", seen)
    why = Text(
        ko="kind의 노드 이미지와 클러스터에는 약 4 GiB가 필요합니다",
        en="kind's node image and a cluster take about 4 GiB",
    )
    return Finding(
        "disk",
        "error",
        seen,
        why,
        Text(ko="디스크를 비우십시오: docker system prune", en="make room: docker system prune"),
    )


ALWAYS: tuple[Check, ...] = (python, encoding, state_folder, jupyterlab, widgets, ipykernel, client, proxy, kubectl)
FOR_KIND: tuple[Check, ...] = (container_engine, kind_command, disk)


def _not_one_of(probe: Probe, package: str, broken: set[str], why: Text) -> Finding:
    version = probe.installed(package)
    seen = Text(*[f"{package} {version}"] * 2)
    fix = Text(*[f"python -m pip install --upgrade {package}"] * 2)
    if version is None:
        seen = Text(ko=f"이 환경에 {package}이(가) 없습니다", en=f"{package} is not in this environment")
        return Finding(package, "error", seen, Text(ko="podlab에 필요합니다", en="podlab needs it"), fix)
    return Finding(package, "error", seen, why, fix) if version in broken else Finding(package, "ok", seen)
