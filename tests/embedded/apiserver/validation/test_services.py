"""What a client is told of a Service that says what has no meaning for it, as recorded on kind."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.validation import services

DEPRECATED = "spec.externalIPs is deprecated and may no longer be implemented in some clusters"


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"externalIPs": ["203.0.113.7"]}, [DEPRECATED]),
        (
            {"clusterIP": "None", "externalIPs": ["203.0.113.7"], "sessionAffinity": "ClientIP"},
            [
                "spec.externalIPs is ignored for headless services",
                "spec.SessionAffinity is ignored for headless services",
            ],
        ),
        (
            {"type": "ExternalName", "externalName": "example.org", "externalIPs": ["203.0.113.7"]},
            ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
        ),
    ],
)
def test_what_is_ignored_is_told(spec: dict[str, Any], told: list[str]) -> None:
    assert services.warnings({"metadata": {"name": "s"}, "spec": spec}, None) == told


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"clusterIP": "fd00::1"}, ['spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured']),
        (
            {"clusterIP": "fd00::1", "ipFamilies": ["IPv6"]},
            ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
        ),
        (
            {"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv4", "IPv6"]},
            [
                'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack',
                'spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster',
            ],
        ),
        ({"clusterIP": "None", "ipFamilies": ["IPv6"]}, []),
        ({"clusterIP": "None", "ipFamilies": ["IPv6"], "selector": {"a": "b"}}, ["spec.ipFamilies[0]: "]),
        ({"type": "ExternalName", "ipFamilies": ["IPv6"]}, []),
    ],
)
def test_a_cluster_of_one_family_has_no_addresses_of_the_other(spec: dict[str, Any], told: list[str]) -> None:
    found = [f"{cause.field}: {cause.message}" for cause in services.cluster(spec, {})]
    assert len(found) == len(told)
    assert all(text.startswith(start) for text, start in zip(found, told, strict=True)), found
