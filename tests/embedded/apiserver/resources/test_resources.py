"""Defaults, validation, warnings and update rules of the served kinds, against recorded answers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from podlab.embedded.apiserver.decoding import decode
from podlab.embedded.apiserver.paths import discovery
from podlab.embedded.apiserver.podspec import updates
from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.resources import RESOURCES, deployments, events
from podlab.embedded.apiserver.resources.pods import PODS, qos
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.serializer import fresh
from tests.embedded.harness import Api
from tests.embedded.recordings import body_of, created, query_of, recorded

Obj = dict[str, Any]
RANDOM = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r'"resourceVersion": "\d+"'), "VERSION"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"kube-api-access-\w{5}"), "VOLUME"),
    (re.compile(r"10\.96\.\d+\.\d+"), "ADDRESS"),
    (re.compile(r'"nodePort": 3\d{4}'), "NODEPORT"),
)


def _settled(obj: Any) -> str:
    """Write an object with all that differs from run to run replaced."""
    text = json.dumps(obj)
    for pattern, word in RANDOM:
        text = pattern.sub(word, text)
    return text


def _api() -> Api:
    api = Api()
    accounts = api.registry.resource("serviceaccounts")
    for name in ("kube-system", "nsx"):
        api.registry.create(api.registry.resource("namespaces"), {"metadata": {"name": name}})
        api.registry.create(accounts, {"metadata": {"name": "default"}}, namespace=name)
    return api


# What a later release brings: LimitRange, and a namespace that this fixture has made already.
LATER = {"pod defaulted by limitrange", "pod over limitrange", "pod over quota", "pod violates psa", "namespace"}


def _creations() -> list[Obj]:
    found = [entry for entry in recorded("defaults") if created(entry["request"]) and entry["name"] not in LATER]
    return [entry for entry in found if entry["response"]["status"] == 201]


@pytest.mark.parametrize("entry", _creations(), ids=lambda entry: str(entry["name"]))
def test_objects_are_stored_as_recorded(entry: Obj) -> None:
    request, resource, api = entry["request"], created(entry["request"]), _api()
    assert resource
    obj, _ = decode.decode(body_of(request), "", (resource.group, resource.version, resource.kind))
    namespace = entry["response"]["body"]["metadata"].get("namespace", "")
    dry_run = "dryRun" in query_of(request)
    made = api.registry.create(resource, obj, namespace=namespace, by=Writer("unknown", dry_run=dry_run))
    expected = fresh(entry["response"]["body"])
    if entry["name"] == "scheduling gate":
        expected["status"]["conditions"][0].pop("observedGeneration", None)
    assert _settled(made) == _settled(expected)


def _mistakes() -> list[Obj]:
    posts = [entry for entry in recorded("errors") if created(entry["request"])]
    found = [entry for entry in posts if entry["response"]["status"] in (201, 403, 422) and "dryRun" not in str(entry)]
    elsewhere = ("meta.k8s.io", 'User \\"learner\\"')  # refused before the object is looked at
    return [entry for entry in found if not any(word in json.dumps(entry["response"]["body"]) for word in elsewhere)]


@pytest.mark.slow
@pytest.mark.parametrize("entry", _mistakes(), ids=lambda entry: str(entry["name"]))
def test_mistakes_are_refused_in_the_same_words(entry: Obj) -> None:
    request, resource, api = entry["request"], created(entry["request"]), _api()
    assert resource
    answer: Obj = entry["response"]["body"]
    obj, warnings = decode.decode(body_of(request), "", (resource.group, resource.version, resource.kind), "Ignore")
    try:
        api.registry.create(resource, obj, namespace="default", by=Writer(warnings=warnings))
    except StatusError as error:
        assert error.status() == answer
    else:
        assert entry["response"]["status"] == 201
        recorded_ = entry["response"]["headers"].get("Warning")
        if recorded_ and "unknown field" not in recorded_:
            assert warnings == [json.loads(recorded_.removeprefix("299 - "))]


def _updates() -> list[Obj]:
    found = [entry for entry in recorded("errors") if entry["name"].startswith(("update ", "add container"))]
    refused = [entry for entry in found if entry["response"]["body"].get("details", {}).get("kind") == "Pod"]
    return [entry for entry in refused if entry["request"]["method"] == "PUT"]


@pytest.mark.parametrize("entry", _updates(), ids=lambda entry: str(entry["name"]))
def test_what_may_not_change_in_a_pod(entry: Obj) -> None:
    answer = entry["response"]["body"]
    old = next(each["response"]["body"] for each in recorded("errors") if each["name"] == "create ok")
    new, _ = decode.decode(body_of(entry["request"]), "", ("", "v1", "Pod"))
    PODS.default(new)
    causes = updates.validate(new, _with_volume_of(new, old))
    assert [cause.as_dict() for cause in causes] == answer["details"]["causes"]


def _with_volume_of(new: Obj, old: Obj) -> Obj:
    """The stored Pod under the random volume name that the recorded update carries."""
    name = re.search(r"kube-api-access-\w{5}", json.dumps(new))
    assert name
    renamed: Obj = json.loads(re.sub(r"kube-api-access-\w{5}", name[0], json.dumps(old)))
    return renamed


def test_quality_of_service() -> None:
    def pod(*resources: Obj) -> Obj:
        return {"spec": {"containers": [{"resources": each} for each in resources]}}

    full = {"cpu": "1", "memory": "1Gi"}
    assert qos(pod({}, {})) == "BestEffort"
    assert qos(pod({"requests": {"cpu": "1"}}, {})) == "Burstable"
    assert qos(pod({"requests": full, "limits": {"cpu": "1000m", "memory": "1024Mi"}})) == "Guaranteed"
    assert qos(pod({"requests": full, "limits": full}, {})) == "Burstable"
    assert qos(pod({"requests": {"cpu": "0"}})) == "BestEffort"


def test_events_of_both_groups_are_the_same_events() -> None:
    old = {
        "kind": "Event",
        "apiVersion": "v1",
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "p"},
    }
    old.update(reason="Started", message="Container started", source={"component": "kubelet"}, count=2, type="Normal")
    new = events.load(old)
    assert new["note"] == "Container started" and new["regarding"]["name"] == "p" and new["deprecatedCount"] == 2
    back = events.save(new)
    assert {key: value for key, value in back.items() if value not in ({}, None, "")} == {
        **old,
        "metadata": {"name": "e"},
    }


def test_scale_is_as_recorded() -> None:
    stored = next(each["response"]["body"] for each in recorded("errors") if each["name"] == "deployment ok")
    expected = next(each["response"]["body"] for each in recorded("errors") if each["name"] == "scale get")
    assert _settled(deployments.scale(stored)) == _settled(expected)


@pytest.mark.parametrize(("group", "name"), [("", "GET /api/v1"), ("apps", "GET /apis/apps/v1")])
def test_discovery_is_as_recorded(group: str, name: str) -> None:
    answer = next(each["response"]["body"] for each in recorded("discovery") if each["name"] == name)
    known = {resource["name"]: resource for resource in answer["resources"]}
    listed = discovery.resource_list(group, "v1", RESOURCES)["resources"]
    assert len(listed) > 2
    for resource in listed:
        assert json.dumps(resource) == json.dumps(known[resource["name"]])


def test_discovery_lists_only_subresources_that_are_answered() -> None:
    named = {f"{resource.plural}/{name}" for resource in RESOURCES for name in resource.subresources}
    assert {"pods/eviction", "pods/log", "pods/exec", "pods/status"} <= named
