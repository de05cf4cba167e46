"""The roles and bindings that every cluster has. Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from podlab.embedded.apiserver.authorization.rbac import GROUP
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Writer

Obj = dict[str, Any]

DEFAULTS = Path(__file__).parent / "defaults.jsonl"


def ensure(registry: Registry) -> None:
    """Create those that are missing."""
    for default in _defaults():
        resource, meta = registry.resource(f"{default['kind'].lower()}s.{GROUP}"), default["metadata"]
        if not registry.find(resource, meta["name"], meta.get("namespace", "")):
            obj = {key: value for key, value in default.items() if key != "manager"}
            registry.create(resource, obj, by=Writer(default["manager"]))


@cache
def _defaults() -> list[Obj]:
    return [json.loads(line) for line in DEFAULTS.read_text(encoding="ascii").splitlines()]
