"""busybox's httpd: the files of a directory, in the background unless `-f` says otherwise.

Upstream: busybox's networking/httpd.c, without passwords and configuration files
"""

from __future__ import annotations

import posixpath
import re
from datetime import UTC, datetime

from podlab.embedded.runtime.commands.files.filedetails import modified
from podlab.embedded.runtime.commands.usage import shown
from podlab.embedded.runtime.files import NO_SUCH
from podlab.embedded.runtime.machine.children import start
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network.messages import Request, Response, response_in
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.servers.sites import found
from podlab.embedded.runtime.servers.waiting import moment
from podlab.embedded.runtime.streams import Input

TYPES = {".htm": "text/html", ".html": "text/html", ".txt": "text/plain", ".css": "text/css", ".js": "text/javascript"}
TYPES |= {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
REFUSED = {403: ("Forbidden", ""), 404: ("Not Found", "The requested URL was not found"),
           501: ("Not Implemented", "The requested method is not recognized")}  # fmt: skip
VALUED = "pucrhmed"
UNSIMULATED = "ucrmedi"
STAMP = "%a, %d %b %Y %H:%M:%S GMT"


async def httpd(process: Process) -> int:
    """`httpd [-f] [-v] [-p [IP:]PORT] [-h HOME]`; returns its exit code."""
    io = Io(process, process.stdin, process.out, process.err, cwd=process.cwd)
    flags, values, wrong = _options(process.argv[1:])
    if wrong:
        return io.fail(f"httpd: {wrong}\n{shown('httpd')}")
    if asked := (set(flags) | set(values)) & set(UNSIMULATED):
        return io.fail(f"httpd: podlab does not simulate httpd -{min(asked)}")
    home, port = io.path(values.get("h", ".")), values.get("p", "80").rpartition(":")[2]
    if not process.machine.files.is_directory(home):
        return io.fail(f"httpd: can't change directory to '{values.get('h', '.')}': {NO_SUCH}")
    if not port.isdecimal() or int(port) > 65535:
        return io.fail("httpd: bind: Cannot assign requested address")
    if "f" in flags:
        return await _served(process, io, home, int(port), verbose="v" in flags)
    if any(one.port == int(port) for one in process.machine.sockets.namespace.listeners):
        return io.fail("httpd: bind: Address already in use")
    child = process.child(list(process.argv))
    child.out = child.err = _nowhere
    child.parent = 1
    start(child, lambda: _served(child, io, home, int(port), verbose=False))
    return 0


def _nowhere(data: bytes) -> None:
    """A daemon holds no streams."""


def _options(words: list[str]) -> tuple[str, dict[str, str], str]:
    flags, values, words = "", dict[str, str](), list(words)
    while words:
        word = words.pop(0)
        if word.startswith("--") and len(word) > 2:
            return flags, values, f"unrecognized option '{word}'"
        for at, letter in enumerate(word[1:], 1) if word.startswith("-") else ():
            if letter in VALUED:
                if not word[at + 1 :] and not words:
                    return flags, values, f"option requires an argument -- '{letter}'"
                values[letter] = word[at + 1 :] or words.pop(0)
                break
            if letter not in "fvi":
                return flags, values, f"invalid option -- '{letter}'"
            flags += letter
    return flags, values, ""


async def _served(process: Process, io: Io, home: str, port: int, *, verbose: bool) -> int:
    async def handle(request: Request) -> Response:
        process.catch_up()
        scripts = request.path.startswith(SCRIPTS) and request.method in ("GET", "HEAD", "POST")
        page = await _run(process, request, home) if scripts else None
        page = page or answer(process, request, home)
        if verbose:
            process.err(f"[::ffff:{request.client}]:{40000 + process.steps % 20000}: response:{page.status}\n".encode())
        return page

    try:
        listener = process.machine.sockets.bind(port, handle, program="httpd")
    except AddressInUse as error:
        return io.fail(f"httpd: bind: {error.reason}")
    process.closing.append(lambda: process.machine.sockets.namespace.unbind(listener))
    process.handles = lambda name: False
    await process.next_signal()
    return 0


def answer(process: Process, request: Request, home: str) -> Response:
    """The page for a request, with httpd's headers."""
    path = posixpath.normpath(f"{home}/{request.path.partition('?')[0].lstrip('/')}")
    head = {"Date": moment(process).strftime(STAMP), "Connection": "close"}
    scripts = request.path.partition("?")[0].startswith("/cgi-bin/") and process.machine.files.is_directory(path)
    page = 403 if scripts else found(process.machine.files, home, request) if request.method in ("GET", "HEAD") else 501
    if isinstance(page, Response) and page.status == 301:
        where = request.path.partition("?")[0] + "/"
        return Response(302, {**head, "Content-type": "text/html", "Location": where}, b"", "Found")
    if not isinstance(page, Response):
        return _refused(404 if isinstance(page, list) else page, head)
    name = posixpath.join(path, "index.html") if process.machine.files.is_directory(path) else path
    written = int(modified(Io(process, process.stdin, process.out, process.err), name))
    kind = TYPES.get(re.sub(r".*(\.\w+)$", r"\1", name))
    head |= {"Content-type": kind} if kind else {}
    head |= {"Accept-Ranges": "bytes", "Last-Modified": datetime.fromtimestamp(written, UTC).strftime(STAMP)}
    head |= {"ETag": f'"{written:x}-{len(page.body):x}"', "Content-Length": str(len(page.body))}
    return Response(200, head, b"" if request.method == "HEAD" else page.body)


SCRIPTS = "/cgi-bin/"
"""Where what is asked for is run instead of sent."""


async def _run(process: Process, request: Request, home: str) -> Response | None:
    """What a script in /cgi-bin writes; None where none is asked for."""
    files, (path, _, query) = process.machine.files, request.path.partition("?")
    parts = path.strip("/").split("/")
    names = ["/".join(parts[:count]) for count in range(2, len(parts) + 1)]
    name = next((one for one in names if not files.is_directory(posixpath.join(home, one))), "")
    script = posixpath.normpath(posixpath.join(home, name))
    if not name:
        return None
    if not script.startswith(home) or not files.exists(script) or not files.mode(script) & 0o111:
        return _refused(404, {"Date": moment(process).strftime(STAMP), "Connection": "close"})
    told = {
        "QUERY_STRING": query,
        "PATH_INFO": path[len(name) + 1 :],
        "SCRIPT_NAME": f"/{name}",
        "REQUEST_URI": request.path,
    }
    told |= {"SCRIPT_FILENAME": script, "REQUEST_METHOD": request.method, "REMOTE_ADDR": f"[::ffff:{request.client}]"}
    told |= {"SERVER_PROTOCOL": "HTTP/1.1", "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_SOFTWARE": "busybox httpd/1.35.0"}
    child, written = process.child([script]), bytearray()
    told |= {"CONTENT_LENGTH": str(len(request.body))} if request.body else {}
    child.env, child.cwd = {**process.env, **told, **_headers(request)}, posixpath.dirname(script)
    child.out, child.err, child.stdin = written.extend, _nowhere, Input(request.body)
    await start(child, lambda: process.machine.run(child)).outcome()
    return _written(bytes(written), request)


def _headers(request: Request) -> dict[str, str]:
    """A request's headers as a script is told of them."""
    plain = ("content-length", "content-type")
    names = {key: ("" if key in plain else "HTTP_") + key.upper().replace("-", "_") for key in request.headers}
    return {names[key]: value for key, value in request.headers.items()}


def _written(output: bytes, request: Request) -> Response:
    """The answer that a script has written: its headers, an empty line, and the rest."""
    if output.startswith(b"Status:"):
        output = b"HTTP/1.1 " + output[7:].lstrip()
    elif not output.startswith(b"HTTP"):
        output = b"HTTP/1.1 200 OK\r\n" + output
    found = response_in(bytearray(output), ended=True, bodiless=request.method == "HEAD")
    return found or Response(200, {}, output.partition(b"\n")[2])


def _refused(status: int, head: dict[str, str]) -> Response:
    title, words = REFUSED.get(status, REFUSED[404])
    head_, line = f"<HTML><HEAD><TITLE>{status} {title}</TITLE></HEAD>", f"<BODY><H1>{status} {title}</H1>"
    body = f"{head_}\n{line}\n{words}\n</BODY></HTML>\n"
    return Response(status, {**head, "Content-type": "text/html"}, body.encode(), title)
