"""What a resize refuses, and in which words: what cannot be resized, what was moved, what was taken away."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from podlab.embedded.apiserver.podspec import resize
from podlab.embedded.apiserver.podspec.defaults import spec as default_spec

Obj = dict[str, Any]
CPU = {"requests": {"cpu": "1"}}
RESTARTS = [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]


def _pod() -> Obj:
    init = [
        {"name": "i", "image": "x", "resources": CPU, "resizePolicy": RESTARTS},
        {"name": "s", "image": "x", "restartPolicy": "Always"},
    ]
    spec = {"containers": [{"name": "a", "image": "x", "resources": CPU}, {"name": "b", "image": "x"}]}
    pod = {"metadata": {"name": "p"}, "spec": {**spec, "initContainers": init}, "status": {"qosClass": "Burstable"}}
    default_spec(pod["spec"])
    return pod


def _refused(new: Obj, old: Obj) -> list[str]:
    resize.keep(new, old)
    return [str(cause) for cause in resize.validate(new, old)]


RESTARTING = "non-sidecar init containers with a resize policy of RestartContainer cannot be resized"
CASES: list[tuple[str, Obj, str]] = [
    ("containers", {"resources": {}}, "spec.containers[0].resources.requests: resource requests cannot be removed"),
    (
        "containers",
        {"resources": {"requests": {"cpu": "2", "ephemeral-storage": "1Gi"}}},
        "spec: only cpu and memory resources are mutable",
    ),
    ("containers", {"name": "z"}, "spec.containers[0].name: containers may not be renamed or reordered on resize"),
    ("initContainers", {"resources": {"requests": {"cpu": "2"}}}, f"spec.initContainers[0]: {RESTARTING}"),
    ("containers", {"resources": {"requests": {"cpu": "2"}}, "image": "other"}, ""),
]


@pytest.mark.parametrize(("key", "change", "words"), CASES)
def test_words_about_one_container(key: str, change: Obj, words: str) -> None:
    old = _pod()
    new = copy.deepcopy(old)
    new["spec"][key][0] |= change
    assert _refused(new, old) == [words.replace(": ", ": Forbidden: ", 1)] * bool(words)


def test_a_pod_with_other_containers_is_judged_as_it_was_sent() -> None:
    old = _pod()
    new = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "a", "image": "x"}]}}
    found = _refused(new, old)
    assert 'spec: Invalid value: "": Pod QOS Class may not change as a result of resizing' in found
    assert found[-2:] == [
        "spec.containers: Forbidden: containers may not be added or removed on resize",
        "spec.initContainers: Forbidden: initContainers may not be added or removed on resize",
    ]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"metadata": {"name": "p", "annotations": {"kubernetes.io/config.mirror": "x"}}}, "static"),
        ({"spec": {**_pod()["spec"], "os": {"name": "windows"}}}, "windows"),
    ],
)
def test_pods_that_cannot_be_resized_at_all(part: Obj, words: str) -> None:
    old = _pod() | part
    assert _refused(copy.deepcopy(old), old) == [f": Forbidden: {words} pods cannot be resized"]


def test_resources_of_the_whole_pod_cannot_be_taken_away() -> None:
    old = _pod()
    old["spec"]["resources"] = {"requests": {"cpu": "2"}, "limits": {"memory": "1Gi"}}
    assert _refused(_pod(), old) == ["spec.resources: Forbidden: pod-level resources cannot be removed"]
    less = _pod()
    less["spec"]["resources"] = {"requests": {"cpu": "2"}}
    assert _refused(less, old) == ["spec.resources.limits: Forbidden: pod-level resource limits cannot be removed"]
