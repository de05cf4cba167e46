"""Slices change as little as the wanted endpoints allow."""

from __future__ import annotations

from typing import Any

from podlab.embedded.controllers.endpoints import ports
from podlab.embedded.controllers.endpoints.slices import Group, changes

Obj = dict[str, Any]
LABELS = {"kubernetes.io/service-name": "web"}
HTTP = [{"name": "http", "port": 80, "protocol": "TCP"}]


def endpoint(number: int, *, ready: bool = True) -> Obj:
    ref = {"kind": "Pod", "namespace": "default", "name": f"p{number}"}
    return {"addresses": [f"10.0.{number // 250}.{number % 250}"], "conditions": {"ready": ready}, "targetRef": ref}


def slice_(name: str, endpoints: list[Obj], given: list[Obj] | None = None) -> Obj:
    meta = {"name": name, "labels": dict(LABELS)}
    return {"metadata": meta, "endpoints": endpoints, "ports": HTTP if given is None else given}


def new(given: list[Obj]) -> Obj:
    return {"metadata": {"generateName": "web-", "labels": dict(LABELS)}, "endpoints": [], "ports": given}


def test_a_service_without_endpoints_keeps_one_empty_slice() -> None:
    made = changes([], [], LABELS, new)
    assert [each["ports"] for each in made.create] == [[]] and not made.update and not made.delete
    kept = changes([slice_("a", [], [])], [], LABELS, new)
    assert not (kept.create or kept.update or kept.delete)


def test_an_empty_slice_is_written_over_by_the_first_endpoints() -> None:
    found = changes([slice_("a", [], [])], [Group(HTTP, [endpoint(1)])], LABELS, new)
    (updated,) = found.update
    assert updated["metadata"]["name"] == "a" and updated["endpoints"] == [endpoint(1)] and updated["ports"] == HTTP
    assert not found.create and not found.delete


def test_only_slices_that_change_are_written() -> None:
    existing = [slice_("a", [endpoint(n) for n in range(100)]), slice_("b", [endpoint(100), endpoint(101)])]
    wanted = [endpoint(n) for n in range(101)] + [endpoint(101, ready=False)]
    found = changes(existing, [Group(HTTP, wanted)], LABELS, new)
    assert [each["metadata"]["name"] for each in found.update] == ["b"] and not found.create and not found.delete
    assert found.update[0]["endpoints"] == [endpoint(100), endpoint(101, ready=False)]


def test_more_endpoints_fill_what_has_room_and_then_new_slices() -> None:
    existing = [slice_("a", [endpoint(n) for n in range(99)])]
    wanted = [endpoint(n) for n in range(230)]
    found = changes(existing, [Group(HTTP, wanted)], LABELS, new)
    made = sorted(len(each["endpoints"]) for each in found.create)
    assert made == [31, 100] and not found.update  # more than fit into one are not squeezed into an old one
    few = changes(existing, [Group(HTTP, wanted[:100])], LABELS, new)
    assert [len(each["endpoints"]) for each in few.update] == [100] and not few.create


def test_ports_stand_in_the_order_of_a_real_cluster() -> None:
    """As kube-dns' are written there."""
    given = [("metrics", 9153, "TCP"), ("dns", 53, "UDP"), ("dns-tcp", 53, "TCP")]
    found = [{"name": name, "port": port, "protocol": protocol} for name, port, protocol in given]
    assert [port["name"] for port in ports.for_slice(found)] == ["dns", "dns-tcp", "metrics"]
    assert [port["name"] for port in ports.for_subset(found)] == ["metrics", "dns-tcp", "dns"]
