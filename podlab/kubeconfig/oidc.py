"""The auth provider `oidc`: an ID token of the kubeconfig, while it is good.

Upstream: staging/src/k8s.io/client-go/plugin/pkg/client/auth/oidc/oidc.go
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from podlab.apimachinery.gobase64 import CorruptBase64, decoded_url
from podlab.errors import ClusterError

UNABLE = "Unable to connect to the server: "
NO_REFRESH = "No valid id-token, and cannot refresh without refresh-token"
LEFT_OUT = "podlab does not refresh tokens of the auth provider oidc: use the real kubectl"
EARLY = 10.0
"""Seconds before its end in which a token counts as expired."""


def token_of(config: Mapping[str, str]) -> str:
    """The ID token.

    Raises:
        ClusterError: kubectl's line for one that is none or has expired.
    """
    token = config.get("id-token") or ""
    if token and _ends(token) > time.time() + EARLY:
        return token
    raise ClusterError(UNABLE + (LEFT_OUT if config.get("refresh-token") else NO_REFRESH))


def _ends(token: str) -> float:
    parts = token.split(".")
    if len(parts) != 3:
        raise ClusterError(f"{UNABLE}ID Token is not a valid JWT")
    try:
        claims = json.loads(_decoded(parts[1]))
    except ValueError as error:
        raise ClusterError(f"{UNABLE}parsing claims: {error}") from error
    return float(claims.get("exp") or 0) if isinstance(claims, dict) else 0.0


def _decoded(text: str) -> bytes:
    """Base64 for addresses, without padding, as Go takes it."""
    try:
        return decoded_url(text)
    except CorruptBase64 as error:
        raise ClusterError(f"{UNABLE}{error}") from None
