"""Small images that tutorials show things with: each says who it is over HTTP, or says something and ends.

Upstream: traefik/whoami app.go, hashicorp/http-echo main.go, GoogleCloudPlatform/kubernetes-engine-samples
(hello-app), kubernetes-bootcamp's server.js, docker-library/hello-world
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Request, Response, written
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.servers.waiting import moment, text, until

Page = Callable[[Process, Request], str]
HELLO = "\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n"


async def hello_world(process: Process) -> int:
    """Say hello, and end."""
    process.out(HELLO.encode())
    return 0


async def _serve(process: Process, port: int, page: Page, started: str, log: str = "") -> int:
    async def handle(request: Request) -> Response:
        process.catch_up()
        if log:
            process.err(f"{_stamp(process)} {log}{request.path.partition('?')[0]}\n".encode())
        return text(200, page(process, request))

    try:
        process.machine.sockets.bind(port, handle, program=process.argv[0].rpartition("/")[2])
    except AddressInUse:
        process.err(f"{_stamp(process)} listen tcp :{port}: bind: address already in use\n".encode())
        return 1
    process.err(f"{_stamp(process)} {started}\n".encode())
    await until(process, "TERM", "INT")
    return 0


def _stamp(process: Process) -> str:
    return moment(process).strftime("%Y/%m/%d %H:%M:%S")


def _option(words: list[str], name: str) -> str | None:
    """The value of `-name=value`, `--name=value` or `-name value`."""
    for at, word in enumerate(words):
        key, equals, value = word.lstrip("-").partition("=")
        if word.startswith("-") and key == name:
            return value if equals else "".join(words[at + 1 : at + 2])
    return None


def _port(value: str | None, usual: int) -> int:
    number = (value or "").rpartition(":")[2]
    return int(number) if number.isdecimal() else usual


async def whoami(process: Process) -> int:
    """traefik/whoami: tells the request as it came, and the host."""
    given = _option(process.argv[1:], "port") or process.env.get("WHOAMI_PORT_NUMBER")
    port = _port(given, 80)
    return await _serve(process, port, _whoami, f"Starting up on port {port}")


def _whoami(process: Process, request: Request) -> str:
    machine = process.machine
    name = _option(process.argv[1:], "name") or process.env.get("WHOAMI_NAME")
    head = [f"Name: {name}"] if name else []
    head += [f"Hostname: {machine.hostname}", "IP: 127.0.0.1", "IP: ::1", f"IP: {machine.ip}"]
    head += [f"RemoteAddr: {request.client}:40000"]
    came = written(Request(request.method, request.path, request.headers)).decode().replace("\r\n", "\n")
    return "\n".join(head) + f"\n{came}"


async def http_echo(process: Process) -> int:
    """hashicorp/http-echo: always the same text."""
    words = process.argv[1:]
    said = _option(words, "text") or process.env.get("ECHO_TEXT") or ""
    if not said:
        process.err(b"Missing -text option!\n")
        return 127
    port = _port(_option(words, "listen"), 5678)
    return await _serve(process, port, lambda _, __: f"{said}\n", f"[INFO] server is listening on :{port}")


async def hello_app(process: Process) -> int:
    """google-samples/hello-app: a greeting, its version, the host."""
    version = process.machine.image.version

    def page(process: Process, request: Request) -> str:
        return f"Hello, world!\nVersion: {version}\nHostname: {process.machine.hostname}\n"

    port = _port(process.env.get("PORT"), 8080)
    return await _serve(process, port, page, f"Server listening on port {port}", "Serving request: ")


async def bootcamp(process: Process) -> int:
    """google-samples/kubernetes-bootcamp: where it runs, and its version."""
    version, host, began = process.machine.image.version, process.machine.hostname, process.time
    process.out(f"Kubernetes Bootcamp App Started At: {_instant(process)} | Running On:  {host} \n\n".encode())
    asked = 0

    async def handle(request: Request) -> Response:
        nonlocal asked
        process.catch_up()
        asked += 1
        up = f"{process.time - began:.3f}".rstrip("0").rstrip(".")
        process.out(
            f"Running On: {host} | Total Requests: {asked} | App Uptime: {up} seconds | "
            f"Log Time: {_instant(process)}\n".encode()
        )
        return text(200, f"Hello Kubernetes bootcamp! | Running on: {host} | v={version}\n", "text/plain")

    process.machine.sockets.bind(8080, handle, program="node")
    await process.next_signal()  # it handles none: only SIGKILL ends it
    return 0


def _instant(process: Process) -> str:
    return moment(process).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


DEMONSTRATIONS: dict[str, Callable[[Process], Awaitable[int]]] = {
    "/hello": hello_world,
    "/whoami": whoami,
    "/http-echo": http_echo,
    "/hello-app": hello_app,
    "/bootcamp": bootcamp,
}
"""By the path that the image's entry point has."""
