"""`start()`: find the cluster, bind `kubectl` to it, and bring what the lesson needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from podlab import clusters, text
from podlab.errors import ApiError, PodlabError
from podlab.lessons import hints, lines, progress, slips
from podlab.lessons.bar import Bar
from podlab.lessons.faults.bench import untaint
from podlab.lessons.lesson import MANIFEST, POD, Lesson, lesson, manifest, manifest_path
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.clusters.cluster import Status
    from podlab.kubectl import Kubectl

TERMINAL = "podlab.commands.tab"
"""By name, as IPython has it: `!kubectl` where there is no terminal."""
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
FAULTS_LESSON = "09"  # one of its faults closes the nodes, which must not outlast the lesson
PULL = 300  # seconds: a first pull of nginx over a slow line

# One line of one form: a sanitizer hides it whole, so that stored outputs pass on every cluster.
LINE = Text(
    ko="podlab: 클러스터 {name}({kind}) · Kubernetes {version} · {kubelet} · 네임스페이스 {namespace} · {why}{more}",
    en="podlab: cluster {name} ({kind}) · Kubernetes {version} · {kubelet} · namespace {namespace} · {why}{more}",
)
REAL = Text(ko="진짜 kubelet", en="real kubelet")
SIMULATED = Text(
    ko="시뮬레이션 kubelet(컨테이너는 흉내만 냅니다: 실제 이미지와 디스크가 없고, 통신은 이 클러스터 안에서만 됩니다)",
    en="simulated kubelet (containers are imitated: no real images or disks, traffic within this cluster only)",
)
WAITING = Text(ko="podlab: {name} 파드가 Ready가 되기를 기다립니다 …", en="podlab: waiting until {name} is Ready …")
NEEDS_FILE = Text(
    ko="{number} 수업에 필요한 것: {file} 파일 … 이 폴더에 있습니다.",
    en="Lesson {number} needs the file {file}: it is in this folder.",
)
NEEDS_POD = Text(
    ko="{number} 수업에 필요한 것: {file}{으로/로} 만든 {name} 파드 … Ready입니다.",
    en="Lesson {number} needs the Pod {name} of {file}: it is Ready.",
)
LOST = Text(ko=" · 주의: {why}", en=" · beware: {why}")
BROUGHT = Text(ko=" · 새로 준비한 것: {things}", en=" · brought just now: {things}")


def start(name: str | None = None, *, language: str | None = None, cluster: str | None = None) -> Kubectl:
    """Begin a lesson: choose a cluster and say which, and see to it that what the lesson needs is there.

    Args:
        name: the lesson, such as `04`; without one, nothing but the cluster is seen to.
        language: `ko` or `en`; else the environment's.
        cluster: `kind`, `embedded`, `context:NAME` or a cluster's name; else what `podlab status` shows first.

    Returns:
        A `Kubectl` bound to the cluster and the namespace of the lessons.

    Raises:
        PodlabError: there is no such lesson; the cluster does not answer; the Pod did not get Ready in time.
    """
    if language:
        text.use(language)
    wanted = lesson(name) if name else None
    kubectl, status, why, lost = _bind(cluster)
    if wanted and wanted.number != FAULTS_LESSON:
        untaint(kubectl)
    brought = (
        _bring(wanted, kubectl, lambda pod: print(WAITING.format(name=pod), end="\r", flush=True)) if wanted else []
    )
    print(_line(status, kubectl.namespace, why, brought, lost))
    for sentence in _needs(wanted) if wanted else ():
        print(sentence)
    if wanted:
        _show_progress(wanted)
    return kubectl


def _show_progress(wanted: Lesson) -> None:
    """The bar at the top of the lesson, where there is a notebook; hints begin anew."""
    from IPython import get_ipython
    from IPython.display import display

    hints.forget()
    progress.attend(wanted.number)
    if get_ipython() is not None:
        display(Bar(wanted))  # type: ignore[no-untyped-call]


def _bind(selector: str | None) -> tuple[Kubectl, Status, Text, Text | None]:
    """Choose the cluster, and make it the one of this process: for `%kubectl`, `!kubectl` and the official client."""
    from podlab.client import Client
    from podlab.kubectl import Kubectl

    def report(told: clusters.Told) -> None:
        print(f"podlab: {told} …", end="\r", flush=True)

    chosen, why = _use_with_panel(selector) if _makes_kind(selector) else clusters.use(selector, report)
    os.environ["KUBECONFIG"] = str(chosen.kubeconfig)
    client = Client(chosen.kubeconfig, context=chosen.context, namespace=chosen.namespace)
    kubectl = Kubectl(client, namespace=chosen.namespace)
    _load_magics(kubectl)
    return kubectl, chosen.settle(report), why, clusters.beware(chosen)


def _makes_kind(selector: str | None) -> bool:
    """Whether a kind cluster was asked for in a notebook: making one takes so long that a panel tells about it."""
    from IPython import get_ipython

    return clusters.parse(selector).kind == "kind" and getattr(get_ipython(), "kernel", None) is not None


def _use_with_panel(selector: str | None) -> tuple[clusters.Cluster, Text]:
    from podlab.panels import Up

    panel = Up("kind")
    try:
        chosen, why = clusters.use(selector, panel.follow())
    except PodlabError as error:
        panel.followed(None, error)
        raise
    panel.followed(chosen)
    return chosen, why


def _load_magics(kubectl: Kubectl) -> None:
    """`%kubectl` and `%%manifest`, where there is a notebook, whose cells show the answer of each of their lines."""
    from IPython import get_ipython

    from podlab.kubectl import magics

    shell = get_ipython()
    if shell is not None:
        magics.load_ipython_extension(shell)
        lines.install(shell)
        slips.install(shell)
        for each in (hints.hint, hints.solution):  # the lessons tell of them without importing them
            shell.user_ns.setdefault(each.__name__, each)
        if clusters.is_tab():
            shell.extension_manager.load_extension(TERMINAL)


def _line(status: Status, namespace: str, why: Text, brought: list[str], lost: Text | None = None) -> str:
    told = LINE.format(
        name=status.name,
        kind=status.kind,
        version=status.kubernetes_version or "?",
        kubelet=SIMULATED if status.simulated else REAL,
        namespace=namespace,
        why=why,
        more=(str(BROUGHT.format(things=", ".join(brought))) if brought else "")
        + (str(LOST.format(why=lost)) if lost else ""),
    )
    return str(told).replace("\n", " ")


def _needs(wanted: Lesson) -> list[Text]:
    """What the lesson needs, said the same way whether it was there before or not."""
    if wanted.pod:
        return [NEEDS_POD.format(number=wanted.number, file=MANIFEST, name=POD)]
    return [NEEDS_FILE.format(number=wanted.number, file=file) for file in wanted.files]


def _bring(wanted: Lesson, kubectl: Kubectl, waiting: Callable[[str], None]) -> list[str]:
    """Bring the lesson's files and its Pod; returns what was not there before."""
    brought = [file for file in wanted.files if not Path(file).exists()]
    for file in brought:
        Path(file).write_text(manifest(file), encoding="utf-8")
    if not wanted.pod:
        return brought
    pod = _pod(kubectl)
    if fits(pod, yaml.safe_load(manifest(MANIFEST))) and (not wanted.events or _has_events(kubectl, pod)):
        return brought
    waiting(POD)
    if pod is not None:
        kubectl.delete("pod", POD, ignore_not_found=True)
    # From the kit's own manifest: the learner's may be half edited.
    try:
        kubectl.apply(str(manifest_path(MANIFEST)))
    except ApiError as error:
        if error.reason != "AlreadyExists":  # another notebook that was begun in this moment brings it
            raise
    kubectl.wait(f"pod/{POD}", for_="condition=Ready", timeout=f"{PULL}s")
    return [*brought, POD]


def _pod(kubectl: Kubectl) -> Mapping[str, Any] | None:
    pods = kubectl.client.get(f"/api/v1/namespaces/{kubectl.namespace}/pods")["items"]
    return next((each for each in pods if each["metadata"]["name"] == POD), None)


def _has_events(kubectl: Kubectl, pod: Mapping[str, Any] | None) -> bool:
    """Whether this very Pod still has events: the API server keeps them for an hour."""
    uid = pod["metadata"]["uid"] if pod else ""
    path = f"/api/v1/namespaces/{kubectl.namespace}/events"
    return bool(kubectl.client.get(path, fieldSelector=f"involvedObject.uid={uid}")["items"])


def fits(pod: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    """Whether this Pod is as applied from the manifest, Ready, never restarted: else outputs would differ."""
    if pod is None or pod["metadata"].get("deletionTimestamp"):
        return False
    status = pod.get("status") or {}
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or [])
    restarted = any(each.get("restartCount") for each in status.get("containerStatuses") or [])
    containers = [(each["name"], each["image"]) for each in pod["spec"]["containers"]]
    same = containers == [(each["name"], each["image"]) for each in wanted["spec"]["containers"]]
    applied = LAST_APPLIED in (pod["metadata"].get("annotations") or {})
    return (
        ready
        and applied
        and same
        and not restarted
        and pod["metadata"].get("labels") == wanted["metadata"].get("labels")
    )
