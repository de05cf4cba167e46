"""Paths that are not about objects: version, health, the index, metrics, token keys, and the clock.

Upstream: staging/src/k8s.io/apiserver/pkg/server/{healthz,routes}
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.answering import negotiation
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.node import Machines
from podlab.embedded.apiserver.paths import healthchecks
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.request import Request
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.tokens import ISSUER
from podlab.embedded.runtime.images.system import KUBERNETES

DEBUG_PATHS = ("/flagz", "/healthz", "/livez", "/metrics", "/readyz", "/statusz", "/version")
TEXT = "text/plain; charset=utf-8"

VERSION = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": KUBERNETES,
    "gitCommit": "0000000000000000000000000000000000000000",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.26.8",
    "compiler": "gc",
    "platform": "linux/amd64",
}

DEBUGGING = (
    "Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is "
    "for debugging purposes only."
)


def health(request: Request) -> Answer | None:
    """`/healthz`, `/livez`, `/readyz`, with `?verbose` and single checks; None for other paths."""
    name, _, check = request.info.path.strip("/").partition("/")
    checks = healthchecks.CHECKS.get(name)
    return None if checks is None else told(checks, name, check, request)


def told(checks: tuple[str, ...], name: str, check: str, request: Request) -> Answer:
    """What checks, or one of them, say. Upstream: staging/src/k8s.io/apiserver/pkg/server/healthz/healthz.go"""
    if check:
        return Answer(200, b"ok", TEXT) if check in checks else not_found()
    left_out = request.query.get("exclude", [])
    if "verbose" not in request.query:
        return Answer(200, b"ok", TEXT)
    lines = [f"[+]{check} excluded: ok" if check in left_out else f"[+]{check} ok" for check in checks]
    if unknown := sorted(set(left_out) - set(checks)):
        quoted = ", ".join(f'"{each}"' for each in unknown)
        lines.append(f"warn: some health checks cannot be excluded: no matches for {quoted}")
    return Answer(200, "\n".join([*lines, f"{name} check passed\n"]).encode(), TEXT)


def not_found() -> Answer:
    """What an API server says about a path it has never heard of."""
    return Answer(404, b"404 page not found\n", TEXT)


def version(request: Request) -> Answer:
    """`/version`: indented for everybody, as upstream writes it."""
    return Answer(200, json.dumps(VERSION, indent=2).encode())


def index(registry: Registry) -> Answer:
    """`/`: the paths there are."""
    groups: dict[str, set[str]] = {}
    for resource in registry.resources.values():
        groups.setdefault(resource.group, set()).add(resource.version)
    paths = {"/api", "/api/v1", "/apis", "/apis/", "/version", "/openapi/v2", "/openapi/v3", "/openapi/v3/"}
    paths |= {"/.well-known/openid-configuration", "/openid/v1/jwks"}
    paths |= {"/flagz", "/metrics", "/metrics/slis", "/statusz", *healthchecks.paths()}
    for group in filter(None, groups):
        paths |= {f"/apis/{group}", *(f"/apis/{group}/{version}" for version in groups[group])}
    return Answer(200, json.dumps({"paths": sorted(paths)}, indent=2).encode())


def metrics(registry: Registry) -> Answer:
    """`/metrics`: how many objects of which resource there are."""
    lines = ["# HELP apiserver_resource_objects Number of stored objects.", "# TYPE apiserver_resource_objects gauge"]
    for resource in registry.resources.values():
        if "list" in resource.verbs and not resource.stored_as:
            count = len(registry.store.list(resource.prefix))
            lines.append(f'apiserver_resource_objects{{group="{resource.group}",resource="{resource.plural}"}} {count}')
    return Answer(200, ("\n".join(lines) + "\n").encode(), "text/plain; version=0.0.4; charset=utf-8")


def indicators() -> Answer:
    """`/metrics/slis`."""
    return Answer(200, healthchecks.metrics().encode(), "text/plain; version=0.0.4; charset=utf-8")


def statusz(registry: Registry) -> Answer:
    """`/statusz`: since when the server runs. Upstream: apiserver/pkg/server/statusz"""
    now = registry.clock.now()
    up = int(now - registry.started)
    since = time.strftime("%a %b %e %H:%M:%S UTC %Y", time.gmtime(registry.started))
    lines = [f"Started:  {since}", f"Up:  {up // 3600} hr {up // 60 % 60:02} min {up % 60:02} sec"]
    lines += [f"Go version:  {VERSION['goVersion']}", f"Binary version:  {VERSION['gitVersion'][1:]}"]
    lines += [f"Emulation version:  {VERSION['major']}.{VERSION['minor']}", f"Paths:  {' '.join(DEBUG_PATHS)}"]
    return Answer(200, "\n".join(["", "apiserver statusz", DEBUGGING, "", *lines, ""]).encode(), TEXT)


def flagz(registry: Registry) -> Answer:
    """`/flagz`: the flags that the API server's Pod names. Upstream: apiserver/pkg/server/flagz"""
    pods = registry.list(registry.resource("pods"), "kube-system", labels="component=kube-apiserver")
    words = [word for pod in pods[:1] for word in pod["spec"]["containers"][0].get("command", ())[1:]]
    flags = sorted(word.removeprefix("--").replace("=", " ", 1) for word in words)
    return Answer(200, "\n".join(["", "apiserver flagz", DEBUGGING, *flags, ""]).encode(), TEXT)


def openid(address: str, key: dict[str, str]) -> Answer:
    """`/.well-known/openid-configuration`."""
    body = {
        "issuer": ISSUER,
        "jwks_uri": f"https://{address}/openid/v1/jwks",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [key["alg"]],
    }
    return Answer(200, negotiation.dump(body), headers={"Cache-Control": "public, max-age=3600"})


def keys(key: dict[str, str]) -> Answer:
    """`/openid/v1/jwks`."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return Answer(200, negotiation.dump({"keys": [key]}), "application/jwk-set+json", headers)


def clock(registry: Registry, request: Request) -> Answer:
    """`/podlab/clock`: GET tells, POST `{"action": "pause" | "resume" | "step", "seconds": …, "speed": …}` acts.

    A client whose stream came with the header `Podlab-Clock: stepping` tells how far it has read it:
    `{"action": "read", "waiter": its Podlab-Waiter, "bytes": …}`.
    """
    running = registry.clock
    if request.method == "POST":
        order = _order(request.body)
        seconds, speed = order.get("seconds"), order.get("speed")
        actions: dict[str, Callable[[], object]] = {
            "pause": running.pause,
            "resume": lambda: running.resume(speed),
            "step": lambda: running.step(seconds),
            "read": lambda: running.read(str(order.get("waiter")), order.get("bytes") or 0),
        }
        action = actions.get(str(order.get("action")))
        if action is None:
            raise status.bad_request("action must be one of pause, resume, step, read")
        action()
    elif request.method != "GET":
        raise status.method_not_allowed()
    return Answer(200, negotiation.dump(running.state()) + b"\n")


def machines(there: Machines, request: Request) -> Answer:
    """`/podlab/nodes`: GET tells which machines are on, POST `{"action": "stop" | "start", "name": …}` acts."""
    if request.method == "POST":
        order = _order(request.body)
        actions = {"stop": there.turn_off, "start": there.turn_on}
        action = actions.get(str(order.get("action")))
        if action is None:
            raise status.bad_request("action must be one of stop, start")
        action(str(order.get("name")))
    elif request.method != "GET":
        raise status.method_not_allowed()
    return Answer(200, negotiation.dump(there.states()) + b"\n")


def _order(body: bytes) -> Obj:
    try:
        order = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        order = None
    if not isinstance(order, dict):
        raise status.bad_request("the body must be a JSON object")
    for key in ("seconds", "speed", "bytes"):
        value = order.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 10_000_000:
            raise status.bad_request(f"{key} must be a number greater than 0")
    return order
