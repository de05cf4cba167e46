"""Seats: what they are made of, and on a real cluster that they are apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from podlab import clusters
from podlab.client import Client
from podlab.clusters import Cluster, reset
from podlab.errors import ClusterError
from podlab.workshop import isolation, room, seat

SECRETS = {"get", "list", "watch"}


def test_everything_of_a_seat_is_labelled_and_in_its_namespace() -> None:
    for path, obj in seat.objects("7"):
        assert obj["metadata"]["labels"][seat.LABEL] == "07"
        assert path == "/api/v1/namespaces" or "/namespaces/podlab-seat-07/" in path


def test_a_learner_cannot_touch_what_keeps_the_seat() -> None:
    for rule in seat.RULES:
        named = set(rule["resources"])
        assert not named & {"roles", "rolebindings", "serviceaccounts", "serviceaccounts/token", "*"}
        if named & {"resourcequotas", "limitranges"}:
            assert set(rule["verbs"]) == SECRETS


def test_a_seats_kubeconfig_has_nothing_of_the_teachers() -> None:
    made = seat.kubeconfig({"server": "https://room:6443", "certificate-authority-data": "Q0E="}, 3, "token")
    assert made["users"] == [{"name": "podlab-seat-03", "user": {"token": "token"}}]
    assert made["contexts"][0]["context"]["namespace"] == "podlab-seat-03"


def test_the_slip_is_one_page_in_both_languages() -> None:
    page = seat.slip(12)
    assert "12번 자리" in page
    assert "Seat 12" in page
    assert page.count("--cluster ./seat-12.kubeconfig") == 2
    assert len(page.splitlines()) < 40


@pytest.mark.parametrize(
    ("allowed", "code", "passed"),
    [(True, 201, True), (True, 403, False), (False, 403, True), (False, 200, False), (False, 404, False)],
)
def test_only_a_refusal_proves_that_it_is_refused(allowed: bool, code: int, passed: bool) -> None:
    attempt = isolation.Attempt(seat.SLIP, "GET", "/x", allowed)
    assert isolation.Result("01", attempt, code).passed is passed


def test_a_seat_alone_has_no_neighbour() -> None:
    there = [attempt.path for attempt in isolation.attempts("01", "01")]
    assert len(there) < len(isolation.attempts("01", "02"))


@pytest.mark.cluster
def test_a_room_of_twenty(cluster: Cluster, tmp_path: Path) -> None:
    teacher = Client(cluster.kubeconfig)
    files = room.make(cluster, 20, tmp_path)
    try:
        assert room.make(cluster, 2, tmp_path) == files[:2]
        assert [result for result in isolation.check(tmp_path, room.taken(cluster)) if not result.passed] == []

        own = [clusters.choose(str(file))[0] for file in files]
        assert own[0].status().simulated is cluster.simulated
        with ThreadPoolExecutor(20) as everybody:
            list(everybody.map(_make_something, own))
        assert len(teacher.get("/api/v1/configmaps", labelSelector="made-by=learner")["items"]) == 20

        reset.empty(own[0])
        assert "configmaps/mine" in room.begin_anew(cluster, "2")
        assert len(teacher.get("/api/v1/configmaps", labelSelector="made-by=learner")["items"]) == 18
        assert [result for result in isolation.check(tmp_path, ["01", "02"]) if not result.passed] == []

        _open_a_door(teacher, "01", "02")
        leaks = [result for result in isolation.check(tmp_path, ["01", "02"]) if not result.passed]
        assert {(result.seat, result.code) for result in leaks} >= {("01", 200)}
        with pytest.raises(ClusterError, match="no seat 77"):
            room.begin_anew(cluster, "77")
    finally:
        assert len(room.remove(cluster, tmp_path)) == 20
    assert room.taken(cluster) == []
    assert list(tmp_path.iterdir()) == []
    [again] = room.make(cluster, 1, tmp_path)  # while the namespaces are still going
    assert Client(again).get("/api/v1/namespaces/podlab-seat-01/pods")["items"] == []
    room.remove(cluster, tmp_path)


def _make_something(own: Cluster) -> None:
    metadata = {"name": "mine", "labels": {"made-by": "learner"}}
    Client(own.kubeconfig).request(
        "POST", f"/api/v1/namespaces/{own.namespace}/configmaps", body={"metadata": metadata}
    )


def _open_a_door(teacher: Client, guest: str, host: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{seat.namespace(host)}/rolebindings"
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    subject = {"kind": "ServiceAccount", "name": seat.LEARNER, "namespace": seat.namespace(guest)}
    teacher.request("POST", path, body={"metadata": {"name": "door"}, "roleRef": role, "subjects": [subject]})
