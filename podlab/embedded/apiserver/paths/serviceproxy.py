"""Where the API server's proxy of a Service leads.

Upstream: pkg/registry/core/service/storage/storage.go (ResourceLocation)
"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import StatusError

SERVICE_NAME = "kubernetes.io/service-name"


def location(registry: Registry, service: Obj, port: str) -> tuple[Obj, int]:
    """(a Pod behind a Service, as far as its address is known; the port there). Raises StatusError 503."""
    name, ports = service["metadata"]["name"], service["spec"].get("ports") or []
    wanted = [one for one in ports if port in (one.get("name"), str(one["port"]))]
    if not port and len(ports) == 1:
        wanted = ports
    if not wanted:
        shown = port if port.isdigit() else quote(port)
        raise _unavailable(f'no service port {shown} found for service "{name}"')
    for one in _slices(registry, service):
        number = next((p["port"] for p in one.get("ports") or [] if _same(p, wanted[0])), None)
        for endpoint in one.get("endpoints") or []:
            if number and (endpoint.get("conditions") or {}).get("ready", True) is not False:
                return _reached(endpoint), int(number)
    raise _unavailable(f'no endpoints available for service "{name}"')


def _reached(endpoint: Obj) -> Obj:
    return {"spec": {"nodeName": endpoint.get("nodeName", "")}, "status": {"podIP": endpoint["addresses"][0]}}


def _same(port: Obj, wanted: Obj) -> bool:
    return bool((port.get("name") or "") == (wanted.get("name") or ""))


def _slices(registry: Registry, service: Obj) -> list[Any]:
    meta = service["metadata"]
    resource = registry.resource("endpointslices.discovery.k8s.io")
    return registry.list(resource, meta["namespace"], labels=f"{SERVICE_NAME}={meta['name']}")


def _unavailable(text: str) -> StatusError:
    return StatusError(503, "ServiceUnavailable", text)
