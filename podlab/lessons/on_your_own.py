"""The eight tasks of 10-on-your-own: each checked by what the cluster holds, whichever way it came there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from podlab.apimachinery import quantity
from podlab.lessons.check import Check, Pod, Result, Seen, Test
from podlab.lessons.judge import both
from podlab.lessons.ladders.on_your_own import (
    AGAIN,
    BEHIND,
    ENDED,
    HINTS,
    LABELLED,
    LIMIT,
    RESOURCES,
    SERVICE,
    SOLUTIONS,
    STRANGERS,
)
from podlab.lessons.quiz import Question
from podlab.lessons.unaided import READ, containers, missing, need, repository, runs, stands
from podlab.text import Text

WANTED = (quantity.milli(RESOURCES["cpu"]), quantity.whole(RESOURCES["memory"]), quantity.whole(LIMIT))


def _badge(seen: Seen) -> Result:
    labels = (seen.pod("badge") or {"metadata": {}})["metadata"].get("labels") or {}
    return need(
        labels.get("team") == "red" and labels.get("tier") == "web",
        Text(ko="레이블 둘이 모두 붙어 있습니다", en="it has both labels"),
        Text(ko="team=red와 tier=web이 모두 있어야 합니다", en="it needs team=red as well as tier=web"),
        Text(
            ko='`kubectl.get("pod", "badge", show_labels=True)`로 보십시오',
            en='see `kubectl.get("pod", "badge", show_labels=True)`',
        ),
        *LABELLED,
    )


def _once(seen: Seen) -> Result:
    """It has ended well, and was never started again."""
    pod = seen.pod("once")
    if pod is None:
        return missing("once")
    status, policy = pod.get("status") or {}, (pod.get("spec") or {}).get("restartPolicy", "Always")
    restarts = sum(int(each.get("restartCount", 0)) for each in status.get("containerStatuses") or [])
    told = Text(
        ko="단계(phase)가 {phase}이고, 다시 시작한 횟수가 {n}이며, restartPolicy가 {policy}입니다",
        en="its phase is {phase}, its restarts: {n}, its restartPolicy is {policy}",
    ).format(phase=status.get("phase", "Pending"), n=restarts, policy=policy)
    found = need(
        status.get("phase") == "Succeeded" and not restarts,
        Text(ko="한 번 실행되어 성공으로 끝났습니다", en="it ran once and succeeded"),
        told,
        Text(ko="`restartPolicy`와 컨테이너의 종료 코드를 보십시오", en="look at `restartPolicy` and at the exit code"),
        *(AGAIN if policy == "Always" else ENDED),
    )
    return replace(found, settling=policy != "Always" and status.get("phase") in (None, "Pending", "Running"))


def _references(container: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The ConfigMap and key behind the variable GREETING."""
    for variable in container.get("env") or []:
        source = (variable.get("valueFrom") or {}).get("configMapKeyRef") or {}
        if variable.get("name") == "GREETING" and source:
            yield str(source.get("name")), str(source.get("key"))
    for each in container.get("envFrom") or []:
        prefix = str(each.get("prefix") or "")
        if "GREETING".startswith(prefix):
            yield str((each.get("configMapRef") or {}).get("name")), "GREETING".removeprefix(prefix)


def _words(seen: Seen) -> Result:
    held = {each["metadata"]["name"]: each.get("data") or {} for each in seen.others.get("configmaps", ())}
    found = [pair for container in containers(seen, "words") for pair in _references(container)]
    return need(
        any(key in held.get(name, {}) for name, key in found),
        Text(ko="환경 변수의 값이 컨피그맵에서 옵니다", en="the variable comes from a ConfigMap"),
        Text(ko="GREETING의 값이 컨피그맵에서 오지 않습니다", en="GREETING does not come from a ConfigMap"),
        Text(ko="`env[].valueFrom.configMapKeyRef`를 보십시오", en="look at `env[].valueFrom.configMapKeyRef`"),
    )


def _pair(seen: Seen) -> Result:
    pod, two = seen.pod("pair"), containers(seen, "pair")
    spec = (pod or {}).get("spec") or {}
    empty = {str(each.get("name")) for each in spec.get("volumes") or [] if "emptyDir" in each}
    mounts = [{str(m.get("name")) for m in each.get("volumeMounts") or []} for each in two]
    shared = empty.intersection(*mounts) if len(mounts) == 2 else set()
    images = sorted(map(repository, two))
    if images != ["busybox", "nginx"]:
        told = Text(
            ko="컨테이너의 이미지가 {images}입니다. nginx와 busybox 하나씩이어야 합니다",
            en="its containers are of {images}; there should be one of nginx and one of busybox",
        )
        look = Text(ko="`spec.containers`를 보십시오", en="look at `spec.containers`")
        return Result(False, told.format(images=", ".join(images)), look)
    return need(
        bool(shared),
        Text(ko="두 컨테이너가 볼륨 하나를 함께 씁니다", en="the two containers share one volume"),
        Text(ko="nginx와 busybox가 같은 emptyDir를 쓰지 않습니다", en="nginx and busybox do not share an emptyDir"),
        Text(
            ko="`volumes`와 두 컨테이너의 `volumeMounts`를 보십시오", en="look at `volumes`, and at both `volumeMounts`"
        ),
    )


def _modest(seen: Seen) -> Result:
    resources = next((each.get("resources") or {} for each in containers(seen, "modest")), {})
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    try:
        cpu, memory = quantity.milli(requests.get("cpu", 0)), quantity.whole(requests.get("memory", 0))
        limit = quantity.whole(limits.get("memory", 0))
    except ValueError:
        cpu = memory = limit = 0
    return need(
        (cpu, memory, limit) == WANTED,
        Text(ko="요청과 제한이 문장대로입니다", en="its requests and limit are as asked for"),
        Text(
            ko="cpu 50m, memory 64Mi를 요청하고 memory의 제한이 128Mi여야 합니다",
            en="it should request cpu 50m and memory 64Mi, and be limited to memory 128Mi",
        ),
        Text(
            ko="`resources.requests`와 `resources.limits`를 보십시오",
            en="look at `resources.requests` and `resources.limits`",
        ),
    )


def _probed(seen: Seen) -> Result:
    probes = [each.get("readinessProbe") or {} for each in containers(seen, "probed")]
    return need(
        any("httpGet" in probe for probe in probes),
        Text(ko="페이지를 내줄 수 있을 때만 Ready입니다", en="it is Ready only while the page is served"),
        Text(ko="HTTP로 묻는 준비성 프로브가 없습니다", en="no readiness probe asks over HTTP"),
        Text(ko="`readinessProbe.httpGet`을 보십시오", en="look at `readinessProbe.httpGet`"),
    )


def _owned(pod: Pod) -> bool:
    return any(owner.get("kind") == "ReplicaSet" for owner in pod["metadata"].get("ownerReferences") or [])


def _team(seen: Seen) -> Result:
    """A Deployment's three Pods of nginx, and just they, stand behind port 80 of the Service."""
    if not seen.other("deployments", "team"):
        return Result(False, Text(ko="team 디플로이먼트가 아직 없습니다", en="there is no Deployment team yet"), READ)
    service = (seen.other("services", "team") or {}).get("spec") or {}
    if not any(each.get("port") == 80 for each in service.get("ports") or []):
        missing = Text(ko="80번 포트가 있는 team 서비스가 없습니다", en="there is no Service team with port 80")
        return Result(False, missing, READ, SERVICE)
    names = set(_ends(seen))
    owned = {pod["metadata"]["name"] for pod in seen.pods if _owned(pod)}
    if strangers := sorted(names - owned):
        told = Text(
            ko="서비스 뒤의 {names} 파드는 디플로이먼트가 만든 것이 아닙니다",
            en="behind the Service there is {names}, which no Deployment has made",
        )
        look = Text(
            ko="서비스의 셀렉터와 그 파드의 레이블을 보십시오", en="look at the selector, and at that Pod's labels"
        )
        return Result(False, told.format(names=", ".join(strangers)), look, STRANGERS)
    found = need(
        len(names) == 3,
        Text(
            ko="디플로이먼트의 파드 셋이 http://team 뒤에 있습니다",
            en="the Deployment's three Pods stand behind http://team",
        ),
        Text(
            ko="서비스 뒤에서 80번 포트로 기다리는 준비된 파드가 {n}개입니다",
            en="{n} ready Pods wait at port 80 behind the Service",
        ).format(n=len(names)),
        Text(
            ko="디플로이먼트의 `replicas`와 서비스의 셀렉터, `targetPort`를 보십시오",
            en="look at `replicas`, and at the Service's selector and `targetPort`",
        ),
        *BEHIND,
    )
    return replace(found, settling=len(names) < 3)


def _ends(seen: Seen) -> Iterator[str]:
    """The names of the ready Pods to which the Service's connections go at port 80, where nginx listens."""
    for each in seen.others.get("endpointslices", ()):
        named = (each["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == "team"
        if named and any(port.get("port") == 80 for port in each.get("ports") or []):
            for end in each.get("endpoints") or []:
                if (end.get("conditions") or {}).get("ready"):
                    yield str((end.get("targetRef") or {}).get("name"))


def _check(name: str, test: Test, *also: str) -> Check:
    return Check(name, test, HINTS[name], SOLUTIONS[name], also)


def _serves(name: str, test: Test) -> Test:
    """A Ready Pod of nginx that passes this test, too."""
    return both(both(stands(name), runs(name, "nginx")), test)


CHECKS = (
    _check("solo", both(stands("solo"), runs("solo", "nginx:latest"))),
    _check("badge", _serves("badge", _badge)),
    _check("once", both(_once, runs("once", "busybox:latest"))),
    _check("words", _serves("words", _words), "configmaps"),
    _check("pair", both(stands("pair"), _pair)),
    _check("modest", _serves("modest", _modest)),
    _check("probed", _serves("probed", _probed)),
    _check("team", _team, "deployments", "services", "endpointslices"),
)

QUESTIONS: tuple[Question, ...] = ()

MINUTES = {"solo": 2, "badge": 3, "once": 4, "words": 6, "pair": 7, "modest": 4, "probed": 4, "team": 6}
"""How long each task may take somebody who knows it."""
