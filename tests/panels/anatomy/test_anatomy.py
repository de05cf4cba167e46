"""A Pod's anatomy from recorded objects, and its twin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from podlab import text
from podlab.panels.anatomy.anatomy import LABELS, anatomy, twin
from podlab.panels.panel import module
from tests.panels.replay import recorded


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


def last(name: str, test: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    return anatomy([e["object"] for e in recorded(name) if test(e["object"])][-1])


def running(pod: dict[str, Any]) -> bool:
    return pod["status"].get("phase") == "Running" and not pod["metadata"].get("deletionTimestamp")


def test_the_seed_pod_is_one_container_without_volumes() -> None:
    drawn = last("seed", running)
    assert [c["name"] for c in drawn["containers"]] == ["nginx-container"]
    assert drawn["containers"][0] | {"mounts": []} == {
        "name": "nginx-container",
        "kind": "main",
        "image": "nginx:latest",
        "state": "Running",
        "tone": "ready",
        "restarts": 0,
        "ports": ["80/TCP"],
        "mounts": [],
    }
    assert drawn["volumes"] == [] and drawn["ip"].startswith("10.")


def test_two_containers_share_a_volume() -> None:
    drawn = last("two-containers", running)
    assert len(drawn["containers"]) == 2
    shared = [volume for volume in drawn["volumes"] if len(volume["used_by"]) == 2]
    assert shared and shared[0]["kind"] == "emptyDir"


def test_init_containers_come_first() -> None:
    kinds = [
        c["kind"] for c in last("init-containers", lambda pod: bool(pod["spec"].get("initContainers")))["containers"]
    ]
    assert kinds[0] in ("init", "sidecar") and kinds[-1] == "main"


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        ({}, "waiting"),
        ({"waiting": {"reason": "ContainerCreating"}}, "waiting"),
        ({"waiting": {"reason": "ImagePullBackOff"}}, "failing"),
        ({"terminated": {"exitCode": 0, "reason": "Completed"}}, "done"),
        ({"terminated": {"exitCode": 1, "reason": "Error"}}, "failing"),
        ({"running": {}}, "waiting"),
    ],
)
def test_a_containers_tone(state: dict[str, Any], tone: str) -> None:
    spec = {"containers": [{"name": "c", "image": "i"}]}
    pod = {
        "metadata": {"name": "p", "uid": "u"},
        "spec": spec,
        "status": {"containerStatuses": [{"name": "c", "state": state}]},
    }
    assert anatomy(pod)["containers"][0]["tone"] == tone


def test_the_twin_tells_the_same_without_addresses() -> None:
    html = twin(last("two-containers", running))
    assert "emptyDir" in html and "localhost" in html and "10.244" not in html
    assert html.count("<li>") == 3


def test_the_twin_escapes() -> None:
    pod = {"metadata": {"name": "<p>", "uid": "u"}, "spec": {"containers": [{"name": "<c>", "image": "<i>"}]}}
    html = twin(anatomy(pod))
    assert "<c>" not in html and "<i>" not in html and "&lt;i&gt;" in html


def test_every_label_that_the_drawing_uses_comes_from_python() -> None:
    import re

    from podlab.panels.panel import CONNECTION

    used = set(re.findall(r"\blabels\.(\w+)", module("anatomy/anatomy")))
    assert used <= set(LABELS | CONNECTION)
