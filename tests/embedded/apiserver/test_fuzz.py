"""Malformed requests: every one is answered, none with a 500, and nothing grows."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

from tests.embedded.harness import Answered, Api, pod

REQUESTS = 2000
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


class Fuzz:
    """Requests that are wrong in some way, the same ones every time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def word(self) -> str:
        return self.random.choice(WORDS if self.random.random() < 0.85 else NASTY)

    def path(self) -> str:
        pick = self.random.random()
        if pick < 0.6:
            tail = "/".join(self.word() for _ in range(self.random.randint(0, 3)))
            return (
                f"/api/v1/namespaces/default/{self.random.choice(['pods', 'configmaps', 'services', 'events'])}/{tail}"
            )
        if pick < 0.7:
            return f"/apis/apps/v1/namespaces/default/deployments/{self.word()}"
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
        whole = json.dumps(self.mutated(pod("x")) if pick < 0.7 else self.value()).encode()
        return whole[: self.random.randint(0, len(whole))] if pick > 0.9 else whole


def test_malformed_requests_are_answered() -> None:
    async def scenario() -> list[tuple[str, str, Answered]]:
        api, fuzz, failed = Api(), Fuzz(4), []
        api.registry.create(api.registry.resource("pods"), pod("x"), namespace="default")
        for _ in range(REQUESTS):
            method = fuzz.random.choice(
                ["GET", "GET", "POST", "PUT", "PATCH", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]
            )
            path = f"{fuzz.path()}?{fuzz.query()}"
            headers = {"content-type": fuzz.random.choice(TYPES), "accept": fuzz.random.choice(ACCEPTS)}
            if "watch" in path and method == "GET":
                continue
            answer = await api.call(method, path, fuzz.body(), **headers)
            if (
                answer.code >= 500
                and answer.json["message"] != "resourceVersion should not be set on objects to be created"
            ):
                failed.append((method, path, answer))
        assert len(asyncio.all_tasks()) == 1
        assert not api.registry.store._watches
        return failed

    failed = [f"{m} {p} → {a.code} {a.body!r}" for m, p, a in asyncio.run(scenario()) if a.code != 504]
    assert not failed, "\n".join(failed[:5])
