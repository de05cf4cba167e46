"""The eight tasks: what each takes and what it refuses."""

from __future__ import annotations

import pytest

from podlab.lessons.check import Seen, find
from podlab.lessons.lesson import lesson
from podlab.lessons.on_your_own import CHECKS, MINUTES

READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


def pod(name: str, *containers: dict, status: dict = READY, labels: dict | None = None, **spec: object) -> dict:
    spec = {"containers": list(containers or [{"image": "nginx:latest"}]), **spec}
    return {"metadata": {"name": name, "labels": labels or {}}, "spec": spec, "status": status}


def passed(name: str, *pods: dict, **others: tuple) -> bool:
    return bool(find(f"10-{name}").test(Seen(pods, others=others)))


def nginx(**fields: object) -> dict:
    return {"image": "nginx:1.27", **fields}


def mounting(image: str, volume: str = "v") -> dict:
    return {"image": image, "volumeMounts": [{"name": volume}]}


VOLUMES = [{"name": "v", "emptyDir": {}}]
KEY = {"name": "GREETING", "valueFrom": {"configMapKeyRef": {"name": "words", "key": "a"}}}
MAP = {"metadata": {"name": "words"}, "data": {"a": "hello"}}
ENOUGH = {"requests": {"cpu": "0.05", "memory": "65536Ki"}, "limits": {"memory": "128Mi"}}
BUSYBOX = {"image": "docker.io/library/busybox:latest"}
ENDED = {"phase": "Succeeded", "containerStatuses": [{"restartCount": 0}]}


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("solo", pod("solo"), pod("solo", {"image": "busybox"})),
        ("solo", pod("solo"), pod("solo", status={"phase": "Running"})),
        ("badge", pod("badge", labels={"team": "red", "tier": "web"}), pod("badge", labels={"team": "red"})),
        ("once", pod("once", BUSYBOX, status=ENDED), pod("once", BUSYBOX)),
        ("once", pod("once", BUSYBOX, status=ENDED), pod("once", status=ENDED)),
        (
            "once",
            pod("once", BUSYBOX, status=ENDED),
            pod("once", BUSYBOX, status={"phase": "Succeeded", "containerStatuses": [{"restartCount": 1}]}),
        ),
        (
            "pair",
            pod("pair", mounting("nginx"), mounting("busybox"), volumes=VOLUMES),
            pod("pair", mounting("nginx"), mounting("busybox", "w"), volumes=VOLUMES),
        ),
        (
            "modest",
            pod("modest", nginx(resources=ENOUGH)),
            pod("modest", nginx(resources={"limits": {"memory": "128Mi"}})),
        ),
        (
            "modest",
            pod("modest", nginx(resources=ENOUGH)),
            pod("modest", nginx(resources={"requests": {"cpu": "much"}})),
        ),
        (
            "probed",
            pod("probed", nginx(readinessProbe={"httpGet": {}})),
            pod("probed", nginx(livenessProbe={"httpGet": {}})),
        ),
    ],
)
def test_what_a_task_wants_and_what_it_refuses(name, right, wrong):
    assert passed(name, right)
    assert not passed(name, wrong)
    assert not passed(name)


def test_the_greeting_comes_from_a_config_map_that_is_there():
    words = pod("words", nginx(env=[KEY]))
    assert passed("words", words, configmaps=(MAP,))
    assert not passed("words", words)
    assert not passed("words", pod("words", nginx(env=[{"name": "GREETING", "value": "hi"}])), configmaps=(MAP,))
    whole = pod("words", nginx(envFrom=[{"configMapRef": {"name": "words"}, "prefix": "GREET"}]))
    assert not passed("words", whole, configmaps=(MAP,))
    assert passed("words", whole, configmaps=({**MAP, "data": {"ING": "hello"}},))


def test_what_is_wrong_decides_the_hints_of_a_pod_that_ended_or_did_not():
    test = find("10-once").test
    always, failed = pod("once", BUSYBOX), pod("once", BUSYBOX, status={"phase": "Failed"}, restartPolicy="Never")
    assert test(Seen((always,))).hints != test(Seen((failed,))).hints
    assert not test(Seen((always,))).settling and not test(Seen((failed,))).settling
    assert test(Seen((pod("once", BUSYBOX, restartPolicy="Never"),))).settling


def team(port: int = 80, ready: int = 3, owned: bool = True) -> Seen:
    names = [f"team-{number}" for number in range(3)]
    owners = [{"kind": "ReplicaSet"}] if owned else []
    pods = [{"metadata": {"name": each, "ownerReferences": owners}} for each in names]
    ends = [{"conditions": {"ready": True}, "targetRef": {"name": each}} for each in names[:ready]]
    meta = {"name": "team", "labels": {"kubernetes.io/service-name": "team"}}
    slices = ({"metadata": meta, "ports": [{"port": port}], "endpoints": ends},)
    services = ({"metadata": {"name": "team"}, "spec": {"ports": [{"port": 80}]}},)
    deployments = ({"metadata": {"name": "team"}},)
    return Seen(tuple(pods), others={"deployments": deployments, "services": services, "endpointslices": slices})


def test_three_pods_of_a_deployment_stand_behind_the_port_at_which_they_listen():
    test = find("10-team").test
    assert test(team())
    for wrong in (team(port=8080), team(ready=2), team(owned=False), Seen()):
        assert not test(wrong)


def test_there_is_a_time_for_each_task_and_they_fit_into_the_lesson():
    assert list(MINUTES) == [each.name for each in CHECKS] and len(CHECKS) == 8
    assert sum(MINUTES.values()) <= lesson("10").minutes
