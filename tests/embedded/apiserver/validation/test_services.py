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
