"""What may not stand in a status, in the words that kind had for it."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.validation.statuses import corestatuses, replicacounts

Obj = dict[str, Any]
FORBIDDEN = "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"
NO_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
PHASE = "may only be 'Active' if `deletionTimestamp` is empty"
IN = {"loadBalancer": {"ingress": [{"ip": "bad"}]}}


@pytest.mark.parametrize(
    ("validate", "status", "before", "said"),
    [
        (
            corestatuses.pod,
            {"podIPs": [{"ip": "y"}], "qosClass": "Guaranteed"},
            {"qosClass": "Burstable"},
            [
                'status.qosClass: Invalid value: "Guaranteed": field is immutable',
                f'status.podIPs[0]: Invalid value: "y": {NO_ADDRESS}',
            ],
        ),
        (corestatuses.pod, {"podIPs": [{"ip": "y"}]}, {"podIPs": [{"ip": "y"}], "qosClass": "Burstable"}, []),
        (corestatuses.pod, {"conditions": [{"type": "example.com/mine"}, {"type": "Ready"}]}, {}, []),
        (corestatuses.namespace, {"phase": "Odd"}, {}, [f'status.Phase: Invalid value: "Odd": {PHASE}']),
        (corestatuses.namespace, {"phase": "Active"}, {}, []),
        (
            corestatuses.node,
            {"capacity": {"example.com/w": "-1"}},
            {},
            ['status.capacity.example.com/w: Invalid value: "-1": must be greater than or equal to 0'],
        ),
        (corestatuses.service, IN, {}, [FORBIDDEN]),
        (
            replicacounts.stateful_set,
            {"replicas": 0},
            {"collisionCount": 0},
            ["status.collisionCount: Invalid value: 0: cannot be decremented"],
        ),
        (replicacounts.stateful_set, {"replicas": 0, "collisionCount": 1}, {"collisionCount": 0}, []),
    ],
)
def test_a_status_is_refused_as_kind_refuses_it(validate: Any, status: Obj, before: Obj, said: list[str]) -> None:
    obj, old = ({"metadata": {"name": "x"}, "status": each} for each in (status, before))
    assert [str(cause) for cause in validate(obj, old)] == said


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        ({"ip": "192.0.2.1", "ipMode": "VIP"}, []),
        ({"ip": "bad"}, ["ip", "ipMode"]),
        ({"ipMode": "VIP", "hostname": "192.0.2.1"}, ["ipMode", "hostname"]),
        ({"ip": "192.0.2.1", "ipMode": "Odd", "hostname": "A b"}, ["ipMode", "hostname"]),
    ],
)
def test_where_a_load_balancer_is_reached_is_an_address_or_a_name(entry: Obj, fields: list[str]) -> None:
    """Upstream: pkg/apis/core/validation/validation.go (ValidateLoadBalancerStatus)"""
    service = {"metadata": {}, "spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {"ingress": [entry]}}}
    found = [
        cause.field.removeprefix("status.loadBalancer.ingress[0].") for cause in corestatuses.service(service, None)
    ]
    assert found == fields
