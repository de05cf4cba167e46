"""What is served is what kind serves: every group, version, kind, subresource, path and check."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.embedded.harness import Api, pod
from tests.embedded.recordings import recorded

Obj = dict[str, Any]
SERVED = recorded("served")
REQUEST = base64.b64encode(b"-----BEGIN CERTIFICATE REQUEST-----\neA==\n-----END CERTIFICATE REQUEST-----\n").decode()


def _answered(entry: Obj, body: bytes) -> Any:
    text = body.decode()
    return text if isinstance(entry["response"]["body"], str) else json.loads(text)


@pytest.mark.parametrize("entry", SERVED, ids=lambda entry: str(entry["name"]))
async def test_discovery_index_and_health_are_as_recorded(entry: Obj) -> None:
    request = entry["request"]
    answer = await Api().call("GET", request["path"], accept=request["accept"])
    assert _answered(entry, answer.body) == entry["response"]["body"]


async def test_what_would_call_others_is_not_accepted() -> None:
    group = "/apis/admissionregistration.k8s.io/v1"
    webhook = {"kind": "MutatingWebhookConfiguration", "metadata": {"name": "w"}}
    api = Api()
    answers = [
        await api.call("POST", f"{group}/mutatingwebhookconfigurations", webhook, content_type="application/json"),
        await api.call("DELETE", "/apis/apiregistration.k8s.io/v1/apiservices/v1.apps"),
    ]
    assert [answer.code for answer in answers] == [405, 405]
    assert (await api.call("GET", f"{group}/mutatingwebhookconfigurations/w")).code == 404


async def test_a_node_answers_for_its_kubelet() -> None:
    api = Api()
    create, resource = api.registry.create, api.registry.resource
    create(resource("nodes"), {"metadata": {"name": "n1"}})
    create(resource("pods"), pod("here", nodeName="n1"), namespace="default")
    create(resource("pods"), pod("elsewhere"), namespace="default")
    found = await api.call("GET", "/api/v1/nodes/n1/proxy/pods")
    assert [item["metadata"]["name"] for item in found.json["items"]] == ["here"]
    assert (await api.call("GET", "/api/v1/nodes/n1/proxy/healthz")).body == b"ok"
    assert (await api.call("GET", "/api/v1/nodes/n1/proxy/exec")).code == 404


async def test_a_kubelet_tells_how_it_is_and_how_it_is_configured() -> None:
    """As recorded on kind; what it measures is not there."""
    api = Api()
    addresses = {"addresses": [{"type": "InternalIP", "address": "172.18.0.3"}]}
    node = {"metadata": {"name": "n1"}, "spec": {"providerID": "kind://docker/lab/n1"}, "status": addresses}
    api.registry.create(api.registry.resource("nodes"), node)
    running = {"name": "c", "imageID": "docker.io/library/nginx@sha256:1", "state": {"running": {}}}
    api.registry.create(
        api.registry.resource("pods"),
        {**pod("here", nodeName="n1"), "status": {"containerStatuses": [running]}},
        namespace="default",
    )

    async def asked(path: str, name: str = "n1") -> tuple[int, str]:
        answer = await api.call("GET", f"/api/v1/nodes/{name}/proxy/{path}")
        return answer.code, answer.body.decode()

    verbose = "[+]ping ok\n[+]log ok\n[+]syncloop ok\n[+]device-plugin ok\nhealthz check passed\n"
    assert await asked("healthz?verbose") == (200, verbose)
    assert [await asked(f"healthz/{name}") for name in ("syncloop", "etcd")] == [(200, "ok"), NOT_FOUND]
    assert await asked("healthz", "https:n1:10250") == (200, "ok")
    configured = json.loads((await asked("configz"))[1])["kubeletconfig"]
    assert (configured["maxPods"], configured["providerID"]) == (110, "kind://docker/lab/n1")
    shown = json.loads((await asked("runningpods/"))[1])["items"]
    assert [item["spec"]["containers"] for item in shown] in (
        [],
        [[{"name": "c", "image": "sha256:1", "resources": {}}]],
    )
    forbidden = (
        "Forbidden (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource(s)=[checkpoint])\n"
    )
    assert await asked("checkpoint/") == (403, forbidden)
    assert [await asked(path) for path in ("configz/", "stats/summary", "metrics", "logs/")] == [NOT_FOUND] * 4
    code, refused = await asked("healthz", "n1:10255")
    assert code == 503 and "dial tcp 172.18.0.3:10255: connect: connection refused" in refused
    assert (await asked("containerLogs/default/nope/c"))[0] == 404


NOT_FOUND = (404, "404 page not found\n")


async def test_a_check_that_is_not_there_cannot_be_excluded() -> None:
    lines = (await Api().call("GET", "/livez?verbose&exclude=nope&exclude=ping")).body.decode().splitlines()
    assert lines[0] == "[+]ping excluded: ok"
    told = 'warn: some health checks cannot be excluded: no matches for "nope"'
    assert lines[-2:] == [told, "livez check passed"]


async def test_an_approval_is_dated_and_leaves_the_request_alone() -> None:
    api, path = Api(), "/apis/certificates.k8s.io/v1/certificatesigningrequests"
    spec = {"request": REQUEST, "signerName": "example.com/none", "usages": ["client auth"]}
    await api.call("POST", path, {"metadata": {"name": "jane"}, "spec": spec}, content_type="application/json")
    approved = {"type": "Approved", "status": "True", "reason": "Known"}
    body = {
        "metadata": {"name": "jane"},
        "spec": {**spec, "signerName": "x.io/y"},
        "status": {"conditions": [approved]},
    }
    answer = await api.call("PUT", f"{path}/jane/approval", body, content_type="application/json")
    assert answer.json["spec"]["signerName"] == "example.com/none"
    assert answer.json["status"]["conditions"][0]["lastTransitionTime"]
    signed = {"metadata": {"name": "jane"}, "status": {"certificate": "eA=="}}
    answer = await api.call("PUT", f"{path}/jane/status", signed, content_type="application/json")
    assert [condition["type"] for condition in answer.json["status"]["conditions"]] == ["Approved"]


async def test_what_a_resize_does_not_take_over_is_owned_all_the_same() -> None:
    api = Api()
    await api.call("POST", "/api/v1/namespaces/default/pods", pod("web"), content_type="application/json")
    patch = {"spec": {"containers": [{"name": "c", "image": "busybox"}]}}
    head = {"content_type": "application/strategic-merge-patch+json", "user_agent": "kubectl"}
    answer = await api.call("PATCH", "/api/v1/namespaces/default/pods/web/resize?fieldManager=me", patch, **head)
    assert answer.json["spec"]["containers"][0]["image"] == "nginx"
    owned = {entry["manager"]: entry["fieldsV1"] for entry in answer.json["metadata"]["managedFields"]}
    assert owned["me"] == {"f:spec": {"f:containers": {'k:{"name":"c"}': {"f:image": {}}}}}


async def test_an_address_of_a_load_balancer_is_reached_as_a_virtual_one() -> None:
    """Upstream: test/e2e/network/service.go (service status lifecycle), which names no mode."""
    api, path = Api(), "/api/v1/namespaces/default/services"
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    made = await api.call("POST", path, {"metadata": {"name": "s"}, "spec": spec})
    assert made.code == 201
    patch = {"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}}
    answer = await api.call("PATCH", f"{path}/s/status", patch, content_type="application/merge-patch+json")
    assert answer.json["status"]["loadBalancer"] == {"ingress": [{"ip": "203.0.113.1", "ipMode": "VIP"}]}


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/apis/apps/v2", 404, "the server could not find the requested resource"),
        ("/api/v2", 404, "the server could not find the requested resource"),
        ("/api/v1/namespaces/default/namespaces", 404, "the server could not find the requested resource"),
        ("/apis/apps/v1beta1/deployments", 404, "the server could not find the requested resource"),
        (
            "/api/v1/pods?watch=1&resourceVersion=abc",
            500,
            'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
        ),
        (
            "/api/v1/pods?limit=3&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NSwic3RhcnQiOiIuLi9mb28ifQ",
            400,
            "invalid continue token: continue key is not valid: ../foo",
        ),
        (
            "/apis/batch/v1/jobs?fieldSelector=spec.suspend%3Dtrue",
            400,
            'Unable to find "batch/v1, Resource=jobs" that match label selector "", field selector'
            ' "spec.suspend=true": field label "spec.suspend" not supported for Job',
        ),
    ],
)
async def test_refusals_are_worded_as_kinds(path: str, code: int, message: str) -> None:
    answer = await Api().call("GET", path)
    assert answer.code == code and message.endswith(answer.json["message"])


async def test_yaml_is_as_go_writes_it() -> None:
    api = Api()
    obj = {"metadata": {"name": "x"}, "data": {"a": "{}\n", "n": "1", "t": "yes"}}
    api.registry.create(api.registry.resource("configmaps"), obj, namespace="default")
    answer = await api.call("GET", "/api/v1/namespaces/default/configmaps/x", accept="application/yaml")
    assert answer.body.decode().startswith(
        'apiVersion: v1\ndata:\n  a: |\n    {}\n  "n": "1"\n  t: "yes"\nkind: ConfigMap'
    )


async def test_a_table_carries_only_what_can_be_named() -> None:
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    answer = await Api().call("GET", "/api/v1/pods?includeObject=Nope", accept=table)
    assert answer.code == 400 and "must be 'Metadata', 'Object', 'None', or empty" in answer.json["message"]


async def test_a_binding_names_a_node_and_says_that_the_pod_is_scheduled() -> None:
    api, path = Api(), "/api/v1/namespaces/default/pods"
    await api.call("POST", path, {**pod("solo"), "spec": {**pod("solo")["spec"], "schedulerName": "mine"}})
    bad = {"metadata": {"name": "solo"}, "target": {"kind": "Wombat", "name": ""}}
    answer = await api.call("POST", f"{path}/solo/binding", bad)
    kinds = 'target.kind: Unsupported value: "Wombat": supported values: "Node", "<empty>"'
    assert (answer.code, answer.json["message"]) == (500, f"[{kinds}, target.name: Required value]")
    good = {"metadata": {"name": "solo"}, "target": {"kind": "Node", "name": "n1"}}
    assert (await api.call("POST", f"{path}/solo/binding", good)).code == 201
    found = (await api.call("GET", f"{path}/solo")).json
    assert found["spec"]["nodeName"] == "n1"
    assert [(c["type"], c["status"]) for c in found["status"]["conditions"]] == [("PodScheduled", "True")]
