"""Ephemeral containers through their subresource; the refusals are kube-apiserver 1.36's own, to kubectl patch."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.embedded.harness import Answered, Api, pod

PODS = "/api/v1/namespaces/default/pods"
PATCH = "application/strategic-merge-patch+json"
FORBIDDEN = "Forbidden: cannot be set for an Ephemeral Container"
EXEC = {"exec": {"command": ["a"]}}


def patched(*containers: dict[str, Any], **more: Any) -> Answered:
    """The last answer to one patch after the other of a Pod named w, whose container is c."""

    async def scenario() -> Answered:
        api = Api()
        await api.call("POST", PODS, pod("w", metadata={"labels": {"run": "w"}}))
        for container in containers:
            body = {"spec": {"ephemeralContainers": [container]}, **more}
            answer = await api.call("PATCH", f"{PODS}/w/ephemeralcontainers", body, content_type=PATCH)
        return answer

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("container", "causes"),
    [
        ({"name": "c"}, ['name: Duplicate value: "c"']),
        ({"name": ""}, ["name: Required value"]),
        ({"name": "e", "targetContainerName": "zz"}, ['targetContainerName: Not found: "zz"']),
        ({"name": "e", "restartPolicy": "Always"}, [f"restartPolicy: {FORBIDDEN}"]),
        (
            {"name": "e", "volumeMounts": [{"name": "q", "mountPath": "/q"}]},
            ['volumeMounts[0].name: Not found: "q"'],
        ),
        (
            {
                "name": "e",
                "lifecycle": {"preStop": EXEC},
                "livenessProbe": EXEC,
                "ports": [{"containerPort": 80}],
                "resources": {"limits": {"cpu": "1"}},
            },
            [f"{field}: {FORBIDDEN}" for field in ("ports", "resources", "livenessProbe", "lifecycle")],
        ),
    ],
)
def test_what_is_refused(container: dict[str, Any], causes: list[str]) -> None:
    answer = patched({"image": "busybox", **container})
    assert answer.code == 422
    found = [f"{each['field']}: {each['message']}" for each in answer.json["details"]["causes"]]
    assert found == [f"spec.ephemeralContainers[0].{cause}" for cause in causes]


def test_one_is_added_and_everything_else_that_was_sent_is_ignored() -> None:
    sent = {"name": "ok", "image": "busybox", "targetContainerName": "c"}
    answer = patched(sent, metadata={"labels": {"a": "b"}})
    assert answer.code == 200
    (made,) = answer.json["spec"]["ephemeralContainers"]
    assert made == {
        **sent,
        "imagePullPolicy": "Always",
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    }
    assert answer.json["metadata"]["labels"] == {"run": "w"} and answer.json["metadata"]["generation"] == 2


def test_one_that_is_there_stays_as_it_is() -> None:
    answer = patched({"name": "ok", "image": "busybox"}, {"name": "ok", "image": "busybox:1.36"})
    assert answer.code == 422
    assert answer.json["message"].startswith(
        'Pod "w" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "ok" may not be changed'
    )
    assert '- "Image": "busybox",\n+ "Image": "busybox:1.36",\n' in answer.json["message"]
    gone = patched({"name": "ok", "image": "busybox"}, {"$patch": "delete", "name": "ok"})
    assert gone.json["message"].endswith('existing ephemeral containers "ok" may not be removed\n')
