"""Asking a cluster's API server a short question by kubeconfig alone, without the 0.7 s that `kubernetes` costs."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from podlab.kubeconfig.transport import mounted


@dataclass(frozen=True, slots=True)
class Entry:
    """The three parts of a kubeconfig that its current context names."""

    cluster: dict[str, Any]
    user: dict[str, Any]
    context: dict[str, Any]


SIMULATED = {"name": "podlab", "extension": {"simulated": True}}
"""An extension, as kubeconfigs may have them of a cluster: its containers are imitated."""


def entry(config: dict[str, Any], context: str | None = None) -> Entry:
    """The parts for the context, else for the current one.

    Raises:
        KeyError: the kubeconfig has no such context, cluster or user.
    """

    def named(section: str, key: str, name: str) -> dict[str, Any]:
        for item in config.get(section) or []:
            if item.get("name") == name:
                return dict(item.get(key) or {})
        raise KeyError(name)

    found = named("contexts", "context", context or str(config.get("current-context") or ""))
    user = named("users", "user", found["user"]) if found.get("user") else {}
    return Entry(named("clusters", "cluster", str(found.get("cluster"))), user, found)


def load(kubeconfig: Path) -> dict[str, Any]:
    """The kubeconfig as a dict; empty where there is none to read."""
    try:
        loaded = yaml.load(kubeconfig.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def ask(kubeconfig: Path, path: str, timeout: float = 2.0, body: object = None) -> tuple[int, bytes]:
    """GET a path of the API server, or POST a body to it; never through a proxy.

    Raises:
        OSError: nobody answers (`http.client` and TLS trouble included).
    """
    try:
        found = entry(load(kubeconfig))
        # a browser tab has no sockets
        if sys.platform == "emscripten" or not _is_plain(found.user) or mounted(str(found.cluster.get("server"))):
            return _ask_by_client(kubeconfig, path, timeout, body)
        connection, headers, prefix = connect(found, timeout)
    except KeyError as missing:
        raise OSError(f"no usable kubeconfig at {kubeconfig}: {missing}") from missing
    method, data = ("GET", None) if body is None else ("POST", json.dumps(body))
    try:
        connection.request(
            method, prefix + path, data, headers | ({"Content-Type": "application/json"} if data else {})
        )
        response = connection.getresponse()
        return response.status, response.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def connect(found: Entry, timeout: float = 2.0) -> tuple[http.client.HTTPConnection, dict[str, str], str]:
    """A connection to the entry's server, the headers that authenticate, and what comes before every path.

    Raises:
        KeyError: the cluster has no server.
    """
    server = urlsplit(found.cluster["server"])
    headers = {"Authorization": f"Bearer {found.user['token']}"} if found.user.get("token") else {}
    prefix = server.path.rstrip("/")
    if server.scheme != "https":
        return http.client.HTTPConnection(server.hostname or "", server.port, timeout=timeout), headers, prefix
    with _tls(found) as tls:
        secure = http.client.HTTPSConnection(server.hostname or "", server.port, timeout=timeout, context=tls)
    return secure, headers, prefix


def answers(kubeconfig: Path) -> bool:
    """Whether the API server says that it is ready."""
    try:
        return ask(kubeconfig, "/readyz")[0] == 200
    except OSError:
        return False


def describe(kubeconfig: Path) -> tuple[str, dict[str, bool]]:
    """The server's version, and its nodes with whether each is Ready; empty where nobody answers."""
    try:
        version = str(json.loads(ask(kubeconfig, "/version")[1]).get("gitVersion", ""))
        code, body = ask(kubeconfig, "/api/v1/nodes")
        items = json.loads(body).get("items", []) if code == 200 else []
    except (OSError, ValueError):
        return "", {}
    return version, {node["metadata"]["name"]: _is_ready(node) for node in items}


def says_simulated(kubeconfig: Path) -> bool:
    """Whether a kubeconfig says so of its cluster, as that of a seat in an embedded one does."""
    try:
        return SIMULATED in (entry(load(kubeconfig)).cluster.get("extensions") or [])
    except KeyError:
        return False


def _is_ready(node: dict[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _is_plain(user: dict[str, Any]) -> bool:
    return not user or bool(set(user) & {"token", "client-certificate-data", "client-certificate"})


def _ask_by_client(kubeconfig: Path, path: str, timeout: float, body: object) -> tuple[int, bytes]:
    # exec plugins and the like, and a cluster in this process: only the client knows them
    from podlab.client import Client
    from podlab.errors import ApiError, PodlabError

    try:
        method = "GET" if body is None else "POST"
        response = Client(kubeconfig).request(method, path, body=body, timeout=timeout, accept="*/*")
    except ApiError as error:
        return error.code, b""
    except PodlabError as error:
        raise OSError(str(error)) from error
    return response.status, response.body


@contextmanager
def _tls(found: Entry) -> Iterator[ssl.SSLContext]:
    cluster, user = found.cluster, found.user
    authority = cluster.get("certificate-authority-data")
    tls = ssl.create_default_context(
        cafile=cluster.get("certificate-authority"), cadata=base64.b64decode(authority).decode() if authority else None
    )
    if cluster.get("insecure-skip-tls-verify"):
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    with tempfile.TemporaryDirectory() as folder:
        pair = [
            _file(Path(folder), user, name) for name in ("client-certificate", "client-key")
        ]  # the ssl module reads a client's certificate from files only
        if pair[0]:
            tls.load_cert_chain(pair[0], pair[1])
        yield tls


def _file(folder: Path, user: dict[str, Any], name: str) -> str | None:
    data = user.get(f"{name}-data")
    if not data:
        return user.get(name)
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(base64.b64decode(data))
    return str(path)
