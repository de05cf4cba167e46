"""The auth provider `oidc`: an ID token of the kubeconfig, while it is good.

Upstream: staging/src/k8s.io/client-go/plugin/pkg/client/auth/oidc/oidc.go
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping

from podlab.errors import ClusterError

UNABLE = "Unable to connect to the server: "
NO_REFRESH = "No valid id-token, and cannot refresh without refresh-token"
LEFT_OUT = "podlab does not refresh tokens of the auth provider oidc: use the real kubectl"
EARLY = 10.0
"""Seconds before its end in which a token counts as expired."""
LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


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
    data = text.encode()
    wrong = next((at for at, byte in enumerate(data) if byte not in LETTERS), None)
    if wrong is None and len(data) % 4 == 1:
        wrong = len(data) - 1
    if wrong is not None:
        raise ClusterError(f"{UNABLE}illegal base64 data at input byte {wrong}")
    return base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))
