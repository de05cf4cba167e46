"""OpenAPI documents: what kubectl asks of them, and how they are served."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.custom.structure import CustomType
from podlab.embedded.apiserver.decoding import protobuf
from podlab.embedded.apiserver.paths.openapi import customschemas, schemas, swaggermessage
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


def test_what_may_be_any_json_has_no_type() -> None:
    made = schemas.schemas(["apiextensions/v1.JSONSchemaProps"], {})
    prefix = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
    assert {word for word, schema in made.items() if "type" not in schema} == {
        f"{prefix}{word}"
        for word in ("JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray")
    }


def test_without_a_folder_the_structure_is_served_all_the_same(documents: Documents) -> None:
    assert _document(Documents(None, RESOURCES), "api/v1") == _document(documents, "api/v1")


def test_v2_in_protobuf_is_the_message_that_kind_makes_of_the_same_document() -> None:
    """A few paths and definitions of kind's document, as JSON and as protobuf."""
    here = Path(__file__).parent
    document, recorded = ((here / f"kind-v2.{form}.gz").read_bytes() for form in ("json", "pb"))
    made = swaggermessage.encode(json.loads(gzip.decompress(document)))
    assert _differences(made, gzip.decompress(recorded)) == []


def _differences(made: bytes, recorded: bytes) -> list[tuple[bytes, bytes]]:
    """Where two messages differ, but for how YAML is written."""
    if made == recorded:
        return []
    ours, theirs = _parsed(made), _parsed(recorded)
    if ours and theirs and [key for key, _ in ours] == [key for key, _ in theirs]:
        pairs = zip((value for _, value in ours), (value for _, value in theirs), strict=True)
        return [found for one, other in pairs for found in _differences(one, other)]
    same = _yaml(made) == _yaml(recorded)
    return [] if same else [(made, recorded)]


def _yaml(text: bytes) -> Any:
    try:
        return yaml.safe_load(text.decode())
    except (yaml.YAMLError, UnicodeDecodeError):
        return text


def _parsed(message: bytes) -> list[tuple[tuple[int, bool], bytes]]:
    """The fields of a message; nothing, if it is none."""
    try:
        return [
            ((number, isinstance(v, int)), str(v).encode() if isinstance(v, int) else v)
            for number, v in protobuf.parts(message)
        ]
    except ValueError:
        return []


@pytest.mark.parametrize(
    ("accept", "code", "form"),
    [
        ("application/com.github.proto-openapi.spec.v2@v1.0+protobuf", 200, swaggermessage.CONTENT_TYPE),
        (swaggermessage.CONTENT_TYPE, 200, swaggermessage.CONTENT_TYPE),
        (f"{swaggermessage.CONTENT_TYPE};q=0.5,application/json", 200, "application/json"),
        ("", 200, "application/json"),
        ("application/*", 200, "application/json"),
        ("text/html", 406, ""),
    ],
)
def test_v2_is_served_in_the_form_that_is_asked_for(accept: str, code: int, form: str, documents: Documents) -> None:
    answer = _get(documents, "/openapi/v2", accept=accept)
    assert (answer.code, answer.media_type) == (code, form)
    if form == swaggermessage.CONTENT_TYPE:
        assert {number for number, _ in protobuf.parts(answer.body)} == {1, 2, 8, 9, 12, 13}
        assert b"io.k8s.api.core.v1.PodSpec" in answer.body


@pytest.mark.slow
async def test_only_who_reads_descriptions_waits_for_them(tmp_path: Path) -> None:
    documents = Documents(tmp_path, RESOURCES)

    def asked(command: str) -> Request:
        return Request("GET", RequestInfo("get", "/openapi/v3"), {}, {"kubectl-command": command})

    await documents.described(asked("kubectl apply"))
    assert list(tmp_path.iterdir()) == []
    await documents.described(asked("kubectl explain"))
    assert (
        "hostname of the Pod"
        in _document(documents, "api/v1")["components"]["schemas"]["io.k8s.api.core.v1.PodSpec"]["properties"][
            "hostname"
        ]["description"]
    )
    assert b"hostname of the Pod" in _get(documents, "/openapi/v2", accept=swaggermessage.CONTENT_TYPE).body


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


def test_an_object_in_a_custom_object_says_what_it_is() -> None:
    schema = {"type": "object", "properties": {"pod": {"type": "object", "x-kubernetes-embedded-resource": True}}}
    resource = Resource("example.org", "v1", "Boat", "boats", "boat", structure=CustomType(schema))
    found = customschemas.schemas(resource)["org.example.v1.Boat"]["properties"]["pod"]
    assert (found["required"], list(found["properties"])) == (
        ["kind", "apiVersion"],
        ["apiVersion", "kind", "metadata"],
    )
