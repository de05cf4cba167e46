"""The roles and bindings that every cluster has. Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go"""

from __future__ import annotations

import json
from pathlib import Path

from podlab.embedded.apiserver.authorization.rbac import GROUP
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer

DEFAULTS = Path(__file__).parent / "defaults.jsonl"


def ensure(registry: Registry) -> None:
    """Create those that are missing."""
    for line in DEFAULTS.read_text(encoding="ascii").splitlines():
        obj = json.loads(line)
        resource = registry.resource(f"{obj['kind'].lower()}s.{GROUP}")
        meta = obj["metadata"]
        if not registry.find(resource, meta["name"], meta.get("namespace", "")):
            registry.create(resource, obj, by=Writer(obj.pop("manager")))
