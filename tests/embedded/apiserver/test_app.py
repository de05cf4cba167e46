"""The HTTP side of the API server, without a socket."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.harness import Api, Obj, pod

GOLDEN = Path(__file__).parents[2] / "golden" / "api"
PODS = "/api/v1/namespaces/default/pods"


def run(scenario: Callable[[Api], Coroutine[Any, Any, None]]) -> None:
    """Run a scenario against a fresh API server."""

    async def main() -> None:
        await scenario(Api())

    asyncio.run(main())


def recorded() -> list[Obj]:
    """The recorded requests that do not depend on what came before them."""
    entries: list[Obj] = json.loads((GOLDEN / "errors.json").read_text(encoding="utf-8"))
    wanted = re.compile(
        r"get not found|delete not found|get namespaced in|list missing ns|unknown (resource|group|path)$|not allowed"
        r"|POST on item|^406|unauthorized|forbidden (learner|anonymous)|bad (label|field) selector|unparsable|bad limit"
        r"|bad resourceVersion|bad continue|rvMatch|bad fieldValidation|dry run bad|fieldManager too long"
        r"|patch not found|namespace not found|resourceVersion set"
    )
    return [entry for entry in entries if wanted.search(entry["name"])]


@pytest.mark.parametrize("entry", recorded(), ids=lambda entry: entry["name"])
async def test_refusals_are_as_recorded(api: Api, entry: Obj) -> None:
    request, expected = entry["request"], entry["response"]

    user = request.get("user", "admin")
    headers = {"accept": request.get("accept", ""), "content-type": request.get("ct", "application/json")}
    if user is None:
        headers["authorization"] = ""
    elif user != "admin":
        headers["impersonate-user"] = user
    body = request.get("body")
    data = body.encode() if isinstance(body, str) else body
    answer = await api.call(request["method"], request["path"], data, **headers)
    got = answer.json if answer.body[:1] == b"{" else {"_text": answer.body.decode()}
    want = expected["body"]
    if "resourceVersion" in want.get("metadata", {}):
        got["metadata"]["resourceVersion"] = want["metadata"]["resourceVersion"]
    assert (answer.code, got) == (expected["status"], want)
    assert answer.headers["content-type"] == expected["headers"]["Content-Type"]


async def test_pages_show_one_moment(api: Api) -> None:
    for name in "abcde":
        await api.call("POST", PODS, pod(name))
    first = (await api.call("GET", PODS + "?limit=2")).json
    assert [item["metadata"]["name"] for item in first["items"]] == ["a", "b"]
    assert first["metadata"]["remainingItemCount"] == 3
    assert not {"kind", "apiVersion"} & set(first["items"][0])
    await api.call("DELETE", PODS + "/c")
    second = (await api.call("GET", f"{PODS}?limit=2&continue={first['metadata']['continue']}")).json
    assert [item["metadata"]["name"] for item in second["items"]] == ["c", "d"]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    api.registry.store.compact(api.registry.store.revision)
    expired = await api.call("GET", f"{PODS}?limit=2&continue={second['metadata']['continue']}")
    assert (expired.code, expired.json["reason"]) == (410, "Expired")
    rest = (await api.call("GET", f"{PODS}?limit=2&continue={expired.json['metadata']['continue']}")).json
    assert [item["metadata"]["name"] for item in rest["items"]] == ["e"]


async def test_a_write_that_changes_nothing_makes_no_revision(api: Api) -> None:
    made = (await api.call("POST", PODS, pod("a", metadata={"labels": {"x": "y"}}))).json
    change = {"metadata": {"labels": {"x": "y"}}}
    same = await api.call("PATCH", PODS + "/a", change, content_type="application/merge-patch+json")
    assert same.json == made
    again = await api.call("PUT", PODS + "/a", made)
    assert again.json == made


async def test_a_dry_run_stores_nothing(api: Api) -> None:
    before = api.registry.store.revision
    made = await api.call("POST", PODS + "?dryRun=All", pod("a"))
    assert made.code == 201
    assert "resourceVersion" not in made.json["metadata"]
    assert api.registry.store.revision == before


async def test_a_watch_sees_entering_and_leaving_its_selector(api: Api) -> None:
    await api.call("POST", PODS, pod("a"))
    start = api.registry.store.revision
    async with api.watch(f"{PODS}?watch=1&labelSelector=x%3Dy&resourceVersion={start}") as events:
        for labels in ({"x": "y"}, {"x": "y", "z": "1"}, {"x": None}):
            body = {"metadata": {"labels": labels}}
            await api.call("PATCH", PODS + "/a", body, content_type="application/merge-patch+json")
        seen = [await events.get() for _ in range(3)]
    assert [event["type"] for event in seen] == ["ADDED", "MODIFIED", "DELETED"]
    assert seen[2]["object"]["metadata"]["labels"] == {"x": "y", "z": "1"}
    assert seen[2]["object"]["metadata"]["resourceVersion"] == str(api.registry.store.revision)


async def test_initial_events_end_with_a_bookmark(api: Api) -> None:
    await api.call("POST", PODS, pod("a"))
    options = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    async with api.watch(f"{PODS}?{options}") as events:
        added, bookmark = await events.get(), await events.get()
    assert (added["type"], added["object"]["metadata"]["name"]) == ("ADDED", "a")
    version = str(api.registry.store.revision)
    meta = {"resourceVersion": version, "annotations": {"k8s.io/initial-events-end": "true"}}
    blank = {"kind": "Pod", "apiVersion": "v1", "metadata": meta, "spec": {"containers": None}, "status": {}}
    assert bookmark == {"type": "BOOKMARK", "object": blank}


async def test_a_watch_from_before_the_compaction_is_told_so(api: Api) -> None:
    await api.call("POST", PODS, pod("a"))
    api.registry.store.compact(api.registry.store.revision)
    async with api.watch(f"{PODS}?watch=1&resourceVersion=1") as events:
        refused = await events.get()
    assert (refused["type"], refused["object"]["code"], refused["object"]["reason"]) == ("ERROR", 410, "Expired")


async def test_a_table_watch_heads_only_its_first_event(api: Api) -> None:
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    async with api.watch(PODS + "?watch=1", accept=accept) as events:
        for name in ("a", "b"):
            await api.call("POST", PODS, pod(name))
        first, second = await events.get(), await events.get()
    assert first["object"]["columnDefinitions"][0]["name"] == "Name"
    assert second["object"]["columnDefinitions"] is None
    assert second["object"]["rows"][0]["cells"][0] == "b"


async def test_a_watch_for_lists_of_metadata_ends_at_its_first_event(api: Api) -> None:
    await api.call("POST", PODS, pod("a"))
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    answer = await api.call("GET", PODS + "?watch=1", accept=accept)
    assert (answer.code, answer.body) == (200, b"")


async def test_pretty_printing_is_for_people(api: Api) -> None:
    plain = await api.call("GET", "/api/v1/namespaces/default")
    curl = await api.call("GET", "/api/v1/namespaces/default", user_agent="curl/8.0")
    assert plain.body.endswith(b"}\n")
    assert b'\n  "kind"' in curl.body
    assert plain.json == curl.json
    aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    assert b'\n  "kind"' in (await api.call("GET", "/api", accept=aggregated, user_agent="curl/8.0")).body


async def test_a_body_may_be_yaml_but_not_longer_than_the_limit(api: Api) -> None:
    text = b"metadata: {name: a}\nspec: {containers: [{name: c, image: nginx}]}\n"
    made = await api.call("POST", PODS, text, content_type="application/yaml")
    assert made.code == 201
    refused = await api.call("POST", PODS, b" " * (3 * 1024 * 1024 + 1))
    assert (refused.code, refused.json["reason"]) == (413, "RequestEntityTooLarge")


async def test_the_clock_can_be_stepped_over_http(api: Api) -> None:
    before = api.registry.clock.now()
    answer = await api.call("POST", "/podlab/clock", {"action": "step", "seconds": 5})
    assert answer.code == 200
    assert api.registry.clock.now() == before + 5
    assert (await api.call("POST", "/podlab/clock", {"action": "jump"})).code == 400
    refused = await api.call("GET", "/podlab/clock", impersonate_user="learner")
    assert refused.code == 403


def test_a_full_disk_is_told_and_nothing_changes(tmp_path: Path) -> None:
    path = "/api/v1/namespaces/default/configmaps"

    async def scenario(api: Api) -> None:
        assert (await api.call("POST", path, {"metadata": {"name": "a"}})).code == 201
        database = api.registry.store._db
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count={pages}")
        big = {"metadata": {"name": "b"}, "data": {"k": "much" * 50_000}}
        refused = await api.call("POST", path, big)
        assert (refused.code, refused.json["reason"]) == (500, "InternalError")
        assert "state.db cannot be written (database or disk is full)" in refused.json["message"]
        assert "nothing was changed: make room on that disk" in refused.json["message"]
        assert (await api.call("GET", f"{path}/b")).code == 404
        merge = {"content_type": "application/merge-patch+json"}
        assert (await api.call("PATCH", f"{path}/a", {"data": big["data"]}, **merge)).code == 500
        assert "data" not in (await api.call("GET", f"{path}/a")).json
        database.execute("PRAGMA max_page_count=100000")
        assert (await api.call("POST", path, big)).code == 201
        assert [o["metadata"]["name"] for o in (await api.call("GET", path)).json["items"]] == ["a", "b"]

    async def main() -> None:
        await scenario(Api(tmp_path / "state.db"))

    asyncio.run(main())


async def test_an_object_that_etcd_would_not_take_is_refused(api: Api) -> None:
    path, container = "/api/v1/namespaces/default/pods", {"name": "c", "image": "nginx", "command": ["x" * 1_600_000]}
    refused = await api.call("POST", path, {"metadata": {"name": "big"}, "spec": {"containers": [container]}})
    assert (refused.code, refused.json["message"]) == (500, "etcdserver: request is too large")
    assert "reason" not in refused.json
    assert (await api.call("GET", f"{path}/big")).code == 404


def nested(levels: int) -> bytes:
    return b'{"metadata":{"name":"x"},"data":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


@pytest.mark.parametrize("levels", [150, 300, 900, 200_000])
@pytest.mark.parametrize(
    "kind", ["application/json", "application/yaml", "application/merge-patch+json", "application/json-patch+json"]
)
async def test_deep_nesting_is_refused(api: Api, levels: int, kind: str) -> None:
    path = "/api/v1/namespaces/default/configmaps"

    await api.call("POST", path, {"metadata": {"name": "x"}})
    patch = "patch" in kind
    body = b"[" * levels + b"]" * levels if "json-patch" in kind else nested(levels)
    answer = await api.call("PATCH" if patch else "POST", f"{path}/x" if patch else path, body, content_type=kind)
    assert answer.code in (400, 422), answer.body
    if levels >= 300:
        assert "exceeded max depth" in answer.json["message"]


async def test_a_yaml_bomb_is_refused(api: Api) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    answer = await api.call("POST", PODS, "\n".join(lines).encode(), content_type="application/yaml")
    assert answer.code == 400
    assert "excessive aliasing" in answer.json["message"]


async def test_a_body_over_three_mebibytes_is_refused(api: Api) -> None:
    body = b'{"metadata":{"name":"' + b"x" * (3 * 1024 * 1024) + b'"}}'
    answer = await api.call("POST", PODS, body)
    assert (answer.code, answer.json["reason"]) == (413, "RequestEntityTooLarge")
    assert answer.json["message"] == "Request entity too large: limit is 3145728"


MAPS = "/api/v1/namespaces/default/configmaps"
JSON_PATCH, MERGE, STRATEGIC = (
    f"application/{kind}+json" for kind in ("json-patch", "merge-patch", "strategic-merge-patch")
)


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        (
            JSON_PATCH,
            [{"op": "add", "path": "/data", "value": "x"}],
            '"{\\"apiVersion\\":\\"v1\\",\\"data\\":\\"x\\",\\"kind\\"',
        ),
        (MERGE, {"kind": "Secret"}, "converting (v1.Secret) to (core.ConfigMap): unknown conversion"),
        (MERGE, {"apiVersion": "v2"}, 'no kind "ConfigMap" is registered for version "v2" in scheme'),
        (STRATEGIC, {"data": {"a": {"b": 1}}}, '"map[data:map[a:map[b:1]]]": unrecognized type: string'),
        (STRATEGIC, {"data": {"a": 1}}, '"map[data:map[a:1]]": cannot convert int64 to string'),
        (STRATEGIC, {"data": "x"}, '"map[data:x]": cannot restore map from string'),
        (STRATEGIC, {"immutable": "x"}, '"map[immutable:x]": unrecognized type: bool'),
        (STRATEGIC, {"binaryData": {"a": "no!"}}, "error decoding from json: illegal base64 data at input byte 2"),
        (STRATEGIC, {"metadata": {"finalizers": ["x"]}}, "name is neither a standard finalizer name nor is it fully"),
        (STRATEGIC, {"metadata": {"ownerReferences": [{"kind": "X"}]}}, "ownerReferences.uid: Invalid value"),
    ],
)
async def test_a_bad_patch_is_worded_as_upstream_does(api: Api, kind: str, body: Any, text: str) -> None:
    await api.call("POST", MAPS, {"metadata": {"name": "m"}})
    answer = await api.call("PATCH", f"{MAPS}/m", body, content_type=kind)
    assert answer.code == 422 and text in answer.json["message"], answer.json["message"]


async def test_what_upstream_does_with_odd_requests(api: Api) -> None:
    await api.call("POST", MAPS, {"metadata": {"name": "m", "generation": 5}, "data": {"a": "b"}})
    replaced = await api.call(
        "PATCH", f"{MAPS}/m", [{"op": "replace", "path": "/data/c", "value": "d"}], content_type=JSON_PATCH
    )
    assert replaced.json["data"] == {"a": "b", "c": "d"}
    assert replaced.json["metadata"]["generation"] == 5
    assert (await api.call("GET", f"{MAPS}/m?watch=1")).json["kind"] == "ConfigMap"
    unknown = (await api.call("GET", f"{MAPS}?fieldSelector=data.k%3Dv")).json["message"]
    assert unknown.endswith('"data.k" is not a known field selector: only "metadata.name", "metadata.namespace"')
    emptied = await api.call("PATCH", f"{MAPS}/m", {"metadata": {"managedFields": [{}]}}, content_type=MERGE)
    assert "managedFields" not in emptied.json["metadata"]
    again = await api.call("PATCH", f"{MAPS}/m", {"data": {"e": "f"}}, content_type=MERGE)
    assert "managedFields" not in again.json["metadata"]
    path = "/apis/scheduling.k8s.io/v1/priorityclasses"
    refused = await api.call("POST", path, {"metadata": {"name": "system-x"}, "value": 1})
    assert "reserved for system use only. error: system-x is not a known" in refused.json["message"]
    refused = await api.call("POST", path, {"metadata": {"name": "x"}, "value": 2_000_000_000})
    assert "maximum allowed value of a user defined priority is 1000000000" in refused.json["message"]


async def test_initial_events_end_with_a_bookmark_also_from_version_zero(api: Api) -> None:
    asked = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    async with api.watch(f"{MAPS}?{asked}&resourceVersion=0") as events:
        told = await asyncio.wait_for(events.get(), 5)
        assert told["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_a_pod_gets_the_number_of_its_priority_class(api: Api) -> None:
    path = "/apis/scheduling.k8s.io/v1/priorityclasses"
    await api.call("POST", path, {"metadata": {"name": "high"}, "value": 7, "preemptionPolicy": "Never"})
    await api.call("POST", path, {"metadata": {"name": "usual"}, "value": 3, "globalDefault": True})
    changed = await api.call("PATCH", f"{path}/usual", {"value": 4}, content_type=MERGE)
    assert changed.json["message"].endswith("is invalid: value: Forbidden: may not be changed in an update.")
    for name, number, policy in (("high", 7, "Never"), ("usual", 3, "PreemptLowerPriority")):
        made = pod(f"with-{name}")
        if name == "high":
            made["spec"]["priorityClassName"] = name
        spec = (await api.call("POST", PODS, made)).json["spec"]
        assert (spec["priorityClassName"], spec["priority"], spec["preemptionPolicy"]) == (name, number, policy)


async def test_tables_of_an_objects_parts(api: Api) -> None:
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    container = {"name": "c", "image": "nginx"}
    await api.call("POST", PODS, {"metadata": {"name": "p"}, "spec": {"containers": [container]}})
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}}
    spec = {"replicas": 3, "selector": {"matchLabels": {"a": "b"}}, "template": template}
    sets = "/apis/apps/v1/namespaces/default/replicasets"
    await api.call("POST", sets, {"metadata": {"name": "r"}, "spec": spec})

    async def table(path: str) -> tuple[list[str], list[Any]]:
        found = (await api.call("GET", path, accept=accept)).json
        return [column["name"] for column in found["columnDefinitions"]], found["rows"][0]["cells"]

    for part in ("resize", "ephemeralcontainers"):
        assert (await api.call("GET", f"{PODS}/p/{part}", accept=accept)).json["code"] == 406
        whole = await api.call("GET", f"{PODS}/p/{part}", accept=f"{accept},application/json")
        assert whole.json["kind"] == "Pod"
    assert (await table(f"{PODS}/p/status"))[0][:3] == ["Name", "Ready", "Status"]
    head, cells = await table(f"{sets}/r/scale")
    assert (head, cells[:3]) == (["Name", "Desired", "Available", "Age"], ["r", 3, 0])


async def test_what_is_read_is_on_disk_before_it_is_told(tmp_path: Path) -> None:
    api, on_disk = Api(tmp_path / "state.db"), []
    disk = sqlite3.connect(tmp_path / "state.db")

    async def receive() -> Obj:
        raise AssertionError

    async def send(message: Any) -> None:
        on_disk.append(disk.execute("SELECT count(*) FROM log WHERE key LIKE '%/early'").fetchone()[0])

    api.registry.create(api.registry.resource("configmaps"), {"metadata": {"name": "early"}}, namespace="default")
    await api.app(api.scope("GET", "/api/v1/namespaces/default/configmaps/early", {}), receive, send)
    disk.close()
    assert on_disk == [1, 1]
