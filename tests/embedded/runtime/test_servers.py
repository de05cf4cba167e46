"""The images of servers that people try first: their start, their log, what they answer, and how they end."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from podlab.embedded.runtime import images, programs
from podlab.embedded.runtime.images import unsimulated
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Request
from podlab.embedded.runtime.servers.interpreters import pi
from podlab.embedded.runtime.streams import OutOfMemory
from tests.embedded.runtime.test_shell import machine, sh


class Running:
    """A container's first process, beside which others can be run."""

    def __init__(
        self, image: str, *args: str, env: dict[str, str] | None = None, files: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.machine: Any = machine(image)
        for path, text in files.items():
            self.machine.files.make_directory(posixpath.dirname(path), parents=True)
            self.machine.files.write(path, text.encode())
        found = self.machine.image
        self.out = bytearray()
        words = [*found.entrypoint, *(args or found.command)]
        assert not executables.missing(words, found.commands, found.entrypoint, self.machine.files)
        self.env = {**found.env, **(env or {})}
        now = self.machine.clock.now()
        self.main = Process(self.machine, words, self.env, self.out.extend, self.out.extend, cwd=found.cwd, time=now)
        self.machine.processes.running[1] = self.main
        self.task = asyncio.ensure_future(programs.run(self.main))

    async def settle(self) -> None:
        """Let it come as far as it comes."""
        for _ in range(200):
            await asyncio.sleep(0)
            if not self.task.done():
                self.machine.clock.step()

    async def run(self, *words: str) -> tuple[int, str]:
        """(exit code, output) of a command beside it."""
        await self.settle()
        out = bytearray()
        now = self.machine.clock.now()
        process = Process(self.machine, list(words), dict(self.env), out.extend, out.extend, pid=2, time=now)
        task = asyncio.ensure_future(programs.run(process))
        for _ in range(200):
            await asyncio.sleep(0)
            if not task.done():
                self.machine.clock.step()
        return await task, out.decode()

    async def end(self, signal: str = "") -> tuple[int, str]:
        """(exit code, log)"""
        await self.settle()
        if not self.task.done():
            assert self.main.signal(signal or self.machine.image.stop_signal)
        await self.settle()
        return await self.task, self.out.decode()


def ending(image: str, *args: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """(exit code, log) of a container from its start to its stop."""

    async def play() -> tuple[int, str]:
        return await Running(image, *args, env=env).end()

    return asyncio.run(play())


def asked(image: str, *commands: str, args: tuple[str, ...] = (), env: dict[str, str] | None = None) -> list[str]:
    """What commands beside a server print."""

    async def play() -> list[str]:
        running = Running(image, *args, env=env)
        found = [(await running.run(*command.split()))[1] for command in commands]
        await running.end()
        return found

    return asyncio.run(play())


@pytest.mark.parametrize(
    ("image", "args", "env", "code", "lines"),
    [
        ("redis:7", (), {}, 0, ["* Ready to accept connections tcp", "# Redis is now ready to exit, bye bye..."]),
        ("redis", ("--port", "7000"), {}, 0, ["Running mode=standalone, port=7000."]),
        ("redis", ("redis-server", "/none.conf"), {}, 1, ["Fatal error, can't open config file"]),
        ("httpd:2.4", (), {}, 0, ["AH00558: httpd: Could not", "AH00094: Command line", "AH00492: caught SIGWINCH"]),
        ("memcached", (), {}, 0, ["Signal handled: Terminated."]),
        ("mysql:8", (), {}, 1, ["[ERROR] [Entrypoint]: Database is uninitialized and password option is not"]),
        (
            "mysql:8.0",
            (),
            {"MYSQL_ROOT_PASSWORD": "x", "MYSQL_DATABASE": "shop"},
            0,
            ["Creating database shop", "ready for connections. Version: '8.0.44'", "port: 3306", "Shutdown complete"],
        ),
        ("postgres", (), {}, 1, ["Error: Database is uninitialized and superuser password is not specified."]),
        (
            "postgres:16",
            ("-c", "max_connections=50"),
            {"POSTGRES_PASSWORD": "x"},
            0,
            ["database system is ready to accept connections", "received fast shutdown request"],
        ),
        ("hello-world", (), {}, 0, ["Hello from Docker!"]),
        ("traefik/whoami", (), {}, 0, ["Starting up on port 80"]),
        ("hashicorp/http-echo", ("-text=hi",), {}, 0, ["[INFO] server is listening on :5678"]),
        ("hashicorp/http-echo", (), {}, 127, ["Missing -text option!"]),
        ("gcr.io/google-samples/hello-app:1.0", (), {}, 0, ["Server listening on port 8080"]),
        ("python:3", ("python", "-c", "import os; print('hi', 2 * 3, os.getenv('A'))"), {"A": "b"}, 0, ["hi 6 b"]),
        ("python:3", ("python", "app.py"), {}, 1, ["podlab simulates no Python programs"]),
        ("python:3.12", ("python", "--version"), {}, 0, ["Python 3.12.12"]),
        ("node:22", ("node", "-e", "console.log('hi')"), {}, 0, ["hi"]),
        ("node:22", ("--version",), {}, 0, ["v22.21.1"]),
        ("perl:5.34.0", ("perl", "-Mbignum=bpi", "-wle", "print bpi(20)"), {}, 0, ["3.1415926535897932385"]),
        ("alpine", ("cat", "/etc/alpine-release"), {}, 0, ["3.22"]),
        ("ubuntu", ("bash", "-c", "grep -c Ubuntu /etc/os-release"), {}, 0, ["2"]),
        ("nginxdemos/hello", (), {}, 0, ["start worker processes"]),
        ("polinux/stress", ("stress", "--cpu", "2", "--timeout", "2s"), {}, 0, ["hogs: 2 cpu, 0 io, 0 vm", "in 2s"]),
        ("polinux/stress", ("stress", "--vmm", "1"), {}, 1, ["unrecognized option: --vmm"]),
        ("polinux/stress", ("stress", "--vm-bytes"), {}, 1, ["missing argument to option '--vm-bytes'"]),
        ("polinux/stress", ("stress", "-m", "x"), {}, 1, ["invalid number: x"]),
        ("vish/stress", ("-mem-total", "1x"), {}, 255, ["main.go:26] invalid value 1x"]),
        ("bash:5", ("bash", "-c", "echo x; exit 42"), {}, 42, ["x"]),
        ("registry.k8s.io/echoserver:1.10", (), {}, 0, ["Starting nginx"]),
        ("registry.k8s.io/hpa-example", (), {}, 0, ["Command line: 'apache2 -D FOREGROUND'"]),
        ("registry.k8s.io/serve_hostname", (), {}, 0, []),
        ("registry.k8s.io/etcd:3.5.1-0", (), {}, 0, ["ready to serve client requests"]),
        ("quay.io/fluentd_elasticsearch/fluentd:v2.5.2", (), {}, 0, ["it reads and sends no logs"]),
    ],
)
def test_start_and_end(image: str, args: tuple[str, ...], env: dict[str, str], code: int, lines: list[str]) -> None:
    found, log = ending(image, *args, env=env)
    assert (found, [line for line in lines if line not in log]) == (code, []), log


def test_what_handles_no_signal_runs_until_it_is_killed() -> None:
    async def play() -> str:
        running = Running("gcr.io/google-samples/kubernetes-bootcamp:v1")
        await running.settle()
        running.main.signal("TERM")
        await running.settle()
        assert running.task.cancel(), "it had ended"
        return running.out.decode()

    assert asyncio.run(play()).startswith("Kubernetes Bootcamp App Started At: ")


@pytest.mark.parametrize(
    ("image", "args", "lines"),
    [
        ("polinux/stress", ("stress", "--vm", "1", "--vm-bytes", "150M", "--vm-hang", "1"), ["0 cpu, 0 io, 1 vm"]),
        ("vish/stress", ("-cpus", "2"), ['Allocating "0" memory, in "4Ki" chunks', "CPU", 'Allocated "0" memory']),
        ("vish/stress", ("-mem-total", "150Mi", "-mem-alloc-size=10Mi"), ['Allocated "150Mi" memory']),
    ],
)
def test_what_is_within_its_memory_goes_on(image: str, args: tuple[str, ...], lines: list[str]) -> None:
    found = asyncio.run(_loaded(image, *args, limit=200 * 2**20))
    assert [line for line in lines if line not in found] == [], found


@pytest.mark.parametrize(
    ("image", "args"),
    [
        ("polinux/stress", ("stress", "--vm", "1", "--vm-bytes", "250M", "--vm-hang", "1")),
        ("polinux/stress", ("stress", "-m", "2")),
        ("vish/stress", ("-mem-total", "250Mi", "-mem-alloc-size", "10Mi", "-mem-alloc-sleep", "1s")),
    ],
)
def test_what_goes_beyond_its_memory_is_killed(image: str, args: tuple[str, ...]) -> None:
    with pytest.raises(OutOfMemory):
        asyncio.run(_loaded(image, *args, limit=200 * 2**20))


async def _loaded(image: str, *args: str, limit: int) -> str:
    """What a container with a memory limit has said, and runs on."""
    running = Running(image, *args)
    running.machine.memory_limit = limit
    await running.settle()
    if not running.task.cancel():
        await running.task
    return running.out.decode()


@pytest.mark.parametrize(
    ("image", "port", "lines"),
    [
        ("gcr.io/google-samples/node-hello:1.0", 8080, ["Hello Kubernetes!"]),
        ("gcr.io/google-samples/hello-go-gke:1.0", 80, ['{"message":"Hello"}']),
        ("jocatalin/kubernetes-bootcamp:v2", 8080, ["Hello Kubernetes bootcamp! | Running on: ", " | v=2"]),
        ("registry.k8s.io/hpa-example", 80, ["OK!"]),
        ("registry.k8s.io/serve_hostname:1.4", 9376, ["web"]),
        ("registry.k8s.io/echoserver:1.10", 8080, ["\tmethod=GET\n", "\treal path=/x?a=b\n", "\thost=clusterip\n"]),
        ("kicbase/echo-server:1.0", 8080, ["Request served by web\n\nGET /x?a=b HTTP/1.1\n\nHost: clusterip\n"]),
        ("registry.k8s.io/nginx-slim:0.21", 80, ["Welcome to nginx!"]),
    ],
)
def test_the_documentation_s_servers_answer(image: str, port: int, lines: list[str]) -> None:
    async def play() -> str:
        running = Running(image)
        await running.settle()
        listener = running.machine.sockets.namespace.find(port, local=True)
        answer = await listener.handler(Request("GET", "/x?a=b" if "echo" in image else "/", {"host": "clusterip"}))
        running.task.cancel()
        return str(answer.body.decode())

    found = asyncio.run(play())
    assert [line for line in lines if line not in found] == [], found


def test_the_bootcamp_image_has_what_its_tutorial_looks_at() -> None:
    async def play() -> tuple[str, str, str]:
        running = Running("gcr.io/google-samples/kubernetes-bootcamp:v1")
        _, listing = await running.run("cat", "server.js")
        _, page = await running.run("curl", "-s", "http://localhost:8080")
        running.task.cancel()
        return listing, page, running.out.decode()

    listing, page, log = asyncio.run(play())
    assert "listen(8080)" in listing and page.endswith(" | v=1\n")
    assert log.splitlines()[-1].startswith("Running On: web | Total Requests: 1 | App Uptime: ")


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("redis:8.0.2", "8.0.2"),
        ("redis:6.0.5", "6.0.5"),
        ("redis:7.2.4-alpine", "7.2.4"),
        ("postgres:16.4", "16.4"),
        ("nginx:1.25.1", "1.25.1"),
        ("nginx:1.25.99", None),
        ("nginx:1.161", None),
        ("mysql:8.0.36", "8.0.36"),
        ("gcr.io/google-samples/hello-app:1.0.0", None),
        ("gcr.io/google-samples/kubernetes-bootcamp:v10", None),
    ],
)
def test_earlier_releases_of_an_official_image_are_still_there(name: str, version: str | None) -> None:
    found = images.find(images.normalize(name))
    assert (found.version if found else None) == version
    assert images.find(images.normalize(name)) is found


def test_redis_answers_its_client() -> None:
    commands = ["redis-cli ping", "redis-cli set a b EX 60", "redis-cli get a", "redis-cli incr n", "redis-cli ttl a"]
    assert asked("redis", *commands, "redis-cli lpush l x y", "redis-cli lrange l 0 -1", "redis-cli get none") == [
        "PONG\n", "OK\n", "b\n", "1\n", "60\n", "2\n", "y\nx\n", "\n",
    ]  # fmt: skip


def test_redis_says_what_is_wrong() -> None:
    found = asked("redis", "redis-cli lpush l x", "redis-cli get l", "redis-cli nope 1", "redis-cli -p 1 ping")
    assert found[1].startswith("WRONGTYPE") and found[2].startswith("ERR unknown command 'nope'")
    assert found[3] == "Could not connect to Redis at 127.0.0.1:1: Connection refused\n"


def test_redis_reads_its_options() -> None:
    args = ("--maxmemory", "2mb", "--requirepass", "s3cret")
    found = asked("redis", "redis-cli ping", "redis-cli -a s3cret config get maxmemory", args=args)
    assert found[0] == "NOAUTH Authentication required.\n\n" and found[1].endswith("maxmemory\n2097152\n")


@pytest.mark.parametrize(
    ("image", "args", "url", "answer"),
    [
        ("httpd:alpine", (), "localhost", "<html><body><h1>It works!</h1></body></html>\n"),
        ("hashicorp/http-echo:alpine", ("-text", "hi", "-listen=:80"), "localhost", "hi\n"),
        ("nginxdemos/hello:plain-text", (), "localhost", "Server address: "),
        ("python:3-alpine", ("python", "-m", "http.server", "80", "--directory", "/etc"), "localhost/hostname", "web"),
    ],
)
def test_pages(image: str, args: tuple[str, ...], url: str, answer: str) -> None:
    async def play() -> str:
        running = Running(image, *args)
        await running.settle()
        found = await running.machine.sockets.request("127.0.0.1", 80, _get(url.partition("/")[2]))
        running.task.cancel()
        return str(found.body.decode())

    assert asyncio.run(play()).startswith(answer)


def _get(path: str) -> Request:
    return Request("GET", f"/{path}", {"host": "localhost"})


def test_databases_tell_that_they_are_ready() -> None:
    ready = asked(
        "mysql", "mysqladmin ping", "mysql -e select 1", "mysql -e drop", env={"MYSQL_ALLOW_EMPTY_PASSWORD": "1"}
    )
    assert ready[0] == "mysqld is alive\n" and ready[1] == "1\n1\n" and "does not simulate SQL" in ready[2]
    found = asked("postgres", "pg_isready -U postgres", env={"POSTGRES_PASSWORD": "x"})
    assert found == ["/var/run/postgresql:5432 - accepting connections\n"]


def test_pi() -> None:
    assert pi(10) == "3.141592654" and len(pi(2000)) == 2001 and pi(2000).endswith("275901")


@pytest.mark.parametrize("name", ["registry.k8s.io/busybox", "registry.k8s.io/busybox:1.27.2"])
def test_the_documentations_busybox_is_a_busybox(name: str) -> None:
    found = images.find(images.normalize(name))
    assert found and found.busybox and "wget" in found.commands


def test_users_of_images() -> None:
    found = images.find("docker.io/curlimages/curl:latest")
    assert found and found.owner == (100, 101)


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("mariadb:11", True), ("ghcr.io/me/app:1", True), ("redis:7.4.1", True), ("nginx:1.25.4", True),
        ("ngnix", False), ("nginx:no-such-tag", False), ("nginx:not-here", False), ("redis:no", False),
    ],
)  # fmt: skip
def test_what_may_exist_elsewhere(name: str, exists: bool) -> None:
    assert unsimulated.may_exist(images.normalize(name)) == exists


def test_pause_has_no_shell_and_the_documentation_s_busybox_more_programs() -> None:
    pause, box = (images.find(f"registry.k8s.io/{name}") for name in ("pause:3.1", "busybox:1.27.2"))
    assert pause and box
    assert (sorted(pause.commands), {"sh", "printenv"} - box.commands) == (["/pause"], set())


@pytest.mark.parametrize(
    ("image", "address", "reason", "seconds"),
    [
        ("busybox", "10.244.0.200", "Connection timed out", 130),
        ("busybox", "172.18.0.77", "No route to host", 3),
        ("alpine", "10.244.0.200", "Operation timed out", 130),
        ("alpine", "172.18.0.77", "Host is unreachable", 3),
    ],
)
def test_an_address_of_nobody_is_told_of_where_nodes_are_and_lost_where_pods_are(
    image: str, address: str, reason: str, seconds: int
) -> None:
    script = f"since=$(date +%s); wget -qO- {address}; echo $(($(date +%s) - since))"
    refused = f"wget: can't connect to remote host ({address}): {reason}\n"
    assert sh(script, container=machine(image)) == (0, f"{seconds}\n", refused)


def test_wget_takes_its_patience_by_name() -> None:
    assert asked("busybox", "wget --timeout=1 -qO- localhost") == [
        "wget: can't connect to remote host (127.0.0.1): Connection refused\n"
    ]
