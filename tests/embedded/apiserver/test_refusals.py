"""What clients get wrong, and in what words they are told so; all of it was found by recording a real API server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.harness import Answered, Api, pod

MAPS = "/api/v1/namespaces/default/configmaps"
WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
TOKEN = "/api/v1/namespaces/default/serviceaccounts/default/token"
REFUSALS = (
    (
        "DELETE",
        MAPS + "/m",
        {"kind": "Pod", "apiVersion": "v1"},
        400,
        'no kind "Pod" is registered for version "v1" in',
    ),
    ("DELETE", MAPS + "/m", b"garbage", 400, "couldn't get version/kind; json parse error: invalid character 'g' look"),
    (
        "POST",
        MAPS,
        {"metadata": {"name": "leaving"}},
        409,
        'object is being deleted: configmaps "leaving" already exists',
    ),
    (
        "PATCH",
        MAPS + "/m?fieldManager=a%01b",
        {},
        422,
        'Invalid value: "a\\x01b": invalid character U+0001 (at position 1)',
    ),
    ("GET", MAPS + "?limit=1&continue=xyz", None, 400, "invalid character 'Ç' looking for beginning of value"),
    ("GET", MAPS + "?limit=1&continue=bm9uc2Vuc2U", None, 400, "invalid character 'o' in literal null (expecting 'u')"),
    (
        "POST",
        WEBHOOKS,
        {"metadata": {"name": "w"}},
        405,
        "the embedded cluster takes no validatingwebhookconfigurations",
    ),
    (
        "DELETE",
        WEBHOOKS + "/none",
        None,
        404,
        'validatingwebhookconfigurations.admissionregistration.k8s.io "none" not',
    ),
    (
        "GET",
        MAPS + "?sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
        None,
        422,
        "[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, "
        "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]",
    ),
    ("GET", MAPS + "?watch=1&continue=abc", None, 422, "resourceVersionMatch is forbidden when continue is provided"),
    ("POST", TOKEN, {"metadata": {"name": "other"}, "spec": {}}, 422, "must match the service account name if"),
    (
        "POST",
        TOKEN,
        {"spec": {"boundObjectRef": {"kind": "ConfigMap", "apiVersion": "v1", "name": "m"}}},
        400,
        "cannot bind token to object of type /v1, Kind=ConfigMap",
    ),
    ("PUT", MAPS + "/m", {"metadata": {"name": "m", "resourceVersion": "x"}}, 500, 'parsing "x": invalid syntax'),
    ("PATCH", MAPS + "/m", {"metadata": {"resourceVersion": "x"}}, 500, 'parsing "x": invalid syntax'),
    ("PATCH", MAPS + "/m", {"metadata": {"resourceVersion": "1", "uid": "x"}}, 409, "the object has been modified"),
    ("GET", MAPS + "?fieldSelector=metadata.name%3Da%3Db", None, 400, "unescaped character in value: 61"),
    ("GET", MAPS + "?fieldSelector=metadata.name%3Da%5Cb", None, 400, "invalid escape sequence: \\b"),
    ("PUT", MAPS + "/m", {"metadata": {}}, 400, "the name of the object (m based on URL) was undeterminable"),
)


@pytest.mark.parametrize(("method", "path", "body", "code", "text"), REFUSALS)
async def test_what_a_request_is_refused_with(
    api: Api, method: str, path: str, body: Any, code: int, text: str
) -> None:
    await api.call("POST", MAPS, {"metadata": {"name": "leaving", "finalizers": ["example.com/x"]}})
    await api.call("DELETE", MAPS + "/leaving")
    await api.call("POST", MAPS, {"metadata": {"name": "m"}})
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    answer = await api.call(method, path, body, content_type=kind)
    assert answer.code == code and text in answer.json["message"]


async def test_a_refusal_is_in_yaml_where_that_was_asked_for(api: Api) -> None:
    answer = await api.call("GET", MAPS + "/none", accept="application/yaml")
    assert answer.headers["content-type"] == "application/yaml"
    assert 'message: configmaps "none" not found\n' in answer.body.decode()


async def test_metadata_of_one_is_no_list_and_that_of_a_list_not_one(api: Api) -> None:
    await api.call("POST", MAPS, {"metadata": {"name": "m"}})
    form = "application/json;g=meta.k8s.io;v=v1;as=PartialObjectMetadata"
    one, many = await api.call("GET", MAPS + "/m", accept=form + "List"), await api.call("GET", MAPS, accept=form)
    assert (one.code, many.code) == (406, 406)
    assert one.json["message"].endswith("but the requested object is not a list (*core.ConfigMap)")
    assert many.json["message"].endswith("but the requested object is a list (*core.ConfigMapList)")


async def test_only_the_series_of_an_event_goes_on(api: Api) -> None:
    path = "/apis/events.k8s.io/v1/namespaces/default/events"
    event = {
        "metadata": {"name": "e"}, "regarding": {"namespace": "default"}, "reason": "R", "note": "n", "type": "Normal",
        "action": "A", "reportingController": "c", "reportingInstance": "i", "eventTime": "2026-01-01T00:00:00.000000Z",
    }  # fmt: skip
    assert (await api.call("POST", path, event)).code == 201
    kind = "application/merge-patch+json"
    series = {"series": {"count": 2, "lastObservedTime": "2026-01-01T00:00:01.000000Z"}}
    assert (await api.call("PATCH", path + "/e", series, content_type=kind)).code == 200
    refused = await api.call("PATCH", path + "/e", {"note": "other"}, content_type=kind)
    assert refused.json["message"].endswith('message: Invalid value: "other": field is immutable')


async def test_a_service_that_becomes_another_leaves_its_node_ports(api: Api) -> None:
    path, kind = "/api/v1/namespaces/default/services", "application/merge-patch+json"
    spec = {"type": "NodePort", "sessionAffinity": "ClientIP", "ports": [{"port": 80}]}
    made = (await api.call("POST", path, {"metadata": {"name": "s"}, "spec": spec})).json
    assert made["spec"]["ports"][0]["nodePort"] >= 30000
    change = {"spec": {"type": "ExternalName", "externalName": "example.org"}}
    assert "nodePort" not in (await api.call("PATCH", f"{path}/s", change, content_type=kind)).json["spec"]["ports"][0]
    spec = {"type": "NodePort", "clusterIP": "None", "ports": [{"port": 80, "nodePort": 80}]}
    refused = await api.call("POST", path, {"metadata": {"name": "t"}, "spec": spec})
    assert [cause["field"] for cause in refused.json["details"]["causes"]] == ["spec.clusterIPs[0]"]
    spec = {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 90000}}}
    refused = await api.call("POST", path, {"metadata": {"name": "t"}, "spec": {**spec, "ports": [{"port": 80}]}})
    assert "must be greater than 0 and less than 86400" in refused.json["message"]


async def test_ports_of_one_number_share_a_node_port_and_others_do_not(api: Api) -> None:
    path = "/api/v1/namespaces/default/services"
    ports = [{"name": "a", "port": 53, "nodePort": 31001}, {"name": "b", "port": 53, "protocol": "UDP"}]
    made = await api.call("POST", path, {"metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": ports}})
    assert [port["nodePort"] for port in made.json["spec"]["ports"]] == [31001, 31001]
    ports = [{"name": "a", "port": 80, "nodePort": 31002}, {"name": "b", "port": 81, "nodePort": 31002}]
    refused = await api.call("POST", path, {"metadata": {"name": "t"}, "spec": {"type": "NodePort", "ports": ports}})
    [cause] = refused.json["details"]["causes"]
    assert cause["field"] == "spec.ports[1].nodePort"
    assert cause["message"] == "Invalid value: 31002: provided port is already allocated"


async def test_a_load_balancer_that_keeps_addresses_has_a_port_for_checks(api: Api) -> None:
    """As recorded on kind: it is given, asked for, kept and given back."""
    path, kind = "/api/v1/namespaces/default/services", "application/merge-patch+json"
    local = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "ports": [{"port": 80}]}

    async def made(name: str, **more: object) -> Answered:
        return await api.call("POST", path, {"metadata": {"name": name}, "spec": {**local, **more}})

    async def patched(**spec: object) -> Answered:
        return await api.call("PATCH", f"{path}/a", {"spec": spec}, content_type=kind)

    given = (await made("a", allocateLoadBalancerNodePorts=False)).json["spec"]
    assert 30000 <= given["healthCheckNodePort"] < 32768 and "nodePort" not in given["ports"][0]
    refused = await patched(healthCheckNodePort=31234)
    assert refused.json["message"].endswith("spec.healthCheckNodePort: Forbidden: field is immutable")
    assert "healthCheckNodePort" not in (await patched(externalTrafficPolicy="Cluster")).json["spec"]
    again = await patched(externalTrafficPolicy="Local", healthCheckNodePort=31235)
    assert again.json["spec"]["healthCheckNodePort"] == 31235
    for number, why in (
        (31235, "provided port is already allocated"),
        (80, "provided port is not in the valid range. The range of valid ports is 30000-32767"),
    ):
        refused = await made("b", healthCheckNodePort=number)
        begin = "Internal error occurred: failed to allocate requested HealthCheck NodePort"
        assert (refused.code, refused.json["message"]) == (500, f"{begin} {number}: {why}")
    refused = await made("b", type="NodePort", ports=[{"port": 80, "nodePort": 31235}])
    assert refused.json["message"].endswith("Invalid value: 31235: provided port is already allocated")
    assert "healthCheckNodePort" not in (await patched(type="ClusterIP", externalTrafficPolicy=None)).json["spec"]


@pytest.mark.parametrize(("group", "kind"), [("apps", "deployments"), ("batch", "jobs")])
async def test_labels_that_a_selector_misses_are_shown_in_order(api: Api, group: str, kind: str) -> None:
    containers = [{"name": "c", "image": "nginx"}]
    template = {"metadata": {"labels": {"z": "1", "a": "2"}}, "spec": {"containers": containers}}
    spec = {"selector": {"matchLabels": {"q": "r"}}, "manualSelector": True, "template": template}
    body = {"metadata": {"name": "d"}, "spec": spec if kind == "jobs" else {**spec, "manualSelector": None}}
    refused = await api.call("POST", f"/apis/{group}/v1/namespaces/default/{kind}", body)
    assert 'Invalid value: {"a":"2","z":"1"}: `selector` does not match' in refused.json["message"]


async def test_a_resource_version_of_zero_is_none(api: Api) -> None:
    await api.call("POST", MAPS, {"metadata": {"name": "m"}})
    answer = await api.call("PUT", MAPS + "/m", {"metadata": {"name": "m", "resourceVersion": "0"}, "data": {"a": "b"}})
    assert (answer.code, answer.json["data"]) == (200, {"a": "b"})


async def test_the_status_of_a_pod_does_not_touch_its_deletion(api: Api) -> None:
    path, kind = "/api/v1/namespaces/default/pods", "application/merge-patch+json"
    await api.call("POST", path, pod("p"))
    change = {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
    assert (await api.call("PATCH", f"{path}/p/status", change, content_type=kind)).code == 200
    assert (await api.call("PATCH", f"{path}/p", change, content_type=kind)).code == 422
    assert "deletionTimestamp" not in (await api.call("GET", f"{path}/p")).json["metadata"]


async def test_who_creates_a_pod_is_warned_and_who_changes_one_is_not(api: Api) -> None:
    path, twice = "/api/v1/namespaces/default/pods", [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    made = pod("p")
    made["spec"]["containers"][0]["env"] = twice
    assert len((await api.call("POST", path, made)).warnings) == 1
    change = {"spec": {"activeDeadlineSeconds": 5}}
    changed = await api.call("PATCH", f"{path}/p", change, content_type="application/merge-patch+json")
    assert (changed.code, changed.warnings) == (200, [])


async def test_a_review_tells_who_asked_for_what(api: Api) -> None:
    spec = {"user": "a", "resourceAttributes": {"verb": "get", "resource": "pods"}}
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    [owner] = (await api.call("POST", path, {"spec": spec}, user_agent="kubectl/1")).json["metadata"]["managedFields"]
    assert (owner["manager"], owner["operation"]) == ("kubectl", "Update")
    assert owner["fieldsV1"] == {
        "f:spec": {"f:resourceAttributes": {".": {}, "f:resource": {}, "f:verb": {}}, "f:user": {}}
    }


async def test_a_budget_never_allows_less_than_nothing(api: Api) -> None:
    path = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
    await api.call("POST", path, {"metadata": {"name": "b"}, "spec": {"maxUnavailable": 1}})
    change, kind = {"status": {"disruptionsAllowed": -1}}, "application/merge-patch+json"
    refused = await api.call("PATCH", path + "/b/status", change, content_type=kind)
    assert "status.disruptionsAllowed: Invalid value: -1" in refused.json["message"]
