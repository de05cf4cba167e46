"""Manifests with one to three odd values each, drawn by a seed from tables of fields and values.

Upstream: nothing; the judgements are a real cluster's (record.py).
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

from tests.golden.validation.kinds import BASES, HANDLERS_OF_TEMPLATES, OWN

Obj = dict[str, Any]
WEIGHTS = {"Pod": 40, "Deployment": 4, "Service": 5, "Job": 3, "CronJob": 3, "StatefulSet": 3}
TEMPLATED = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController")


def put(obj: Any, path: str, value: Any) -> None:
    """Set a value at a path such as `spec.containers.0.ports`; what is missing on the way is made."""
    *way, last = parts = path.split(".")
    for part, following in zip(way, parts[1:], strict=True):
        obj = _step(obj, part, [] if following.isdigit() else {})
    if isinstance(obj, list):
        obj[int(last) : int(last) + 1] = [value]
    else:
        obj[last] = value


def _step(obj: Any, part: str, empty: Any) -> Any:
    if isinstance(obj, list):
        if len(obj) <= int(part):
            obj.append(empty)
        return obj[min(int(part), len(obj) - 1)]
    if not isinstance(obj.get(part), type(empty)):
        obj[part] = empty
    return obj[part]


def _value(path: str, value: Any) -> Any:
    """A volume of the table keeps the name that the container mounts."""
    if path.endswith("spec.volumes.0") and isinstance(value, dict):
        return {"name": "v", **copy.deepcopy(value)}
    return copy.deepcopy(value)


def manifest(kind: str, changes: list[tuple[str, Any]]) -> Obj:
    """A valid manifest with changes."""
    made = copy.deepcopy(BASES[kind])
    for path, value in changes:
        put(made, path, _value(path, value))
    return made


def singles() -> Iterator[Obj]:
    """Every value of the tables alone."""
    for kind, table in OWN.items():
        for path, values in table.items():
            for value in values:
                yield {"kind": kind, "body": manifest(kind, [(path, value)])}


def drawn(seed: int, count: int) -> list[Obj]:
    """Manifests by a seed: a third with one odd value, the others with two or three."""
    luck, made = random.Random(seed), []
    kinds = list(OWN)
    weights = [WEIGHTS.get(kind, 2) for kind in kinds]
    while len(made) < count:
        kind = luck.choices(kinds, weights)[0]
        table = dict(OWN[kind])
        if kind in TEMPLATED and luck.random() < 0.5:
            table.update(HANDLERS_OF_TEMPLATES)
        paths = luck.sample(list(table), luck.choice([1, 2, 2, 3]))
        changes = [(path, luck.choice(table[path])) for path in paths]
        made.append({"kind": kind, "body": manifest(kind, changes)})
    return made
