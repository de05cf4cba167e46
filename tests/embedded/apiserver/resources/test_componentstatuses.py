"""Kinds that are asked, not stored."""

from __future__ import annotations

from tests.embedded.harness import Api, pod

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


async def test_the_parts_of_the_control_plane_are_healthy(api: Api) -> None:
    listed = await api.call("GET", "/api/v1/componentstatuses", accept=TABLE)
    assert listed.json["rows"][0]["cells"] == ["controller-manager", "Healthy", "ok", ""]
    assert "deprecated in v1.19+" in listed.headers["warning"]
    missing = await api.call("GET", "/api/v1/componentstatuses/x")
    assert missing.json["message"] == 'componentstatus "x" not found'
    assert (await api.call("DELETE", "/api/v1/componentstatuses/scheduler")).code == 405


async def test_a_binding_may_name_its_pod_itself(api: Api) -> None:
    pods = "/api/v1/namespaces/default/pods"
    await api.call("POST", pods, pod("a"))
    binding = {"metadata": {"name": "a"}, "target": {"kind": "Node", "name": "n"}}
    assert (await api.call("POST", "/api/v1/namespaces/default/bindings", binding)).code == 201
    assert (await api.call("GET", f"{pods}/a")).json["spec"]["nodeName"] == "n"
