"""What a request says about who sends it: a token, a file's token, a password, or what an exec plugin answers.

Upstream: staging/src/k8s.io/client-go/plugin/pkg/client/auth/exec/exec.go
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from podlab.errors import ClusterError
from podlab.kubeconfig import plugins
from podlab.kubeconfig.connection import Connection, token_in
from podlab.kubeconfig.oidc import token_of

Object = dict[str, Any]

UNFIT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no header holds."""


@dataclass(slots=True)
class Credentials:
    """The headers and the client certificate of one connection; a plugin is asked once, and when it has expired."""

    connection: Connection
    _answer: Object | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.connection.exec:
            plugins.check_version(self.connection.exec)
        if self.connection.basic and self.connection.token_file:
            raise ClusterError("error: username/password or bearer token may be set, but not both")
        if self.connection.token_file and not self.connection.token:
            token_in(self.connection.token_file)

    def headers(self) -> dict[str, str]:
        """`Authorization`, read anew each time; empty where a certificate or nothing says who it is.

        Raises:
            ClusterError: the plugin fails, or the token's file is gone.
        """
        connection = self.connection
        if connection.basic:
            return {"Authorization": f"Basic {connection.basic}"}
        token = _token(connection)
        if connection.exec and not (token or connection.certificate):
            token = str(self._plugin().get("token") or "")
        if connection.oidc and not (token or connection.certificate):
            token = token_of(connection.oidc)
        if UNFIT.search(token):
            raise ClusterError(
                'Unable to connect to the server: net/http: invalid header field value for "Authorization"'
            )
        return {"Authorization": f"Bearer {token}"} if token else {}

    def certificate(self) -> tuple[str, str]:
        """The client's certificate and key, PEM texts; empty for none.

        Raises:
            ClusterError: the plugin fails.
        """
        connection = self.connection
        if connection.certificate:
            return connection.certificate, connection.key
        if connection.exec and not (connection.token or connection.token_file or connection.basic):
            answer = self._plugin()
            return str(answer.get("clientCertificateData") or ""), str(answer.get("clientKeyData") or "")
        return "", ""

    def forget(self) -> None:
        """Ask the plugin again: the server did not believe it."""
        self._answer = None

    def _plugin(self) -> Object:
        with self._lock:
            if self._answer is None or _expired(self._answer):
                self._answer = plugins.ask(self.connection.exec, self.connection.told, self.connection.plugin_policy)
            return self._answer


def _token(connection: Connection) -> str:
    """The token: what the file holds, where there is one that can be read; else the one that is written out.

    Upstream: staging/src/k8s.io/client-go/transport/round_trippers.go (bearerAuthRoundTripper)
    """
    if not connection.token_file:
        return connection.token
    try:
        found = token_in(connection.token_file)
        return found.strip() or connection.token or found
    except ClusterError:
        if connection.token:
            return connection.token
        raise


def _expired(answer: Mapping[str, Any]) -> bool:
    until = answer.get("expirationTimestamp")
    try:
        return bool(until) and datetime.fromisoformat(str(until).replace("Z", "+00:00")) <= datetime.now(UTC)
    except (ValueError, TypeError):
        return False
