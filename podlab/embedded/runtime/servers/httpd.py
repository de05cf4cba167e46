"""Apache's httpd as its official image starts it: files under htdocs, both logs on the container's streams.

Upstream: docker-library/httpd (httpd-foreground, Dockerfile)
"""

from __future__ import annotations

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Request, Response
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.servers import sites
from podlab.embedded.runtime.servers.waiting import common_log, moment, text, until

CONFIG = "/usr/local/apache2/conf/httpd.conf"
ROOT = "/usr/local/apache2/htdocs"
UNNAMED = (
    "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using {ip}. "
    "Set the 'ServerName' directive globally to suppress this message\n"
)
TITLES = {301: "Moved Permanently", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}
REASONS = {
    403: "You don't have permission to access this resource.",
    404: "The requested URL was not found on this server.",
    405: "The requested method is not allowed for this URL.",
}


def directives(process: Process) -> dict[str, str]:
    """The last value of each directive in the configuration, by its name in lower case."""
    try:
        lines = process.machine.files.read(CONFIG).decode(errors="replace").splitlines()
    except FileError:
        return {}
    rows = [line.split(None, 1) for line in lines if line.strip() and not line.strip().startswith(("#", "<"))]
    return {row[0].lower(): row[1].strip().strip('"') for row in rows if len(row) == 2}


async def httpd(process: Process) -> int:
    """Serve until a signal ends it; returns its exit code."""
    given = directives(process)
    port, version = int(given.get("listen", "80").rpartition(":")[2] or 80), process.machine.image.version
    if "servername" not in given:
        for _ in range(2):
            process.err(UNNAMED.format(ip=process.machine.ip).encode())

    async def handle(request: Request) -> Response:
        process.catch_up()
        response = answer(process, request, given.get("documentroot", ROOT), version)
        process.out(common_log(process, request, response).encode())
        return response

    try:
        process.machine.sockets.bind(port, handle, program="httpd")
    except AddressInUse:
        process.err(b"(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:%d\n" % port)
        process.err(b"no listening sockets available, shutting down\nAH00015: Unable to open logs\n")
        return 1
    _notice(process, "mpm_event", f"AH00489: Apache/{version} (Unix) configured -- resuming normal operations")
    _notice(process, "core", "AH00094: Command line: 'httpd -D FOREGROUND'")
    if await until(process, "TERM", "WINCH") == "WINCH":
        _notice(process, "mpm_event", "AH00492: caught SIGWINCH, shutting down gracefully")
    else:
        _notice(process, "mpm_event", "AH00491: caught SIGTERM, shutting down")
    return 0


def _notice(process: Process, module: str, words: str) -> None:
    stamp = moment(process).strftime("%a %b %d %H:%M:%S.%f %Y")
    process.err(f"[{stamp}] [{module}:notice] [pid {process.pid}:tid {process.pid}] {words}\n".encode())


def answer(process: Process, request: Request, root: str, version: str) -> Response:
    """The page for a request, with Apache's headers."""
    page = sites.found(process.machine.files, root, request) if request.method in ("GET", "HEAD") else 405
    if isinstance(page, list):
        page = sites.listing(request.path, page, "Index of")
    if isinstance(page, int):
        page = _refused(page)
    stamp = moment(process).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {"Date": stamp, "Server": f"Apache/{version} (Unix)", **page.headers}
    return Response(page.status, headers, b"" if request.method == "HEAD" else page.body)


def _refused(status: int) -> Response:
    head = '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n'
    body = f"<title>{status} {TITLES[status]}</title>\n</head><body>\n<h1>{TITLES[status]}</h1>\n"
    return text(status, f"{head}{body}<p>{REASONS[status]}</p>\n</body></html>\n", "text/html; charset=iso-8859-1")
