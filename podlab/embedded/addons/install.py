"""Creates what `defaults.jsonl` holds: recorded from kind, one object a line, with who writes it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from podlab.embedded.addons.staticpods import StaticPods
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer

Obj = dict[str, Any]

DEFAULTS = Path(__file__).parent / "defaults.jsonl"
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

    def start(self) -> None:
        """Create what a new cluster has; what somebody deleted later stays away, but static Pods come back."""
        objects = self._objects()
        if not self._registry.find(self._registry.resource(NAMESPACES), objects[0]["metadata"]["name"]):
            for obj in objects:
                if obj["kind"] != "Pod":
                    self._create(obj)
        pods = [obj for obj in objects if obj["kind"] == "Pod"]
        self._static = StaticPods(self._registry, self._facts["node"], pods)
        self._static.start()

    def stop(self) -> None:
        """Nothing comes back any more."""
        if self._static:
            self._static.stop()

    def _objects(self) -> list[Obj]:
        """All objects, the Namespace that is not made elsewhere first."""
        lines = DEFAULTS.read_text(encoding="ascii")
        for name, value in self._facts.items():
            lines = lines.replace(f"{{{name}}}", value)
        return [json.loads(line) for line in lines.splitlines()]

    def _create(self, obj: Obj) -> None:
        resource = next(r for r in self._registry.resources.values() if r.kind == obj["kind"])
        by = Writer(obj.pop("manager"))
        self._registry.create(resource, obj, namespace=obj["metadata"].get("namespace", ""), by=by)
