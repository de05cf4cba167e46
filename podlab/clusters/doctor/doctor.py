"""What may keep podlab from working on this machine: each finding says what was seen, why it matters, and the cure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from podlab.clusters.doctor import kind as doctor_kind
from podlab.clusters.doctor.finding import Check, Finding, Severity
from podlab.clusters.kind import versions
from podlab.clusters.machine.probe import Probe
from podlab.text import Text

FIRST_PORT = 8888
"""Where `podlab lab` listens, if it can."""


def examine(probe: Probe, home: Path, *, for_kind: bool = False) -> list[Finding]:
    """All findings; what only kind needs is an error when `for_kind`, else a note.

    Args:
        probe: the machine.
        home: the state folder.
        for_kind: whether a kind cluster is wanted.
    """
    found = [finding for check in ALWAYS if (finding := check(probe, home))]
    for finding in (finding for check in FOR_KIND if (finding := check(probe, home))):
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
    """There is a kubectl of about the clusters' version, or there is ours."""
    path = probe.which("kubectl")
    if not path:
        seen = Text(ko="kubectl이 없어 podlab kubectl을 대신 씁니다", en="no kubectl: podlab kubectl takes its place")
        return Finding("kubectl", "ok", seen)
    version = _client_version(probe.run(["kubectl", "version", "--client", "--output", "json"]).out)
    seen = Text(*[f"kubectl {version}: {path}".replace("  ", " ")] * 2)
    minor = int(version.split(".")[1]) if version else None
    tested = [int(each.split(".")[1]) for each in versions.TESTED]
    if minor is None or min(tested) - 1 <= minor <= max(tested) + 1:
        return Finding("kubectl", "ok", seen)
    return Finding(
        "kubectl",
        "note",
        seen,
        Text(
            ko="kubectl과 클러스터의 마이너 버전은 하나까지만 다를 수 있습니다. 출력이 수업과 다를 수 있습니다",
            en="kubectl may be one minor version away from the cluster: what it prints may differ from the lessons",
        ),
        Text(
            ko="그대로 podlab kubectl을 쓰거나, kubectl {minor}{을/를} 설치하십시오: https://kubernetes.io/docs/tasks/tools/",
            en="use podlab kubectl instead, or install kubectl {minor}: https://kubernetes.io/docs/tasks/tools/",
        ).format(minor=max(versions.TESTED)),
    )


def environment(probe: Probe, home: Path) -> Finding | None:
    """The front end of the widgets and the first `jupyter-lab` belong to this environment."""
    if not probe.installed("jupyterlab") or not probe.installed("jupyterlab_widgets"):
        return None
    why = Text(
        ko="JupyterLab과 커널이 서로 다른 환경에 있으면 패널 자리에 'Loading widget…'만 보입니다",
        en="where JupyterLab and the kernel are of two environments, a panel shows 'Loading widget…' for ever",
    )
    front = f"{probe.prefix.as_posix()}/share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager/package.json"
    if probe.read(front) is None:
        seen = Text(
            ko="jupyterlab_widgets는 있지만, 그 화면 부분이 {prefix}에 없습니다",
            en="jupyterlab_widgets is installed, but its front end is not in {prefix}",
        ).format(prefix=probe.prefix)
        fix = Text(*["python -m pip install --force-reinstall jupyterlab_widgets"] * 2)
        return Finding("environment", "error", seen, why, fix)
    first = probe.which("jupyter-lab")
    if first and Path(first).parent.parent.resolve() != probe.prefix.resolve():
        seen = Text(
            ko="PATH의 jupyter-lab은 다른 환경의 것입니다: {path}",
            en="the jupyter-lab on PATH is another environment's: {path}",
        ).format(path=first)
        fix = Text(ko="JupyterLab은 이렇게 시작하십시오: podlab lab", en="start JupyterLab by: podlab lab")
        return Finding("environment", "note", seen, why, fix)
    return Finding("environment", "ok", Text(ko=f"환경: {probe.prefix}", en=f"environment: {probe.prefix}"))


def port(probe: Probe, home: Path) -> Finding:
    """JupyterLab's usual port is free."""
    if not probe.listens(FIRST_PORT):
        return Finding("port", "ok", Text(ko=f"포트 {FIRST_PORT} 비어 있음", en=f"port {FIRST_PORT} is free"))
    return Finding(
        "port",
        "note",
        Text(ko=f"포트 {FIRST_PORT}번을 이미 누가 쓰고 있습니다", en=f"somebody listens on port {FIRST_PORT} already"),
        Text(ko="podlab lab은 다음 빈 포트를 골라 알려 줍니다", en="podlab lab takes the next free port, and says so"),
        Text(*["podlab lab --port 9000"] * 2),
    )


ALWAYS: tuple[Check, ...] = (
    python,
    encoding,
    state_folder,
    jupyterlab,
    widgets,
    environment,
    ipykernel,
    client,
    port,
    proxy,
    kubectl,
    doctor_kind.wsl,
)
FOR_KIND: tuple[Check, ...] = doctor_kind.CHECKS


def _not_one_of(probe: Probe, package: str, broken: set[str], why: Text) -> Finding:
    version = probe.installed(package)
    seen = Text(*[f"{package} {version}"] * 2)
    fix = Text(*[f"python -m pip install --upgrade {package}"] * 2)
    if version is None:
        seen = Text(ko="이 환경에 {package}{이/가} 없습니다", en="{package} is not in this environment").format(
            package=package
        )
        return Finding(package, "error", seen, Text(ko="podlab에 필요합니다", en="podlab needs it"), fix)
    return Finding(package, "error", seen, why, fix) if version in broken else Finding(package, "ok", seen)


def _client_version(said: str) -> str:
    try:
        return str(json.loads(said)["clientVersion"]["gitVersion"]).removeprefix("v")
    except (ValueError, KeyError, TypeError):
        return ""
