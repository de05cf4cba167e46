"""What a client sees of requests that are a little odd: as a real API server answered them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from podlab.embedded.apiserver.paths import connect
from podlab.embedded.apiserver.request import Request, RequestInfo
from podlab.embedded.apiserver.status import StatusError
from podlab.embedded.controllers.customresources import CustomResources
from tests.embedded.harness import Api, pod

JSON = "application/json"
MAPS = "/api/v1/namespaces/default/configmaps"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PLANTS = "/apis/wire.dev/v1/plants"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


@pytest.fixture
def api() -> Api:
    return Api()


def _definition() -> dict[str, Any]:
    numbers = {
        "type": "object",
        "properties": {"h": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}},
    }
    schema = {
        "type": "object",
        "properties": {"spec": numbers, "status": {"type": "object", "properties": {"h": {"type": "integer"}}}},
    }
    scale = {"specReplicasPath": ".spec.h", "statusReplicasPath": ".status.h"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec: dict[str, Any] = {"group": "wire.dev", "scope": "Cluster", "names": {"kind": "Plant", "plural": "plants"}}
    spec["versions"] = [{**version, "subresources": {"scale": scale}}]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "plants.wire.dev"},
        "spec": spec,
    }


def _plant(meta: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"apiVersion": "wire.dev/v1", "kind": "Plant", "metadata": meta, **more}


async def _settled(api: Api) -> None:
    for _ in range(3):
        api.registry.clock.step(0.01)
        await api.registry.clock.settle()


async def _served(api: Api) -> CustomResources:
    controller = CustomResources(api.registry)
    path = f"{DEFINITIONS}/plants.wire.dev?fieldManager=me"
    made = await api.call("PATCH", path, _definition(), content_type="application/apply-patch+yaml")
    assert made.code == 201, made.json
    await _settled(api)
    return controller


@pytest.mark.parametrize("accept", ["text/html", TABLE, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"])
async def test_who_takes_no_status_is_answered_in_indented_json(api: Api, accept: str) -> None:
    refused = await api.call("GET", f"{MAPS}/none", accept=accept)
    assert refused.headers["content-type"] == JSON and refused.body.startswith(b'{\n  "kind": "Status"')
    plain = await api.call("GET", f"{MAPS}/none", accept=f"{accept},{JSON}")
    assert plain.body.startswith(b'{"kind":"Status"')


async def test_what_has_no_watch_says_so(api: Api) -> None:
    refused = await api.call("GET", "/api/v1/componentstatuses?watch=true")
    assert (refused.code, refused.json["message"]) == (
        405,
        'watch is not supported on resources of kind "componentstatuses"',
    )


@pytest.mark.parametrize(
    ("path", "obj"),
    [
        ("/api/v1/namespaces/default/services", {"spec": {"ports": [{"port": 1}]}}),
        ("/api/v1/namespaces/default/limitranges", {"spec": {"limits": []}}),
        ("/api/v1/namespaces/default/endpoints", {}),
        ("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", {"rules": []}),
        ("/apis/rbac.authorization.k8s.io/v1/clusterroles", {"rules": []}),
        ("/apis/node.k8s.io/v1/runtimeclasses", {"handler": "runc"}),
    ],
)
async def test_a_put_makes_what_is_not_there(api: Api, path: str, obj: dict[str, Any]) -> None:
    made = await api.call("PUT", f"{path}/new", {"metadata": {"name": "new"}, **obj}, content_type=JSON)
    assert made.code == 201, made.json


async def test_most_kinds_are_not_made_by_a_put(api: Api) -> None:
    refused = await api.call("PUT", f"{MAPS}/new", {"metadata": {"name": "new"}}, content_type=JSON)
    assert refused.code == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("metadata: {name: y4\n", "yaml: line 1: did not find expected ',' or '}'"),
        ("metadata:\n\tname: y4\n", "yaml: line 2: found character that cannot start any token"),
    ],
)
async def test_words_about_yaml_that_cannot_be_read(api: Api, body: str, words: str) -> None:
    refused = await api.call("POST", MAPS, body.encode(), content_type="application/yaml")
    assert f"(must be of type ConfigMap): {words} (" in refused.json["message"]


async def test_a_field_that_stands_twice_in_a_patch_is_warned_of(api: Api) -> None:
    await api.call("POST", MAPS, {"metadata": {"name": "a"}}, content_type=JSON)
    body = b'{"foo":1,"foo":2,"data":{"a":"1","a":"2"}}'
    made = await api.call("PATCH", f"{MAPS}/a", body, content_type="application/merge-patch+json")
    told = ['duplicate field "foo"', 'duplicate field "data.a"', 'unknown field "foo"']
    assert made.warnings == [f"299 - {json.dumps(text)}" for text in told]


@pytest.mark.parametrize(("token", "at"), [("bogus", 4), ("bog%25s", 3), ("abcdefghi", 8)])
async def test_a_token_says_where_it_is_broken(api: Api, token: str, at: int) -> None:
    refused = await api.call("GET", f"{MAPS}?limit=1&continue={token}")
    assert refused.json["message"].endswith(f"illegal base64 data at input byte {at}")


async def test_nameless_containers_are_the_same_container(api: Api) -> None:
    body = pod("p", containers=[{"image": "x"}, {"image": "y"}])
    refused = await api.call("POST", "/api/v1/namespaces/default/pods", body, content_type=JSON)
    assert 'spec.containers[1].name: Duplicate value: ""' in refused.json["message"]


async def test_an_applied_definition_serves_and_a_null_is_as_if_it_were_not_there(api: Api) -> None:
    controller = await _served(api)
    plant = _plant({"name": "a"}, spec={"h": 1, "tags": None})
    made = await api.call("POST", PLANTS, plant, content_type=JSON)
    assert (made.code, made.json["spec"]) == (201, {"h": 1})
    scale = {"spec": {"replicas": -1}}
    refused = await api.call("PATCH", f"{PLANTS}/a/scale", scale, content_type="application/merge-patch+json")
    assert refused.json["message"] == (
        'Plant.wire.dev "a" is invalid: .spec.h: Invalid value: -1: should be a non-negative integer'
    )
    controller.stop()


async def test_a_definition_that_goes_takes_no_more_objects(api: Api) -> None:
    controller = await _served(api)
    kept = _plant({"name": "a", "finalizers": ["wire.dev/keep"]})
    await api.call("POST", PLANTS, kept, content_type=JSON)
    await api.call("DELETE", f"{DEFINITIONS}/plants.wire.dev")
    await _settled(api)
    refused = await api.call("POST", PLANTS, _plant({"name": "b"}), content_type=JSON)
    why = "create not allowed while custom resource definition is terminating"
    assert (refused.code, refused.json["message"]) == (403, f'plants.wire.dev "b" is forbidden: {why}')
    found = await api.call("GET", f"{DEFINITIONS}/plants.wire.dev")
    told = {each["type"]: each["reason"] for each in found.json["status"]["conditions"]}
    assert told["Terminating"] == "InstanceDeletionInProgress"
    controller.stop()


async def test_flow_schemas_and_drivers_are_judged(api: Api) -> None:
    rule = {
        "subjects": [{"kind": "Robot"}],
        "resourceRules": [{"verbs": ["*", "get"], "apiGroups": [], "resources": ["*"]}],
    }
    spec = {"priorityLevelConfiguration": {"name": "x"}, "rules": [rule, {}], "distinguisherMethod": {"type": "X"}}
    path = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas"
    refused = await api.call("POST", path, {"metadata": {"name": "s"}, "spec": spec}, content_type=JSON)
    assert [cause["field"] for cause in refused.json["details"]["causes"]] == [
        "spec.distinguisherMethod.type",
        "spec.rules[0].subjects[0].kind",
        "spec.rules[0].resourceRules[0].verbs",
        "spec.rules[0].resourceRules[0].apiGroups",
        "spec.rules[0].resourceRules[0].namespaces",
        "spec.rules[1].subjects",
        "spec.rules[1]",
    ]
    driver = {"metadata": {"name": "d"}, "spec": {"fsGroupPolicy": "X", "volumeLifecycleModes": ["Y"]}}
    refused = await api.call("POST", "/apis/storage.k8s.io/v1/csidrivers", driver, content_type=JSON)
    assert [cause["field"] for cause in refused.json["details"]["causes"]] == [
        "spec.fsGroupPolicy",
        "spec.volumeLifecycleModes",
    ]


async def test_a_version_that_is_none_is_no_bad_request_of_a_single_object(api: Api) -> None:
    refused = await api.call("GET", f"{MAPS}/a?resourceVersion=bad")
    why = 'resourceVersion: Invalid value: "bad": strconv.ParseUint: parsing "bad": invalid syntax'
    assert (refused.code, refused.json["message"]) == (500, why)


async def test_discovery_is_not_watched(api: Api) -> None:
    refused = await api.call("GET", "/apis/apps/v1", accept="text/html")
    assert "stream=watch" not in refused.json["message"]
    anyhow = await api.call("DELETE", "/apis")
    assert (anyhow.code, anyhow.json["kind"]) == (200, "APIGroupList")


async def test_a_namespaces_finalizers_are_named_by_their_place(api: Api) -> None:
    body = {"metadata": {"name": "default"}, "spec": {"finalizers": ["kubernetes", "xy"]}}
    refused = await api.call("PUT", "/api/v1/namespaces/default/finalize", body, content_type=JSON)
    assert [cause["field"] for cause in refused.json["details"]["causes"]] == ["spec.finalizers[1]"]


async def test_a_proxy_without_a_path_leads_to_its_root(api: Api) -> None:
    await api.call("POST", "/api/v1/nodes", {"metadata": {"name": "n"}}, content_type=JSON)
    found = await api.call("GET", "/api/v1/nodes/n/proxy?a=b")
    assert (found.code, found.headers["location"]) == (301, "/api/v1/nodes/n/proxy/?a=b")
    assert (await api.call("GET", "/api/v1/nodes/none/proxy")).code == 404


def test_a_log_is_asked_for_since_one_moment() -> None:
    query = {"sinceSeconds": ["0"], "sinceTime": ["2026-01-01T00:00:00Z"]}
    with pytest.raises(StatusError) as refused:
        connect.log_options(Request("GET", RequestInfo("get", "/"), query, {}))
    assert [cause["field"] for cause in (refused.value.details or {})["causes"]] == ["[]"]
