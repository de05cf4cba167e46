"""Odd requests about every kind and every subresource: each is answered, none with a 500, and nothing is left behind.

PODLAB_FUZZ=10000 asks more often than the usual run, PODLAB_FUZZ_SEED=7 something else.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.fields import Type
from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.resources import RESOURCES
from tests.embedded.harness import Answered, Api
from tests.golden.validation.kinds import BASES

Obj = dict[str, Any]
REQUESTS = int(os.environ.get("PODLAB_FUZZ", "1200"))
SEED = int(os.environ.get("PODLAB_FUZZ_SEED", "5"))
pytestmark = pytest.mark.timeout(120 + REQUESTS // 10)
NAME = "x"
METHODS = ("GET", "PUT", "PUT", "PATCH", "PATCH", "PATCH", "PATCH", "POST")
AGAIN = ("POST", "POST", "POST", "GET", "DELETE")
"""What is asked of a collection; an object that was deleted is made again."""
PATCHES = ("json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml")
BODIES = {
    "eviction": ("policy", "v1", "Eviction"),
    "binding": ("", "v1", "Binding"),
    "scale": ("autoscaling", "v1", "Scale"),
    "token": ("authentication.k8s.io", "v1", "TokenRequest"),
}
STRINGS = (
    "",
    "x",
    "nginx",
    "a/b",
    "A_",
    "1",
    "-5",
    "100m",
    "50%",
    "é",
    "2026-01-01T00:00:00Z",
    "10.0.0.1",
    "a" * 300,
    "Always",
    "Exists",
    "In",
    "\u0000",
    "$(A)",
    "*",
    "0 * * * *",
    "TCP",
    "None",
    "kubernetes.io/hostname",
)
NUMBERS = (0, 1, 2, 80, -1, 65536, 2**31, 2**63 - 1, 2**63)
QUERIES = (
    "",
    "",
    "dryRun=All",
    "fieldManager=me",
    "force=true&fieldManager=me",
    "fieldValidation=Strict&fieldManager=me",
    "labelSelector=a",
    "limit=1",
    "gracePeriodSeconds=0",
    "propagationPolicy=Foreground",
    "dryRun=x",
)
ACCEPTS = (
    "application/json",
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "application/json;as=Table;v=v1;g=meta.k8s.io",
)


class Fuzz:
    """Objects of every kind, right or nearly so; the same ones every time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._good = {(base["apiVersion"], base["kind"]): base for base in BASES.values()}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def body(self, api_version: str, kind: str) -> Any:
        """An object to send."""
        good = self.good(api_version, kind)
        if good and self.chance(0.8):
            return good if self.chance(0.2) else self.bent(good, self.type(api_version, kind))
        head = {"apiVersion": api_version, "kind": kind, "metadata": {"name": NAME}}
        made = self.shaped(self.type(api_version, kind), 0)
        return {**made, **head} if isinstance(made, dict) else made

    def good(self, api_version: str, kind: str) -> Obj | None:
        """A copy of one that the server takes, where there is one."""
        found = self._good.get((api_version, kind))
        return json.loads(json.dumps({**found, "metadata": {**found["metadata"], "name": NAME}})) if found else None

    def type(self, api_version: str, kind: str) -> Type | None:
        return fields.kind_of({"apiVersion": api_version, "kind": kind})

    def shaped(self, type_: Type | None, depth: int) -> Any:
        """A value of a type, sometimes of none."""
        if type_ is None or self.chance(0.03):
            return self.odd()
        if type_.form == "list":
            return [self.shaped(type_.item, depth + 1) for _ in range(self.random.randint(0, 2))]
        if type_.form == "map":
            return {self.random.choice(STRINGS): self.shaped(type_.item, depth + 1) for _ in range(2)}
        if type_.form == "struct":
            wanted = [f for f in type_.fields.values() if (f.required and depth < 12) or self.chance(0.5 / (depth + 1))]
            return {f.name: self.shaped(f.type, depth + 1) for f in wanted}
        if type_.form == "bool":
            return self.chance(0.5)
        return self.random.choice(NUMBERS if type_.form.startswith(("int", "uint")) else STRINGS)

    def odd(self) -> Any:
        return self.random.choice((None, True, 0, -5, 1.5, 10**30, "x", "\u0000", [], {}, [None], {"a": None}, [[]]))

    def bent(self, value: Any, type_: Type | None) -> Any:
        """A good value with one thing other than it was."""
        if isinstance(value, dict) and value and self.chance(0.85):
            key = self.random.choice(list(value))
            known = type_ and (f.type if (f := type_.fields.get(key)) else type_.extra)
            value[key] = self.bent(value[key], known)
            return value
        if isinstance(value, list) and value and self.chance(0.85):
            return [self.bent(value[0], type_.item if type_ and type_.form == "list" else None), *value[1:]]
        return self.shaped(type_, 3)

    def patch(self, body: Any) -> Any:
        """Operations of a JSON patch."""
        paths = (
            "/metadata/labels",
            "/metadata/managedFields/0/fieldsV1",
            "/spec",
            "/spec/template/spec/containers/0",
            "/status",
            "/metadata/finalizers/-",
            "/x~2",
            "",
            "/spec/containers/0/image",
            "/kind",
        )
        verbs = ("add", "remove", "replace", "test", "copy", "move", "x")
        return [
            {
                "op": self.random.choice(verbs),
                "path": self.random.choice(paths),
                "from": self.random.choice(paths),
                "value": body,
            }
            for _ in range(self.random.randint(0, 3))
        ]


def places(resource: Resource) -> Iterator[tuple[str, str, str]]:
    """(path of one object or its subresource, apiVersion and kind of what is sent there)."""
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    where = f"{root}/namespaces/default/{resource.plural}" if resource.namespaced else f"{root}/{resource.plural}"
    yield where, resource.api_version, resource.kind
    for name in (NAME, f"{NAME}/nothing", *(f"{NAME}/{each}" for each in resource.subresources)):
        group, version, kind = BODIES.get(name.partition("/")[2], (resource.group, resource.version, resource.kind))
        yield f"{where}/{name}", f"{group}/{version}" if group else version, kind


async def asked(api: Api, fuzz: Fuzz, place: tuple[str, str, str]) -> tuple[str, Answered]:
    """One request, as it was, and its answer."""
    path, api_version, kind = place
    method = fuzz.random.choice(METHODS if f"/{NAME}" in path else AGAIN)
    method, query = "DELETE" if fuzz.chance(0.01) else method, fuzz.random.choice(QUERIES)
    body, sent = fuzz.body(api_version, kind), "application/json"
    if method == "PATCH":
        sent = f"application/{fuzz.random.choice(PATCHES)}"
        body = fuzz.patch(body) if "json-patch" in sent else body
    answer = await api.call(method, f"{path}?{query}", body, content_type=sent, accept=fuzz.random.choice(ACCEPTS))
    return f"{method} {path}?{query} {sent} {json.dumps(body)[:2000]}", answer


@pytest.mark.slow
async def test_odd_requests_about_every_kind_are_answered() -> None:
    api, fuzz, failed, codes = Api(), Fuzz(SEED), [], dict[int, int]()
    every = [place for resource in RESOURCES for place in places(resource)]
    for place in every:
        if (base := fuzz.good(*place[1:])) and NAME not in place[0]:
            assert (await api.call("POST", place[0], base)).code == 201
    before = asyncio.all_tasks()
    for number in range(REQUESTS):
        place = every[number % len(every)] if number < len(every) else fuzz.random.choice(every)
        request, answer = await asked(api, fuzz, place)
        codes[answer.code // 100] = codes.get(answer.code // 100, 0) + 1
        if (
            answer.code >= 500 and b'"reason":"InternalError"' in answer.body
        ):  # what upstream does not classify has none
            failed.append(f"{request} → {answer.code} {answer.body[:300]!r}")
        api.registry.clock.step(0.01)
    await api.registry.clock.settle()
    assert not failed, f"{len(failed)}\n" + "\n".join(failed[:8])
    assert asyncio.all_tasks() == before
    assert not api.registry.store._watches
    assert codes[2] > REQUESTS // 20, codes
