"""Servers that the pages of Kubernetes' documentation start: each says over HTTP who it is, or what it was asked.

Upstream: kubernetes/ingress-nginx images/echo; jmalloc/echo-server; kubernetes-engine-samples (hello-go-gke,
node-hello); kubernetes/kubernetes test/images (hpa-example, serve_hostname)
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from urllib.parse import urlsplit

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Handler, Request, Response, written
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.servers.documented import guestbook
from podlab.embedded.runtime.servers.waiting import common_log, moment, text, until

ECHOED = """


Hostname: {hostname}

Pod Information:
\t-no pod information available-

Server values:
\tserver_version=nginx: 1.13.3 - lua: 10008

Request Information:
\tclient_address={request.client}
\tmethod={request.method}
\treal path={request.path}
\tquery={query}
\trequest_version=1.1
\trequest_scheme=http
\trequest_uri=http://{host}:8080{request.path}

Request Headers:
{headers}

Request Body:
{body}

"""


async def _serve(process: Process, port: int, handler: Handler, *signals: str) -> int:
    """Answer on a port until a signal that it handles, or a kill."""

    async def handle(request: Request) -> Response:
        process.catch_up()
        return await handler(request)

    try:
        process.machine.sockets.bind(port, handle, program=process.name)
    except AddressInUse:
        process.err(f"listen tcp :{port}: bind: address already in use\n".encode())
        return 1
    if signals:
        await until(process, *signals)
    else:
        await process.next_signal()
    return 0


async def echoserver(process: Process) -> int:
    """registry.k8s.io/echoserver: the request, as nginx saw it."""

    async def page(request: Request) -> Response:
        named = sorted(request.headers.items())
        body = ECHOED.format(
            hostname=process.machine.hostname,
            request=request,
            query=urlsplit(request.path).query,
            host=request.headers.get("host", "").partition(":")[0],
            headers="\n".join(f"\t{key}={value}" for key, value in named),
            body=request.body.decode(errors="replace") or "\t-no body in request-",
        )
        return text(200, body, "text/plain")

    process.err(b"Generating self-signed cert\nStarting nginx\n")
    return await _serve(process, 8080, page, "TERM", "QUIT")


async def echo_server(process: Process) -> int:
    """kicbase/echo-server: the request, as it came."""

    async def page(request: Request) -> Response:
        process.out(f"{request.client}:40000 | {request.method} {request.path}\n".encode())
        _, _, rest = written(Request(request.method, request.path, request.headers)).decode().partition("\r\n")
        head = f"Request served by {process.machine.hostname}\n\n{request.method} {request.path} HTTP/1.1\n\n"
        return text(200, head + rest.replace("\r\n", "\n").rstrip("\n") + "\n", "text/plain")

    port = process.env.get("PORT", "8080")
    process.out(f"Echo server listening on port {port}.\n".encode())
    return await _serve(process, int(port) if port.isdecimal() else 8080, page)


async def hello_go(process: Process) -> int:
    """google-samples/hello-go-gke: a greeting in JSON."""

    async def page(request: Request) -> Response:
        return text(200, json.dumps({"message": "Hello"}, separators=(",", ":")) + "\n", "application/json")

    return await _serve(process, 80, page)


async def node_hello(process: Process) -> int:
    """google-samples/node-hello: a greeting."""

    async def page(request: Request) -> Response:
        return text(200, "Hello Kubernetes!", "text/plain")

    return await _serve(process, 8080, page)


async def serve_hostname(process: Process) -> int:
    """registry.k8s.io/serve_hostname: its Pod's name."""

    async def page(request: Request) -> Response:
        return text(200, process.machine.hostname)

    return await _serve(process, 9376, page, "TERM")


async def php_apache(process: Process) -> int:
    """registry.k8s.io/hpa-example: `OK!`, after some work."""

    async def page(request: Request) -> Response:
        found = urlsplit(request.path).path in ("/", "/index.php")
        answer = text(200, "OK!", "text/html") if found else text(404, "Not Found\n", "text/html")
        process.out(common_log(process, request, answer).encode())
        return answer

    stamp = moment(process).strftime("%a %b %d %H:%M:%S.%f %Y")
    process.err(
        f"[{stamp}] [core:notice] [pid {process.pid}] AH00094: Command line: 'apache2 -D FOREGROUND'\n".encode()
    )
    return await _serve(process, 80, page, "TERM", "WINCH")


async def goproxy(process: Process) -> int:
    """registry.k8s.io/goproxy: a port that is open; it has nowhere to pass requests on to."""

    async def page(request: Request) -> Response:
        return text(500, "This is a proxy server. Does not respond to non-proxy requests.\n")

    return await _serve(process, 8080, page)


async def etcd(process: Process) -> int:
    """etcd, as far as a gRPC probe asks it how it is."""

    async def healthy(request: Request) -> Response:
        return Response(200, {"Content-Type": "application/grpc"})

    words = process.argv[1:]
    named = dict(pairwise(words)) | dict(word.partition("=")[::2] for word in words)
    port = urlsplit(named.get("--listen-client-urls", "").partition(",")[0]).port or 2379
    said = {"level": "info", "ts": f"{moment(process):%Y-%m-%dT%H:%M:%S.%fZ}", "msg": "ready to serve client requests"}
    process.err(json.dumps(said, separators=(",", ":")).encode() + b"\n")
    return await _serve(process, port, healthy, "TERM", "INT")


async def fluentd(process: Process) -> int:
    """fluentd runs and collects nothing, which it says."""
    process.out(b"podlab simulates fluentd as a process that waits: it reads and sends no logs\n")
    await until(process, "TERM", "INT")
    return 0


DOCUMENTED: dict[str, Callable[[Process], Awaitable[int]]] = {
    "/bin/echo-server": echo_server,
    "/gb-redis-follower": guestbook.follower,
    "/gb-frontend": guestbook.frontend,
    "/echoserver": echoserver,
    "/goproxy": goproxy,
    "/hello-go": hello_go,
    "/node-hello": node_hello,
    "/serve_hostname": serve_hostname,
    "apache2-foreground": php_apache,
    "etcd": etcd,
    "fluentd": fluentd,
}
"""By the path that the image's entry point has, or the command's name."""
