"""Where the API server's proxy leads: whom and which port a name stands for.

Upstream: pkg/registry/core/service/storage/storage.go (ResourceLocation)
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import StatusError

SERVICE_NAME = "kubernetes.io/service-name"


def split(asked: str, kind: str) -> tuple[str, str, str]:
    """(scheme, name, port) of `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`. Raises StatusError 400.

    Upstream: apimachinery/pkg/util/net/port_split.go (SplitSchemeNamePort)
    """
    parts = asked.split(":")
    scheme = parts.pop(0) if len(parts) == 3 else ""
    if len(parts) > 2 or not parts[0] or scheme not in ("", "http", "https"):
        raise status.bad_request(f'invalid {kind} request "{asked}"')
    return scheme, parts[0], "".join(parts[1:])


def location(registry: Registry, service: Obj, port: str, asked: str) -> tuple[Obj, int]:
    """(a Pod behind a Service, as far as its address is known; the port there). Raises StatusError 503.

    A port is called by its name or its number; one without a name is what no port stands for.
    """
    found = _slices(registry, service)
    wanted = _named(service, port) if port.isdigit() else port
    for one in found:
        number = next((p["port"] for p in one.get("ports") or [] if (p.get("name") or "") == wanted), None)
        for endpoint in one.get("endpoints") or []:
            if number and (endpoint.get("conditions") or {}).get("ready", True) is not False:
                return _reached(endpoint), int(number)
    shown = asked if any(one.get("endpoints") for one in found) else service["metadata"]["name"]
    raise _unavailable(f'no endpoints available for service "{shown}"')


def _named(service: Obj, number: str) -> str:
    """What the port of this number is called."""
    for one in service["spec"].get("ports") or []:
        if str(one["port"]) == number:
            return str(one.get("name") or "")
    raise _unavailable(f'no service port {number} found for service "{service["metadata"]["name"]}"')


def _reached(endpoint: Obj) -> Obj:
    return {"spec": {"nodeName": endpoint.get("nodeName", "")}, "status": {"podIP": endpoint["addresses"][0]}}


def _slices(registry: Registry, service: Obj) -> list[Any]:
    meta = service["metadata"]
    resource = registry.resource("endpointslices.discovery.k8s.io")
    return registry.list(resource, meta["namespace"], labels=f"{SERVICE_NAME}={meta['name']}")


def _unavailable(text: str) -> StatusError:
    return StatusError(503, "ServiceUnavailable", text)
