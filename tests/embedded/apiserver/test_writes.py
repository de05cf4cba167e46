"""What becomes of odd writes, and in which order a server looks at them, as recorded on a cluster of 1.36."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from podlab.embedded.controllers.customresources import CustomResources
from tests.embedded.harness import Answered, Api, pod

Obj = dict[str, Any]
CORE, APIS = "/api/v1/namespaces/default", "/apis"
PEM = base64.b64encode(b"-----BEGIN CERTIFICATE REQUEST-----").decode()
MERGE = "application/merge-patch+json"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def causes(answer: Answered) -> list[str]:
    return [f"{cause['field']}: {cause['message']}" for cause in answer.json["details"]["causes"]]


async def merge(api: Api, path: str, change: Obj) -> Answered:
    return await api.call("PATCH", path, change, content_type=MERGE, user_agent="kubectl/1")


async def test_what_a_signing_request_asks_for_and_who_asked_stays(api: Api) -> None:
    path = f"{APIS}/certificates.k8s.io/v1/certificatesigningrequests"
    asked = {"request": PEM, "signerName": "example.com/s", "usages": ["client auth"]}
    kind = api.registry.resource("certificatesigningrequests.certificates.k8s.io")
    made = api.registry.create(kind, {"metadata": {"name": "r"}, "spec": asked})
    change = {"spec": {"signerName": "a.b/c", "username": "x", "groups": ["system:masters"]}}
    for place in ("", "/status", "/approval"):
        changed = await merge(api, f"{path}/r{place}", change)
        assert changed.json["spec"] == made["spec"], place


async def test_an_address_that_nobody_gives_is_told_of_before_node_ports(api: Api) -> None:
    wrong = {"sessionAffinity": "Cookie", "ports": [{"port": 80, "nodePort": 80}]}
    spec = {"type": "NodePort", "clusterIP": "10.200.0.1", **wrong}
    refused = await api.call("POST", f"{CORE}/services", {"metadata": {"name": "s"}, "spec": spec})
    text = "failed to allocate IP 10.200.0.1: the provided network does not match the current range"
    assert causes(refused) == [f'spec.clusterIPs: Invalid value: ["10.200.0.1"]: {text}']


async def test_endpoints_that_are_stored_are_not_judged_again(api: Api) -> None:
    path = f"{APIS}/discovery.k8s.io/v1/namespaces/default/endpointslices"
    made = {"metadata": {"name": "s"}, "addressType": "FQDN", "endpoints": [{"addresses": ["a.example.com"]}]}
    assert (await api.call("POST", path, made)).code == 201
    refused = await merge(api, f"{path}/s", {"addressType": "IPv4"})
    assert causes(refused) == ['addressType: Invalid value: "IPv4": field is immutable']
    refused = await merge(api, f"{path}/s", {"endpoints": [{"addresses": ["-"]}]})
    assert causes(refused)[0].startswith("endpoints[0].addresses[0]: ")


async def test_a_pod_that_wants_other_nodes_than_its_class_is_told_so_at_once(api: Api) -> None:
    classes = f"{APIS}/node.k8s.io/v1/runtimeclasses"
    made = {"metadata": {"name": "rc"}, "handler": "runc", "scheduling": {"nodeSelector": {"a": "b"}}}
    assert (await api.call("POST", classes, made)).code == 201
    refused = await api.call("POST", f"{CORE}/pods", pod("p", runtimeClassName="rc", nodeSelector={"a": "c"}))
    why = "conflict: runtimeClass.scheduling.nodeSelector[a] = b; pod.spec.nodeSelector[a] = c"
    assert refused.json["message"] == f'pods "p" is forbidden: {why}'


async def test_a_driver_counts_its_changes_from_none(api: Api) -> None:
    path = f"{APIS}/storage.k8s.io/v1/csidrivers"
    made = await api.call("POST", path, {"metadata": {"name": "d"}, "spec": {"attachRequired": False}})
    assert "generation" not in made.json["metadata"]
    changed = await merge(api, f"{path}/d", {"spec": {"requiresRepublish": True}})
    assert changed.json["metadata"]["generation"] == 1


@pytest.mark.parametrize(
    ("text", "rest", "part"),
    [("2026-01-01", "", "T"), ("2026-1-01T00:00:00.000000Z", "1-01T00:00:00.000000Z", "01"), ("x", "x", "2006")],
)
async def test_a_time_is_read_as_far_as_it_is_one(text: str, rest: str, part: str, api: Api) -> None:
    path = f"{APIS}/coordination.k8s.io/v1/namespaces/default/leases"
    refused = await api.call("POST", path, {"metadata": {"name": "l"}, "spec": {"renewTime": text}})
    layout = "2006-01-02T15:04:05.000000Z07:00"
    assert refused.json["message"].endswith(f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{part}"')


async def test_flow_schemas_are_printed_by_precedence(api: Api) -> None:
    path = f"{APIS}/flowcontrol.apiserver.k8s.io/v1/flowschemas"
    kind = api.registry.resource("flowschemas.flowcontrol.apiserver.k8s.io")
    for name, precedence in (("a", 900), ("c", 20), ("b", 20)):
        spec = {"matchingPrecedence": precedence, "priorityLevelConfiguration": {"name": "exempt"}}
        api.registry.create(kind, {"metadata": {"name": name}, "spec": spec})
    table = await api.call("GET", path, accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    assert [row["cells"][0] for row in table.json["rows"]] == ["b", "c", "a"]
    listed = await api.call("GET", path)
    assert [item["metadata"]["name"] for item in listed.json["items"]] == ["a", "b", "c"]


def definition(**properties: Obj) -> Obj:
    """A definition with a status that has a default."""
    status = {"type": "object", "properties": {"phase": {"type": "string", "default": "New"}, "n": {"type": "integer"}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"status": status, **properties}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema, "subresources": {"status": {}}}
    names = {"plural": "dogs", "kind": "Dog"}
    spec = {"group": "example.com", "scope": "Cluster", "names": names, "versions": [version]}
    return {"metadata": {"name": "dogs.example.com"}, "spec": spec}


async def test_a_version_more_in_storage_is_told_of_twice(api: Api) -> None:
    made = definition()
    assert (await api.call("POST", DEFINITIONS, made)).code == 201
    first = made["spec"]["versions"][0]
    refused = await merge(
        api, f"{DEFINITIONS}/dogs.example.com", {"spec": {"versions": [first, {**first, "name": "v2"}]}}
    )
    assert causes(refused)[0].endswith("must have exactly one version marked as storage version")
    assert causes(refused)[1:] == ['status.storedVersions: Invalid value: ["v1"]: must have the storage version v2']


async def test_rules_are_refused_where_nothing_else_is_wrong(api: Api) -> None:
    ruled = {"type": "object", "x-kubernetes-validations": [{"rule": "1u < 2u"}]}
    refused = await api.call("POST", DEFINITIONS, definition(spec=ruled, other={"type": "strin"}))
    assert len(causes(refused)) == 1 and 'Unsupported value: "strin"' in causes(refused)[0]
    refused = await api.call("POST", DEFINITIONS, definition(spec=ruled))
    assert len(causes(refused)) == 1 and "evaluates a part of CEL only" in causes(refused)[0]


async def test_who_writes_a_status_owns_the_defaults_that_come_with_it(api: Api) -> None:
    running = CustomResources(api.registry)
    assert (await api.call("POST", DEFINITIONS, definition())).code == 201
    dogs = f"{APIS}/example.com/v1/dogs"
    dog = {"apiVersion": "example.com/v1", "kind": "Dog", "metadata": {"name": "rex", "labels": {"a": "b"}}}
    assert (await api.call("POST", dogs, dog, user_agent="kubectl/1")).code == 201
    written = await merge(api, f"{dogs}/rex/status", {"status": {"n": 1}})
    [entry] = [one for one in written.json["metadata"]["managedFields"] if one.get("subresource") == "status"]
    assert entry["fieldsV1"]["f:status"] == {".": {}, "f:n": {}, "f:phase": {}}
    running.stop()


async def test_another_version_shows_the_defaults_of_the_stored_one(api: Api) -> None:
    running, made = CustomResources(api.registry), definition(made={"type": "string", "default": "here"})
    whole = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    made["spec"]["versions"].append({"name": "v2", "served": True, "storage": False, "schema": whole})
    assert (await api.call("POST", DEFINITIONS, made)).code == 201
    dogs = f"{APIS}/example.com/v2/dogs"
    dog = {"apiVersion": "example.com/v2", "kind": "Dog", "metadata": {"name": "rex"}}
    assert (await api.call("POST", dogs, dog)).code == 201
    assert (await api.call("GET", f"{dogs}/rex")).json["made"] == "here"
    running.stop()


async def test_what_was_before_the_first_apply_owns_no_status(api: Api) -> None:
    made = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}
    assert (await api.call("POST", f"{CORE}/services", made)).code == 201
    assert (await merge(api, f"{CORE}/services/s", {"metadata": {"managedFields": [{}]}})).code == 200
    patch = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}
    applied = await api.call(
        "PATCH", f"{CORE}/services/s?fieldManager=m", patch, content_type="application/apply-patch+yaml"
    )
    [before] = [one for one in applied.json["metadata"]["managedFields"] if one["manager"] == "before-first-apply"]
    assert before["fieldsV1"].keys() == {"f:spec"} and "." not in before["fieldsV1"]["f:spec"]


async def test_a_review_of_another_namespace_is_no_question(api: Api) -> None:
    path = f"{APIS}/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews"
    about = {"namespace": "default", "verb": "get", "resource": "pods"}
    body = {"metadata": {"namespace": "other"}, "spec": {"user": "x", "resourceAttributes": about}}
    refused = await api.call("POST", path, body)
    assert refused.code == 400 and refused.json["message"].startswith("the namespace of the provided object does not")
    assert (await api.call("POST", path, {**body, "metadata": {}})).json["status"] == {"allowed": False}


async def test_only_who_changes_a_workload_is_warned_of_its_pods(api: Api) -> None:
    spread = [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}]
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {**pod("web")["spec"], "topologySpreadConstraints": spread}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    one = {"metadata": {"name": "web"}, "spec": spec}
    longer, hostname = {"minReadySeconds": 2}, {"template": {"spec": {"hostname": "other"}}}
    for plural, told in (("deployments", 1), ("daemonsets", 0)):  # whose template's generation counts
        path = f"{APIS}/apps/v1/namespaces/default/{plural}"
        assert len((await api.call("POST", path, one)).warnings) == 1
        assert (await merge(api, f"{path}/web", {"metadata": {"labels": {"a": "b"}}})).warnings == []
        assert len((await merge(api, f"{path}/web", {"spec": longer})).warnings) == told
        assert len((await merge(api, f"{path}/web", {"spec": hostname})).warnings) == 1


async def test_a_part_of_a_byte_is_told_of_in_the_claims_of_a_set(api: Api) -> None:
    labels, resources = {"app": "db"}, {"requests": {"storage": "1500m"}}
    claim = {"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": resources}}
    template = {"metadata": {"labels": labels}, "spec": pod("db")["spec"]}
    spec = {"selector": {"matchLabels": labels}, "template": template, "volumeClaimTemplates": [claim]}
    path = f"{APIS}/apps/v1/namespaces/default/statefulsets"
    made = await api.call("POST", path, {"metadata": {"name": "db"}, "spec": spec})
    text = 'resources.requests[storage]: fractional byte value \\"1500m\\" is invalid, must be an integer'
    assert made.warnings == [f'299 - "spec.volumeClaimTemplates[0].{text}"']
    changed = await merge(api, f"{path}/db", {"metadata": {"labels": labels}})
    assert changed.warnings == [f'299 - "spec.volumeClaimTemplates[0].Spec.{text}"']


async def test_the_namespace_of_an_object_is_looked_at_before_its_name(api: Api) -> None:
    answer = await api.call("PUT", f"{CORE}/configmaps/c3", {"metadata": {"namespace": "other"}})
    text = "the namespace of the provided object does not match the namespace sent on the request"
    assert (answer.code, answer.json["message"]) == (400, text)


async def test_targets_of_an_autoscaler_name_what_is_measured_of_a_container(api: Api) -> None:
    path = f"{APIS}/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
    average = {"type": "AverageValue", "averageValue": "10Mi"}
    metrics = [
        {"type": "ContainerResource", "containerResource": {"container": "c", "name": "memory", "target": average}},
        {"type": "External", "external": {"metric": {"name": "queue"}, "target": {**average, "averageValue": "30"}}},
    ]
    reference = {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}
    spec = {"scaleTargetRef": reference, "maxReplicas": 4, "metrics": metrics}
    assert (await api.call("POST", path, {"metadata": {"name": "h"}, "spec": spec})).code == 201
    table = await api.call("GET", path, accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    assert table.json["rows"][0]["cells"][2] == "memory: <unknown>/10Mi, <unknown>/30 (avg)"


async def test_a_job_whose_pods_restart_for_ever_is_told_of_that_alone(api: Api) -> None:
    rules = [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
    spec = {"podFailurePolicy": {"rules": rules}, "template": {"spec": {**pod("j")["spec"], "restartPolicy": "Always"}}}
    answer = await api.call(
        "POST", f"{APIS}/batch/v1/namespaces/default/jobs", {"metadata": {"name": "j"}, "spec": spec}
    )
    assert causes(answer) == [
        'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ]


async def test_a_port_of_a_node_stays_with_the_name_of_its_port(api: Api) -> None:
    """As a server of 1.36 answers: what has another name gets a number of its own."""
    path, two = f"{CORE}/services", [{"name": "a", "port": 80, "nodePort": 31888}, {"name": "b", "port": 81}]
    two[1]["nodePort"] = 31889
    sent = {"metadata": {"name": "np"}, "spec": {"type": "NodePort", "ports": two}}
    assert (await api.call("POST", path, sent)).code == 201
    for ports, kept in (
        ([{"name": "a", "port": 90}, {"name": "c", "port": 81}], [True, False]),
        ([{"name": "a", "port": 90, "nodePort": 31889}, {"name": "b", "port": 81}], [False, False]),
    ):
        changed = {**sent, "spec": {"type": "NodePort", "ports": ports}}
        answer = await api.call("PUT", f"{path}/np?dryRun=All", changed)
        given = [port["nodePort"] for port in answer.json["spec"]["ports"]]
        assert [number == before["nodePort"] for number, before in zip(given, two, strict=True)] == kept


async def test_an_address_that_is_put_alone_means_both(api: Api) -> None:
    path, spec = f"{CORE}/services", {"ports": [{"port": 80}]}
    await api.call("POST", path, {"metadata": {"name": "s"}, "spec": spec})
    answer = await api.call("PUT", f"{path}/s", {"metadata": {"name": "s"}, "spec": {**spec, "clusterIP": "10.96.9.9"}})
    assert causes(answer) == ['spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set']


@pytest.mark.parametrize(
    ("replicas", "why"), [("1", "unrecognized type: int32"), (1.5, "cannot convert float64 to int32")]
)
async def test_a_scale_is_patched_as_other_objects_are(api: Api, replicas: Any, why: str) -> None:
    labels = {"a": "b"}
    template = {"metadata": {"labels": labels}, "spec": pod("d")["spec"]}
    path = f"{APIS}/apps/v1/namespaces/default/deployments"
    spec = {"selector": {"matchLabels": labels}, "template": template}
    assert (await api.call("POST", path, {"metadata": {"name": "d"}, "spec": spec})).code == 201
    strategic = "application/strategic-merge-patch+json"
    answer = await api.call("PATCH", f"{path}/d/scale", {"spec": {"replicas": replicas}}, content_type=strategic)
    assert answer.json["details"]["causes"][0]["message"].endswith(f']]": {why}')
    renamed = await merge(api, f"{path}/d/scale", {"metadata": {"name": "x"}})
    assert (renamed.code, renamed.json["message"]) == (
        400,
        "the name of the object (x) does not match the name on the URL (d)",
    )
