"""Malformed requests: every one is answered, none with a 500, and nothing grows."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from podlab.embedded.controllers.customresources import CustomResources
from tests.embedded.harness import Answered, Api, pod

REQUESTS = 4000
REASONS = b"InternalError", b"ServiceUnavailable", b"Timeout"
NASTY = [
    "",
    "%00",
    "..",
    "ns/x",
    "\u0000",
    "é",
    "🦭",
    "a" * 300,
    "-1",
    "1e9",
    "null",
    "true",
    "{}",
    "[",
    "\\",
    "'",
    '"',
    "%",
    "#",
]
WORDS = ["api", "apis", "v1", "v2", "apps", "namespaces", "default", "pods", "deployments", "nodes", "watch", "status",
         "exec", "log", "proxy", "scale", "token", "binding", "version", "openapi", "v3", "events.k8s.io", "x",
         "authorization.k8s.io", "selfsubjectaccessreviews", "podlab", "clock", "serviceaccounts"]  # fmt: skip
PARAMETERS = ["limit", "continue", "labelSelector", "fieldSelector", "resourceVersion", "resourceVersionMatch", "pretty",  # noqa: E501
              "fieldManager", "fieldValidation", "dryRun", "gracePeriodSeconds", "propagationPolicy", "tailLines",
              "container", "command", "timeoutSeconds", "sendInitialEvents", "includeObject", "hash"]  # fmt: skip
TYPES = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/json-patch+json",
         "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml",
         "text/plain", "", "x/y;z"]  # fmt: skip
ACCEPTS = ["", "*/*", "application/json", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/yaml", "image/png",  # noqa: E501
           "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", ";;,,=", "application/json;q=x"]  # fmt: skip


DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
CUSTOM = "/apis/stable.podlab.dev/v1/namespaces/default/crontabs"
SETS = "/apis/apps/v1/namespaces/default/replicasets"
NAMED = [f"{DEFINITIONS}/crontabs.stable.podlab.dev", f"{CUSTOM}/x", f"{CUSTOM}/x/status", f"{CUSTOM}/x/scale",
         f"{SETS}/x", f"{SETS}/x/scale", f"{SETS}/x/status", "/api/v1/namespaces/default/pods/x/ephemeralcontainers",
         "/api/v1/namespaces/default/bindings", "/api/v1/componentstatuses", "/openapi/v2", "/openapi/v3"]  # fmt: skip
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": pod("x")["spec"]}
SET = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "x"},
       "spec": {"replicas": 1, "selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE}}  # fmt: skip
SCHEMA = {"type": "object", "properties": {
    "spec": {"type": "object", "required": ["a"], "properties": {
        "a": {"type": "string", "pattern": "^x", "default": "x"},
        "replicas": {"type": "integer", "minimum": 0},
        "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port"],
                  "items": {"type": "object", "required": ["port"], "properties": {"port": {"type": "integer"}}}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "any": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}}},
    "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}  # fmt: skip
SCALE = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
VERSION = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA},
           "subresources": {"status": {}, "scale": SCALE},
           "additionalPrinterColumns": [{"name": "A", "type": "string", "jsonPath": ".spec.a"}]}  # fmt: skip
DEFINITION = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
              "metadata": {"name": "crontabs.stable.podlab.dev"},
              "spec": {"group": "stable.podlab.dev", "scope": "Namespaced", "versions": [VERSION],
                       "names": {"plural": "crontabs", "kind": "CronTab"}}}  # fmt: skip
OBJECT = {"apiVersion": "stable.podlab.dev/v1", "kind": "CronTab", "metadata": {"name": "x", "labels": {"a": "b"}},
          "spec": {"a": "x", "replicas": 1, "ports": [{"port": 1}], "free": {"b": [1]}, "any": 1}}  # fmt: skip
POD = {"apiVersion": "v1", "kind": "Pod", **pod("x")}
GOOD = [pod("x"), POD, DEFINITION, OBJECT, SET, {"spec": {"replicas": 2}}]


class Fuzz:
    """Requests that are wrong in some way, the same ones every time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def word(self) -> str:
        return self.random.choice(WORDS if self.random.random() < 0.85 else NASTY)

    def path(self) -> str:
        pick = self.random.random()
        if pick < 0.4:
            tail = "/".join(self.word() for _ in range(self.random.randint(0, 3)))
            return (
                f"/api/v1/namespaces/default/{self.random.choice(['pods', 'configmaps', 'services', 'events'])}/{tail}"
            )
        if pick < 0.65:
            return f"/apis/apps/v1/namespaces/default/deployments/{self.word()}"
        if pick < 0.9:
            return self.random.choice(NAMED)
        return "/" + "/".join(self.word() for _ in range(self.random.randint(0, 6)))

    def query(self) -> str:
        names = self.random.sample(PARAMETERS, self.random.randint(0, 3))
        values = [
            self.random.choice([*NASTY, "a=b", "a in (b", "metadata.name=x", "5", "All", "Strict"]) for _ in names
        ]
        return "&".join(f"{name}={value}" for name, value in zip(names, values, strict=True))

    def value(self, depth: int = 0) -> Any:
        pick = self.random.random()
        if depth > 3 or pick < 0.4:
            return self.random.choice([None, True, 0, -5, 1.5, 10**30, "", "x", "\u0000", "é", [], {}])
        if pick < 0.6:
            return [self.value(depth + 1) for _ in range(self.random.randint(0, 3))]
        keys = ["metadata", "spec", "status", "name", "containers", "labels", "image", "op", "path", "value", "kind",
                "apiVersion", "finalizers", "ports", "$patch", "$setElementOrder/containers"]  # fmt: skip
        return {self.random.choice(keys): self.value(depth + 1) for _ in range(self.random.randint(0, 4))}

    def mutated(self, value: Any) -> Any:
        """A good object with one thing wrong somewhere."""
        if isinstance(value, dict) and value and self.random.random() < 0.8:
            key = self.random.choice(list(value))
            return {**value, key: self.mutated(value[key])}
        if isinstance(value, list) and value and self.random.random() < 0.8:
            return [self.mutated(value[0]), *value[1:]]
        return self.value()

    def body(self) -> bytes:
        pick = self.random.random()
        if pick < 0.2:
            return self.random.randbytes(self.random.randint(0, 60))
        if pick < 0.3:
            return b"k8s\0" + self.random.randbytes(self.random.randint(0, 60))
        whole = json.dumps(self.mutated(self.random.choice(GOOD)) if pick < 0.7 else self.value()).encode()
        return whole[: self.random.randint(0, len(whole))] if pick > 0.9 else whole


@pytest.mark.slow
def test_malformed_requests_are_answered() -> None:
    async def scenario() -> list[tuple[str, str, Answered]]:
        api, fuzz, failed = Api(), Fuzz(4), []
        definitions = CustomResources(api.registry)
        api.registry.create(api.registry.resource("pods"), pod("x"), namespace="default")
        for path, body in ((DEFINITIONS, DEFINITION), (CUSTOM, OBJECT), (SETS, SET)):
            assert (await api.call("POST", path, body)).code == 201
            api.registry.clock.step(0.01)
            await api.registry.clock.settle()
        for _ in range(REQUESTS):
            method = fuzz.random.choice(
                ["GET", "GET", "POST", "PUT", "PATCH", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]
            )
            path = f"{fuzz.path()}?{fuzz.query()}"
            if method == "PATCH" and fuzz.random.random() < 0.5:
                path += "&fieldManager=me&force=1"
            headers = {"content-type": fuzz.random.choice(TYPES), "accept": fuzz.random.choice(ACCEPTS)}
            if "watch" in path and method == "GET":
                continue
            if method == "DELETE" and fuzz.random.random() < 0.9:
                continue
            answer = await api.call(method, path, fuzz.body(), **headers)
            if answer.code >= 500 and any(word in answer.body for word in REASONS):  # unclassified by upstream: none
                failed.append((method, path, answer))
            api.registry.clock.step(0.01)
        definitions.stop()
        assert len(asyncio.all_tasks()) == 1
        assert not api.registry.store._watches
        return failed

    failed = [f"{m} {p} → {a.code} {a.body!r}" for m, p, a in asyncio.run(scenario()) if a.code != 504]
    assert not failed, "\n".join(failed[:5])
