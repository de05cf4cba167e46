"""Validation of probes and lifecycle hooks. Upstream: pkg/apis/core/validation/validation.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, names
from podlab.embedded.apiserver.validation.metadata import non_negative

Obj = dict[str, Any]
HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
COUNTS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def of_container(container: Obj, grace: int | None, path: str) -> list[Cause]:
    """Return what is wrong with the three probes of a container."""
    found = []
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe, here = container.get(kind), f"{path}.{kind}"
        if probe is None:
            continue
        found += _probe(probe, grace, here)
        if kind == "readinessProbe" and probe.get("terminationGracePeriodSeconds") is not None:
            value, text = probe["terminationGracePeriodSeconds"], "must not be set for readinessProbes"
            found.append(causes.invalid(f"{here}.terminationGracePeriodSeconds", value, text))
        elif kind != "readinessProbe" and probe.get("successThreshold", 0) != 1:
            found.append(causes.invalid(f"{here}.successThreshold", probe.get("successThreshold", 0), "must be 1"))
    return found


def _probe(probe: Obj, grace: int | None, path: str) -> list[Cause]:
    found = handler(probe, grace, path)
    for key in COUNTS:
        found += non_negative(f"{path}.{key}", probe.get(key, 0))
    seconds = probe.get("terminationGracePeriodSeconds")
    if seconds is not None and seconds <= 0:
        found.append(causes.invalid(f"{path}.terminationGracePeriodSeconds", seconds, "must be greater than 0"))
    return found


def lifecycle(hooks: Obj | None, grace: int | None, path: str) -> list[Cause]:
    """What is wrong with the hooks after a start and before an end; `grace` is the Pod's, in seconds."""
    found = []
    for key in ("postStart", "preStop"):
        if hooks and hooks.get(key) is not None:
            found += handler(hooks[key], grace, f"{path}.{key}")
    return found


def handler(given: Obj, grace: int | None, path: str) -> list[Cause]:
    """Return what is wrong with the one handler of a probe or hook."""
    found: list[Cause] = []
    present = [key for key in HANDLERS if given.get(key) is not None]
    for number, key in enumerate(present):
        here = f"{path}.{key}"
        if number:
            found.append(causes.forbidden(here, "may not specify more than 1 handler type"))
        else:
            found += _CHECKS[key](given[key], grace, here)
    return found or ([] if present else [causes.required(path, "must specify a handler type")])


def _exec(given: Obj, grace: int | None, path: str) -> list[Cause]:
    return [] if given.get("command") else [causes.required(f"{path}.command")]


def _http(given: Obj, grace: int | None, path: str) -> list[Cause]:
    found = [] if given.get("path") else [causes.required(f"{path}.path")]
    found += names.port(f"{path}.port", given.get("port", 0))
    if given.get("scheme") not in ("HTTP", "HTTPS"):
        found.append(causes.unsupported(f"{path}.scheme", given.get("scheme", ""), ("HTTP", "HTTPS")))
    for header in given.get("httpHeaders") or []:
        found += names.causes_of(f"{path}.httpHeaders", header.get("name", ""), names.header(header.get("name", "")))
    return found


def _tcp(given: Obj, grace: int | None, path: str) -> list[Cause]:
    return names.port(f"{path}.port", given.get("port", 0))


def _sleep(given: Obj, grace: int | None, path: str) -> list[Cause]:
    seconds, most = given.get("seconds", 0), grace or 0
    if 0 <= seconds <= most:
        return []
    text = f"must be non-negative and less than terminationGracePeriodSeconds ({most})"
    return [causes.invalid(path, seconds, text)]


_CHECKS = {"exec": _exec, "httpGet": _http, "tcpSocket": _tcp, "grpc": _tcp, "sleep": _sleep}
