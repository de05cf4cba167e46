"""nginx's configuration, answers and logs against recordings of a real nginx."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.runtime.network.messages import Request
from podlab.embedded.runtime.servers.nginx.passwords import apr1
from tests.embedded.runtime.test_servers import Running, ending

RECORDED = Path(__file__).parent / "recorded" / "nginx.json"
LOCAL = (
    (r"(Date|Last-Modified|Expires): [A-Z].*?(\r?\n)", r"\1: TIME\2"),
    (r'ETag: "[0-9a-f]+-', 'ETag: "TIME-'),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "TIME"),
    (r"\d\d-\w{3}-\d{4} \d\d:\d\d", "TIME"),
    (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d|\[\d\d/\w+/\d{4}:[^]]*\]", "TIME"),
    (r"\d+#\d+: (\*\d+ )?", "PROCESS: "),
    (r"nginx/1\.\d+\.\d+", "nginx/VERSION"),
    (r"::1", "127.0.0.1"),
)
"""What belongs to one run."""


def normal(text: str) -> str:
    """A text without what belongs to one run."""
    for pattern, by in LOCAL:
        text = re.sub(pattern, by, text)
    return text


@cache
def recorded() -> dict[str, Any]:
    """The recordings; nobody changes them."""
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


async def checked(files: dict[str, str]) -> tuple[int, str]:
    """(exit code, output) of `nginx -t` in a container whose server has begun with the image's configuration."""
    running = Running("nginx:1.27")
    await running.settle()
    for path, text in files.items():
        running.machine.files.write(path, text.encode())
    return await running.run("nginx", "-t")


async def served(files: dict[str, str], requests: list[str]) -> tuple[list[tuple[int, str]], list[str]]:
    """(what curl printed, the log)"""
    running = Running("nginx:1.27", files=recorded()["files"] | files)
    answers = [await running.run("curl", "-s", *shlex.split(request)) for request in requests]
    await running.end()
    lines = [normal(line) for line in running.out.decode().splitlines()]
    return answers, sorted(line for line in lines if line.startswith("TIME [error]") or " [" not in line[:12])


@pytest.mark.slow
@pytest.mark.parametrize("name", list(recorded()["checks"]))
def test_configuration_is_judged(name: str) -> None:
    case = recorded()["checks"][name]
    code, output = asyncio.run(checked(case["files"]))
    assert (code, normal(output)) == (case["code"], normal(case["output"]))


def test_a_port_with_tls_answers_as_on_kind() -> None:
    site = """server { listen 80; location / { return 200 "plain\\n"; } }
    server { listen 8443 ssl; ssl_certificate /tls/tls.crt; ssl_certificate_key /tls/tls.key;
             location / { return 200 "secure $scheme\\n"; } }"""
    files = {"/etc/nginx/conf.d/default.conf": site, "/tls/tls.crt": "a certificate", "/tls/tls.key": "a key"}
    requests = ["-k https://localhost:8443/", "http://localhost:8443/", "https://localhost:8443/", "localhost"]
    (secure, plain, unverified, other), log = asyncio.run(served(files, requests))
    assert (secure, unverified, other) == ((0, "secure https\n"), (60, ""), (0, "plain\n"))
    assert "<title>400 The plain HTTP request was sent to HTTPS port</title>" in plain[1]
    answered = [line.split('"', 1)[1] for line in log if '"GET' in line or '"HEAD' in line]
    given = '"-" "curl/7.88.1" "-"'
    assert sorted(answered) == [f'GET / HTTP/1.1" {told} {given}' for told in ("200 13", "200 6", "400 255")]


@pytest.mark.slow
@pytest.mark.parametrize("name", list(recorded()["serving"]))
def test_requests_are_answered(name: str) -> None:
    case = recorded()["serving"][name]
    answers, log = asyncio.run(served(case["files"], [one["request"] for one in case["answers"]]))
    got = [(one["request"], code, normal(text)) for one, (code, text) in zip(case["answers"], answers, strict=True)]
    assert got == [(one["request"], one["code"], normal(one["output"])) for one in case["answers"]]
    for line in map(normal, case.get("access", []) + case.get("errors", [])):
        assert line in log


def test_a_daemon_ends_the_container() -> None:
    code, log = ending("nginx:1.27", "nginx")
    assert (code, "getrlimit" in log, "start worker" in log) == (0, True, False)


def test_passwords_are_those_of_openssl() -> None:
    assert apr1("secret", "abcdefgh") == "$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/"


def test_who_asks_over_ipv6_reaches_nginx_where_it_listens_there() -> None:
    both, older = "listen 80; listen [::]:80;", "listen 80;"
    for listens, answer in ((both, (0, "::1")), (older, (7, ""))):
        files = {"/etc/nginx/conf.d/default.conf": f"server {{ {listens} return 200 $remote_addr; }}"}
        assert asyncio.run(served(files, ["localhost", "[::1]"]))[0] == [(0, "127.0.0.1"), answer]


def test_curl_shows_the_head_alone_where_it_is_asked_for_that() -> None:
    ((_, shown),) = asyncio.run(served({}, ["-I -X POST localhost"]))[0]
    assert shown.startswith("HTTP/1.1 405 Not Allowed") and shown.endswith("\r\n\r\n")


def test_wget_reads_no_further_than_the_status_of_an_error() -> None:
    async def play() -> str:
        running = Running("busybox", "httpd", "-f", "-p", "80")
        return (await running.run("wget", "-S", "-O", "-", "http://127.0.0.1/none"))[1]

    assert asyncio.run(play()).splitlines()[1:] == [
        "  HTTP/1.1 404 Not Found",
        "wget: server returned error: HTTP/1.1 404 Not Found",
    ]


@pytest.mark.parametrize(
    ("command", "code", "output"),
    [
        (
            "curl -s -o /dev/null -w '%{http_code} %{num_redirects} %{scheme} %{remote_ip}:%{remote_port}' localhost",
            0,
            "200 0 HTTP 127.0.0.1:80",
        ),
        ("curl -s -o /dev/null -w '%{http_code}' --resolve a.example:80:127.0.0.1 a.example", 0, "200"),
        ("curl -s -o /dev/null -w '%{http_code}' --connect-to a.example:80:localhost:80 a.example", 0, "200"),
        ("curl -s -o /dev/null -w '%{http_code} %{size_download} ' localhost/[1-2]", 0, "404 153 404 153 "),
        ("curl -s -r 0-8 localhost", 0, "<!DOCTYPE"),
        (
            "curl --bogus",
            2,
            "curl: option --bogus: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
        ),
        ("curl foo://localhost", 1, 'curl: (1) Protocol "foo" not supported or disabled in libcurl\n'),
        (
            "curl -s -S ftp://localhost",
            7,
            "curl: (7) Failed to connect to localhost port 21 after 0 ms: Couldn't connect to server\n",
        ),
        (
            "curl -O localhost",
            23,
            "curl: Remote file name has no length!\ncurl: (23) Failed writing received data to disk/application\n",
        ),
        ("curl -sS file:///nope", 37, "curl: (37) Couldn't open file /nope\n"),
        ("nginx -s", 1, 'nginx: option "-s" requires parameter\n'),
        ("nginx what", 1, 'nginx: invalid option: "what"\n'),
    ],
)
def test_a_client_says_what_it_says_on_kind(command: str, code: int, output: str) -> None:
    async def play() -> tuple[int, str]:
        running = Running("nginx:1.27")
        await running.settle()
        return await running.run(*shlex.split(command))

    assert asyncio.run(play()) == (code, output)


def test_a_group_that_is_not_there_ends_nginx() -> None:
    code, output = asyncio.run(checked({"/etc/nginx/nginx.conf": "user nobody;\nevents {}\n"}))
    assert code == 1 and 'getgrnam("nobody") failed in /etc/nginx/nginx.conf:1' in output


def test_wget_asks_for_the_rest_of_a_file_alone() -> None:
    async def play() -> tuple[int, str]:
        running = Running("nginx:alpine")
        await running.settle()
        running.machine.files.write("/index.html", b"<!DOCTYPE html>\n")
        await running.run("wget", "-q", "-c", "localhost")
        whole = running.machine.files.read("/index.html")
        again = await running.run("wget", "-c", "-q", "localhost")
        assert whole == running.machine.files.read("/usr/share/nginx/html/index.html")
        return again

    assert asyncio.run(play()) == (1, "wget: server returned error: HTTP/1.1 416 Requested Range Not Satisfiable\n")


LIMITED = """limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;
limit_req_zone $binary_remote_addr zone=two:1m rate=10r/s;
server {
    listen 80;
    root /usr/share/nginx/html;
    location /returned { limit_req zone=one; return 200 "ok"; }
    location /one { limit_req zone=one burst=1 nodelay; try_files /index.html =404; }
    location /two { limit_req zone=two burst=3; limit_req_status 429; try_files /index.html =404; }
}
"""


def test_who_asks_too_often_is_refused_or_waits() -> None:
    """Upstream: src/http/modules/ngx_http_limit_req_module.c; the lines as a real nginx logs them"""

    async def play() -> tuple[list[int], str]:
        running, answers = Running("nginx:1.27", files={"/etc/nginx/conf.d/default.conf": LIMITED}), []
        await running.settle()
        for path in ["/returned", "/returned", "/one", "/one", "/one", "/two", "/two"]:
            request = Request("GET", path, {"host": "localhost"})
            task = asyncio.ensure_future(running.machine.sockets.request("127.0.0.1", 80, request))
            for _ in range(20):
                await asyncio.sleep(0)
            while not task.done():
                running.machine.clock.step()
                await asyncio.sleep(0)
            answers.append((await task).status)
        await running.end()
        return answers, running.out.decode()

    answers, log = asyncio.run(play())
    assert answers == [200, 200, 200, 200, 503, 200, 200]
    assert re.search(r'\[error\] \d+#\d+: \*5 limiting requests, excess: 2.000 by zone "one", client: 127', log)
    assert re.search(r'\[warn\] \d+#\d+: \*7 delaying request, excess: 1.000, by zone "two", client: 127', log)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("limit_req zone=a burst=x;", 'invalid burst value "burst=x"'),
        ("limit_req burst=1;", '"limit_req" must have "zone" parameter'),
        ("limit_req zone=a soon;", 'invalid parameter "soon"'),
    ],
)
def test_a_wrong_limit_ends_nginx(line: str, error: str) -> None:
    code, output = asyncio.run(checked({"/etc/nginx/conf.d/default.conf": f"server {{\n  {line}\n}}\n"}))
    assert code == 1 and f"[emerg] {error} in /etc/nginx/conf.d/default.conf:2" in normal(output).replace(
        "PROCESS: ", ""
    )
