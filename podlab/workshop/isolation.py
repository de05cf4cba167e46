"""Proving by real requests, with the seats' own tokens, that no seat reaches another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.client import Client
from podlab.errors import ApiError
from podlab.text import Text
from podlab.workshop import seat as seats

DRY = {"dryRun": "All"}
RBAC = "/apis/rbac.authorization.k8s.io/v1"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of a seat, and whether it must be let through or refused (403)."""

    what: Text
    method: str
    path: str
    allowed: bool = False
    body: Any = None
    query: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an attempt: the HTTP code of the answer."""

    seat: str
    attempt: Attempt
    code: int

    @property
    def passed(self) -> bool:
        """Whether it was as it must be."""
        return (self.code < 300) if self.attempt.allowed else self.code == 403


def check(folder: Path, numbers: list[str]) -> Iterator[Result]:
    """Every attempt of every seat against the next one and against the cluster."""
    for index, each in enumerate(numbers):
        neighbour = numbers[(index + 1) % len(numbers)]
        client = Client(folder / f"seat-{each}.kubeconfig")
        for attempt in attempts(each, neighbour):
            yield Result(each, attempt, _code(client, attempt))


def attempts(seat: str, neighbour: str) -> list[Attempt]:
    """What a seat may do at home, and what it may not do there, to its neighbour and to the cluster."""
    home = f"/api/v1/namespaces/{seats.namespace(seat)}"
    there = f"/api/v1/namespaces/{seats.namespace(neighbour)}"
    away = [] if seat == neighbour else _next_door(there)
    return [*_at_home(home), *away, *_everywhere(), *_out_of_bounds(seat, home), *_greedy(home)]


def _at_home(home: str) -> list[Attempt]:
    return [
        Attempt(Text(ko="자기 파드 읽기", en="read its own Pods"), "GET", f"{home}/pods", allowed=True),
        Attempt(Text(ko="자기 파드 쓰기", en="write a Pod of its own"), "POST", f"{home}/pods", True, pod(), DRY),
    ]


def _next_door(there: str) -> list[Attempt]:
    return [
        Attempt(Text(ko="옆자리의 파드 읽기", en="read the neighbour's Pods"), "GET", f"{there}/pods"),
        Attempt(Text(ko="옆자리의 시크릿 읽기", en="read the neighbour's Secrets"), "GET", f"{there}/secrets"),
        Attempt(Text(ko="옆자리에 파드 쓰기", en="write a Pod there"), "POST", f"{there}/pods", body=pod(), query=DRY),
        Attempt(
            Text(ko="옆자리의 파드 지우기", en="delete the neighbour's Pods"), "DELETE", f"{there}/pods", query=DRY
        ),
        Attempt(
            Text(ko="옆자리의 파드에서 exec", en="exec in the neighbour's Pod"),
            "POST",
            f"{there}/pods/any/exec",
            query={"command": "true", "stdout": "true"},
        ),
        Attempt(
            Text(ko="옆자리의 토큰 받기", en="get the neighbour's token"),
            "POST",
            f"{there}/serviceaccounts/{seats.LEARNER}/token",
            body={"spec": {}},
        ),
    ]


def _everywhere() -> list[Attempt]:
    return [
        Attempt(Text(ko="모든 파드 읽기", en="read everybody's Pods"), "GET", "/api/v1/pods"),
        Attempt(Text(ko="모든 시크릿 읽기", en="read everybody's Secrets"), "GET", "/api/v1/secrets"),
        Attempt(
            Text(ko="네임스페이스 만들기", en="make a namespace"),
            "POST",
            "/api/v1/namespaces",
            body=_named("x"),
            query=DRY,
        ),
    ]


def _out_of_bounds(seat: str, home: str) -> list[Attempt]:
    admin = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    return [
        Attempt(
            Text(ko="쿼터 지우기", en="delete its quota"), "DELETE", f"{home}/resourcequotas/{seats.LIMITS}", query=DRY
        ),
        Attempt(
            Text(ko="스스로 관리자 되기", en="make itself an administrator"),
            "POST",
            f"{RBAC}/namespaces/{seats.namespace(seat)}/rolebindings",
            body={**_named("x"), "roleRef": admin, "subjects": []},
            query=DRY,
        ),
    ]


def _greedy(home: str) -> list[Attempt]:
    greedy: dict[str, Any] = {"resources": {"requests": {"cpu": "900"}, "limits": {"cpu": "900"}}}
    return [
        Attempt(
            Text(ko="노드를 여는 파드(privileged)", en="a privileged Pod"),
            "POST",
            f"{home}/pods",
            body=pod(securityContext={"privileged": True}),
            query=DRY,
        ),
        Attempt(
            Text(ko="노드의 폴더를 쓰는 파드(hostPath)", en="a Pod on the node's folders (hostPath)"),
            "POST",
            f"{home}/pods",
            body=pod(volumes=[{"name": "v", "hostPath": {"path": "/"}}]),
            query=DRY,
        ),
        Attempt(
            Text(ko="노드를 다 쓰는 파드", en="a Pod that takes the whole node"),
            "POST",
            f"{home}/pods",
            body=pod(**greedy),
            query=DRY,
        ),
    ]


def pod(volumes: list[Any] | None = None, **container: Any) -> dict[str, Any]:
    """A small Pod that nothing ever runs: it is sent as a dry run."""
    containers = [{"name": "c", "image": "nginx:latest", **container}]
    return {**_named("podlab-check"), "spec": {"containers": containers, "volumes": volumes or []}}


def _named(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


def _code(client: Client, attempt: Attempt) -> int:
    try:
        return client.request(attempt.method, attempt.path, query=attempt.query, body=attempt.body).status
    except ApiError as error:
        return error.code
