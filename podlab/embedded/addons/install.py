"""Creates what the files beside it hold: recorded from kind, one object a line, with who writes it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from podlab.embedded.addons.bootstraptoken import BootstrapToken
from podlab.embedded.addons.leases import Leases
from podlab.embedded.addons.staticpods import StaticPods
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Resource, Writer

Obj = dict[str, Any]

DEFAULTS = Path(__file__).parent / "defaults.jsonl"
OWN = Path(__file__).parent / "apiserver.jsonl"
"""What the API server makes, and makes again at every start: priority levels, the range of addresses, APIServices."""
NAMESPACES = "namespaces"


class Addons:
    """The addons of one cluster, and its static Pods for as long as it runs.

    Args:
        facts: what stands for `{cluster}`, `{node}` and `{address}`.
        certificate: the cluster's authority, in PEM.
    """

    def __init__(self, registry: Registry, facts: dict[str, str], certificate: str) -> None:
        self._registry = registry
        authority = base64.b64encode(certificate.encode()).decode()
        self._facts = {**facts, "certificate": json.dumps(certificate)[1:-1], "authority": authority}
        self._static: StaticPods | None = None
        self._token = BootstrapToken(registry)
        self._leases = Leases(registry, facts["node"], facts["address"])

    def start(self) -> None:
        """Create what a new cluster has; what somebody deleted later stays away, but static Pods come back."""
        for line in OWN.read_text(encoding="ascii").splitlines():
            obj = json.loads(line)
            if not self._registry.find(self._resource(obj), obj["metadata"]["name"]):
                self._create(obj)
        self._leases.start()
        objects = self._objects()
        if not self._registry.find(self._registry.resource(NAMESPACES), objects[0]["metadata"]["name"]):
            for obj in objects:
                if obj["kind"] != "Pod":
                    self._create(obj)
            self._token.create()
        self._token.start()
        pods = [obj for obj in objects if obj["kind"] == "Pod"]
        self._static = StaticPods(self._registry, self._facts["node"], pods)
        self._static.start()

    def stop(self) -> None:
        """Nothing comes back any more."""
        self._leases.stop()
        self._token.stop()
        if self._static:
            self._static.stop()

    def _objects(self) -> list[Obj]:
        """All objects, the Namespace that is not made elsewhere first."""
        lines = DEFAULTS.read_text(encoding="ascii")
        for name, value in self._facts.items():
            lines = lines.replace(f"{{{name}}}", value)
        return [json.loads(line) for line in lines.splitlines()]

    def _resource(self, obj: Obj) -> Resource:
        return next(r for r in self._registry.resources.values() if r.kind == obj["kind"])

    def _create(self, obj: Obj) -> None:
        resource = self._resource(obj)
        by = Writer(obj.pop("manager"))
        self._registry.create(resource, obj, namespace=obj["metadata"].get("namespace", ""), by=by)
