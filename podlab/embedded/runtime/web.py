"""nginx, and the commands that speak HTTP: curl, wget, nslookup."""

from __future__ import annotations

import posixpath
import re
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from podlab.embedded.runtime import nginxfiles
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine import kernel
from podlab.embedded.runtime.machine.process import Process, Refused
from podlab.embedded.runtime.machine.stdio import Io

ROOT = "/usr/share/nginx/html"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "application/javascript", ".json": "application/json"}
TYPES |= {".txt": "text/plain", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon"}
REASONS = {301: "Moved Permanently", 403: "Forbidden", 404: "Not Found", 405: "Not Allowed", 200: "OK"}

ENTRYPOINT_LOG = """\
/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf
10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf
/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up
"""
"""What the official image says before nginx starts: on standard output."""

NOTICES = (
    'using the "epoll" event method',
    "nginx/{version}",
    f"OS: Linux {kernel.VERSION}",
    "getrlimit(RLIMIT_NOFILE): 20000:20000",
    "start worker processes",
    "start worker process {first}",
    "start worker process {second}",
)
ENDING = ("signal 3 (SIGQUIT) received, shutting down", "gracefully shutting down", "exiting", "exit")


def _stamp(process: Process) -> str:
    return datetime.fromtimestamp(process.time, UTC).strftime("%Y/%m/%d %H:%M:%S")


def _notice(process: Process, text: str) -> None:
    process.err(f"{_stamp(process)} [notice] 1#1: {text}\n".encode())


def _alarm(process: Process, level: str, text: str) -> None:
    """What is said before the log is open goes there and to standard error."""
    process.err(f"{_stamp(process)} [{level}] 1#1: {text}\nnginx: [{level}] {text}\n".encode())


async def nginx(process: Process) -> int:
    """The server: listens on port 80, serves files, logs as the official image does, ends on SIGQUIT or SIGTERM."""
    process.handles = lambda name: name in ("TERM", "QUIT", "INT", "HUP")
    if process.argv[0].endswith("docker-entrypoint.sh"):
        process.out(nginxfiles.configured(ENTRYPOINT_LOG, process.machine.files).encode())
    if process.machine.user.uid:
        _alarm(process, "warn", nginxfiles.NOT_ROOT)
    if wrong := nginxfiles.complaint(process.machine.files, process.machine.user):
        _alarm(process, "emerg", wrong)
        return 1
    process.machine.listen(80, lambda *request: serve(process, *request))
    for text in NOTICES:
        _notice(process, text.format(version=process.machine.image.version, first=7, second=8))
    while (name := await process.next_signal()) == "HUP":
        _notice(process, "signal 1 (SIGHUP) received, reconfiguring")
    _notice(process, ENDING[0] if name == "QUIT" else "signal 15 (SIGTERM) received, exiting")
    _notice(process, "exit")
    return 0


def serve(
    process: Process, method: str, path: str, headers: dict[str, str], body: bytes, client: str
) -> tuple[int, dict[str, str], bytes]:
    """Answer one request and log it."""
    process.catch_up()
    status, kind, data = _answer(process, method, path, headers, client)
    answer = {
        "Server": f"nginx/{process.machine.image.version}",
        "Date": datetime.fromtimestamp(process.time, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "Content-Type": kind,
        "Content-Length": str(len(data)),
        "Connection": "keep-alive",
    }
    sent = b"" if method == "HEAD" else data
    when = datetime.fromtimestamp(process.time, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    agent, via = headers.get("user-agent", "-"), headers.get("x-forwarded-for", "-")
    line = f'{client} - - [{when}] "{method} {path} HTTP/1.1" {status} {len(sent)} "-" "{agent}" "{via}"\n'
    process.out(line.encode())
    if status == 200 and method in ("GET", "HEAD"):
        answer |= {"Accept-Ranges": "bytes"}
    return status, answer, sent


def _answer(process: Process, method: str, path: str, headers: dict[str, str], client: str) -> tuple[int, str, bytes]:
    if method not in ("GET", "HEAD"):
        return 405, "text/html", _error_page(process, 405)
    name = posixpath.normpath(ROOT + "/" + unquote(urlsplit(path).path).lstrip("/"))
    files = process.machine.files
    if files.is_directory(name):
        if not path.split("?")[0].endswith("/"):
            return 301, "text/html", _error_page(process, 301)
        name = posixpath.join(name, "index.html")
        if not files.exists(name):
            why = f'directory index of "{posixpath.dirname(name)}/" is forbidden'
            _log_error(process, why, method, path, headers, client)
            return 403, "text/html", _error_page(process, 403)
    try:
        return 200, TYPES.get(posixpath.splitext(name)[1], "application/octet-stream"), files.read(name)
    except FileError:
        why = f'open() "{name}" failed (2: No such file or directory)'
        _log_error(process, why, method, path, headers, client)
        return 404, "text/html", _error_page(process, 404)


def _log_error(process: Process, why: str, method: str, path: str, headers: dict[str, str], client: str) -> None:
    host = headers.get("host", "localhost")
    line = f'{why}, client: {client}, server: localhost, request: "{method} {path} HTTP/1.1", host: "{host}"'
    process.err(f"{_stamp(process)} [error] 8#8: *1 {line}\n".encode())


def _error_page(process: Process, status: int) -> bytes:
    title, version = f"{status} {REASONS[status]}", process.machine.image.version
    rows = [f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>"]
    rows.append(f"<hr><center>nginx/{version}</center>\r\n</body>\r\n</html>\r\n")
    return "\r\n".join(rows).encode()


async def nginx_command(io: Io, words: list[str]) -> int:
    """`nginx -v`, `-t`, `-s reload`; without any of these, the server."""
    version = io.process.machine.image.version
    if "-v" in words or "-V" in words:
        return io.fail(f"nginx version: nginx/{version}", 0)
    if "-t" in words:
        io.fail("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok")
        return io.fail("nginx: configuration file /etc/nginx/nginx.conf test is successful", 0)
    if "-s" in words:
        return 0
    return await nginx(io.process)


def _target(url: str) -> tuple[str, int, str]:
    split = urlsplit(url if "://" in url else f"http://{url}")
    return split.hostname or "", split.port or 80, (split.path or "/") + (f"?{split.query}" if split.query else "")


async def curl(io: Io, words: list[str]) -> int:
    """`curl [-s] [-S] [-i] [-I] [-o FILE] [-w FORMAT] [-f] URL`"""
    flags, rest, output, form = _curl_options(words)
    if not rest:
        return io.fail("curl: try 'curl --help' or 'curl --manual' for more information", 2)
    host, port, path = _target(rest[0])
    method = "HEAD" if "I" in flags else "GET"
    headers = {"host": host if port == 80 else f"{host}:{port}", "user-agent": "curl/7.88.1", "accept": "*/*"}
    try:
        status, answer, body = io.process.machine.request(host, port, method, path, headers, b"")
    except Refused as refused:
        quiet = "s" in flags and "S" not in flags
        if refused.reason.startswith("Could not resolve"):
            return 6 if quiet else io.fail(f"curl: (6) {refused.reason}", 6)
        text = f"curl: (7) Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server"
        return 7 if quiet else io.fail(text, 7)
    if "f" in flags and status >= 400:
        return io.fail(f"curl: (22) The requested URL returned error: {status}", 22)
    if flags & {"i", "I"}:
        io.say(f"HTTP/1.1 {status} {REASONS.get(status, '')}\r")
        io.out("".join(f"{key}: {value}\r\n" for key, value in answer.items()).encode() + b"\r\n")
    (io.writer(output) if output else io.out)(body)
    io.out(form.replace("%{http_code}", str(status)).replace("\\n", "\n").encode())
    return 0


def _curl_options(words: list[str]) -> tuple[set[str], list[str], str, str]:
    flags: set[str] = set()
    rest, taken = [], {"o": "", "w": ""}
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("-o", "-w", "-m", "--max-time", "--connect-timeout", "-H", "-X") and words:
            taken[word.lstrip("-")] = words.pop(0)
        elif word.startswith("-"):
            flags |= set(word[1:]) if not word.startswith("--") else {word[2:3]}
        else:
            rest.append(word)
    return flags, rest, taken["o"], taken["w"]


async def wget(io: Io, words: list[str]) -> int:
    """`wget [-q] [-O FILE|-] [-T SECONDS] URL`, as busybox has it."""
    match = re.search(r"(?:^| )-q?O ?(\S+)", " ".join(words))
    output = match[1] if match else None
    names = [word for word in words if not word.startswith("-") and word != output and not word.isdigit()]
    if not names:
        return io.fail("BusyBox v1.36.1 multi-call binary.\n\nUsage: wget [-q] [-O FILE] URL...")
    host, port, path = _target(names[0])
    quiet = "-q" in words or "-qO-" in words
    if not quiet:
        io.fail(f"Connecting to {host}{f':{port}' if port != 80 else ''} ({host}:{port})")
    try:
        headers = {"host": host, "user-agent": "Wget"}
        status, _, body = io.process.machine.request(host, port, "GET", path, headers, b"")
    except Refused as refused:
        if refused.reason.startswith("Could not resolve"):
            return io.fail(f"wget: bad address '{host}'")
        return io.fail(f"wget: can't connect to remote host ({host}): {refused.reason}")
    if status >= 400:
        return io.fail(f"wget: server returned error: HTTP/1.1 {status} {REASONS.get(status, '')}")
    name = output or posixpath.basename(path) or "index.html"
    try:
        (io.out if name == "-" else io.writer(name))(body)
    except FileError as error:
        return io.fail(f"wget: {error}")
    return 0


async def nslookup(io: Io, words: list[str]) -> int:
    """No name is known: the simulated cluster has no DNS."""
    io.say("Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n")
    io.say(f"** server can't find {words[-1] if words else ''}: NXDOMAIN\n")
    return 1
