"""OpenAPI documents: what kubectl asks of them, and how they are served."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.custom.structure import CustomType
from podlab.embedded.apiserver.paths.openapi import namespaces, schemas
from podlab.embedded.apiserver.paths.openapi.openapi import Documents
from podlab.embedded.apiserver.request import Request, RequestInfo
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.resources import RESOURCES


def _get(documents: Documents, path: str, query: dict[str, list[str]] | None = None, **headers: str) -> Answer:
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    answer = documents(Request("GET", RequestInfo("get", path), query or {}, given))
    assert answer
    return answer


def _document(documents: Documents, path: str) -> Any:
    return json.loads(_get(documents, f"/openapi/v3/{path}").body)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """Those of a folder in which nothing is kept; each is made once for all tests."""
    return Documents(tmp_path_factory.mktemp("documents"), RESOURCES)


def test_every_patch_knows_field_validation_and_its_kind(documents: Documents) -> None:
    found = set()
    for path in json.loads(_get(documents, "/openapi/v3").body)["paths"]:
        for operations in _document(documents, path)["paths"].values():
            if "patch" in operations:
                patch = operations["patch"]
                assert "fieldValidation" in {parameter["name"] for parameter in patch["parameters"]}
                found.add(patch["x-kubernetes-group-version-kind"]["kind"])
    assert {"Pod", "Deployment", "Event", "Lease", "Namespace"} <= found


def test_every_reference_is_resolved(documents: Documents) -> None:
    for path in json.loads(_get(documents, "/openapi/v3").body)["paths"]:
        document = _document(documents, path)
        text = json.dumps(document)
        known = {f'"#/components/schemas/{name}"' for name in document["components"].get("schemas", {})}
        assert text.count('"$ref": "#') == sum(text.count(name) for name in known)


def test_a_document_is_cached_by_its_hash(documents: Documents) -> None:
    url = json.loads(_get(documents, "/openapi/v3").body)["paths"]["api/v1"]["serverRelativeURL"]
    digest = url.partition("hash=")[2]
    answer = _get(documents, "/openapi/v3/api/v1", {"hash": [digest]}, accept_encoding="gzip")
    assert answer.headers["Cache-Control"] == "public, immutable" and answer.headers["ETag"] == f'"{digest}"'
    assert json.loads(gzip.decompress(answer.body))["openapi"] == "3.0.0"
    stale = _get(documents, "/openapi/v3/api/v1", {"hash": ["00"]})
    assert stale.code == 301 and stale.headers["Location"] == url
    assert _get(documents, "/openapi/v3/api/v1", if_none_match=f'"{digest}"').code == 304


@pytest.mark.parametrize(
    ("path", "accept", "code"),
    [
        ("/openapi/v3/api/v1", "application/com.github.proto-openapi.spec.v3.v1.0+protobuf", 406),
        ("/openapi/v3/api/v1", "application/yaml", 406),
        ("/openapi/v3/apis/nothing/v1", "", 404),
        ("/openapi/v3/", "", 404),
    ],
)
def test_what_is_not_served_is_refused_without_a_word(documents: Documents, path: str, accept: str, code: int) -> None:
    refused = _get(documents, path, accept=accept)
    assert (refused.code, refused.body, refused.media_type) == (code, b"", "")


def test_version_2_says_the_same_in_its_own_words(documents: Documents) -> None:
    whole = json.loads(_get(documents, "/openapi/v2", accept="application/json").body)
    pod = whole["definitions"]["io.k8s.api.core.v1.Pod"]
    assert pod["properties"]["spec"]["$ref"] == "#/definitions/io.k8s.api.core.v1.PodSpec"
    assert "#/components" not in json.dumps(whole)
    create = whole["paths"]["/api/v1/namespaces/{namespace}/pods"]["post"]
    assert create["parameters"][0]["schema"] == {"$ref": "#/definitions/io.k8s.api.core.v1.Pod"}
    missing = [name for name in _references(whole) if name not in whole["definitions"]]
    assert missing == []


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"].rsplit("/", 1)[1]] if isinstance(value.get("$ref"), str) else []
    return own + [name for item in value.values() for name in _references(item)]


@pytest.mark.slow
def test_documents_on_disk_carry_the_clients_descriptions(tmp_path: Path) -> None:
    documents = Documents(tmp_path, RESOURCES)
    bare = _document(documents, "api/v1")
    documents.write(tmp_path)
    whole = _document(documents, "api/v1")
    assert bare["paths"].keys() == whole["paths"].keys()
    for name, schema in whole["components"]["schemas"].items():
        if name.endswith("WatchEvent"):
            continue  # upstream describes it nowhere
        for key, value in schema.get("properties", {}).items():
            described = value.get("description") or "RawExtension" in json.dumps(value)
            assert described, f"{name}.{key}"
    policy = whole["components"]["schemas"]["io.k8s.api.core.v1.PodSpec"]["properties"]["restartPolicy"]
    assert policy["enum"] == ["Always", "Never", "OnFailure"] and '`"Never"`' in policy["description"]


def test_schemas_of_lists_say_how_they_merge() -> None:
    schema = schemas.schema(fields.type_named("core/v1.PodSpec"), {})
    containers = schema["properties"]["containers"]
    assert containers["x-kubernetes-patch-merge-key"] == "name" and containers["x-kubernetes-list-type"] == "map"
    assert schema["required"] == ["containers"]


def test_without_a_folder_the_structure_is_served_all_the_same(documents: Documents) -> None:
    assert _document(Documents(None, RESOURCES), "api/v1") == _document(documents, "api/v1")


def test_v2_in_protobuf_says_that_namespaces_are_patched_with_field_validation() -> None:
    """What kubectl, without a kind in v3, looks for before it asks for definitions of custom resources."""
    answer = _get(Documents(None, RESOURCES), "/openapi/v2", accept=namespaces.CONTENT_TYPE)
    message = namespaces.MESSAGE
    for field in (8, 2, 2, 8):  # paths, path, its value, patch
        message = _fields(message)[field][-1]
    operation = _fields(message)
    (parameter,) = operation[8]
    for field in (1, 2, 3):  # parameter, not in the body, in the query
        parameter = _fields(parameter)[field][-1]
    extension = _fields(operation[13][-1])
    assert (answer.body, answer.media_type) == (namespaces.MESSAGE, namespaces.CONTENT_TYPE)
    assert _fields(parameter)[4] == [b"fieldValidation"]
    assert json.loads(_fields(extension[2][-1])[2][-1]) == {"group": "", "version": "v1", "kind": "Namespace"}


def _fields(message: bytes) -> dict[int, list[bytes]]:
    """The fields of a message that has nothing but texts and messages."""
    found: dict[int, list[bytes]] = {}
    while message:
        number, size, rest = message[0] >> 3, message[1], message[2:]
        if size >= 0x80:
            size, rest = size & 0x7F | rest[0] << 7, rest[1:]
        found.setdefault(number, []).append(rest[:size])
        message = rest[size:]
    return found


def test_custom_objects_take_no_strategic_merge_patch() -> None:
    structure = CustomType({"type": "object"}, root=True)
    robot = Resource("e.x", "v1", "Robot", "robots", structure=structure)
    paths = schemas.document("e.x", "v1", [robot], {})["paths"]
    content = paths["/apis/e.x/v1/namespaces/{namespace}/robots/{name}"]["patch"]["requestBody"]["content"]
    assert set(content) == {
        f"application/{form}" for form in ("apply-patch+yaml", "json-patch+json", "merge-patch+json")
    }


def test_the_index_names_what_has_no_objects_too(documents: Documents) -> None:
    named = _get(documents, "/openapi/v3").body
    paths = set(json.loads(named)["paths"])
    assert paths >= {"api", "apis", "apis/apps", "apis/apps/v1", "version", "openid/v1/jwks"}
    group = json.loads(_get(documents, "/openapi/v3/apis/rbac.authorization.k8s.io").body)
    read = group["paths"]["/apis/rbac.authorization.k8s.io/"]["get"]
    assert (read["operationId"], read["tags"]) == ("getRbacAuthorizationAPIGroup", ["rbacAuthorization"])


def test_a_document_has_the_paths_of_subresources_and_watches(documents: Documents) -> None:
    paths = _document(documents, "api/v1")["paths"]
    pods = "namespaces/{namespace}/pods"
    assert set(paths[f"/api/v1/{pods}/{{name}}/exec"]) == {"get", "post", "parameters"}
    eviction = paths[f"/api/v1/{pods}/{{name}}/eviction"]["post"]["x-kubernetes-group-version-kind"]
    assert eviction == {"group": "policy", "version": "v1", "kind": "Eviction"}
    assert {f"/api/v1/watch/{pods}/{{name}}", f"/api/v1/watch/{pods}", "/api/v1/watch/pods", "/api/v1/"} <= set(paths)
