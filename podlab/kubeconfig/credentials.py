"""What a request says about who sends it: a token, a file's token, a password, or what an exec plugin answers.

Upstream: staging/src/k8s.io/client-go/plugin/pkg/client/auth/exec/exec.go
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.errors import ClusterError
from podlab.kubeconfig.connection import Connection

Object = dict[str, Any]
GROUP = "client.authentication.k8s.io"
VERSIONS = (f"{GROUP}/v1", f"{GROUP}/v1beta1")
NOT_FOUND = """exec: executable {command} not found

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""
UNABLE = "Unable to connect to the server: getting credentials: "


@dataclass(slots=True)
class Credentials:
    """The headers and the client certificate of one connection; a plugin is asked once, and when it has expired."""

    connection: Connection
    _answer: Object | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.connection.exec:
            check_plugin(self.connection.exec, self.connection.user)
        elif self.connection.token_file and not self.connection.token:
            _file(self.connection.token_file)

    def headers(self) -> dict[str, str]:
        """`Authorization`, read anew each time; empty where a certificate or nothing says who it is.

        Raises:
            ClusterError: the plugin fails, or the token's file is gone.
        """
        connection = self.connection
        if connection.basic:
            return {"Authorization": f"Basic {connection.basic}"}
        token = connection.token or (_file(connection.token_file) if connection.token_file else "")
        if connection.exec and not token:
            token = str(self._plugin().get("token") or "")
        return {"Authorization": f"Bearer {token}"} if token else {}

    def certificate(self) -> tuple[str, str]:
        """The client's certificate and key, PEM texts; empty for none.

        Raises:
            ClusterError: the plugin fails.
        """
        if self.connection.certificate:
            return self.connection.certificate, self.connection.key
        if self.connection.exec:
            answer = self._plugin()
            return str(answer.get("clientCertificateData") or ""), str(answer.get("clientKeyData") or "")
        return "", ""

    def forget(self) -> None:
        """Ask the plugin again: the server did not believe it."""
        self._answer = None

    def _plugin(self) -> Object:
        with self._lock:
            if self._answer is None or _expired(self._answer):
                self._answer = ask(self.connection)
            return self._answer


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise ClusterError(f"error: open {path}: {reason}") from error


def _expired(answer: Mapping[str, Any]) -> bool:
    until = answer.get("expirationTimestamp")
    try:
        return bool(until) and datetime.fromisoformat(str(until).replace("Z", "+00:00")) <= datetime.now(UTC)
    except (ValueError, TypeError):
        return False


def check_plugin(entry: Mapping[str, Any], name: str) -> None:
    """Refuse an entry that makes no sense.

    Raises:
        ClusterError: kubectl's line for it.
    """
    if not entry.get("command"):
        raise ClusterError(f"error: command must be specified for {name} to use exec authentication plugin")
    version = entry.get("apiVersion")
    if not version:
        raise ClusterError(f"error: apiVersion must be specified for {name} to use exec authentication plugin")
    if version == VERSIONS[0] and not entry.get("interactiveMode"):
        raise ClusterError(f"error: interactiveMode must be specified for {name} to use exec authentication plugin")
    if version not in VERSIONS:
        raise ClusterError(f"error: exec plugin: invalid apiVersion {quote(str(version))}")


def ask(connection: Connection) -> Object:
    """Run the plugin; the `status` of what it answers.

    Raises:
        ClusterError: kubectl's line for a plugin that is not there, fails, or answers something else.
    """
    entry, command = connection.exec, str(connection.exec["command"])
    if shutil.which(command) is None:
        hint = str(entry.get("installHint") or "")
        raise ClusterError(UNABLE + NOT_FOUND.format(command=command) + (f"\n{hint}" if hint else ""))
    interactive = entry.get("interactiveMode") != "Never" and sys.stdin is not None and sys.stdin.isatty()
    if entry.get("interactiveMode") == "Always" and not interactive:
        why = "standard input is not a terminal"
        raise ClusterError(f"{UNABLE}exec plugin cannot support interactive mode: {why}")
    spec: Object = {"interactive": interactive}
    if entry.get("provideClusterInfo"):
        spec["cluster"] = {"server": connection.server}
    info = {"kind": "ExecCredential", "apiVersion": entry["apiVersion"], "spec": spec}
    variables = {str(v["name"]): str(v.get("value", "")) for v in entry.get("env") or ()}
    done = subprocess.run(
        [command, *map(str, entry.get("args") or ())],
        stdout=subprocess.PIPE,
        stdin=None if interactive else subprocess.DEVNULL,
        env={**os.environ, **variables, "KUBERNETES_EXEC_INFO": json.dumps(info, separators=(",", ":"))},
        check=False,
    )
    if done.returncode:
        raise ClusterError(f"{UNABLE}exec: executable {command} failed with exit code {done.returncode}")
    return _status(done.stdout, str(entry["apiVersion"]))


def _status(data: bytes, version: str) -> Object:
    try:
        answer = json.loads(data)
    except ValueError as error:
        raise ClusterError(f"{UNABLE}decoding stdout: couldn't get version/kind; json parse error: {error}") from error
    given = answer.get("apiVersion") if isinstance(answer, dict) else None
    if given != version:
        shown = given or f"{GROUP}/__internal"
        raise ClusterError(
            f"{UNABLE}exec plugin is configured to use API version {version}, plugin returned version {shown}"
        )
    status = answer.get("status")
    if status is None:
        raise ClusterError(f"{UNABLE}exec plugin didn't return a status field")
    if not status.get("token") and not (status.get("clientCertificateData") and status.get("clientKeyData")):
        raise ClusterError(f"{UNABLE}exec plugin didn't return a token or cert/key pair")
    found: Object = status
    return found
