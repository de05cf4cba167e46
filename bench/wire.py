"""An API server over one keep-alive connection, and the same Pod on every cluster."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from podlab.clusters.machine import reach

PODS = "/api/v1/namespaces/default/pods"
PATCH = "application/merge-patch+json"


class Wire:
    """One connection to the cluster of a kubeconfig."""

    def __init__(self, kubeconfig: Path) -> None:
        self._connection, self._headers, self._prefix = reach.connect(reach.entry(reach.load(kubeconfig)), timeout=60)

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask, and read the whole answer.

        Raises:
            RuntimeError: the server said no.
        """
        data = None if body is None else json.dumps(body)
        headers = self._headers | {"Content-Type": PATCH if method == "PATCH" else "application/json"}
        self._connection.request(method, self._prefix + path, data, headers)
        response = self._connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.get('message')}")
        return answer

    def timed(self, method: str, path: str, times: int) -> list[float]:
        """The milliseconds of each of several equal requests."""
        return [milliseconds(lambda: self.call(method, path)) for _ in range(times)]


def milliseconds(action: Callable[[], object]) -> float:
    """How long the action takes."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def median(times: list[float]) -> float:
    """The middle one."""
    return sorted(times)[len(times) // 2]


def pod(name: str, scheduler: str | None = None) -> dict[str, Any]:
    """A Pod of nginx; of a scheduler that does not exist nothing but the API server works on it."""
    spec: dict[str, Any] = {"containers": [{"name": "nginx", "image": "nginx:latest"}]}
    spec |= {"schedulerName": scheduler} if scheduler else {}
    metadata = {"name": name, "labels": {"app": "bench"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def ready(items: list[dict[str, Any]]) -> int:
    """How many of the Pods are Ready."""
    conditions = (item["status"].get("conditions", []) for item in items)
    return sum(any(c["type"] == "Ready" and c["status"] == "True" for c in found) for found in conditions)
